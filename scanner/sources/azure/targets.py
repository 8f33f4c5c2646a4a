"""What a hub depends on and what its rules and connections point to, as ARM ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Document, Gap
from scanner.sources.azure import ids

_ONE = ("storageAccount", "keyVault", "containerRegistry", "applicationInsights")
_MANY = ("storageAccounts", "keyVaults", "containerRegistries")


@dataclass(slots=True)
class Targets:
    """The resources of one hub, in the order in which it names them, and the ids that are none."""

    ids: dict[str, ids.ArmId] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


def own(document: Document) -> Targets:
    """What the workspace itself names: storage, key vault, registry, Application Insights."""
    found = Targets()
    properties = _object(document.get("properties"))
    for name in _ONE:
        _add(found, properties.get(name), name)
    config = _object(properties.get("workspaceHubConfig"))
    lists = [(name, properties.get(name)) for name in _MANY]
    more = "additionalWorkspaceStorageAccounts"
    lists.append((more, config.get(more)))
    for name, values in lists:
        for value in values if isinstance(values, list) else ():
            _add(found, value, name)
    return found


def every(document: Document) -> Targets:
    """The same, and what private endpoint rules and connections point to, but never the hub itself."""
    found = own(document)
    for name, properties in _rules(document):
        destination = _object(properties.get("destination"))
        if str(properties.get("type")).lower() == "privateendpoint":
            _add(found, destination.get("serviceResourceId"), f"the target of rule {name}")
    connections = document.get("connections")
    for connection in connections if isinstance(connections, list) else ():
        properties = _object(_object(connection).get("properties"))
        for key, value in _object(properties.get("metadata")).items():
            if key.lower().replace("_", "") == "resourceid":
                _add(found, value, f"the resource of connection {_object(connection).get('name')}")
        if isinstance(properties.get("target"), str) and properties["target"].startswith("/subscriptions/"):
            _add(found, properties["target"], f"the target of connection {_object(connection).get('name')}")
    found.ids.pop(ids.key(document), None)
    return found


def rule_targets(document: Document) -> Iterator[ids.ArmId]:
    """The targets of its private endpoint rules alone."""
    for _, properties in _rules(document):
        destination = _object(properties.get("destination"))
        parsed = ids.parse(destination.get("serviceResourceId"))
        if parsed is not None and str(properties.get("type")).lower() == "privateendpoint":
            yield parsed


def principals(document: Document) -> set[str]:
    """The principal ids of the workspace's identities, in lower case."""
    identity = _object(document.get("identity"))
    held = [identity.get("principalId")]
    held += [
        _object(one).get("principalId") for one in _object(identity.get("userAssignedIdentities")).values()
    ]
    return {one.lower() for one in held if isinstance(one, str) and one}


def _rules(document: Document) -> Iterator[tuple[str, Document]]:
    listed = document.get("outboundRules")
    for rule in listed if isinstance(listed, list) else ():
        if isinstance(rule, dict):
            yield str(rule.get("name")), _object(rule.get("properties"))
    network = _object(_object(document.get("properties")).get("managedNetwork"))
    for name, rule in _object(network.get("outboundRules")).items():
        yield name, _object(rule)


def _add(found: Targets, value: Any, what: str) -> None:
    if value is None or value == "":
        return
    parsed = ids.parse(value)
    if parsed is not None:
        found.ids.setdefault(parsed.key, parsed)
        return
    text = value[:200] if isinstance(value, str) else type(value).__name__
    gap = Gap(
        subject=text, reason="failed", code="malformed-id", detail=f"{what} is not the id of a resource"
    )
    if gap not in found.gaps:
        found.gaps.append(gap)


def _object(value: Any) -> Document:
    return value if isinstance(value, dict) else {}
