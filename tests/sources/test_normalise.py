"""What becomes of a hub document before it is judged."""

from __future__ import annotations

import copy
import json

import pytest
from hubs import SUBSCRIPTION, hub, snapshot
from hypothesis import given
from hypothesis import strategies as st
from sources.conftest import reason

from scanner.sources.normalise import example
from scanner.values import Partial, Unknown

ID = hub()["id"]
RESOURCE_TYPE = "Microsoft.MachineLearningServices/workspaces/outboundRules"
COLLECTIONS = (
    *("connections", "computes", "onlineEndpoints", "projects", "locks", "roleAssignments"),
    *("policyAssignments", "diagnosticSettings", "permissions", "networkSecurityRules", "resources"),
)


def rule(name, kind="FQDN", destination="contoso.com", **more):
    return {"name": name, "properties": {"type": kind, "destination": destination, **more}}


def bare(**more):
    """A hub of which nothing but the workspace was read."""
    document = hub(**more)
    if "outboundRules" not in more:
        del document["outboundRules"]
    return document


def inline(rules, **more):
    """A hub whose rules stand in its network."""
    document = bare(**more)
    document["properties"]["managedNetwork"]["outboundRules"] = rules
    return document


class TestWhichHubItIs:
    def test_the_parts_of_its_id(self, read):
        ref = read(snapshot(hub("hub1"))).hub.ref
        assert (ref.id, ref.name, ref.kind) == (ID, "hub1", "Hub")
        assert (ref.subscription_id, ref.resource_group) == (SUBSCRIPTION, "rg")

    @pytest.mark.parametrize(
        ("members", "expected"),
        [
            ({"id": f"{ID}/"}, (ID, "hub1", "Hub")),
            ({"id": ID.upper()}, (ID.upper(), "HUB1", "Hub")),
            ({"id": "hub-7", "name": "seven"}, ("hub-7", "seven", "Hub")),
            ({"id": "/x/hub-7", "name": None}, ("/x/hub-7", "hub-7", "Hub")),
            ({"id": None}, ("{path}#hubs[0]", "hub1", "Hub")),
            ({"id": " "}, ("{path}#hubs[0]", "hub1", "Hub")),
            ({"id": None, "name": None}, ("{path}#hubs[0]", "{path}#hubs[0]", "Hub")),
            ({"kind": None}, (ID, "hub1", "Default")),
            ({"kind": ""}, (ID, "hub1", "Default")),
            ({"kind": "hub"}, (ID, "hub1", "Hub")),
            ({"kind": "feature_store"}, (ID, "hub1", "FeatureStore")),
            ({"kind": "Hubble"}, (ID, "hub1", "Hubble")),
        ],
    )
    def test_what_is_missing_or_odd_has_a_stand_in(self, read, members, expected):
        harvest = read(snapshot({**hub(), **members}))
        ref = harvest.hub.ref
        path = harvest.notes[0].path
        assert (ref.id, ref.name, ref.kind) == tuple(part.format(path=path) for part in expected)
        assert harvest.hub.gaps == ()

    @pytest.mark.parametrize("key", ["id", "name", "kind"])
    @pytest.mark.parametrize("wrong", [5, True, ["x"], {"x": 1}])
    def test_a_value_of_the_wrong_type_is_a_gap_of_that_hub(self, read, key, wrong):
        one = read(snapshot({**hub(), key: wrong})).hub
        assert [(gap.subject, gap.code, gap.hub) for gap in one.gaps] == [(key, "wrong-type", one.ref.id)]

    def test_lines_and_documents_give_the_same_stand_in(self, read):
        document = read(snapshot({"kind": "Hub"}, {"kind": "Hub"}))
        lines = read(
            ({"snapshot": "hubscan/v1"}, {"hub": {"kind": "Hub"}}, {"hub": {"kind": "Hub"}}, {"end": {}})
        )
        assert [one.ref for one in document.hubs] == [one.ref for one in lines.hubs]


