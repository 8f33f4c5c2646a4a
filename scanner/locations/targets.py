"""The line of a finding about a resource that a hub names: it stands in that resource, not in the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from scanner.locations.asked import asked
from scanner.model import Hub, Locations, Place
from scanner.policy import Policy
from scanner.regexes import regex
from scanner.values import OpenList

_NAMES = regex(r"\.([A-Za-z]\w*)")
_TELLING = frozenset({"computeType", "endpointComputeType", "id", "name", "properties", "type"})
_DEPTH = 4

Found = tuple[Place, Any, Any]
"""The place of a property, the object that holds it, and its key there."""


def find(places: Locations, policy: Policy, hub: Hub, subject: Any) -> Found | None:
    """The place of the property that a policy speaks of, of the declared resource that its subject names.

    With it come the object that holds the property and its key.  The block of the resource where it has
    no such property; None where the message tells of no resource's properties, or none is declared.
    """
    if not asked(policy).looks_up:
        return None
    for identifier in _ids(subject):
        target = _declared(hub, identifier)
        if target is not None and (place := places.of(target)):
            return _spoken(places, policy, target) or (place, target, None)
    return None


def _ids(subject: Any) -> Iterator[str]:
    """The ids in a subject, the nearest first."""
    layer = [subject]
    for _ in range(_DEPTH):
        below: list[Any] = []
        for node in layer:
            if isinstance(node, str) and node.lower().startswith("/subscriptions/"):
                yield node.rstrip("/").lower()
            elif isinstance(node, (dict, Mapping)):
                below += node.values()
        layer = below


def _declared(hub: Hub, identifier: str) -> dict[str, Any] | None:
    resources = hub.document.get("resources")
    if isinstance(resources, OpenList):
        resources = [member for member, _ in resources.members]
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, dict):
            own = resource.get("id")
            if isinstance(own, str) and own.rstrip("/").lower() == identifier:
                return resource
    return None


def _spoken(places: Locations, policy: Policy, target: dict[str, Any]) -> Found | None:
    """The first property that the message or the condition names and the resource has, as deep as they go."""
    properties = target.get("properties")
    holders = [target, properties if isinstance(properties, dict) else {}]
    texts = (policy.message.text, policy.require.text)
    return next(filter(None, (named(places, text, holders) for text in texts)), None)


def named(places: Locations, text: str, holders: list[dict[str, Any]]) -> Found | None:
    """The first property of some objects that an expression names by its last field, as deep as it goes.

    The names and types of the objects themselves only tell them apart.
    """
    names = _named_in(text)
    found = _step(places, [name for name in names if name not in _TELLING], holders)
    while found is not None and isinstance(inner := found[1][found[2]], dict):
        step = _step(places, names, [inner])
        if step is None:
            break
        found = step
    return found


@lru_cache(maxsize=512)
def _named_in(text: str) -> tuple[str, ...]:
    """The fields that an expression names."""
    return tuple(match[1] for match in _NAMES.finditer(text))


def _step(places: Locations, names: Sequence[str], holders: list[dict[str, Any]]) -> Found | None:
    for name in names:
        for holder in holders:
            if name not in holder:
                continue
            place = places.of(holder, name)
            if place is not None:
                return place, holder, name
            inner = holder[name]
            # An object that the code does not write, for what it writes elsewhere.
            if isinstance(inner, dict) and (found := _step(places, names, [inner])):
                return found
    return None
