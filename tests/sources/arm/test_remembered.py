"""What a template says twice is evaluated once, and what nobody else reads is not copied: nobody can tell."""

from __future__ import annotations

import gc
import json

import pytest
from sources.arm.builders import WORKSPACE, expanded, hub, nested, resource, template

from scanner.sources.arm.expand import expand
from scanner.sources.arm.source import Source
from scanner.sources.code.join import join
from scanner.sources.code.ledger import Ledger
from scanner.values import Unknown


def values(found, key="x"):
    return [one.document["properties"][key] for one in found.resources]


class TestAnExpressionThatStandsTwice:
    def test_has_one_value_and_two_places(self):
        same = [resource(name, properties={"x": "[concat(resourceGroup().name, '-a')]"}) for name in "ab"]
        found = expanded(json.dumps(template(*same), indent=1))
        first, second = values(found)
        assert first.parts == second.parts == (None, "-a")
        assert first.place.line < second.place.line

    def test_is_two_values_where_each_evaluation_gives_another(self):
        first, second = values(
            expanded(template(*(resource(n, properties={"x": "[newGuid()]"}) for n in "ab")))
        )
        assert first.key != second.key

    def test_means_another_thing_in_another_template(self):
        said = {"x": "[parameters('p')]"}
        inner = template(resource("b", properties=said), parameters={"p": {"type": "string"}})
        outer = template(
            resource("a", properties=said),
            nested("n", inner, parameters={"p": "inner"}),
            parameters={"p": {"type": "string", "defaultValue": "outer"}},
        )
        assert values(expanded(outer)) == ["outer", "inner"]

    def test_means_another_thing_in_each_turn_of_a_loop(self):
        looped = resource("a", copy={"name": "l", "count": 3}, properties={"x": "[copyIndex()]"})
        assert values(expanded(template(looped))) == [0, 1, 2]

    def test_is_not_known_at_either_place_where_it_fails(self):
        text = json.dumps(
            template(*(resource(n, properties={"x": "[parameters('none')]"}) for n in "ab")), indent=1
        )
        first, second = values(expanded(text))
        assert isinstance(first, Unknown)
        assert isinstance(second, Unknown)
        assert first.place.line < second.place.line

    def test_that_nobody_knows_is_told_of_once(self):
        found = expanded(template(*(resource(n, properties={"x": "[nonsense()]"}) for n in "ab")))
        assert [problem.code for problem in found.problems] == ["unknown-function"]


RULE = {"type": "fqdn", "destination": "a.contoso.com"}
SNAKE = {"type": "ServiceTag", "destination": {"service_tag": "AzureMonitor", "protocol": "TCP"}}


@pytest.fixture(params=["closed", "with an expression beside"])
def source(request):
    """A template whose values are written otherwise than Azure does: whoever judges them writes into them."""
    name = "one" if request.param == "closed" else "[concat('o', 'ne')]"
    two = hub("two", rules={"r": RULE, "s": SNAKE}, mode="allow_only_approved_outbound")
    text = json.dumps(template(hub(name, rules={"q": RULE}), two), indent=1)
    return Source(text.encode(), "main.json"), text.splitlines()


class TestWhatBecomesPartOfADocument:
    def test_is_the_same_in_every_deployment_of_the_template(self, source):
        file, _ = source
        deployments = [expand(file), expand(file), expand(file)]
        first, *others = [[one.document for one in join(found.resources)] for found in deployments]
        assert all(documents == first for documents in others)
        _, two = first
        assert two["outboundRules"][0]["properties"]["type"] == "FQDN"
        assert two["asWritten"] == {
            "outboundRules.r.type": "fqdn",
            "properties.managedNetwork.isolationMode": "allow_only_approved_outbound",
        }

    def test_stands_where_it_did_in_every_deployment(self, source):
        file, lines = source
        for found in [expand(file), expand(file)]:
            one, two = join(found.resources)
            for listed in (one, two):
                network = listed.document["properties"]["managedNetwork"]
                at = listed.places.of(network, "isolationMode").line
                assert "isolationMode" in lines[at - 1]
            for name in "rs":
                (rule,) = [rule for rule in two.document["outboundRules"] if rule["name"] == name]
                assert f'"{name}": {{' in lines[two.places.of(rule).line - 1]
                at = two.places.of(rule["properties"], "destination").line
                assert '"destination"' in lines[at - 1]
                assert at > two.places.of(rule).line

    def test_stands_where_it_did_although_it_was_asked_for_before(self, source):
        file, lines = source
        found = expand(file)
        hubs = join(found.resources)
        one = next(hubs)
        assert '"q"' in lines[one.places.of(one.document["outboundRules"][0]).line - 1]
        two = next(hubs)
        assert two.places.of(two.document).line > one.places.of(one.document).line
        assert '"r"' in lines[two.places.of(two.document["outboundRules"][0]).line - 1]
        assert two.document["type"] == WORKSPACE


STORE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
    "/Microsoft.Storage/storageAccounts/data"
)