class TestSpelling:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("allow_internet_outbound", "AllowInternetOutbound"),
            ("AllowInternetOutBound", "AllowInternetOutbound"),
            (" allow-only-approved outbound ", "AllowOnlyApprovedOutbound"),
            ("disabled", "Disabled"),
            ("AllowEverything", "AllowEverything"),
            ("", ""),
        ],
    )
    def test_modes(self, read, written, expected):
        document = read(snapshot(hub(mode=written))).document
        assert document["properties"]["managedNetwork"]["isolationMode"] == expected
        kept = {"properties.managedNetwork.isolationMode": written} if written != expected else None
        assert document.get("asWritten") == kept

    @pytest.mark.parametrize(
        ("kind", "category", "expected"),
        [
            ("fqdn", "user_defined", ("FQDN", "UserDefined")),
            ("service_tag", "required", ("ServiceTag", "Required")),
            ("privateendpoint", "Dependency", ("PrivateEndpoint", "Dependency")),
            ("Firewall", "Mine", ("Firewall", "Mine")),
        ],
    )
    def test_rules(self, read, kind, category, expected):
        document = read(snapshot(bare(outboundRules=[rule("r", kind, category=category)]))).document
        properties = document["outboundRules"][0]["properties"]
        assert (properties["type"], properties["category"]) == expected
        written = document.get("asWritten", {})
        assert written.get("outboundRules.r.type", expected[0]) == kind
        assert written.get("outboundRules.r.category", expected[1]) == category

    def test_a_category_that_is_missing_stays_missing(self, read):
        document = read(snapshot(bare(outboundRules=[rule("r")]))).document
        assert "category" not in document["outboundRules"][0]["properties"]

    def test_the_kind_is_kept_as_it_was_written(self, read):
        assert read(snapshot(hub(kind="hub"))).document["asWritten"] == {"kind": "hub"}


