"""The network that a hub's own private endpoints stand in: the rules of its security groups."""

from __future__ import annotations

from typing import Any

from scanner.model import Document
from scanner.sources.azure import ids
from scanner.sources.azure.shelf import Shelves

_ENDPOINTS = "Microsoft.Network/privateEndpoints"
_NETWORKS = "Microsoft.Network/virtualNetworks"
_GROUPS = "Microsoft.Network/networkSecurityGroups"


class _Untold(Exception):  # noqa: N818 - reads as what it says
    """A document does not say what leads on."""


def security_rules(document: Document, shelves: Shelves) -> list[Any] | None:
    """The rules of every network security group at the subnets of a hub's private endpoints.

    Endpoints that Azure keeps for managed networks are in a subscription of Microsoft's and are left
    out.  None where something on the way does not tell the next: then nothing is known of the rules.
    Raises `Refused` where any of the way cannot be read.
    """
    try:
        found: dict[str, Any] = {}
        for subnet in _subnets(_list(document, "privateEndpointConnections"), shelves):
            group = _group(subnet, shelves)
            for rule in _list(shelves.get(group, _GROUPS), "securityRules") if group is not None else ():
                found.setdefault(ids.key(rule) or str(len(found)), rule)
        return list(found.values())
    except _Untold:
        return None


def _subnets(connections: list[Document], shelves: Shelves) -> list[ids.ArmId]:
    found: dict[str, ids.ArmId] = {}
    for connection in connections:
        endpoint = _object(_object(connection.get("properties")).get("privateEndpoint"))
        identifier = ids.parse(endpoint.get("id"))
        if identifier is None or identifier.name.lower().startswith(("__sys_", "connection_")):
            continue
        place = endpoint.get("subnetArmId")
        if not place:
            place = _object(_properties(shelves.get(identifier, _ENDPOINTS)).get("subnet")).get("id")
        subnet = _told(place)
        found.setdefault(subnet.key, subnet)
    return list(found.values())


def _group(subnet: ids.ArmId, shelves: Shelves) -> ids.ArmId | None:
    """The network security group at a subnet, None where there is none."""
    network = _told(subnet.text.rpartition("/subnets/")[0])
    for one in _list(shelves.get(network, _NETWORKS), "subnets"):
        if ids.key(one) == subnet.key or str(one.get("name")).lower() == subnet.name.lower():
            group = _properties(one).get("networkSecurityGroup")
            return None if group is None else _told(_object(group).get("id"))
    raise _Untold


def _told(value: Any) -> ids.ArmId:
    identifier = ids.parse(value)
    if identifier is None:
        raise _Untold
    return identifier


def _properties(document: Document) -> Document:
    properties = document.get("properties")
    if not isinstance(properties, dict):
        raise _Untold
    return properties


def _list(document: Document, name: str) -> list[Document]:
    value = _properties(document).get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _Untold
    return value


def _object(value: Any) -> Document:
    return value if isinstance(value, dict) else {}
