"""One mistake is one finding: private endpoints, connections, and what a hub depends on.

A hub on which everything is right says nothing; each mistake made on it alone is named once, and by the
policy that is nearest to its cause.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubs import SUBSCRIPTION, snapshot

from scanner.cli import main

Hub = dict[str, Any]

POLICIES = (
    *("managed-network-isolation-enabled", "required-private-endpoints-present"),
    *("private-endpoint-rule-complete", "private-endpoint-target-type-supported"),
    *("private-endpoint-subresource-valid", "private-endpoint-connection-approved"),
    *("private-endpoint-target-exists", "private-endpoint-same-tenant"),
    *("default-storage-private-endpoint-subresources", "no-service-endpoint-beside-private-endpoint"),
    *("approver-role-assigned", "connection-target-resource-id-valid", "connection-private-endpoint-present"),
    *("hub-public-network-access-disabled", "hub-inbound-private-endpoint"),
    *("dependency-public-network-access-disabled", "dependency-trusted-services-bypass"),
    "acr-premium-sku-for-private-link",
)

ELSEWHERE = f"{SUBSCRIPTION[:-1]}2"
MICROSOFT = f"{SUBSCRIPTION[:-1]}f"
TENANT, FOREIGN = "00000000-0000-0000-0000-0000000000aa", "00000000-0000-0000-0000-0000000000bb"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
HUB = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/hub1"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/cr1"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/ai1"
LAKE = f"/subscriptions/{ELSEWHERE}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/lake1"
APPROVER = "b556d68e-0be0-4f35-a333-ad7ee1ce17ea"
CLOSED = {
    "publicNetworkAccess": "Disabled",
    "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices", "virtualNetworkRules": []},
    "provisioningState": "Succeeded",
}


def endpoint(name: str, target: str, subresource: str, category: str = "UserDefined") -> Hub:
    destination = {"serviceResourceId": target, "subresourceTarget": subresource}
    properties = {"type": "PrivateEndpoint", "category": category, "status": "Active"}
    return {"name": name, "properties": {**properties, "destination": destination}}


def link(name: str, subscription: str = MICROSOFT) -> Hub:
    within = f"/subscriptions/{subscription}/resourceGroups/commonHobowesteurope"
    return {
        "name": f"x.{name}",
        "properties": {
            "privateEndpoint": {"id": f"{within}/providers/Microsoft.Network/privateEndpoints/{name}"},
            "privateLinkServiceConnectionState": {"status": "Approved"},
        },
    }


def target(identifier: str, *rules: str, **properties: Any) -> Hub:
    kind = identifier.split("/providers/")[1].rpartition("/")[0]
    links = [link(rule) for rule in rules]
    own = {**copy.deepcopy(CLOSED), "privateEndpointConnections": links, **properties}
    return {"id": identifier, "type": kind, "properties": own}


def full_hub() -> Hub:
    """A hub in approved mode on which everything is right, with all evidence."""
    system = [("hub1", HUB, "amlworkspace"), ("st1", STORAGE, "blob"), ("st1", STORAGE, "file")]
    system += [("kv1", VAULT, "vault"), ("cr1", REGISTRY, "registry")]
    names = [f"__SYS_PE_{name}_{subresource}_0a1b2c3d" for name, _, subresource in system]
    inbound = {"name": "pe-hub1", "properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    return {
        "id": HUB,
        "name": "hub1",
        "kind": "Hub",
        "identity": {"type": "SystemAssigned", "principalId": "p1", "tenantId": TENANT},
        "properties": {
            "tenantId": TENANT,
            "publicNetworkAccess": "Disabled",
            "storageAccount": STORAGE,
            "keyVault": VAULT,
            "containerRegistry": REGISTRY,
            "privateEndpointConnections": [inbound, link(names[0])],
            "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound", "status": {"status": "Active"}},
        },
        "outboundRules": [
            *(
                endpoint(name, identifier, subresource, "Required")
                for name, (_, identifier, subresource) in zip(names, system, strict=True)
            ),
            endpoint("Connection_ai1_account", ACCOUNT, "account"),
            endpoint("lake-blob", LAKE, "blob"),
            endpoint("lake-dfs", LAKE, "dfs"),
        ],
        "resources": [
            target(STORAGE, names[1], names[2]),
            target(VAULT, names[3], tenantId=TENANT),
            {
                **target(REGISTRY, names[4], networkRuleBypassOptions="AzureServices"),
                "sku": {"name": "Premium"},
            },
            target(ACCOUNT, "Connection_ai1_account"),
            {**target(LAKE, "lake-blob", "lake-dfs", isHnsEnabled=True), "kind": "StorageV2"},
        ],
        "connections": [
            {
                "name": "ai1",
                "properties": {
                    "category": "AIServices",
                    "target": "https://ai1.cognitiveservices.azure.com/",
                    "metadata": {"ResourceId": ACCOUNT},
                },
            }
        ],
        "projects": [],
        "roleAssignments": [
            {"properties": {"principalId": "p1", "roleDefinitionId": APPROVER, "scope": scope}}
            for scope in (GROUP, f"/subscriptions/{ELSEWHERE}")
        ],
    }


def rule(hub: Hub, name: str) -> Hub:
    return next(member["properties"] for member in hub["outboundRules"] if name in member["name"])


def resource(hub: Hub, identifier: str) -> Hub:
    return next(member for member in hub["resources"] if member["id"] == identifier)


def drop_rule(hub: Hub, name: str) -> None:
    hub["outboundRules"] = [member for member in hub["outboundRules"] if name not in member["name"]]


@pytest.fixture
def said(tmp_path: Path) -> Callable[..., list[tuple[str, str | None, str]]]:
    """Scans a hub by some policies: policy, item and verdict of everything that is worse than info."""

    def scan(hub: Hub, policies: tuple[str, ...] = POLICIES, tenant: str = TENANT) -> list[Any]:
        there = {"subscriptionId": ELSEWHERE, "tenantId": tenant}
        (tmp_path / "hub.json").write_text(json.dumps(snapshot(hub, subscriptions=[there])))
        selection = [word for policy in policies for word in ("--select", policy)]
        result = tmp_path / "result.json"
        main(["scan", str(tmp_path / "hub.json"), *selection, "-o", f"json={result}"])
        findings = json.loads(result.read_text())["findings"]
        return [(one["policy"], one["item"], one["verdict"]) for one in findings if one["severity"] != "info"]

    return scan


@pytest.fixture
def failing(said: Any) -> Callable[..., list[tuple[str, str | None]]]:
    """What fails on a hub, where nothing is unknown."""

    def scan(hub: Hub, tenant: str = TENANT) -> list[tuple[str, str | None]]:
        found = said(hub, tenant=tenant)
        assert {verdict for _, _, verdict in found} <= {"fail"}, found
        return [(policy, item) for policy, item, _ in found]

    return scan


def test_a_hub_on_which_everything_is_right_says_nothing(failing: Any) -> None:
    assert failing(full_hub()) == []


def _name_for_id(hub: Hub) -> None:
    rule(hub, "lake-blob")["destination"]["serviceResourceId"] = "lake1"


def _child_id(hub: Hub) -> None:
    rule(hub, "lake-blob")["destination"]["serviceResourceId"] = f"{LAKE}/blobServices/default"


def _no_subresource(hub: Hub) -> None:
    del rule(hub, "Connection_ai1")["destination"]["subresourceTarget"]
    hub["connections"] = []


def _unsupported(hub: Hub) -> None:
    hub["outboundRules"].append(endpoint("web", f"{GROUP}/providers/Microsoft.Web/sites/fn1", "sites"))
    hub["resources"].append(target(f"{GROUP}/providers/Microsoft.Web/sites/fn1"))


def _wrong_subresource(hub: Hub) -> None:
    hub["outboundRules"].append(endpoint("lake-table", LAKE, "tables"))
    resource(hub, LAKE)["properties"]["privateEndpointConnections"].append(link("lake-table"))


def _pending(hub: Hub) -> None:
    (link_,) = resource(hub, ACCOUNT)["properties"]["privateEndpointConnections"]
    link_["properties"]["privateLinkServiceConnectionState"]["status"] = "Pending"


def _gone(hub: Hub) -> None:
    hub["resources"].remove(resource(hub, ACCOUNT))
    hub["gaps"] = [{"subject": ACCOUNT, "reason": "missing", "status": 404}]


def _no_role(hub: Hub) -> None:
    del hub["roleAssignments"][1]


def _no_id(hub: Hub) -> None:
    hub["connections"][0]["properties"]["metadata"] = {}
    drop_rule(hub, "Connection_ai1")


def _no_connection_rule(hub: Hub) -> None:
    twin = copy.deepcopy(hub["connections"][0])
    twin["name"], twin["properties"]["category"] = "ai1_aoai", "AzureOpenAI"
    hub["connections"].append(twin)
    drop_rule(hub, "Connection_ai1")


def _no_blob(hub: Hub) -> None:
    drop_rule(hub, "_blob_")


def _no_queue(hub: Hub) -> None:
    hub["batchEndpoints"] = [{"name": "score"}]
    hub["outboundRules"].append(endpoint("table", STORAGE, "table"))
    resource(hub, STORAGE)["properties"]["privateEndpointConnections"].append(link("table"))


def _service_endpoint(hub: Hub) -> None:
    resource(hub, STORAGE)["properties"]["networkAcls"]["virtualNetworkRules"] = [
        {"id": f"{GROUP}/subnets/s"}
    ]


def _public_hub(hub: Hub) -> None:
    hub["properties"]["publicNetworkAccess"] = "Enabled"


def _no_inbound(hub: Hub) -> None:
    del hub["properties"]["privateEndpointConnections"][0]


def _public_vault(hub: Hub) -> None:
    resource(hub, VAULT)["properties"]["publicNetworkAccess"] = "Enabled"


def _no_bypass(hub: Hub) -> None:
    resource(hub, STORAGE)["properties"]["networkAcls"]["bypass"] = "None"


def _cheap_registry(hub: Hub) -> None:
    registry = resource(hub, REGISTRY)
    registry["sku"]["name"] = "Standard"
    registry["properties"]["publicNetworkAccess"] = "Enabled"


MISTAKES = [
    (_name_for_id, "private-endpoint-rule-complete", "lake-blob"),
    (_child_id, "private-endpoint-rule-complete", "lake-blob"),
    (_no_subresource, "private-endpoint-rule-complete", "Connection_ai1_account"),
    (_unsupported, "private-endpoint-target-type-supported", "web"),
    (_wrong_subresource, "private-endpoint-subresource-valid", "lake-table"),
    (_pending, "private-endpoint-connection-approved", "Connection_ai1_account"),
    (_gone, "private-endpoint-target-exists", "Connection_ai1_account"),
    (_no_role, "approver-role-assigned", "lake-blob"),
    (_no_id, "connection-target-resource-id-valid", "ai1"),
    (_no_connection_rule, "connection-private-endpoint-present", "ai1"),
    (_no_blob, "required-private-endpoints-present", "storageAccount/blob"),
    (_no_queue, "default-storage-private-endpoint-subresources", "storageAccount/queue"),
    (_service_endpoint, "no-service-endpoint-beside-private-endpoint", "__SYS_PE_st1_blob_0a1b2c3d"),
    (_public_hub, "hub-public-network-access-disabled", None),
    (_no_inbound, "hub-inbound-private-endpoint", None),
    (_public_vault, "dependency-public-network-access-disabled", "keyVault"),
    (_no_bypass, "dependency-trusted-services-bypass", "storageAccount"),
    (_cheap_registry, "acr-premium-sku-for-private-link", "containerRegistry"),
]


@pytest.mark.parametrize(
    ("mistake", "policy", "item"), MISTAKES, ids=lambda value: getattr(value, "__name__", "")
)
def test_one_mistake_is_one_finding(failing: Any, mistake: Any, policy: str, item: str | None) -> None:
    hub = full_hub()
    mistake(hub)
    assert failing(hub) == [(policy, item)]


def test_a_foreign_tenant_is_one_finding_a_resource(failing: Any) -> None:
    assert failing(full_hub(), tenant=FOREIGN) == [("private-endpoint-same-tenant", "lake-blob")]


def test_a_connection_into_a_foreign_tenant_is_not_also_without_its_rule(failing: Any) -> None:
    hub = full_hub()
    hub["outboundRules"] = [member for member in hub["outboundRules"] if "lake" not in member["name"]]
    connection = {"name": "lake", "properties": {"category": "ADLSGen2", "target": LAKE}}
    hub["connections"].append(connection)
    assert failing(hub, tenant=FOREIGN) == [("private-endpoint-same-tenant", "lake")]
    assert failing(hub) == [("connection-private-endpoint-present", "lake")]


def test_a_hub_without_isolation_is_told_that_first(failing: Any) -> None:
    hub = full_hub()
    hub["properties"]["managedNetwork"] = {"isolationMode": "Disabled"}
    hub["outboundRules"] = []
    assert failing(hub) == [("managed-network-isolation-enabled", None)]


def _gone_and_no_role(hub: Hub) -> None:
    _gone(hub)
    del hub["roleAssignments"][0]


def _unsupported_and_no_role(hub: Hub) -> None:
    _unsupported(hub)
    hub["roleAssignments"] = []
    hub["outboundRules"] = [member for member in hub["outboundRules"] if member["name"] == "web"]


def _id_of_another_type(hub: Hub) -> None:
    connection = {"name": "search", "properties": {"category": "CognitiveSearch", "target": VAULT + "2"}}
    hub["connections"].append(connection)


def _foreign_lake(hub: Hub) -> None:
    hub["subscriptions"] = [{"subscriptionId": ELSEWHERE, "tenantId": FOREIGN}]
    _no_role(hub)


# What is wrong, who says so, who else would say something (or not know) if nobody did, and of what.
PAIRS = [
    (_child_id, "private-endpoint-rule-complete", "private-endpoint-target-type-supported", "lake-blob"),
    (_name_for_id, "private-endpoint-rule-complete", "private-endpoint-subresource-valid", "lake-blob"),
    (_name_for_id, "private-endpoint-rule-complete", "private-endpoint-target-exists", "lake-blob"),
    (_name_for_id, "private-endpoint-rule-complete", "private-endpoint-same-tenant", "lake-blob"),
    (_name_for_id, "private-endpoint-rule-complete", "private-endpoint-connection-approved", "lake-blob"),
    (_name_for_id, "private-endpoint-rule-complete", "approver-role-assigned", "lake-blob"),
    (
        _name_for_id,
        "private-endpoint-rule-complete",
        "no-service-endpoint-beside-private-endpoint",
        "lake-blob",
    ),
    (_unsupported, "private-endpoint-target-type-supported", "private-endpoint-subresource-valid", "web"),
    (_unsupported_and_no_role, "private-endpoint-target-type-supported", "approver-role-assigned", "web"),
    (
        _gone,
        "private-endpoint-target-exists",
        "private-endpoint-connection-approved",
        "Connection_ai1_account",
    ),
    (
        _gone,
        "private-endpoint-target-exists",
        "no-service-endpoint-beside-private-endpoint",
        "Connection_ai1_account",
    ),
    (
        _gone_and_no_role,
        "private-endpoint-target-exists",
        "approver-role-assigned",
        "Connection_ai1_account",
    ),
    (_foreign_lake, "private-endpoint-same-tenant", "approver-role-assigned", "lake-blob"),
    (
        _no_blob,
        "required-private-endpoints-present",
        "default-storage-private-endpoint-subresources",
        "storageAccount/blob",
    ),
    (
        _id_of_another_type,
        "connection-target-resource-id-valid",
        "connection-private-endpoint-present",
        "search",
    ),
    (
        _cheap_registry,
        "acr-premium-sku-for-private-link",
        "dependency-public-network-access-disabled",
        "containerRegistry",
    ),
]


@pytest.mark.parametrize(
    ("mistake", "louder", "quieter", "item"), PAIRS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_of_two_policies_the_nearer_one_speaks(
    said: Any, mistake: Any, louder: str, quieter: str, item: str
) -> None:
    hub = full_hub()
    mistake(hub)
    assert item in {name for _, name, _ in said(hub, (quieter,))}
    together = [one for one in said(hub, (louder, quieter)) if one[1] == item]
    assert together == [(louder, item, "fail")]
