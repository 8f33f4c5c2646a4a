"""The network that a hub's own private endpoints stand in: the rules of its security groups."""

from __future__ import annotations

from typing import Any

from scanner.model import Document
from scanner.sources.azure import ids
from scanner.sources.azure.shelf import Shelves

_ENDPOINTS = "Microsoft.Network/privateEndpoints"
_NETWORKS = "Microsoft.Network/virtualNetworks"
_GROUPS = "Microsoft.Network/networkSecurityGroups"


def security_rules(document: Document, shelves: Shelves) -> list[Any]:
    """The rules of every network security group at the subnets of a hub's private endpoints.

    Endpoints that Azure keeps for managed networks are in a subscription of Microsoft's and are left
    out.  Raises `Refused` where any of the way there cannot be read.
    """
    found: dict[str, Any] = {}
    for subnet in _subnets(document, shelves):
        network = ids.parse(subnet.text.rpartition("/subnets/")[0])
        if network is None:
            continue
        for one in _list(_properties(shelves.get(network, _NETWORKS)), "subnets"):
            if ids.key(one) == subnet.key or str(one.get("name")).lower() == subnet.name.lower():
                group = ids.parse(_object(_properties(one).get("networkSecurityGroup")).get("id"))
                if group is not None:
                    for rule in _list(_properties(shelves.get(group, _GROUPS)), "securityRules"):
                        found.setdefault(ids.key(rule) or str(len(found)), rule)
    return list(found.values())


def _subnets(document: Document, shelves: Shelves) -> list[ids.ArmId]:
    found: dict[str, ids.ArmId] = {}
    for connection in _list(_properties(document), "privateEndpointConnections"):
        endpoint = _object(_properties(connection).get("privateEndpoint"))
        identifier = ids.parse(endpoint.get("id"))
        if identifier is None or identifier.name.lower().startswith(("__sys_", "connection_")):
            continue
        place = endpoint.get("subnetArmId")
        if not place:
            body = _properties(shelves.get(identifier, _ENDPOINTS))
            place = _object(body.get("subnet")).get("id")
        subnet = ids.parse(place)
        if subnet is not None:
            found.setdefault(subnet.key, subnet)
    return list(found.values())


def _properties(document: Document) -> Document:
    return _object(document.get("properties"))


def _list(document: Document, name: str) -> list[Document]:
    value = document.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _object(value: Any) -> Document:
    return value if isinstance(value, dict) else {}
