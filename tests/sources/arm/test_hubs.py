"""How what templates deploy becomes hubs."""

from __future__ import annotations

import pytest
from sources.arm.builders import STORAGE, WORKSPACE, expanded, hub, nested, resource, template

from scanner.sources.code.join import join
from scanner.values import OpenList, Unknown

RULES = f"{WORKSPACE}/outboundRules"
FQDN = {"type": "FQDN", "category": "UserDefined", "destination": "contoso.com"}
SCOPE = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{resourceGroup}/providers"


def hubs(*resources, **sections):
    return list(join(expanded(template(*resources, **sections)).resources))


def only(*resources, **sections):
    (one,) = hubs(*resources, **sections)
    return one


def rule(name, **more):
    return resource(name, RULES, properties={**FQDN, **more})


def names(members):
    if isinstance(members, OpenList):
        return [(member["name"], sure) for member, sure in members.members]
    return [member["name"] for member in members]


class TestAHub:
    def test_goes_by_file_and_name(self):
        one = only(hub("hub1"))
        assert (one.ref.id, one.ref.name, one.ref.kind) == ("main.json#hub1", "hub1", "Hub")
        assert (one.live, one.path, one.document["live"]) == (False, "main.json", False)
        assert one.document["id"] == f"{SCOPE}/{WORKSPACE}/hub1"

    def test_without_a_name_goes_by_what_it_is_named_by(self):
        one = only(hub("[concat('hub-', uniqueString(resourceGroup().id))]"))
        assert one.ref.name == "hub-{uniqueString(resourceGroup().id)}"

    def test_twice_is_two_hubs(self):
        declared = {"p": {"type": "bool"}}
        found = hubs(
            hub("h", mode="Disabled", condition="[parameters('p')]"),
            hub("h", condition="[not(parameters('p'))]"),
            parameters=declared,
        )
        assert [one.ref.id for one in found] == ["main.json#h", "main.json#h~2"]

    def test_of_a_project_is_not_what_the_template_calls_so(self):
        own = {"properties": {"managedNetwork": {"isolationMode": "Disabled"}}}
        one = only(resource("p", WORKSPACE, kind="Project", hubResource=own, properties={}))
        assert isinstance(one.document["hubResource"], Unknown)

    def test_that_declares_nothing_has_nothing(self):
        document = only(hub("h")).document
        for collection in (
            "outboundRules",
            "connections",
            "computes",
            "onlineEndpoints",
            "projects",
            "resources",
        ):
            assert document[collection] == []
        assert isinstance(document["permissions"], Unknown)

    def test_of_a_kind_that_is_not_known_is_judged_as_one(self):
        declared = {"k": {"type": "string"}}
        value = template(hub("h", kind="[parameters('k')]"), parameters=declared)
        (one,) = join(expanded(value).resources)
        assert one.ref.kind == "Hub"
        assert [(gap.subject, gap.reason) for gap in one.gaps] == [("kind", "unresolved")]

    def test_without_properties_has_no_network(self):
        assert only(resource("h", WORKSPACE, kind="hub")).document["properties"] == {}

    def test_cannot_say_of_itself_that_it_is_live(self):
        one = only(hub("h", live=True, gaps=[{"subject": "x"}], permissions=[]))
        assert not one.live
        assert one.gaps == ()


