"""How the resources in the files of one scan become hubs."""

from __future__ import annotations

import json

import pytest
from fuzz.frontdoor import bounded_memory
from hubs import SUBSCRIPTION, hub, snapshot
from sources.conftest import reason
from sources.test_api import ID, SHOWN, WORKSPACE, child, rule, workspace

GROUP = ID.partition("/providers/")[0]
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/data"
LOCK = {"type": "Microsoft.Authorization/locks", "properties": {"level": "CanNotDelete"}}


def resource(identifier, **properties):
    kind = identifier.rpartition("/providers/")[2].rpartition("/")[0]
    return {"id": identifier, "name": identifier.rpartition("/")[2], "type": kind, "properties": properties}


def scoped(scope, kind="Microsoft.Authorization/locks", name="x"):
    return {**LOCK, "id": f"{scope}/providers/{kind}/{name}", "name": name, "type": kind}


def names(members):
    return [member["name"] for member in members]


class TestChildren:
    @pytest.mark.parametrize("order", [1, -1])
    def test_are_found_in_any_file_and_in_any_order(self, write, scan, order):
        files = [
            workspace(rules={}),
            {"value": [rule("a")]},
            rule("b"),
            child("connections", "c", target="t"),
        ]
        for number, content in enumerate(files[::order]):
            write(f"{number}.json", content)
        document = scan().document
        assert sorted(names(document["outboundRules"])) == ["a", "b"]
        assert names(document["connections"]) == ["c"]

    @pytest.mark.parametrize(
        ("kind", "collection"),
        [
            ("connections", "connections"),
            ("linkedWorkspaces", "connections"),
            ("computes", "computes"),
            ("onlineEndpoints", "onlineEndpoints"),
        ],
    )
    def test_each_has_its_collection(self, read, kind, collection):
        assert names(read([workspace(), child(kind, "x")]).document[collection]) == ["x"]

    def test_ids_compare_without_case(self, read):
        assert names(read([workspace(), rule("a", hub_id=ID.upper())]).document["outboundRules"]) == ["a"]

    def test_what_was_not_in_the_files_was_not_collected(self, read):
        harvest = read([workspace("a"), workspace("b"), child("connections", "c", hub("a")["id"])])
        first, second = (one.document["connections"] for one in harvest.hubs)
        assert names(first) == ["c"]
        assert reason(second) == "connections was not collected"

    def test_a_rule_by_the_name_of_its_workspace_where_one_has_it(self, read):
        short = {**rule("a"), "id": "hub1/outboundRules/a"}
        assert names(read([workspace(), short]).document["outboundRules"]) == ["a"]

    def test_a_name_that_two_workspaces_have_joins_neither(self, read):
        twin = workspace()
        twin["id"] = twin["id"].replace("/rg/", "/other/")
        harvest = read([workspace(), twin, {**rule("a"), "id": "hub1/outboundRules/a"}])
        assert [one.ref.resource_group for one in harvest.hubs] == ["rg", "other", None]
        assert names(harvest.hubs[2].document["outboundRules"]) == ["a"]

    def test_a_rule_that_stands_in_two_answers_is_one(self, read):
        again = {
            "a": {"type": "FQDN", "category": "UserDefined", "destination": "contoso.com", "status": None}
        }
        document = read([workspace(rules=again), rule("a"), {"value": [rule("A")]}]).document
        assert names(document["outboundRules"]) == ["a"]

    def test_rules_of_one_name_that_differ_are_both_there(self, read):
        document = read([workspace(rules={}), rule("a"), rule("a", "other.com")]).document
        assert len(document["outboundRules"]) == 2

    def test_deployments_belong_to_their_endpoint(self, read):
        endpoint, other = child("onlineEndpoints", "e"), child("onlineEndpoints", "f")
        deployment = child("onlineEndpoints/e/deployments", "d", egressPublicNetworkAccess="Disabled")
        endpoints = read([deployment, workspace(), endpoint, other]).document["onlineEndpoints"]
        assert names(endpoints[0]["deployments"]) == ["d"]
        assert reason(endpoints[1]["deployments"]) == "the deployments of endpoint 'f' were not collected"

    def test_inbound_connections_stand_in_the_properties(self, read):
        inbound = child("privateEndpointConnections", "p", provisioningState="Succeeded")
        assert names(read([workspace(), inbound]).document["properties"]["privateEndpointConnections"]) == [
            "p"
        ]

    def test_a_child_that_command_lines_print_flat(self, read):
        flat = {
            "id": f"{ID}/connections/c",
            "name": "c",
            "type": "azure_open_ai",
            "target": "t",
            "is_shared": True,
        }
        connection = read([workspace(), flat]).document["connections"][0]
        assert connection["properties"] == {"category": "azure_open_ai", "target": "t", "isShared": True}

    def test_a_flat_connection_has_a_category_also_where_it_shows_no_target(self, read):
        flat = {
            "id": f"{ID}/connections/c",
            "name": "c",
            "type": "azure_open_ai",
            "azure_endpoint": "https://h",
        }
        connection = read([workspace(), flat]).document["connections"][0]
        assert connection["properties"] == {"category": "azure_open_ai", "azureEndpoint": "https://h"}