class TestRules:
    def test_a_map_in_the_network_is_a_list(self, read):
        document = read(snapshot(inline({"a": rule("")["properties"], "b": None}))).document
        assert document["outboundRules"][0] == rule("a")
        assert document["outboundRules"][1]["name"] == "b"
        assert reason(document["outboundRules"][1]["properties"]) == "rule 'b' is null, not an object"

    def test_a_list_in_the_network_is_taken_too(self, read):
        document = read(
            snapshot(inline([{"name": "a", "type": "fqdn", "destination": "contoso.com"}]))
        ).document
        assert document["outboundRules"] == [rule("a")]

    def test_what_stands_in_both_places_is_there_once(self, read):
        both = inline({"A": rule("")["properties"], "b": rule("", "fqdn", "b.com")["properties"]})
        both["outboundRules"] = [rule("a"), rule("b", destination="b.com")]
        document = read(snapshot(both)).document
        assert document["outboundRules"] == [rule("a"), rule("b", destination="b.com")]

    def test_what_differs_between_the_places_is_there_twice(self, read):
        both = inline({"a": rule("", destination="inline.com")["properties"]})
        both["outboundRules"] = [rule("a", destination="listed.com"), rule("z")]
        document = read(snapshot(both)).document
        assert [one["properties"]["destination"] for one in document["outboundRules"]] == [
            "listed.com",
            "contoso.com",
            "inline.com",
        ]

    def test_what_is_listed_twice_stays_twice(self, read):
        assert len(read(snapshot(bare(outboundRules=[rule("a"), rule("a")]))).document["outboundRules"]) == 2

    @pytest.mark.parametrize("empty", [{}, []])
    def test_an_empty_place_is_an_empty_list(self, read, empty):
        assert read(snapshot(inline(empty))).document["outboundRules"] == []
        assert read(snapshot(bare(outboundRules=empty))).document["outboundRules"] == []

    @pytest.mark.parametrize(
        "document", [bare(), inline(None), bare(outboundRules=None), bare(mode="Disabled")]
    )
    def test_no_place_is_not_an_empty_list(self, read, document):
        assert reason(read(snapshot(document)).document["outboundRules"]) == "outboundRules was not collected"

    @pytest.mark.parametrize("wrong", [5, "rules", True])
    def test_rules_that_are_no_list_are_not_known(self, read, wrong):
        for document in (bare(outboundRules=wrong), inline(wrong)):
            rules = read(snapshot(document)).document["outboundRules"]
            assert reason(rules).endswith("not a list of rules")

    @pytest.mark.parametrize(
        ("odd", "name", "why"),
        [
            (5, "outboundRules[0]", "outboundRules[0] is a number, not an object"),
            ({"name": "x", "properties": 5}, "x", "rule 'x' is a number, not an object"),
            ({"name": "x", "properties": None}, "x", "rule 'x' is null, not an object"),
            ({"name": "x"}, "x", "rule 'x' has no properties"),
            ({"name": "x", "type": RESOURCE_TYPE}, "x", "rule 'x' has no properties"),
            ({"name": "x", "type": RESOURCE_TYPE, "status": "Active"}, "x", "rule 'x' has no properties"),
        ],
    )
    def test_a_rule_that_is_none_is_kept_and_not_known(self, read, odd, name, why):
        kept = read(snapshot(bare(outboundRules=[odd]))).document["outboundRules"][0]
        assert (kept["name"], reason(kept["properties"])) == (name, why)

    @pytest.mark.parametrize("kind", [5, None, ["FQDN"]])
    def test_a_type_that_is_no_text_is_left_to_who_asks_for_it(self, read, kind):
        assert read(snapshot(bare(outboundRules=[rule("x", kind)]))).document["outboundRules"] == [
            rule("x", kind)
        ]

    @pytest.mark.parametrize(
        ("odd", "name"),
        [
            ({"name": 5}, "5"),
            ({"id": f"{ID}/outboundRules/from-id"}, "from-id"),
            ({"name": ["x"]}, "outboundRules[0]"),
            ({}, "outboundRules[0]"),
        ],
    )
    def test_every_rule_has_a_name(self, read, odd, name):
        odd = {**odd, "properties": rule("")["properties"]}
        assert read(snapshot(bare(outboundRules=[odd]))).document["outboundRules"][0]["name"] == name


class TestDestinations:
    """Rules that are spelled as YAML and Terraform spell them have their keys, too."""

    @pytest.mark.parametrize("subresource", ["subresource_target", "sub_resource_target"])
    def test_of_private_endpoints(self, read, subresource):
        written = {"service_resource_id": "/x/y", subresource: "blob", "spark_enabled": False}
        (found,) = read(snapshot(inline([rule("a", "private_endpoint", written)]))).document["outboundRules"]
        assert found["properties"]["destination"] == {
            "serviceResourceId": "/x/y",
            "subresourceTarget": "blob",
            "sparkEnabled": False,
        }

    def test_of_service_tags(self, read):
        written = {"service_tag": "Storage", "protocol": "TCP", "port_ranges": "443", "address_prefixes": []}
        (found,) = read(snapshot(inline([rule("a", "service_tag", written)]))).document["outboundRules"]
        assert found["properties"]["destination"] == {
            "serviceTag": "Storage",
            "protocol": "TCP",
            "portRanges": "443",
            "addressPrefixes": [],
        }

    def test_of_a_type_that_is_spelled_as_arm_does(self, read):
        written = {"serviceTag": "Storage", "address_prefixes": ["0.0.0.0/0"]}
        (found,) = read(snapshot(inline([rule("a", "ServiceTag", written)]))).document["outboundRules"]
        assert found["properties"]["destination"] == {
            "serviceTag": "Storage",
            "addressPrefixes": ["0.0.0.0/0"],
        }


