"""Answers of the Azure API, in the wrappings in which people have them."""

from __future__ import annotations

import json

import pytest
from hubs import SUBSCRIPTION, hub
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.conftest import reason

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
ID = hub()["id"]
MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def workspace(name="hub1", *, rules=None, **more):
    """A workspace as ARM returns it, its rules in its network."""
    document = {**hub(name), "type": WORKSPACE, **more}
    del document["outboundRules"]
    if rules is not None:
        document["properties"]["managedNetwork"]["outboundRules"] = rules
    return document


def child(kind, name, hub_id=ID, **properties):
    return {
        "id": f"{hub_id}/{kind}/{name}",
        "name": name,
        "type": f"{WORKSPACE}/{kind.rpartition('/')[2]}",
        "properties": properties,
    }


def rule(name="r", destination="contoso.com", hub_id=ID):
    return child("outboundRules", name, hub_id, type="FQDN", destination=destination, category="UserDefined")


SHOWN = {
    "application_insights": f"/subscriptions/{SUBSCRIPTION}/x",
    "display_name": "Hub one",
    "hbi_workspace": False,
    "id": ID,
    "identity": {"type": "system_assigned,user_assigned", "principal_id": "p"},
    "kind": "hub",
    "location": "westeurope",
    "managed_network": {
        "firewall_sku": "standard",
        "isolation_mode": "allow_only_approved_outbound",
        "outbound_rules": [
            {"name": "host", "type": "fqdn", "category": "user_defined", "destination": "contoso.com"},
            {
                "name": "tag",
                "type": "service_tag",
                "category": "required",
                "destination": {"service_tag": "AzureMonitor", "port_ranges": "443", "address_prefixes": []},
            },
            {
                "name": "endpoint",
                "type": "private_endpoint",
                "destination": {
                    "service_resource_id": "/s",
                    "subresource_target": "blob",
                    "spark_enabled": True,
                },
            },
        ],
        "status": {"spark_ready": False, "status": "Inactive"},
    },
    "name": "hub1",
    "public_network_access": "Disabled",
    "serverless_compute": {"no_public_ip": True, "custom_subnet": "/subnet"},
    "tags": {"cost_center": "x_y"},
}
"""What ``az ml workspace show`` prints."""


class TestOneWorkspace:
    def test_as_arm_returns_it(self, read):
        harvest = read(workspace(rules={"a": {"type": "FQDN", "destination": "x.com"}}))
        assert (harvest.hub.ref.id, harvest.hub.live, harvest.gaps) == (ID, True, [])
        assert harvest.document["outboundRules"] == [
            {"name": "a", "properties": {"type": "FQDN", "destination": "x.com"}}
        ]
        assert [(note.kind, note.hubs) for note in harvest.notes] == [("api", 1)]
        assert harvest.taken == []

    def test_as_the_command_line_prints_it(self, read):
        document = read(SHOWN).document
        properties = document["properties"]
        network = properties["managedNetwork"]
        assert document["kind"] == "Hub"
        assert document["identity"] == {"type": "SystemAssigned,UserAssigned", "principalId": "p"}
        assert document["tags"] == {"cost_center": "x_y"}
        assert (network["isolationMode"], network["firewallSku"]) == ("AllowOnlyApprovedOutbound", "Standard")
        assert network["status"] == {"sparkReady": False, "status": "Inactive"}
        assert (properties["friendlyName"], properties["publicNetworkAccess"]) == ("Hub one", "Disabled")
        assert properties["serverlessComputeSettings"] == {
            "serverlessComputeNoPublicIP": True,
            "serverlessComputeCustomSubnet": "/subnet",
        }
        types = [one["properties"]["type"] for one in document["outboundRules"]]
        assert types == ["FQDN", "ServiceTag", "PrivateEndpoint"]
        assert document["outboundRules"][1]["properties"]["destination"]["serviceTag"] == "AzureMonitor"
        assert document["outboundRules"][2]["properties"]["destination"]["serviceResourceId"] == "/s"
        assert document["asWritten"]["outboundRules.tag.type"] == "service_tag"
        assert (
            document["asWritten"]["properties.managedNetwork.isolationMode"] == "allow_only_approved_outbound"
        )

    def test_by_its_id_alone(self, read):
        document = workspace()
        del document["type"]
        assert read(document).names == ["hub1"]

    def test_by_its_type_alone(self, read):
        harvest = read({"type": WORKSPACE.lower(), "name": "x", "properties": {}})
        assert harvest.hub.ref.id.endswith("estate.json#hubs[0]")

    def test_by_its_shape_alone(self, read):
        odd = {"id": "/x/y", "name": "x", "kind": "test_kind", "properties": {"hbiWorkspace": True}}
        harvest = read(odd)
        assert (harvest.hub.ref.kind, harvest.hub.ref.id) == ("test_kind", "/x/y")

    def test_a_listed_workspace_without_properties_is_not_known(self, read):
        listed = {**workspace(), "properties": None}
        assert reason(read(listed).document["properties"]) == "properties was not collected"

    def test_an_account_of_ai_services_is_no_hub(self, read):
        account = {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a",
            "type": "Microsoft.CognitiveServices/accounts",
            "properties": {"managedNetwork": {"isolationMode": "Disabled"}},
        }
        harvest = read(account)
        assert (harvest.hubs, harvest.gaps, [note.hubs for note in harvest.notes]) == ([], [], [0])