class TestManagedNetworks:
    def network(self, mode, **rules):
        body = {"isolationMode": mode, "outboundRules": rules}
        return child("managedNetworks", "default", managedNetwork=body)

    def test_a_network_that_was_read_on_its_own_completes_its_workspace(self, read):
        bare = {**workspace(), "properties": {"publicNetworkAccess": "Disabled"}}
        document = read([bare, self.network("AllowOnlyApprovedOutbound", a={"type": "FQDN"})]).document
        assert document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
        assert document["properties"]["publicNetworkAccess"] == "Disabled"
        assert names(document["outboundRules"]) == ["a"]

    @pytest.mark.parametrize("rules", [{}, {"a": {"type": "FQDN"}}])
    def test_its_rules_are_added_to_those_of_the_workspace(self, read, rules):
        own = workspace(rules=rules)
        document = read(
            [own, self.network("AllowOnlyApprovedOutbound", a={"type": "FQDN"}, b={"type": "FQDN"})]
        ).document
        assert sorted(names(document["outboundRules"])) == ["a", "b"]

    def test_where_the_two_disagree_the_mode_is_not_known(self, read):
        document = read([workspace(), self.network("Disabled")]).document
        assert "two answers" in reason(document["properties"]["managedNetwork"]["isolationMode"])


class TestTheSameWorkspaceTwice:
    def test_is_one_hub_where_the_answers_agree(self, write, scan):
        write("list.json", {"value": [{**workspace(), "properties": {"storageAccount": STORAGE}}]})
        write("show.json", workspace(rules={"a": {"type": "FQDN"}}))
        document = scan().document
        assert document["properties"]["storageAccount"] == STORAGE
        assert names(document["outboundRules"]) == ["a"]

    def test_is_one_hub_however_it_was_printed(self, write, scan):
        rules = {
            "host": {
                "type": "FQDN",
                "category": "UserDefined",
                "destination": "contoso.com",
                "status": "Active",
            }
        }
        write("1.json", workspace(rules=rules))
        write("2.json", SHOWN)
        assert sorted(names(scan().document["outboundRules"])) == ["endpoint", "host", "tag"]

    def test_is_two_hubs_where_they_contradict_each_other(self, read):
        other = workspace()
        other["properties"]["managedNetwork"]["isolationMode"] = "Disabled"
        harvest = read([workspace(), other, workspace(), rule("a")])
        modes = [one.document["properties"]["managedNetwork"]["isolationMode"] for one in harvest.hubs]
        assert modes == ["AllowOnlyApprovedOutbound", "Disabled"]
        assert [names(one.document["outboundRules"]) for one in harvest.hubs] == [["a"], ["a"]]