class TestWhatWasNotRead:
    @pytest.mark.parametrize("name", COLLECTIONS)
    def test_a_collection_that_is_not_there_was_not_collected(self, read, name):
        assert reason(read(snapshot(hub())).document[name]) == f"{name} was not collected"
        assert reason(read(snapshot(hub(**{name: None}))).document[name]) == f"{name} was not collected"

    @pytest.mark.parametrize("name", COLLECTIONS)
    def test_an_empty_collection_was_collected(self, read, name):
        assert read(snapshot(hub(**{name: []}))).document[name] == []

    @pytest.mark.parametrize("name", COLLECTIONS)
    def test_a_collection_of_the_wrong_type_is_not_known(self, read, name):
        assert reason(read(snapshot(hub(**{name: 5}))).document[name]) == f"{name} is a number, not a list"
        assert reason(read(snapshot(hub(**{name: [5]}))).document[name][0]) == (
            f"{name}[0] is a number, not an object"
        )

    def test_an_endpoint_without_its_deployments(self, read):
        endpoints = read(snapshot(hub(onlineEndpoints=[{"name": "e"}]))).document["onlineEndpoints"]
        assert reason(endpoints[0]["deployments"]) == "the deployments of endpoint 'e' were not collected"

    def test_a_workspace_without_properties_was_only_listed(self, read):
        assert reason(read(snapshot({"id": ID})).document["properties"]) == "properties was not collected"

    @pytest.mark.parametrize(
        ("path", "why"),
        [
            (("properties",), "properties is a number, not an object"),
            (("properties", "managedNetwork"), "managedNetwork is a number, not an object"),
            (("properties", "managedNetwork", "isolationMode"), "isolationMode is a number, not a text"),
            (("subscription",), "subscription is a number, not an object"),
        ],
    )
    def test_a_value_of_the_wrong_type_is_not_known(self, read, path, why):
        document = hub()
        holder = document
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = 5
        value = read(snapshot(document)).document
        for name in path:
            value = value[name]
        assert reason(value) == why

    def test_a_network_that_is_missing_stays_missing(self, read):
        document = read(snapshot({"id": ID, "properties": {}})).document
        assert document["properties"] == {}


