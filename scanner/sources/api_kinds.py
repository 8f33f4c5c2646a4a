"""Tells what a resource of the Azure API is, by its type, its id or its shape.

None of the three can be trusted alone: command line tools leave the type out, rule ids are sometimes
``<workspace>/outboundRules/<rule>``, and types are sometimes ``workspace/outboundRules``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from scanner.model import Document
from scanner.sources.documents.spelling import RULE_TYPES, folded

_WORKSPACE_TYPE = "microsoft.machinelearningservices/workspaces"

_WITHIN = re.compile(
    r"(?P<hub>/subscriptions/[^/]+/resourceGroups/[^/]+"
    r"/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+)(?:/(?P<below>.+))?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"/?(?P<hub>[^/]+)/outboundRules/(?P<rule>[^/]+)", re.IGNORECASE)
_SCOPED = re.compile(
    r"(?P<scope>.*)/providers/(?:Microsoft\.Authorization/(?P<what>locks|roleAssignments|policyAssignments)"
    r"|Microsoft\.Insights/(?P<logs>diagnosticSettings))/[^/]+",
    re.IGNORECASE,
)
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_RESOURCE_TYPE = re.compile(r"microsoft\.[a-z0-9.]+/[a-z0-9./]+", re.IGNORECASE)

_CHILDREN = {
    "outboundrules": "outboundRules",
    "connections": "connections",
    "linkedworkspaces": "connections",
    "computes": "computes",
    "onlineendpoints": "onlineEndpoints",
    "batchendpoints": "batchEndpoints",
    "datastores": "datastores",
    "deployments": "deployments",
    "privateendpointconnections": "privateEndpointConnections",
    "managednetworks": "managedNetworks",
}
_SCOPES = {
    name.lower(): name for name in ("locks", "roleAssignments", "policyAssignments", "diagnosticSettings")
}
_SNAKE = frozenset({"managed_network", "hbi_workspace", "discovery_url", "mlflow_tracking_uri"})
_OWN_PROPERTIES = frozenset({"managedNetwork", "hbiWorkspace"})


class What(Enum):
    """The part that a resource has in an estate."""

    WORKSPACE = auto()
    CHILD = auto()
    SCOPED = auto()
    SUBSCRIPTION = auto()
    RESOURCE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a resource is.

    ``collection`` is where a child, or something set on a scope, stands in its hub.  ``hub`` is the id
    of its workspace, or only its name; ``scope`` what a lock, an assignment or a setting holds for.
    """

    what: What
    collection: str = ""
    hub: str | None = None
    scope: str = ""


def is_resource(value: Document) -> bool:
    """Whether an object is a resource of Azure, rather than a wrapping around some."""
    identifier, kind = _text(value.get("id")), _text(value.get("type"))
    return bool(
        _SUBSCRIPTION.match(identifier)
        or "/providers/" in identifier.lower()
        or _RESOURCE_TYPE.fullmatch(kind)
        or is_rule(value)
        or _is_workspace(value)
    )


def is_rule(value: Document) -> bool:
    """Whether an object is an outbound rule, its properties inside it or flat beside its name."""
    inner = value.get("properties", value)
    return (
        isinstance(inner, dict)
        and folded(_text(inner.get("type"))) in RULE_TYPES
        and "destination" in inner
        and isinstance(value.get("name"), str)
    )


def is_snake(value: Document) -> bool:
    """Whether a workspace is written as ``az ml workspace show`` prints it."""
    return "properties" not in value and not _SNAKE.isdisjoint(value)


def kind_of(value: Document) -> Kind:
    """What a resource is."""
    identifier = _text(value.get("id")).rstrip("/")
    scoped = _SCOPED.fullmatch(identifier)
    if scoped:
        name = _SCOPES[(scoped["what"] or scoped["logs"]).lower()]
        return Kind(what=What.SCOPED, collection=name, scope=scoped["scope"])
    type_ = _text(value.get("type")).lower()
    if type_ == _WORKSPACE_TYPE:
        return Kind(what=What.WORKSPACE)
    within = _WITHIN.fullmatch(identifier)
    if within and within["below"]:
        child = _child(within["below"])
        if child:
            return Kind(what=What.CHILD, collection=child, hub=within["hub"])
    if is_rule(value):
        short = _SHORT.fullmatch(identifier)
        return Kind(what=What.CHILD, collection="outboundRules", hub=short["hub"] if short else None)
    if (within and not within["below"]) or _is_workspace(value):
        return Kind(what=What.WORKSPACE)
    if _SUBSCRIPTION.fullmatch(identifier):
        return Kind(what=What.SUBSCRIPTION)
    return Kind(what=What.RESOURCE)


def _child(below: str) -> str | None:
    """The collection of a child by the part of its id below the workspace."""
    segments = below.lower().split("/")
    return _CHILDREN.get(segments[-2]) if len(segments) > 1 else None


def _is_workspace(value: Document) -> bool:
    if isinstance(value.get("type"), str) and not is_snake(value):
        return False
    properties = value.get("properties")
    return is_snake(value) or (isinstance(properties, dict) and not _OWN_PROPERTIES.isdisjoint(properties))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