class TestScopes:
    @pytest.mark.parametrize("scope", ["", f"/subscriptions/{SUBSCRIPTION}", GROUP, ID, ID.upper()])
    @pytest.mark.parametrize("kind", ["locks", "roleAssignments", "policyAssignments"])
    def test_what_is_set_on_or_above_a_workspace_holds_for_it(self, read, scope, kind):
        assert len(read([workspace(), scoped(scope, f"Microsoft.Authorization/{kind}")]).document[kind]) == 1

    @pytest.mark.parametrize(
        "scope", ["/subscriptions/other", f"{GROUP}-2", hub("hub2")["id"], f"{ID}/computes/c", STORAGE]
    )
    def test_what_is_set_elsewhere_does_not(self, read, scope):
        assert reason(read([workspace(), scoped(scope)]).document["locks"]) == "locks was not collected"

    def test_a_diagnostic_setting_is_inherited_by_nobody(self, read):
        kind = "Microsoft.Insights/diagnosticSettings"
        assert names(read([workspace(), scoped(ID, kind)]).document["diagnosticSettings"]) == ["x"]
        assert reason(read([workspace(), scoped(GROUP, kind)]).document["diagnosticSettings"])

    def test_a_management_group_holds_for_the_one_subscription_of_the_scan(self, read):
        above = "/providers/Microsoft.Management/managementGroups/mg"
        kind = "Microsoft.Authorization/policyAssignments"
        assert names(read([workspace(), scoped(above, kind)]).document["policyAssignments"]) == ["x"]
        other = json.loads(
            json.dumps(workspace("b")).replace(SUBSCRIPTION, "00000000-0000-0000-0000-000000000002")
        )
        for one in read([workspace(), other, scoped(above, kind)]).hubs:
            assert reason(one.document["policyAssignments"]) == "policyAssignments is not resolved"
            assert [gap.reason for gap in one.gaps] == ["unresolved"]

    def test_a_flat_lock_is_a_lock(self, read):
        flat = {"id": f"{ID}/providers/Microsoft.Authorization/locks/l", "name": "l", "level": "ReadOnly"}
        assert read([workspace(), flat]).document["locks"][0]["properties"] == {"level": "ReadOnly"}


class TestProjects:
    def project(self, **more):
        return workspace("p", kind="project", properties={"hubResourceId": f"{ID.upper()}/"}, **more)

    def test_are_documents_of_their_own_after_the_hubs_and_listed_in_theirs(self, read):
        harvest = read([self.project(), workspace()])
        assert [(one.ref.name, one.ref.kind) for one in harvest.hubs] == [("hub1", "Hub"), ("p", "Project")]
        assert names(harvest.hubs[0].document["projects"]) == ["p"]
        assert reason(harvest.hubs[1].document["projects"]) == "projects was not collected"

    def test_of_another_hub_are_not(self, read):
        harvest = read([self.project(), workspace("b")])
        assert reason(harvest.hubs[0].document["projects"]) == "projects was not collected"