class TestGaps:
    FORBIDDEN = {"reason": "forbidden", "status": 403, "code": "AuthorizationFailed"}

    @pytest.mark.parametrize("name", ["outboundRules", *COLLECTIONS])
    @pytest.mark.parametrize("subject", ["{}", "{}/", "HUB.{}", f"{ID}/{{}}", f"{ID.upper()}/{{}}"])
    @pytest.mark.parametrize("change", [str, str.upper])
    def test_a_gap_explains_a_collection_that_is_not_there(self, read, name, subject, change):
        gaps = [{**self.FORBIDDEN, "subject": subject.format(change(name))}]
        why = f"{name} could not be read: forbidden (403 AuthorizationFailed)"
        for document in (bare(gaps=gaps), bare(gaps=gaps, **{name: []})):
            one = read(snapshot(document)).hub
            assert reason(one.document[name]) == why
            assert [(gap.reason, gap.hub) for gap in one.gaps] == [("forbidden", ID)]

    def test_what_is_there_in_spite_of_a_gap_stays(self, read):
        document = hub(rules=[("r", "FQDN", "x.com")], gaps=[{**self.FORBIDDEN, "subject": "outboundRules"}])
        assert len(read(snapshot(document)).document["outboundRules"]) == 1

    @pytest.mark.parametrize(
        "subject", ["properties.managedNetwork", "managedNetwork", ID, "workspace", "properties"]
    )
    def test_a_gap_of_the_network_explains_a_network_that_is_not_there(self, read, subject):
        document = {"id": ID, "properties": {"a": 1}, "gaps": [{"subject": subject, "reason": "failed"}]}
        properties = read(snapshot(document)).document["properties"]
        assert reason(properties["managedNetwork"]) == "managedNetwork could not be read: failed"
        document["properties"]["managedNetwork"] = {"isolationMode": "Disabled"}
        assert read(snapshot(document)).document["properties"]["managedNetwork"] == {
            "isolationMode": "Disabled"
        }

    @pytest.mark.parametrize(
        "subject",
        [
            "properties.managedNetwork.isolationMode",
            "isolationMode",
            "Properties.ManagedNetwork.IsolationMode",
        ],
    )
    def test_a_gap_of_the_mode_explains_a_mode_that_is_not_there(self, read, subject):
        document = hub(mode=None, gaps=[{"subject": subject, "reason": "missing", "status": 404}])
        network = read(snapshot(document)).document["properties"]["managedNetwork"]
        assert reason(network["isolationMode"]) == "isolationMode could not be read: missing (404)"

    def test_a_gap_of_any_property(self, read):
        document = hub(gaps=[{"subject": "properties.publicNetworkAccess", "reason": "failed"}])
        properties = read(snapshot(document)).document["properties"]
        assert reason(properties["publicNetworkAccess"]) == "publicNetworkAccess could not be read: failed"

    @pytest.mark.parametrize(
        "subject", ["onlineEndpoints/E/deployments", f"{ID}/onlineEndpoints/e/deployments"]
    )
    @pytest.mark.parametrize("listed", [{}, {"deployments": []}, {"deployments": None}])
    def test_a_gap_of_deployments_is_that_of_their_endpoint(self, read, subject, listed):
        endpoints = [{"name": "hub1/e", **listed}, {"name": "f", "deployments": []}]
        document = read(
            snapshot(hub(onlineEndpoints=endpoints, gaps=[{**self.FORBIDDEN, "subject": subject}]))
        ).document
        first, second = document["onlineEndpoints"]
        assert (
            reason(first["deployments"])
            == "deployments could not be read: forbidden (403 AuthorizationFailed)"
        )
        assert second["deployments"] == []

    def test_deployments_that_are_there_in_spite_of_a_gap_stay(self, read):
        endpoints = [{"name": "e", "deployments": [{"name": "d"}]}]
        gap = {"subject": "onlineEndpoints/e/deployments", "reason": "failed"}
        document = read(snapshot(hub(onlineEndpoints=endpoints, gaps=[gap]))).document
        assert document["onlineEndpoints"] == endpoints

    def test_a_gap_that_says_unresolved_keeps_the_expression(self, read):
        gap = {"subject": "isolationMode", "reason": "unresolved", "detail": "parameters('mode')"}
        network = read(snapshot(hub(mode=None, gaps=[gap]))).document["properties"]["managedNetwork"]
        assert reason(network["isolationMode"]) == "isolationMode is not resolved"
        assert network["isolationMode"].text == "parameters('mode')"

    def test_a_gap_of_another_resource_changes_nothing(self, read):
        other = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z"
        one = read(snapshot(hub(resources=[], gaps=[{"subject": other, "reason": "forbidden"}]))).hub
        assert one.document["resources"] == []
        assert [gap.subject for gap in one.gaps] == [other]

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            (5, ("gaps[0]", "failed", None)),
            ({}, ("gaps[0]", "failed", None)),
            ({"subject": 5, "reason": 5, "status": "403"}, ("5", "failed", None)),
            ({"subject": "x", "status": 403}, ("x", "forbidden", 403)),
            ({"subject": "x", "status": 404, "reason": "odd"}, ("x", "missing", 404)),
            ({"subject": "x", "status": True}, ("x", "failed", None)),
        ],
    )
    def test_a_gap_is_never_lost_however_it_is_written(self, read, entry, expected):
        for document in (snapshot(hub(gaps=[entry])), snapshot(hub(gaps=entry))):
            if entry == {} and document["hubs"][0]["gaps"] == {}:
                continue
            gap = read(document).hub.gaps[0]
            assert (gap.subject, gap.reason, gap.status) == expected