class TestRules:
    @pytest.mark.parametrize(
        "child",
        [
            rule("h/r"),
            resource("h/default/r", f"{WORKSPACE}/managedNetworks/outboundRules", properties=FQDN),
            rule("[concat('h', '/r')]"),
        ],
    )
    def test_of_every_nesting_form_are_united_with_the_map(self, child):
        document = only(child, hub("h", rules={"inline": FQDN})).document
        assert names(document["outboundRules"]) == ["r", "inline"]

    def test_inside_the_resource(self):
        child = {**rule("r"), "type": "outboundRules"}
        assert names(only(hub("h", resources=[child])).document["outboundRules"]) == ["r"]

    def test_that_say_the_same_twice_are_one_and_else_two(self):
        same = only(hub("h", rules={"r": FQDN}), rule("h/r")).document
        assert names(same["outboundRules"]) == ["r"]
        other = only(hub("h", rules={"r": FQDN}), rule("h/r", destination="fabrikam.com")).document
        assert names(other["outboundRules"]) == ["r", "r"]

    def test_of_a_condition_that_nobody_can_decide_may_be_there(self):
        value = template(
            hub("h", rules={"a": FQDN}),
            {**rule("h/b"), "condition": "[parameters('p')]"},
            parameters={"p": {"type": "bool"}},
        )
        (one,) = join(expanded(value).resources)
        assert names(one.document["outboundRules"]) == [("b", False), ("a", True)]

    def test_that_are_not_known_as_a_whole_may_be_any(self):
        value = template(hub("h", rules="[parameters('rules')]"), parameters={"rules": {"type": "object"}})
        (one,) = join(expanded(value).resources)
        ((member, sure),) = one.document["outboundRules"].members
        assert isinstance(member, Unknown)
        assert not sure

    def test_of_a_hub_in_another_file_find_it(self):
        first = expanded(template(hub("h")), path="a.json").resources
        second = expanded(template(rule("h/r")), path="b.json").resources
        (one,) = join([*second, *first])
        assert names(one.document["outboundRules"]) == ["r"]

    def test_of_a_hub_that_is_nowhere_make_one_whose_network_is_not_known(self):
        one = only(rule("h/r"), rule("h/s"))
        assert (one.ref.id, one.ref.kind) == ("main.json#h", "Hub")
        assert names(one.document["outboundRules"].certain()) == ["r", "s"]
        assert isinstance(one.document["properties"], Unknown)
        assert isinstance(one.document["connections"], Unknown)

    def test_whose_hub_cannot_be_told_may_be_any_hubs(self):
        declared = {"full": {"type": "string"}}
        value = template(hub("a"), hub("b"), rule("[parameters('full')]"), parameters=declared)
        found = list(join(expanded(value).resources))
        assert [len(one.document["outboundRules"].members) for one in found] == [1, 1]

    def test_whose_hub_cannot_be_told_by_name_belong_to_what_they_depend_on(self):
        child = rule("[parameters('full')]") | {"dependsOn": [f"[resourceId('{WORKSPACE}', 'b')]"]}
        value = template(hub("a"), hub("b"), child, parameters={"full": {"type": "string"}})
        found = list(join(expanded(value).resources))
        assert [len(one.document["outboundRules"]) for one in found] == [0, 1]

    def test_of_a_hub_whose_name_is_one_of_two_find_it(self):
        name = "if(parameters('p'), 'a', 'b')"
        value = template(
            hub(f"[{name}]"), rule(f"[concat({name}, '/r')]"), parameters={"p": {"type": "bool"}}
        )
        (one,) = join(expanded(value).resources)
        assert names(one.document["outboundRules"]) == ["r"]

    def test_of_two_deployments_do_not_mix(self):
        declared = {"n": {"type": "string"}}
        parts = []
        for path in ("a.json", "b.json"):
            value = template(
                hub("[parameters('n')]"), rule("[concat(parameters('n'), '/r')]"), parameters=declared
            )
            parts += expanded(value, path=path).resources
        assert [names(one.document["outboundRules"]) for one in join(parts)] == [["r"], ["r"]]

    def test_have_the_spelling_of_azure(self):
        one = only(
            hub("h", mode="AllowInternetOutBound", rules={"a": {"type": "fqdn", "destination": "x.com"}})
        )
        assert one.document["properties"]["managedNetwork"]["isolationMode"] == "AllowInternetOutbound"
        assert one.document["outboundRules"][0]["properties"]["type"] == "FQDN"


class TestANetworkOfItsOwn:
    def network(self, **properties):
        return resource("h/default", f"{WORKSPACE}/managedNetworks", properties=properties)

    @pytest.mark.parametrize("wrapped", [True, False])
    def test_is_that_of_the_workspace(self, wrapped):
        inner = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": {"r": FQDN}}
        child = self.network(managedNetwork=inner) if wrapped else self.network(**inner)
        document = only(resource("h", WORKSPACE, kind="Hub", properties={}), child).document
        assert document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
        assert names(document["outboundRules"]) == ["r"]

    def test_that_says_another_mode_leaves_it_open(self):
        one = only(hub("h", mode="Disabled"), self.network(isolationMode="AllowOnlyApprovedOutbound"))
        assert isinstance(one.document["properties"]["managedNetwork"]["isolationMode"], Unknown)

    def test_that_says_the_same_adds_what_is_missing(self):
        one = only(hub("h"), self.network(isolationMode="allow_only_approved_outbound", firewallSku="Basic"))
        network = one.document["properties"]["managedNetwork"]
        assert network == {"isolationMode": "AllowOnlyApprovedOutbound", "firewallSku": "Basic"}

    def test_of_no_workspace_in_sight_is_judged_for_itself(self):
        document = only(self.network(isolationMode="Disabled")).document
        assert document["properties"]["managedNetwork"]["isolationMode"] == "Disabled"
        assert isinstance(document["properties"]["publicNetworkAccess"], Unknown)