class TestWrappings:
    @pytest.mark.parametrize(
        "wrap",
        [
            pytest.param(lambda *items: list(items), id="a list"),
            pytest.param(lambda *items: {"value": list(items)}, id="a page"),
            pytest.param(lambda *items: [{"value": [item]} for item in items], id="a list of pages"),
            pytest.param(
                lambda *items: {"count": 2, "data": list(items), "totalRecords": 2}, id="Resource Graph"
            ),
            pytest.param(
                lambda *items: {"count": 2, "data": list(items), "skip_token": None, "total_records": 2},
                id="az graph query",
            ),
            pytest.param(
                lambda *items: {
                    "data": {
                        "columns": [{"name": key, "type": "string"} for key in items[0]],
                        "rows": [list(item.values()) for item in items],
                    }
                },
                id="a table",
            ),
            pytest.param(
                lambda *items: {"parameters": {}, "responses": {"200": {"body": {"value": list(items)}}}},
                id="an example of the specification",
            ),
            pytest.param(lambda *items: items, id="lines"),
            pytest.param(
                lambda *items: "\n\n".join(json.dumps(item, indent=1) for item in items), id="documents"
            ),
        ],
    )
    @pytest.mark.parametrize("packed", [False, True])
    def test_each_gives_the_workspaces_in_it(self, read, wrap, packed):
        harvest = read(wrap(workspace("a"), workspace("b")), packed=packed)
        assert (harvest.names, harvest.gaps) == (["a", "b"], [])

    @pytest.mark.parametrize("empty", [[], {"value": []}, {"data": [], "count": 0, "totalRecords": 0}])
    def test_an_answer_without_entries_is_an_answer(self, read, empty):
        harvest = read(empty)
        assert (harvest.hubs, harvest.gaps, [note.hubs for note in harvest.notes]) == ([], [], [0])

    @pytest.mark.parametrize(
        "other",
        [
            {"value": [1, 2]},
            {"value": [{"x": 1}]},
            {"data": [{"x": 1}]},
            {"data": []},
            [1],
            {"type": "module"},
        ],
    )
    def test_json_of_another_kind_is_not(self, read, other):
        assert read(other).codes == ["unrecognised"]

    def test_what_is_no_resource_among_resources_is_said(self, read):
        harvest = read([workspace(), 5, None])
        assert harvest.names == ["hub1"]
        assert [gap.detail for gap in harvest.gaps] == [
            "entry 1 is a number, not a resource",
            "entry 2 is null, not a resource",
        ]

    def test_a_broken_line_loses_nothing_but_itself(self, read):
        harvest = read((workspace("a"), '{"id": ', workspace("b")))
        assert harvest.names == ["a", "b"]
        assert [gap.subject.rpartition(":")[2] for gap in harvest.gaps] == ["2"]

    def test_documents_of_which_the_last_is_cut_off(self, read):
        harvest = read(json.dumps(workspace("a"), indent=1) + '\n{\n "id": ')
        assert (harvest.names, harvest.codes) == (["a"], ["malformed"])

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("AuthorizationFailed", "forbidden"),
            ("ResourceNotFound", "missing"),
            ("InternalServerError", "failed"),
        ],
    )
    def test_an_error_that_was_saved_is_a_gap(self, read, code, expected):
        message = f"The client may not read '{ID}'.\nCorrelation id: 1"
        gap = read({"error": {"code": code, "message": message}}).gaps[0]
        assert (gap.reason, gap.code) == (expected, code)
        assert gap.detail == f"Azure answered an error: The client may not read '{ID}'."

    @pytest.mark.parametrize(
        ("action", "scope", "subject", "owner"),
        [
            (f"{WORKSPACE}/computes/read", ID, f"{ID}/computes", ID),
            (
                f"{WORKSPACE}/onlineEndpoints/deployments/read",
                f"{ID}/onlineEndpoints/e",
                f"{ID}/onlineEndpoints",
                ID,
            ),
            (f"{WORKSPACE}/read", ID, ID, ID),
            ("Microsoft.Authorization/locks/read", "/subscriptions/x", "locks", None),
            ("Microsoft.Storage/storageAccounts/read", "/subscriptions/x/y", "/subscriptions/x/y", None),
        ],
    )
    def test_a_refusal_is_the_gap_of_what_it_names(self, read, action, scope, subject, owner):
        said = (
            f"The client does not have authorization to perform action '{action}' over scope '{scope}' or ..."
        )
        error = {"error": {"code": "AuthorizationFailed", "message": said}}
        (gap,) = read(error).gaps
        assert (gap.reason, gap.subject, gap.hub) == ("forbidden", subject, owner)
        assert gap.detail.endswith(f": Azure answered an error: {said[:300]}")

    def test_what_was_refused_its_hub_does_not_know(self, write, scan):
        write("hub.json", {**workspace(), "computes": []})
        said = f"may not perform action '{WORKSPACE}/computes/read' over scope '{ID}'"
        write("computes.json", {"error": {"code": "AuthorizationFailed", "message": said}})
        document = scan().document
        assert reason(document["computes"]) == "computes could not be read: forbidden (AuthorizationFailed)"

    def test_secrets_of_an_answer_are_dropped(self, read):
        shared = child("connections", "c", target="https://h?sig=hush", credentials={"key": "hush"})
        assert "hush" not in json.dumps(read([workspace(), shared]).document["connections"])