class TestExpressions:
    """Template expressions that somebody left in: what they leave open is not known."""

    def test_the_name_of_a_sku_names_nothing(self, read):
        held = {"id": "/x", "name": "[concat('a')]", "sku": {"name": "[parameters('sku')]"}}
        (found,) = read(snapshot(hub(resources=[held]))).document["resources"]
        assert found["name"] == "[concat('a')]"
        assert reason(found["sku"]["name"]) == "parameters('sku') is not resolved"

    def test_of_arm(self, read):
        network = read(snapshot(hub(mode="[parameters('mode')]"))).document["properties"]["managedNetwork"]
        assert reason(network["isolationMode"]) == "parameters('mode') is not resolved"
        assert network["isolationMode"].text == "parameters('mode')"

    @pytest.mark.parametrize(
        "text", ["[a-z]", "[[parameters('x')]", "[x(1)", "x(1)]", "[]", "$x", "$${x}", "{x}", "${x"]
    )
    def test_text_that_only_looks_like_one(self, read, text):
        value = read(snapshot(hub(note=text))).document["note"]
        assert value == text if text != "${x" else reason(value)

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("${a}-data.blob.core.windows.net", (None, "-data.blob.core.windows.net")),
            ("*.${zone}", ("*.", None)),
            ("x${a}${b}y", ("x", None, "y")),
            ("a${f({'x': 1})}b", ("a", None, "b")),
            ("${a}.${b}", (None, ".", None)),
        ],
    )
    def test_interpolation_leaves_what_is_known(self, read, text, parts):
        document = read(snapshot(hub(rules=[("r", "FQDN", text)]))).document
        value = document["outboundRules"][0]["properties"]["destination"]
        assert isinstance(value, Partial)
        assert (value.parts, value.text) == (parts, text)

    @pytest.mark.parametrize(
        ("key", "text", "known"),
        [
            ("category", "requi${x}", False),
            ("category", "user_${x}", False),
            ("category", "Requi${x}", True),
            ("category", "sys${x}", True),
            ("type", "fq${x}", False),
            ("type", "${x}_tag", False),
            ("type", "Serv${x}", True),
        ],
    )
    def test_a_word_known_in_part_may_be_spelled_otherwise(self, read, key, text, known):
        one = hub(rules=[("r", "FQDN", "x.com")])
        one["outboundRules"][0]["properties"][key] = text
        value = read(snapshot(one)).document["outboundRules"][0]["properties"][key]
        assert isinstance(value, Unknown)
        assert isinstance(value, Partial) is known

    @pytest.mark.parametrize(
        ("text", "known"), [("allow_only_${x}", False), ("AllowOnly${x}", True), ("odd-${x}", True)]
    )
    def test_so_may_a_mode(self, read, text, known):
        network = read(snapshot(hub(mode=text))).document["properties"]["managedNetwork"]
        assert isinstance(network["isolationMode"], Unknown)
        assert isinstance(network["isolationMode"], Partial) is known

    @pytest.mark.parametrize("text", ["${a}", "${a}${b}"])
    def test_interpolation_alone_leaves_nothing(self, read, text):
        value = read(snapshot(hub(note=text))).document["note"]
        assert type(value) is Unknown

    def test_names_stay_names(self, read):
        one = read(snapshot(hub("${prefix}-hub", rules=[("${a}-rule", "FQDN", "x.com")]))).hub
        assert one.ref.name == one.document["name"] == "${prefix}-hub"
        assert one.document["outboundRules"][0]["name"] == "${a}-rule"

    @given(st.text(alphabet="${}ab[]('", max_size=20))
    def test_no_text_breaks_the_reader(self, text):
        value = example({"note": text}).document["note"]
        if isinstance(value, Partial):
            assert all(part != "" for part in value.parts)
            assert None in value.parts
            assert any(value.parts)


