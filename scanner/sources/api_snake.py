"""Turns what command lines print into the shape of the REST API.

``az ml`` prints flat objects with snake_case keys, other ``az`` commands flat ones with the keys of the
API.  Values keep their spelling, for `scanner.sources.normalise` to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import Document
from scanner.sources.documents.spelling import KINDS, canonical, folded

_ENVELOPE = frozenset(
    {
        "id",
        "name",
        "type",
        "kind",
        "location",
        "tags",
        "identity",
        "sku",
        "etag",
        "zones",
        "plan",
        "systemData",
        "managedBy",
        "extendedLocation",
        "resourceGroup",
    }
)
_OPAQUE = frozenset({"tags", "metadata", "userAssignedIdentities", "parameters"})
"""Objects whose keys are names that people gave."""

_RENAMED = {
    "displayName": "friendlyName",
    "mlflowTrackingUri": "mlFlowTrackingUri",
    "serverlessCompute": "serverlessComputeSettings",
    "customerManagedKey": "encryption",
    "hubId": "hubResourceId",
    "workspaceHub": "hubResourceId",
}
_SERVERLESS = {
    "customSubnet": "serverlessComputeCustomSubnet",
    "noPublicIp": "serverlessComputeNoPublicIP",
}


def workspace(flat: Document) -> Document:
    """The workspace that ``az ml workspace show`` printed, as the API returns it."""
    whole = _camel_keys(flat)
    kind = whole.pop("type", None)
    document = {key: whole.pop(key) for key in list(whole) if key in _ENVELOPE}
    properties = {_RENAMED.get(key, key): value for key, value in whole.items()}
    serverless = properties.get("serverlessComputeSettings")
    if isinstance(serverless, dict):
        properties["serverlessComputeSettings"] = _renamed(serverless, _SERVERLESS)
    network = properties.get("managedNetwork")
    if isinstance(network, dict) and isinstance(network.get("firewallSku"), str):
        network["firewallSku"] = network["firewallSku"].capitalize()
    identity = document.get("identity")
    if isinstance(identity, dict) and isinstance(identity.get("type"), str):
        identity["type"] = ",".join(_pascal(word) for word in identity["type"].split(","))
    if "kind" not in document:
        if isinstance(kind, str) and folded(kind) in KINDS:
            document["kind"] = canonical(kind, KINDS)
        elif properties.get("hubResourceId"):
            document["kind"] = "Project"
    document["properties"] = properties
    return document


def child(flat: Document) -> Document:
    """A child resource, flat or not, as the API returns it."""
    if "properties" in flat:
        return flat
    whole = _camel_keys(flat)
    document = {key: whole.pop(key) for key in list(whole) if key in _ENVELOPE and key != "type"}
    kind = whole.pop("type", None)
    if kind is not None:
        is_connection = "target" in whole or "/connections/" in str(flat.get("id")).lower()
        whole["category" if is_connection else "type"] = kind
    document["properties"] = whole
    return document


def resource(flat: Document) -> Document:
    """Any other resource, flat or not, as the API returns it.

    The storage commands print the network rules under the name that their library gives them.
    """
    rest = {key: value for key, value in flat.items() if key not in _ENVELOPE}
    if "properties" in flat or not rest:
        return flat
    if "networkRuleSet" in rest and "/storageaccounts/" in str(flat.get("id")).lower():
        rest.setdefault("networkAcls", rest["networkRuleSet"])
    return {**{key: value for key, value in flat.items() if key in _ENVELOPE}, "properties": rest}


def _camel_keys(value: Any) -> Any:
    """A value with camelCase keys.  Parsed JSON is never nested deeper than a reader allows."""
    if isinstance(value, list):
        return [_camel_keys(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        _camel(key): entry if _camel(key) in _OPAQUE else _camel_keys(entry) for key, entry in value.items()
    }


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest) if first else key


def _pascal(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in word.strip().split("_"))


def _renamed(value: Document, names: Mapping[str, str]) -> Document:
    return {names.get(key, key): entry for key, entry in value.items()}
