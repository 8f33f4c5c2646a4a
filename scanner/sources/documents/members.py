"""The collections of a hub (contract section 2), and what stands in place of one that nobody read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import Document
from scanner.sources.documents.spelling import clipped
from scanner.sources.files.json_text import noun
from scanner.values import NotCollected, Unknown

RULES = "outboundRules"

COLLECTIONS = (
    RULES,
    "connections",
    "computes",
    "onlineEndpoints",
    "projects",
    "locks",
    "roleAssignments",
    "policyAssignments",
    "diagnosticSettings",
    "permissions",
    "networkSecurityRules",
    "resources",
)

_OTHERS = COLLECTIONS[1:]
_NOT_COLLECTED = {name: NotCollected(f"{name} was not collected") for name in (*COLLECTIONS, "subscription")}


def fill(document: Document) -> None:
    """Put an `Unknown` where a collection is not there, or is no list, or a member is no object."""
    if document.get(RULES) is None:
        document[RULES] = _NOT_COLLECTED[RULES]
    for name in _OTHERS:
        value = document.get(name)
        if value is None:
            document[name] = _NOT_COLLECTED[name]
        elif isinstance(value, list):
            if value:
                _objects_only(name, value)
        elif not isinstance(value, Unknown):
            document[name] = Unknown(f"{name} is {noun(value)}, not a list")
    endpoints = document["onlineEndpoints"]
    if isinstance(endpoints, list):
        _deployments(endpoints)


def subscription(document: Document, known: Document | None) -> None:
    """Fill in what is known of the hub's subscription, from the hub itself or from the estate."""
    own = document.get("subscription")
    if isinstance(own, (dict, Unknown)):
        return
    if own is None:
        document["subscription"] = _NOT_COLLECTED["subscription"] if known is None else known
    else:
        document["subscription"] = Unknown(f"subscription is {noun(own)}, not an object")


def subscriptions(document: Document, known: Mapping[str, Document]) -> None:
    """Let a hub see all the subscriptions that were read, by their ids, unless it brings a list of its own.

    What a hub points to may lie in another subscription than the hub does.
    """
    if document.get("subscriptions") is None and known:
        document["subscriptions"] = known


def _objects_only(name: str, members: list[Any]) -> None:
    for index, member in enumerate(members):
        if not isinstance(member, (dict, Unknown)):
            members[index] = Unknown(f"{name}[{index}] is {noun(member)}, not an object")


def _deployments(endpoints: list[Any]) -> None:
    for endpoint in endpoints:
        if isinstance(endpoint, dict) and endpoint.get("deployments") is None:
            name = endpoint.get("name")
            which = f"'{clipped(name)}'" if isinstance(name, str) else "without a name"
            endpoint["deployments"] = NotCollected(f"the deployments of endpoint {which} were not collected")