class TestSecrets:
    @pytest.mark.parametrize(
        "key",
        [
            *(
                "credentials",
                "accountKey",
                "account_key",
                "connectionString",
                "password",
                "Secret",
                "token",
                "sas",
            ),
            *(
                "key1",
                "key2",
                "primaryKey",
                "secondary-key",
                "clientSecret",
                "sasToken",
                "adminUserPassword",
                "key",
                "privateKeyData",
                "primaryMasterKey",
                "primarySharedKey",
            ),
        ],
    )
    @pytest.mark.parametrize("collection", ["connections", "resources", "computes"])
    @pytest.mark.parametrize("value", ["hush", {"key": "hush"}, ["hush"], 5])
    def test_what_stands_under_the_name_of_a_secret_is_dropped(self, read, collection, key, value):
        member = {"name": "x", "properties": {"keep": 1, "inner": [{key: value, "keep": 2}]}}
        document = read(snapshot(hub(**{collection: [member]}))).document
        assert document[collection] == [{"name": "x", "properties": {"keep": 1, "inner": [{"keep": 2}]}}]

    def test_switches_that_speak_of_keys_stay(self, read):
        properties = {
            "disableLocalAuth": True,
            "allowSharedKeyAccess": False,
            "password": None,
            "keyVault": "x",
        }
        document = read(snapshot(hub(resources=[{"properties": dict(properties)}]))).document
        assert document["resources"][0]["properties"] == properties

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("https://a.blob.core.windows.net/c?sv=2&sig=hush&se=1#x", "https://a.blob.core.windows.net/c#x"),
            ("see https://a/c?SIG=hush now", "see https://a/c now"),
            ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hush==;EndpointSuffix=b", None),
            ("Endpoint=sb://a/;SharedAccessKeyName=n;SharedAccessKey=hush", None),
            ("https://me:hush@host/path", "https://host/path"),
            ("https://host/path?version=1", "https://host/path?version=1"),
        ],
    )
    def test_the_secret_part_of_a_target_is_dropped(self, read, text, kept):
        document = read(snapshot(hub(connections=[{"properties": {"target": text}}]))).document
        target = document["connections"][0]["properties"]["target"]
        assert "hush" not in target
        assert kept is None or target == kept

    def test_a_signature_in_a_rule_is_dropped(self, read):
        destination = "https://a.blob.core.windows.net/c?sv=1&sig=hush"
        document = read(snapshot(hub(rules=[("r", "FQDN", destination)]))).document
        assert (
            document["outboundRules"][0]["properties"]["destination"] == "https://a.blob.core.windows.net/c"
        )

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("https://a.com/c?sig=hush,b.com", "https://a.com/c,b.com"),
            ("https://a.com/c?sig=hush, b.com", "https://a.com/c, b.com"),
            ("https://a.com/c?spr=https,http&sig=hush,b.com", "https://a.com/c?spr=https,http&,b.com"),
            ("https://me:hush@a.com,b.com", "https://me@a.com,b.com"),
            ("https://me@a.com", "https://me@a.com"),
        ],
    )
    def test_of_a_list_of_hosts_only_the_secrets_are_dropped(self, read, text, kept):
        document = read(snapshot(hub(rules=[("r", "FQDN", text)]))).document
        assert document["outboundRules"][0]["properties"]["destination"] == kept

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("AccountName=a;AccountKey=hush==;EndpointSuffix=b", "AccountName=a;EndpointSuffix=b"),
            ("Server=tcp:a;Pwd=hush", "Server=tcp:a;"),
            ("a.com,ApiKey=hush,b.com", "a.com,,b.com"),
            ("Bearer hush0123456789abcdef", "Bearer ..."),
            ("BEARER hush0123456789abcdef", "BEARER ..."),
            ("SharedKey account:hush0123456789abcdef", "SharedKey ..."),
            ("eyJhush00.eyJhush00.hush", "..."),
            ("the key = in the lock", "the key = in the lock"),
        ],
    )
    def test_keys_and_tokens_are_dropped_from_whatever_text_of_a_hub(self, read, text, kept):
        document = read(snapshot(hub(rules=[(text, "FQDN", text)], tags={"note": text}))).document
        rule = document["outboundRules"][0]
        assert (rule["name"], rule["properties"]["destination"]) == (kept, kept)
        assert document["tags"] == {"note": kept}

    @pytest.mark.parametrize("text", ["Bearer hush0123456789abcdef", "eyJhush00.eyJhush00.hush"])
    @pytest.mark.parametrize("before", [15, 16, 17, 99])
    def test_a_token_is_found_behind_any_number_of_its_signs(self, read, before, text):
        note = " J" * before
        document = read(snapshot(hub(tags={"note": note, "token": text}))).document
        assert document["tags"]["note"] == note
        assert "hush" not in document["tags"]["token"]

    def test_an_expression_hides_no_secret(self, read):
        document = read(snapshot(hub(rules=[("r", "FQDN", "${p}.a.com/?sig=hush")]))).document
        destination = document["outboundRules"][0]["properties"]["destination"]
        assert "hush" not in f"{destination.parts}{destination.text}{destination.reason}"

    def test_a_signature_in_a_gap_is_dropped(self, read):
        gap = {"subject": "x", "reason": "failed", "detail": "GET https://a/c?sig=hush failed"}
        harvest = read(snapshot(hub(gaps=[gap]), gaps=[gap]))
        assert {harvest.gaps[0].detail, harvest.hub.gaps[0].detail} == {"GET https://a/c failed"}
        assert "hush" not in json.dumps(harvest.document["gaps"])

    @pytest.mark.parametrize(
        "said",
        [
            "https://a/c?sig=hush",
            "Bearer hush0123456789abcdef",
            "SharedKey a:hush0123456789abcdef",
            "eyJhush00.eyJhush00.hush",
            "Password=hush",
        ],
    )
    @pytest.mark.parametrize("key", ["subject", "detail"])
    def test_no_secret_stands_in_a_gap(self, read, key, said):
        gap = {"subject": "x", "reason": "failed", key: f"GET {said} failed"}
        harvest = read(snapshot(hub(gaps=[gap]), gaps=[gap]))
        assert "hush" not in repr([*harvest.gaps, *harvest.hub.gaps]) + json.dumps(harvest.document["gaps"])

    @pytest.mark.parametrize("form", ['"\\u0073ig=hush"', '"x?a\\u003d1\\u0026sig\\u003dhush"'])
    def test_escapes_hide_no_secret(self, read, form):
        text = json.dumps(snapshot(hub(rules=[("r", "FQDN", "HERE")]))).replace('"HERE"', form)
        destination = read(text).document["outboundRules"][0]["properties"]["destination"]
        assert "hush" not in destination