class TestRulesWithoutTheirWorkspace:
    def test_are_a_hub_whose_mode_is_not_known(self, read):
        harvest = read({"value": [rule("a"), rule("b")]})
        assert (harvest.hub.ref.id, harvest.hub.ref.kind, harvest.gaps) == (ID, "Hub", [])
        assert [one["name"] for one in harvest.document["outboundRules"]] == ["a", "b"]
        assert reason(harvest.document["properties"]) == (
            "properties is not known: the workspace itself is not among the files"
        )

    def test_of_several_workspaces_are_several_hubs(self, read):
        assert read([rule(), rule(hub_id=hub("hub2")["id"])]).names == ["hub1", "hub2"]

    def test_with_an_id_that_is_only_a_name(self, read):
        harvest = read([{**rule(), "id": "hub7/outboundRules/r"}])
        assert (harvest.hub.ref.name, harvest.hub.ref.kind) == ("hub7", "Hub")

    def test_without_any_name_are_a_hub_named_after_the_file(self, read):
        harvest = read([{"name": "r", "type": "fqdn", "destination": "x.com"}], name="rules.json")
        assert harvest.hub.ref.name.endswith("/rules.json")
        assert harvest.document["outboundRules"] == [
            {"name": "r", "properties": {"type": "FQDN", "destination": "x.com"}}
        ]

    def test_of_an_example_belong_to_the_workspace_that_it_asks_for(self, read):
        parameters = {"subscriptionId": SUBSCRIPTION, "resourceGroupName": "rg", "workspaceName": "hub1"}
        body = {**rule(), "id": "some_string", "type": "some_string"}
        harvest = read({"parameters": {**parameters, "body": body}, "responses": {"200": {"body": body}}})
        assert harvest.hub.ref.id == ID
        rules = harvest.document["outboundRules"]
        assert [one["name"] for one in rules[:1]] == [rule()["name"]]
        assert "was not listed" in reason(rules[1]["properties"])

    def test_a_network_without_its_workspace_has_a_mode(self, read):
        network = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": {"a": {"type": "FQDN"}}}
        document = read(child("managedNetworks", "default", managedNetwork=network)).document
        assert document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
        assert len(document["outboundRules"]) == 1
        assert "not among the files" in reason(document["properties"]["publicNetworkAccess"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from([ID, WORKSPACE, "FQDN", "hub1", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "name",
                    "type",
                    "kind",
                    "properties",
                    "value",
                    "data",
                    "destination",
                    "managedNetwork",
                    "managed_network",
                ]
            )
            | st.sampled_from(
                ["outboundRules", "connections", "resources", "gaps", "hubResourceId", "nextLink", "error"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@MANY
@given(st.lists(JSON, max_size=4), st.booleans())
def test_no_answer_ends_a_scan(read, values, as_lines):
    read(tuple(values) if as_lines else values)


@MANY
@given(
    st.lists(JSON, min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(list(workspace())), JSON, max_size=3),
)
def test_whatever_is_odd_about_a_workspace_it_is_judged(read, values, members):
    document = {**workspace(), **members, "type": WORKSPACE}
    assert read([document, *[value for value in values if isinstance(value, dict)]]).hubs
