"""What Azure ML YAML says of computes, online endpoints and their deployments, and where ARM says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.sources.code.azureml.words import camel, spelled
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, hole

COMPUTES: Mapping[str, str] = {
    "amlcompute": "AmlCompute",
    "computeinstance": "ComputeInstance",
    "kubernetes": "Kubernetes",
    "synapsespark": "SynapseSpark",
    "virtualmachine": "VirtualMachine",
}
"""Types of a compute file, folded, as ARM spells them."""

_GROUP = f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{hole(RESOURCE_GROUP)}"
_NETWORKS = f"{_GROUP}/providers/Microsoft.Network/virtualNetworks"
_ACCESS = {"enabled": "Enabled", "disabled": "Disabled"}

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _enabled(value: Any) -> Any:
    if isinstance(value, bool):
        return "Enabled" if value else "Disabled"
    return spelled(value, _ACCESS)


def _negated(value: Any) -> Any:
    return not value if isinstance(value, bool) else value


def _compute_type(value: Any) -> Any:
    return spelled(value, COMPUTES)


def _subnet(value: Any) -> Any:
    """The subnet of ``network_settings``: an id, or a name together with its network's name or id."""
    if not isinstance(value, dict):
        return value
    subnet, network = value.get("subnet"), value.get("vnetName")
    if isinstance(subnet, str) and isinstance(network, str) and not subnet.startswith("/"):
        home = network.rstrip("/") if network.startswith("/") else f"{_NETWORKS}/{network}"
        subnet = f"{home}/subnets/{subnet}"
    return None if subnet is None else {"id": subnet}


@dataclass(frozen=True, slots=True)
class Table:
    """How one kind of file becomes a resource.

    ``rows`` say, by the folded key, at which path of the document a value stands, and how it is written
    there; ``rest`` is where all others go.
    """

    rows: Mapping[str, tuple[tuple[str, ...], Convert]]
    rest: tuple[str, ...]


_INNER = ("properties", "properties")
_COMMON: Mapping[str, tuple[tuple[str, ...], Convert]] = {
    key: ((key,), _same) for key in ("name", "location", "tags", "identity")
}
_COMPUTE: Mapping[str, tuple[tuple[str, ...], Convert]] = {
    **_COMMON,
    "type": (("properties", "computeType"), _compute_type),
    "description": (("properties", "description"), _same),
    "resourceid": (("properties", "resourceId"), _same),
    "localauthenabled": (("properties", "disableLocalAuth"), _negated),
    "size": ((*_INNER, "vmSize"), _same),
    "tier": ((*_INNER, "vmPriority"), _same),
    "networksettings": ((*_INNER, "subnet"), _subnet),
    "mininstances": ((*_INNER, "scaleSettings", "minNodeCount"), _same),
    "maxinstances": ((*_INNER, "scaleSettings", "maxNodeCount"), _same),
}
_ENDPOINT: Mapping[str, tuple[tuple[str, ...], Convert]] = {
    **_COMMON,
    "publicnetworkaccess": (("properties", "publicNetworkAccess"), _enabled),
    "egresspublicnetworkaccess": (("properties", "egressPublicNetworkAccess"), _enabled),
}

CLUSTER = Table(
    {**_COMPUTE, "sshpublicaccessenabled": ((*_INNER, "remoteLoginPortPublicAccess"), _enabled)}, _INNER
)
INSTANCE = Table(
    {**_COMPUTE, "sshpublicaccessenabled": ((*_INNER, "sshSettings", "sshPublicAccess"), _enabled)}, _INNER
)
ENDPOINT = Table(_ENDPOINT, ("properties",))
"""Endpoints and deployments: what the two have in common goes by the same keys."""

DROPPED = frozenset({"$schema", "sshsettings", "setupscripts", "environmentvariables"})
"""Keys that say nothing of networks and may hold what nobody should see."""


def path_of(table: Table, key: str, folded: str) -> tuple[tuple[str, ...], Convert]:
    """Where the value of a key stands in the document of a resource, and how it is written there."""
    return table.rows.get(folded) or ((*table.rest, camel(key)), _same)