class TestTheOrigin:
    @pytest.mark.parametrize(
        "said", [{"live": False}, {"source": {"kind": "code"}}, {"source": {"live": False}}]
    )
    def test_a_hub_may_say_that_it_comes_from_code(self, read, said):
        one = read(snapshot(hub(**said))).hub
        assert (one.live, one.document["live"]) == (False, False)

    @pytest.mark.parametrize("said", [{}, {"live": True}, {"live": "no"}, {"source": "code"}])
    def test_any_other_hub_is_evidence_of_the_platform(self, read, said):
        assert read(snapshot(hub(**said))).hub.live


def test_an_example_is_not_written_to():
    document = hub(mode="disabled", rules=[("r", "fqdn", "[x()]")], connections=[{"key": "hush"}])
    before = copy.deepcopy(document)
    first, second = example(document), example(document)
    assert document == before
    assert first.ref == second.ref
    assert first.document["asWritten"] == second.document["asWritten"]


def test_code_whose_network_is_not_resolved_may_have_further_rules():
    rule = {"name": "a", "properties": {"type": "FQDN", "destination": "contoso.com"}}
    document = {
        "kind": "Hub",
        "properties": {"managedNetwork": "[parameters('network')]"},
        "outboundRules": [rule],
    }
    found = example({**document, "live": False}).document["outboundRules"]
    assert [sure for _, sure in found.members] == [True, False]
    assert example(document).document["outboundRules"] == [rule]