class TestWhatATemplateDoesNotSay:
    """What is not looked for where a text shows that it is not there."""

    @pytest.mark.parametrize(
        "named", [STORE, STORE.upper(), STORE.replace("/subscriptions", "/Subscriptions")]
    )
    def test_an_id_anywhere_in_a_template_without_expressions_is_followed(self, named):
        found = expanded(template(hub(properties={"storageAccount": named})))
        (only,) = join(found.resources)
        assert [(gap.subject, gap.code) for gap in only.gaps] == [(named, "not-in-code")]

    @pytest.mark.parametrize("closed", [True, False])
    def test_an_id_that_a_child_in_another_file_names_is_followed(self, closed):
        kind = "UserDefined" if closed else "[concat('User', 'Defined')]"
        rule = {
            "type": "PrivateEndpoint",
            "category": kind,
            "destination": {"serviceResourceId": STORE, "subresourceTarget": "blob"},
        }
        child = resource("hub1/pe", f"{WORKSPACE}/outboundRules", properties=rule)
        alone = expanded(template(hub(tags={"team": "a"})), path="hub.json")
        other = expanded(template(child), path="rule.json")
        (only,) = join([*alone.resources, *other.resources])
        assert [gap.subject for gap in only.gaps] == [STORE]
        (listed,) = only.document["outboundRules"]
        assert listed["properties"]["destination"]["serviceResourceId"] == STORE

    @pytest.mark.parametrize("what", ["managedNetworks", "privateEndpointConnections"])
    def test_so_is_one_that_stands_among_the_properties_in_the_end(self, what):
        inner = {"privateEndpoint": {"id": "x"}, "uses": STORE}
        child = resource("hub1/default", f"{WORKSPACE}/{what}", properties=inner)
        bare = {**resource("hub1", WORKSPACE), "kind": "Hub", "properties": {}}
        alone = expanded(template(bare), path="hub.json")
        (only,) = join([*alone.resources, *expanded(template(child), path="child.json").resources])
        assert [gap.subject for gap in only.gaps] == [STORE]

    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("https://x.contoso.com/a?sv=1&SIG=secret", "https://x.contoso.com/a"),
            ("https://me:secret@x.contoso.com", "https://me@x.contoso.com"),
            ("[concat('https://me:', 'secret@x.contoso.com')]", "https://me@x.contoso.com"),
            ("[base64ToString('aHR0cHM6Ly9hP3NpZz1zZWNyZXQ=')]", "https://a"),
        ],
    )
    def test_a_secret_in_a_text_is_dropped_wherever_that_stands(self, written, kept):
        (own,) = join(expanded(template(hub(tags={"at": written}))).resources)
        assert own.document["tags"] == {"at": kept}
        rule = {"type": "FQDN", "category": "UserDefined", "destination": written}
        child = expanded(
            template(resource("hub1/r", f"{WORKSPACE}/outboundRules", properties=rule)), path="r.json"
        )
        alone = expanded(template(hub(tags={"team": "a"})), path="hub.json")
        (only,) = join([*alone.resources, *child.resources])
        (listed,) = only.document["outboundRules"]
        assert listed["properties"]["destination"] == kept

    def test_an_id_that_an_expression_gives_is_followed(self):
        named = "[resourceId('Microsoft.Storage/storageAccounts', 'data')]"
        text = template(hub(properties={"storageAccount": named}), resource("data"))
        (only,) = join(expanded(text).resources)
        assert [one["name"] for one in only.document["resources"]] == ["data"]

    @pytest.mark.parametrize("lists", [0, 1, 15, 16, 17, 40])
    def test_an_expression_behind_any_number_of_lists_is_evaluated(self, lists):
        before = {f"l{number}": ["a"] for number in range(lists)}
        plain, told = expanded(
            template(
                resource("a", properties=before),
                resource("b", properties={**before, "x": ["[concat('a', 'b')]"]}),
            )
        ).resources
        assert plain.document["properties"] == before
        assert told.document["properties"]["x"] == ["ab"]
        (alone,) = expanded(template(resource("b", properties={**before, "x": ["[toLower('A')]"]}))).resources
        assert alone.document["properties"]["x"] == ["a"]

    def test_a_key_that_is_there_twice_is_seen_also_where_its_colon_is_escaped(self):
        text = json.dumps(template(hub(rules={"a": RULE})))
        (plain,) = join(expanded(text.replace('"kind":', '"kin\\u0064":')).resources)
        assert plain.ref.kind == "Hub"
        twice = text.replace('"name": "hub1"', '"name": "hub1", "n\\u003a": 1, "n\\u003a": 2')
        (again,) = expanded(twice).resources
        assert isinstance(again.document["n:"], Unknown)


def ledgers():
    return [thing for thing in gc.get_objects() if type(thing) is Ledger]


def test_what_a_hub_was_joined_from_goes_before_the_next_but_one():
    others = ledgers()
    hubs = join(
        expanded(template(*(hub(f"hub{number}", rules={"a": RULE}) for number in range(5)))).resources
    )
    for number, one in enumerate(hubs):
        held = sum(all(ledger is not other for other in others) for ledger in ledgers())
        assert held == 5 - number, one.ref.name
