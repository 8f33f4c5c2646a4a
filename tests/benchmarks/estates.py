"""Estates of any size, made up: ``python tests/benchmarks/estates.py OUT.jsonl 10000``.

The same arguments write the same lines, and hub N is the same in an estate of any size.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]

HUBS_A_SUBSCRIPTION = 200
VIOLATING = 0.15
"""The share of hubs that break a policy."""

_PLATFORM = "00000000-0000-0000-0000-0000000000bb"
_APPROVER = "b556d68e-0be0-4f35-a333-ad7ee1ce17ea"
_TENANT = "00000000-0000-0000-0000-0000000000aa"
_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
_REGIONS = ("westeurope", "northeurope", "swedencentral", "eastus2", "westus3", "australiaeast")
_REQUIRED_TAGS = (
    ("AzureActiveDirectory", "TCP", "80, 443"),
    ("AzureResourceManager", "TCP", "443"),
    ("AzureMachineLearning", "TCP", "443"),
    ("AzureMachineLearning", "UDP", "5831"),
    ("BatchNodeManagement", "TCP", "443"),
    ("AzureFrontDoor.FirstParty", "*", "*"),
    ("AzureMonitor", "TCP", "443"),
    ("VirtualNetwork", "*", "*"),
)
_AREAS = ("api", "docs", "wiki", "mail", "data", "maps", "auth", "files", "tickets", "metrics")
_HOSTS = tuple(
    f"{area}{number}.{team}.contoso.com" for area in _AREAS for number in range(9) for team in ("eu", "us")
)
_PAIRS = tuple(
    f"{area}{number}.fabrikam.com, {area}{number}.contoso.com" for area in _AREAS for number in range(4)
)
_TAGS = (
    "AzureAttestation",
    "AzureBackup",
    "AzureSiteRecovery",
    "AzureUpdateDelivery",
    "AzureInformationProtection",
)
_TARGETS = (
    ("Microsoft.Storage/storageAccounts", "blob"),
    ("Microsoft.Search/searchServices", "searchService"),
    ("Microsoft.CognitiveServices/accounts", "account"),
    ("Microsoft.Sql/servers", "sqlServer"),
    ("Microsoft.EventHub/namespaces", "namespace"),
)
_DRAWN = (
    *(("FQDN", destination, "") for destination in (*_HOSTS, *_PAIRS)),
    *(("ServiceTag", tag, "") for tag in _TAGS),
    *(
        ("PrivateEndpoint", f"{kind}/shared{number}", group)
        for kind, group in _TARGETS
        for number in range(6)
    ),
)
"""What user rules are drawn from: FQDN destinations, service tags, and private endpoint targets."""

_BAD_HOSTS = (
    *("contosodata.blob.core.windows.net", "ContosoLake.DFS.core.windows.net.", "*.core.windows.net", "*"),
    *("*.azurewebsites.net", "orders.contoso.com:5432", "https://wiki.contoso.com/runbooks", "10.0.0.0/24"),
)
_BAD_TAGS: tuple[tuple[str, list[str]], ...] = (
    ("AzureCloud", []),
    ("Internet", []),
    ("AzureAttestation", ["0.0.0.0/0"]),
)


def _rule(kind: str, category: str, destination: str | Document) -> Document:
    return {"type": kind, "category": category, "status": "Active", "destination": destination}


def _tag(name: str, protocol: str, ports: str, category: str, prefixes: list[str]) -> Document:
    destination = {"serviceTag": name, "protocol": protocol, "portRanges": ports, "action": "Allow"}
    return _rule("ServiceTag", category, {**destination, "addressPrefixes": prefixes})


def _endpoint(target: str, subresource: str, category: str) -> Document:
    destination = {"serviceResourceId": target, "subresourceTarget": subresource, "sparkEnabled": False}
    return _rule("PrivateEndpoint", category, destination)


def _required(
    hub_id: str, location: str, dependencies: list[tuple[str, str]], digits: str
) -> Iterator[Document]:
    """The rules that the platform makes by itself in approved mode."""
    for tag, protocol, ports in (*_REQUIRED_TAGS, (f"MicrosoftContainerRegistry.{location}", "TCP", "443")):
        suffix = "" if protocol == "*" else f"_{protocol}"
        yield {"name": f"__SYS_ST_{tag}{suffix}", "properties": _tag(tag, protocol, ports, "Required", [])}
    for target, subresource in ((hub_id, "amlworkspace"), *dependencies):
        name = f"__SYS_PE_{target.rsplit('/', 1)[1]}_{subresource}_{digits}"
        yield {"name": name, "properties": _endpoint(target, subresource, "Required")}


def _user_rules(draw: random.Random, scope: str, count: int) -> Iterator[Document]:
    for kind, text, group in draw.sample(_DRAWN * (1 + count // len(_DRAWN)), count):
        if kind == "FQDN":
            yield _rule(kind, "UserDefined", text)
        elif kind == "ServiceTag":
            yield _tag(text, "TCP", "443", "UserDefined", [])
        else:
            yield _endpoint(f"{scope}/{text}", group, "UserDefined")


def _bad_rule(draw: random.Random, scope: str) -> Document:
    kind = draw.choices(("host", "tag", "endpoint"), weights=(6, 3, 1))[0]
    if kind == "host":
        return _rule("FQDN", "UserDefined", draw.choice(_BAD_HOSTS))
    if kind == "tag":
        tag, prefixes = draw.choice(_BAD_TAGS)
        return _tag(tag, "TCP", "443", "UserDefined", prefixes)
    return _endpoint(f"{scope}/Microsoft.Web/sites/func{draw.randrange(40)}", "sites", "UserDefined")


def _resource(arm_id: str, rules: list[Document]) -> Document:
    """A resource as it should be: private, and with an approved connection for each rule that leads to it."""
    acls = {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
    arm_type = "/".join(arm_id.split("/")[-3:-1])
    connections = [
        _connection(arm_id, rule["name"], rule["properties"]["destination"]["subresourceTarget"])
        for rule in rules
    ]
    properties = {
        "publicNetworkAccess": "Disabled",
        "networkAcls": acls,
        "networkRuleBypassOptions": "AzureServices",
        "privateEndpointConnections": connections,
    }
    document = {"id": arm_id, "name": arm_id.rsplit("/", 1)[1], "type": arm_type, "properties": properties}
    if arm_type in _SKUS:
        document["sku"] = {"name": _SKUS[arm_type]}
    return document


_SKUS = {
    "Microsoft.ContainerRegistry/registries": "Premium",
    "Microsoft.Search/searchServices": "standard",
    "Microsoft.EventHub/namespaces": "Standard",
}


def _connection(arm_id: str, rule: str, subresource: str) -> Document:
    """A private endpoint connection as the resource at its end reports it."""
    endpoint = (
        f"/subscriptions/{_PLATFORM}/resourceGroups/vnet/providers/Microsoft.Network/privateEndpoints/{rule}"
    )
    return {
        "id": f"{arm_id}/privateEndpointConnections/{rule}.1",
        "name": f"{rule}.1",
        "properties": {
            "privateEndpoint": {"id": endpoint},
            "groupIds": [subresource],
            "privateLinkServiceConnectionState": {"status": "Approved", "actionsRequired": "None"},
            "provisioningState": "Succeeded",
        },
    }


def subscription(number: int) -> Document:
    """The subscription that hub ``number`` belongs to."""
    return {
        "subscriptionId": f"00000000-0000-0000-0001-{number // HUBS_A_SUBSCRIPTION:012d}",
        "tenantId": _TENANT,
        "displayName": f"Contoso team {number // HUBS_A_SUBSCRIPTION}",
        "providers": {"Microsoft.MachineLearningServices": "Registered", "Microsoft.Network": "Registered"},
    }


def hub(number: int, rules: int = 40, seed: int = 0) -> Document:
    """Hub ``number``: approved mode, every required rule, and user rules up to ``rules`` in all."""
    draw = random.Random(f"{seed}:{number}")
    home = subscription(number)
    name = f"hub-{number:06d}"
    location = draw.choice(_REGIONS)
    scope = (
        f"/subscriptions/{home['subscriptionId']}/resourceGroups/rg-{number % HUBS_A_SUBSCRIPTION}/providers"
    )
    hub_id = f"{scope}/{_WORKSPACE}/{name}"
    storage = f"{scope}/Microsoft.Storage/storageAccounts/st{number:06d}"
    vault = f"{scope}/Microsoft.KeyVault/vaults/kv-{number:06d}"
    registry = f"{scope}/Microsoft.ContainerRegistry/registries/cr{number:06d}"
    dependencies = [(storage, "blob"), (storage, "file"), (vault, "vault"), (registry, "registry")]
    outbound = list(_required(hub_id, location, dependencies, f"{draw.randrange(1 << 32):08x}"))
    wanted = max(0, rules - len(outbound))
    bad = draw.randint(1, min(3, wanted)) if wanted and draw.random() < VIOLATING else 0
    own = [_bad_rule(draw, scope) for _ in range(bad)] + list(_user_rules(draw, scope, wanted - bad))
    outbound += ({"name": f"rule-{position:03d}", "properties": rule} for position, rule in enumerate(own))
    leading: dict[str, list[Document]] = {}
    for rule in outbound:
        if rule["properties"]["type"] == "PrivateEndpoint":
            leading.setdefault(rule["properties"]["destination"]["serviceResourceId"], []).append(rule)
    principal = f"00000000-0000-0000-0002-{number:012d}"
    return {
        "id": hub_id,
        "name": name,
        "type": _WORKSPACE,
        "kind": "Hub",
        "location": location,
        "tags": {"environment": "production", "costApproved": "FIN-42"},
        "identity": {"type": "SystemAssigned", "principalId": principal, "tenantId": _TENANT},
        "properties": {
            "friendlyName": name,
            "storageAccount": storage,
            "keyVault": vault,
            "containerRegistry": registry,
            "imageBuildCompute": "builder",
            "publicNetworkAccess": "Disabled",
            "provisioningState": "Succeeded",
            "managedNetwork": {
                "isolationMode": "AllowOnlyApprovedOutbound",
                "status": {"status": "Active", "sparkReady": False},
                "firewallSku": "Standard",
                "managedNetworkKind": "V1",
                "enableNetworkMonitor": True,
                "enableFirewallLog": True,
            },
            "privateEndpointConnections": [
                _connection(hub_id, "pe-hub-inbound", "amlworkspace"),
                _connection(hub_id, leading[hub_id][0]["name"], "amlworkspace"),
            ],
        },
        "outboundRules": outbound,
        "resources": [_resource(target, rules) for target, rules in leading.items() if target != hub_id],
        "connections": [_feed(hub_id)],
        "computes": [_builder(hub_id)],
        "onlineEndpoints": [],
        "projects": [],
        "locks": [],
        "policyAssignments": [],
        "roleAssignments": [_role(principal, home, scope.removesuffix("/providers"))],
        "permissions": [{"actions": ["*"], "notActions": []}],
        "diagnosticSettings": [_diagnostics(hub_id)],
        "networkSecurityRules": [],
        "subscription": home,
        "gaps": [],
    }


def _builder(hub_id: str) -> Document:
    """The cluster that builds images."""
    return {
        "id": f"{hub_id}/computes/builder",
        "name": "builder",
        "properties": {
            "computeType": "AmlCompute",
            "provisioningState": "Succeeded",
            "createdOn": "2026-06-01T08:00:00Z",
            "properties": {
                "enableNodePublicIp": False,
                "remoteLoginPortPublicAccess": "Disabled",
                "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 2},
            },
        },
    }


def _feed(hub_id: str) -> Document:
    """The connection to the feed that packages come from."""
    return {
        "id": f"{hub_id}/connections/feed",
        "name": "feed",
        "properties": {
            "category": "PythonFeed",
            "target": "https://feeds.contoso.com/simple",
            "authType": "None",
            "isSharedToAll": True,
        },
    }


def _role(principal: str, home: Document, scope: str) -> Document:
    """The assignment by which a hub may approve its own private endpoints."""
    definitions = f"/subscriptions/{home['subscriptionId']}/providers/Microsoft.Authorization/roleDefinitions"
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-000000000001",
        "properties": {
            "principalId": principal,
            "roleDefinitionId": f"{definitions}/{_APPROVER}",
            "scope": scope,
        },
    }


def _diagnostics(hub_id: str) -> Document:
    """A setting that sends all logs of a hub."""
    workspace = "Microsoft.OperationalInsights/workspaces/logs"
    return {
        "id": f"{hub_id}/providers/Microsoft.Insights/diagnosticSettings/all",
        "name": "all",
        "properties": {
            "workspaceId": f"{hub_id.partition('/providers/')[0]}/providers/{workspace}",
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        },
    }


def write_estate(path: Path, hubs: int, rules: int = 40, seed: int = 0) -> None:
    """Write a snapshot (``.jsonl``, or ``.jsonl.gz``) of ``hubs`` hubs, one at a time."""
    opened = gzip.open if path.suffix == ".gz" else open
    encode = json.JSONEncoder(separators=(",", ":")).encode
    with opened(path, "wt", encoding="utf-8", newline="\n") as out:
        out.write(encode({"snapshot": "hubscan/v1", "collected_at": "2026-11-02T05:17:00Z"}) + "\n")
        for number in range(hubs):
            if number % HUBS_A_SUBSCRIPTION == 0:
                out.write(encode({"subscription": subscription(number)}) + "\n")
            out.write(encode({"hub": hub(number, rules, seed)}) + "\n")
        out.write(encode({"end": {"hubs": hubs, "gaps": 0}}) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a made-up estate as a snapshot.")
    parser.add_argument("path", type=Path)
    parser.add_argument("hubs", type=int)
    parser.add_argument("--rules", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    write_estate(**vars(parser.parse_args()))