class TestMembers:
    def test_have_their_collections(self):
        children = [
            resource("h/c", f"{WORKSPACE}/connections", properties={"category": "AIServices", "target": "t"}),
            resource("h/m", f"{WORKSPACE}/computes", properties={"computeType": "AmlCompute"}),
            resource("h/e", f"{WORKSPACE}/onlineEndpoints", properties={}),
            resource("h/e/d", f"{WORKSPACE}/onlineEndpoints/deployments", properties={}),
            resource(
                "p",
                WORKSPACE,
                kind="Project",
                properties={"hubResourceId": f"[resourceId('{WORKSPACE}', 'h')]"},
            ),
            resource(
                "diag",
                "Microsoft.Insights/diagnosticSettings",
                scope=f"[resourceId('{WORKSPACE}', 'h')]",
                properties={},
            ),
            resource("lock", "Microsoft.Authorization/locks", properties={"level": "ReadOnly"}),
        ]
        one = hubs(hub("h"), *children)[0].document
        assert names(one["connections"]) == ["c"]
        assert names(one["computes"]) == ["m"]
        assert names(one["onlineEndpoints"]) == ["e"]
        assert names(one["onlineEndpoints"][0]["deployments"]) == ["d"]
        assert names(one["projects"]) == ["p"]
        assert names(one["diagnosticSettings"]) == ["diag"]
        assert names(one["locks"]) == ["lock"]

    def test_lose_their_secrets(self):
        secret = {"category": "AIServices", "target": "t", "credentials": {"key": "hunter2"}}
        sure = resource("h/c", f"{WORKSPACE}/connections", properties=secret)
        doubtful = {
            **resource("h/d", f"{WORKSPACE}/connections", properties=secret),
            "condition": "[parameters('p')]",
        }
        (one,) = join(
            expanded(template(hub("h"), sure, doubtful, parameters={"p": {"type": "bool"}})).resources
        )
        assert [sure for _, sure in one.document["connections"].members] == [True, False]
        assert all(
            "credentials" not in member["properties"] for member, _ in one.document["connections"].members
        )


class TestWhatAHubNames:
    def network(self, target):
        return {
            "pe": {
                "type": "PrivateEndpoint",
                "destination": {"serviceResourceId": target, "subresourceTarget": "blob"},
            }
        }

    def test_is_among_its_resources_with_what_lies_below(self):
        store = resource("st", properties={"publicNetworkAccess": "Disabled"})
        service = resource("st/default", f"{STORAGE}/blobServices", properties={})
        stranger = resource("other")
        one = only(hub("h", rules=self.network(f"[resourceId('{STORAGE}', 'st')]")), store, service, stranger)
        assert [member["id"] for member in one.document["resources"]] == [
            f"{SCOPE}/{STORAGE}/st",
            f"{SCOPE}/{STORAGE}/st/blobservices/default",
        ]
        assert one.gaps == ()

    def test_is_found_although_its_name_is_open(self):
        name = "[concat('st', uniqueString(resourceGroup().id))]"
        target = f"[resourceId('{STORAGE}', concat('st', uniqueString(resourceGroup().id)))]"
        one = only(hub("h", rules=self.network(target)), resource(name))
        (member,) = one.document["resources"]
        assert (
            one.document["outboundRules"][0]["properties"]["destination"]["serviceResourceId"] == member["id"]
        )

    def test_is_found_through_the_output_of_a_module(self):
        inner = template(
            resource("[parameters('n')]"),
            parameters={"n": {"type": "string"}},
            outputs={"id": {"type": "string", "value": f"[resourceId('{STORAGE}', parameters('n'))]"}},
        )
        one = only(
            nested("m", inner, parameters={"n": "st"}),
            hub("h", rules=self.network("[reference('m').outputs.id.value]")),
        )
        assert names(one.document["resources"]) == ["st"]

    def test_is_found_in_another_file(self):
        first = expanded(
            template(hub("h", rules=self.network(f"[resourceId('{STORAGE}', 'st')]"))), path="a.json"
        )
        second = expanded(template(resource("st")), path="b.json")
        (one,) = join([*first.resources, *second.resources])
        assert names(one.document["resources"]) == ["st"]

    def test_in_a_group_that_one_file_leaves_open_is_the_same(self):
        full = f"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/{STORAGE}/st"
        one = only(hub("h", rules=self.network(full)), resource("st"))
        assert [member["id"] for member in one.document["resources"]] == [full]

    def test_and_the_private_endpoints_that_lead_to_it(self):
        connection = {"properties": {"privateLinkServiceId": f"[resourceId('{WORKSPACE}', 'h')]"}}
        endpoint = resource(
            "pe",
            "Microsoft.Network/privateEndpoints",
            properties={"privateLinkServiceConnections": [connection]},
        )
        assert names(only(hub("h"), endpoint).document["resources"]) == ["pe"]

    @pytest.mark.parametrize("declared", [[], [resource("st", existing=True)]])
    def test_and_no_code_declares_is_a_gap_of_that_reference(self, declared):
        one = only(hub("h", rules=self.network(f"[resourceId('{STORAGE}', 'st')]")), *declared)
        assert [(gap.subject, gap.reason, gap.hub) for gap in one.gaps] == [
            (f"{SCOPE}/{STORAGE}/st", "unresolved", "main.json#h")
        ]

    def test_of_a_condition_that_nobody_can_decide_may_be_there(self):
        value = template(
            hub("h", rules=self.network(f"[resourceId('{STORAGE}', 'st')]")),
            resource("st", condition="[parameters('p')]"),
            parameters={"p": {"type": "bool"}},
        )
        (one,) = join(expanded(value).resources)
        assert [sure for _, sure in one.document["resources"].members] == [False]

    def test_is_not_known_where_only_a_parameter_names_it(self):
        value = template(
            hub("h", rules=self.network("[parameters('id')]")), parameters={"id": {"type": "string"}}
        )
        (one,) = join(expanded(value).resources)
        target = one.document["outboundRules"][0]["properties"]["destination"]["serviceResourceId"]
        assert (target.text, one.document["resources"]) == ("parameters('id')", [])