class TestResources:
    def hub_with(self, **properties):
        document = workspace()
        document["properties"].update(properties)
        return document

    @pytest.mark.parametrize(
        "name", ["storageAccount", "keyVault", "containerRegistry", "applicationInsights"]
    )
    def test_a_dependency_stands_in_the_hub_that_names_it(self, read, name):
        document = read([self.hub_with(**{name: f"{STORAGE.upper()}/"}), resource(STORAGE)]).document
        assert names(document["resources"]) == ["data"]

    @pytest.mark.parametrize(
        "referrer",
        [
            rule("a")
            | {"properties": {"type": "PrivateEndpoint", "destination": {"serviceResourceId": STORAGE}}},
            child("connections", "c", target=STORAGE),
            child("connections", "c", metadata={"ResourceId": STORAGE}),
        ],
    )
    def test_a_target_of_a_rule_or_a_connection_too(self, read, referrer):
        assert names(read([workspace(), resource(STORAGE), referrer]).document["resources"]) == ["data"]

    def test_what_lies_below_a_target_comes_with_it(self, read):
        server = f"{GROUP}/providers/Microsoft.Sql/servers/s"
        rules = [resource(f"{server}/virtualNetworkRules/{name}") for name in ("one", "two")]
        document = read(
            [self.hub_with(sql=server), *rules, resource(f"{server}2/virtualNetworkRules/x")]
        ).document
        assert names(document["resources"]) == ["one", "two"]

    def test_an_id_of_a_hundred_thousand_names_takes_no_more_than_its_length(self, read):
        deep = resource(f"{STORAGE}{'/x' * 100_000}")
        with bounded_memory():
            document = read([self.hub_with(storageAccount=STORAGE), deep]).document
        assert len(document["resources"]) == 1

    def test_of_several_hubs_stands_in_each(self, read):
        hubs = [
            self.hub_with(storageAccount=STORAGE),
            {**self.hub_with(keyVault=STORAGE), "id": hub("b")["id"]},
        ]
        harvest = read([*hubs, workspace("c"), resource(STORAGE)])
        assert [len(one.document["resources"]) for one in harvest.hubs] == [1, 1, 0]

    def test_without_any_resource_in_the_scan_none_was_collected(self, read):
        assert reason(read(self.hub_with(storageAccount=STORAGE)).document["resources"])

    def test_a_storage_account_that_a_command_line_prints_flat(self, read):
        flat = {
            "id": STORAGE,
            "name": "data",
            "type": "Microsoft.Storage/storageAccounts",
            "publicNetworkAccess": "Disabled",
            "networkRuleSet": {"defaultAction": "Deny", "virtualNetworkRules": []},
        }
        properties = read([self.hub_with(storageAccount=STORAGE), flat]).document["resources"][0][
            "properties"
        ]
        assert properties["networkAcls"]["defaultAction"] == "Deny"
        assert properties["publicNetworkAccess"] == "Disabled"

    def test_a_resource_in_two_answers_is_one(self, read):
        listed = {**resource(STORAGE), "properties": None}
        document = read([self.hub_with(storageAccount=STORAGE), listed, resource(STORAGE, a=1)]).document
        assert [one["properties"] for one in document["resources"]] == [{"a": 1}]


def test_the_subscription_of_a_hub_is_found(read):
    subscription = {"id": f"/subscriptions/{SUBSCRIPTION}", "displayName": "Contoso", "tenantId": "t"}
    document = read([workspace(), subscription]).document
    assert document["subscription"]["subscriptionId"] == SUBSCRIPTION
    assert document["subscription"]["displayName"] == "Contoso"


def test_an_answer_is_never_joined_with_a_snapshot(write, scan):
    write("estate.json", snapshot({**hub(), "outboundRules": None}))
    write("rules.json", {"value": [rule("a")]})
    harvest = scan()
    assert [one.path.rpartition("/")[2] for one in harvest.hubs] == ["estate.json", "rules.json"]
    assert reason(harvest.hubs[0].document["outboundRules"])


def test_the_hubs_of_a_scan_come_in_the_order_in_which_they_were_met(write, scan):
    write("1.json", [rule("a", hub_id=hub("orphan")["id"]), workspace("z")])
    write("2.json", workspace("a"))
    harvest = scan()
    assert harvest.names == ["z", "a", "orphan"]
    assert [(note.path.rpartition("/")[2], note.hubs) for note in harvest.notes] == [
        ("1.json", 2),
        ("2.json", 1),
    ]


def test_hubs_without_ids_are_told_apart(read):
    nameless = {"type": WORKSPACE, "properties": {}}
    assert [one.ref.id.partition("#")[2] for one in read([nameless, nameless]).hubs] == ["hubs[0]", "hubs[1]"]


