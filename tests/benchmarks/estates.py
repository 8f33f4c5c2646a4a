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


def _resource(arm_id: str) -> Document:
    acls = {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
    arm_type = "/".join(arm_id.split("/")[-3:-1])
    return {
        "id": arm_id,
        "name": arm_id.rsplit("/", 1)[1],
        "type": arm_type,
        "properties": {"publicNetworkAccess": "Disabled", "networkAcls": acls},
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
    targets = (rule["destination"]["serviceResourceId"] for rule in own if rule["type"] == "PrivateEndpoint")
    return {
        "id": hub_id,
        "name": name,
        "type": _WORKSPACE,
        "kind": "Hub",
        "location": location,
        "tags": {"environment": "production"},
        "identity": {"type": "SystemAssigned", "tenantId": _TENANT},
        "properties": {
            "friendlyName": name,
            "storageAccount": storage,
            "keyVault": vault,
            "containerRegistry": registry,
            "publicNetworkAccess": "Disabled",
            "provisioningState": "Succeeded",
            "managedNetwork": {
                "isolationMode": "AllowOnlyApprovedOutbound",
                "status": {"status": "Active", "sparkReady": False},
                "firewallSku": "Standard",
                "managedNetworkKind": "V1",
            },
        },
        "outboundRules": outbound,
        "resources": [_resource(target) for target in (storage, vault, registry, *targets)],
        "connections": [],
        "computes": [],
        "subscription": home,
        "gaps": [],
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