class TestPages:
    LINK = f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/providers/{WORKSPACE}?$skip="

    def page(self, name, skip=None):
        return {"value": [workspace(name)], **({"nextLink": f"{self.LINK}{skip}"} if skip else {})}

    def test_a_list_that_goes_on_elsewhere_is_a_gap(self, read):
        harvest = read(self.page("a", skip=1))
        assert [(gap.reason, gap.code) for gap in harvest.gaps] == [("missing", "nextLink")]
        assert harvest.names == ["a"]

    def test_a_list_whose_last_page_is_there_is_whole(self, write, scan):
        for number, page in enumerate([self.page("a", 1), self.page("b", 2), self.page("c")]):
            write(f"{number}.json", page)
        assert (scan().names, scan().gaps) == (["a", "b", "c"], [])

    def test_the_last_page_of_another_list_ends_nothing(self, read):
        assert read([self.page("a", 1), {"value": [rule("x")]}]).codes == ["nextLink"]

    def test_each_list_needs_a_last_page_of_its_own(self, write, scan):
        for name in ("a", "b"):
            link = f"https://management.azure.com{hub(name)['id']}/outboundRules?$skip=1"
            write(f"{name}.json", {"value": [rule("x", hub_id=hub(name)["id"])], "nextLink": link})
        write("c.json", {"value": [rule("y", hub_id=hub("a")["id"])]})
        assert scan().codes == ["nextLink"]

    @pytest.mark.parametrize(
        "mark",
        [{"resultTruncated": "true"}, {"resultTruncated": True}, {"$skipToken": "x"}, {"skip_token": "x"}],
    )
    def test_an_export_that_goes_on_is_a_gap(self, read, mark):
        assert read({"count": 1, "data": [workspace()], **mark}).codes == ["skipToken"]

    def test_an_export_with_fewer_rows_than_it_counts_is_a_gap(self, read):
        assert read({"count": 1, "data": [workspace()], "totalRecords": 2}).codes == ["skipToken"]

    def test_an_export_whose_rows_are_all_there_is_whole(self, write, scan):
        for number, token in enumerate(["x", None]):
            write(
                f"{number}.json", {"data": [workspace(f"h{number}")], "skip_token": token, "total_records": 2}
            )
        assert scan().gaps == []

    @pytest.mark.parametrize("link", ["/computes?api-version=2025-06-01&$skip=1", "/outboundRules/x?a=b"])
    def test_a_list_of_a_hub_that_goes_on_is_not_whole_for_that_hub(self, write, scan, link):
        write("hubs.json", {"value": [workspace("a"), workspace("b")]})
        computes = [{"id": f"{hub(name)['id']}/computes/c", "name": "c", "properties": {}} for name in "ab"]
        write(
            "a.json",
            {"value": computes[:1], "nextLink": f"https://management.azure.com{hub('a')['id']}{link}"},
        )
        write("b.json", {"value": computes[1:] * 2})
        harvest = scan()
        (gap,) = harvest.gaps
        assert (gap.code, gap.hub, gap.subject) == ("nextLink", hub("a")["id"], f"{hub('a')['id']}/computes")
        assert gap.detail.partition(": ")[0].endswith("a.json")
        assert [one.gaps for one in harvest.hubs] == [(gap,), ()]

    def test_an_empty_page_is_of_the_hub_that_its_link_names(self, read):
        link = f"https://management.azure.com{hub()['id']}/outboundRules?$skip=1"
        harvest = read([workspace(), {"value": [], "nextLink": link}])
        assert (
            reason(harvest.document["outboundRules"]) == "outboundRules could not be read: missing (nextLink)"
        )

    def test_rows_that_a_query_did_not_give_may_be_of_any_hub(self, write, scan):
        write("hubs.json", {"value": [workspace("a"), workspace("b")]})
        row = {"id": f"{hub('a')['id']}/computes/c", "name": "c", "properties": {}}
        write("rows.json", {"data": [row], "$skipToken": "x"})
        harvest = scan()
        assert [gap.subject for gap in harvest.gaps] == ["computes"]
        assert all(one.gaps == tuple(harvest.gaps) for one in harvest.hubs)

    @pytest.mark.parametrize("link", ["", "https://[", 5, "x"])
    def test_no_link_ends_a_scan(self, read, link):
        assert read({"value": [workspace()], "nextLink": link}).names == ["hub1"]
