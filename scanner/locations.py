"""Finds the one line that a finding is about.

A policy does not say which line it judges: it says what must hold.  The line is that of the first
property which its condition reads of the judged thing and which the code sets; where it sets none of
them, that of the block in which they are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.engine import Judgement
from scanner.model import Hub, Locations, Place, Verdict
from scanner.policy import Policy
from scanner.values import OpenList, Unknown

Path = tuple[str, ...]

_NETWORK = ("hub", "properties", "managedNetwork")
_READS: Mapping[str, Path] = {
    "isolation_mode": (*_NETWORK, "isolationMode"),
    "rules": (*_NETWORK, "outboundRules"),
    "user_rules": (*_NETWORK, "outboundRules"),
    "fqdn_hosts": (*_NETWORK, "outboundRules"),
}
"""What functions read of the hub that they are given whole."""

_BESIDE = frozenset({"asWritten", "gaps", "live", "resources", "kind", "id", "name", "subscription"})
"""What a condition reads of a hub to tell cases apart: never what is wrong with it, if there is more."""

_QUOTED = ("key", "text", "host", "id", "target", "value")
"""Fields of an object that a function made, under which it repeats what the code says."""

_FAR = 20_000
"""Values that are looked at in search of a repeated text."""


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a finding, and where its value was written if that is elsewhere."""

    place: Place
    origin: Place | None = None


@dataclass(frozen=True, slots=True)
class _Trail:
    """How far a path leads: the last place on it, whether to its end, and the value there."""

    location: Location | None
    complete: bool
    value: Any


def find(policy: Policy, hub: Hub, one: Judgement) -> Location | None:
    """Where a judgement is to be mended; None for a hub that stands in no file."""
    places = hub.places
    if places is None:
        return None
    roots = {"hub": hub.document, "item": one.subject}
    required = [_follow(places, roots, path) for path in _required(policy)]
    told = [trail for trail in required if trail.location is not None]
    found = _preferred(told, one.verdict)
    if found is None and policy.each is not None:
        found = _of_member(places, hub, one.subject, policy, roots)
    if found is None:
        found = next((trail.location for trail in told), None)
    return found or _whole(places, hub)


def _preferred(trails: Sequence[_Trail], verdict: Verdict) -> Location | None:
    """The first property that is set; of an unknown verdict the first that is set and not known."""
    complete = [trail for trail in trails if trail.complete]
    if verdict is Verdict.UNKNOWN:
        complete.sort(key=lambda trail: not isinstance(trail.value, Unknown))
    return complete[0].location if complete else None


def _required(policy: Policy) -> list[Path]:
    """The paths that a condition reads, those of the member before those of the hub."""
    root = "hub" if policy.each is None else "item"
    paths = [path for path in policy.require.paths if len(path) > 1 and not _is_beside(path)]
    if policy.each is None:
        paths += [_READS[name] for name in sorted(policy.require.functions) if name in _READS]
        paths += [path for path in policy.message.paths if len(path) > 1 and not _is_beside(path)]
        paths += [path for path in policy.require.paths if len(path) > 1 and path[1] in ("kind", "name")]
    return [path for path in dict.fromkeys(paths) if path[0] == root]


def _is_beside(path: Path) -> bool:
    return path[0] == "hub" and path[1] in _BESIDE


def _follow(places: Locations, roots: Mapping[str, Any], path: Path) -> _Trail:
    node = roots[path[0]]
    place, origin = places.of(node), None
    for name in path[1:]:
        here = places.of(node, name)
        if not (isinstance(node, dict) and name in node):
            # The rules were written in the network, and stand beside it now.
            return _Trail(_location(here or place, origin), complete=here is not None, value=None)
        origin = places.origin(node, name) if here else origin
        node = node[name]
        place = here or places.of(node) or place
    return _Trail(_location(place, origin), complete=True, value=node)


def _location(place: Place | None, origin: Place | None) -> Location | None:
    return None if place is None else Location(place, origin)


def _of_member(
    places: Locations, hub: Hub, subject: Any, policy: Policy, roots: Mapping[str, Any]
) -> Location | None:
    """The line of a member of which the code sets no property that the condition reads by its path."""
    quoted = [text.lower() for text in _quoted(subject)]
    for holder in _held(places, subject):
        repeated = _repeating(places, [holder], quoted)
        if repeated:
            return repeated
    told = [
        trail.location
        for path in policy.message.paths
        if path[0] == "item" and path[-1] != "name" and (trail := _follow(places, roots, path)).complete
    ]
    named = next((location for location in told if location), None)
    if named:
        return named
    missing = [_follow(places, roots, path).location for path in _required(policy)]
    block = next((location for location in missing if location), None)
    if block:
        return block
    for holder in _held(places, subject):
        return _location(places.of(holder), None)
    properties = hub.document.get("properties")
    return _repeating(places, [properties, hub.document], quoted, whole=True)


def _quoted(subject: Any) -> list[str]:
    if isinstance(subject, str):
        return [subject]
    if not isinstance(subject, Mapping):
        return []
    return [subject[key] for key in _QUOTED if isinstance(subject.get(key), str) and subject[key]]


def _held(places: Locations, subject: Any) -> Iterator[Any]:
    """The objects of the code that a member is, or holds: the nearest first."""
    layer = [subject]
    for _ in range(3):
        below: list[Any] = []
        for node in layer:
            if isinstance(node, (dict, list)):
                if places.of(node) is not None:
                    yield node
                else:
                    below += node.values() if isinstance(node, dict) else node
        layer = below


def _repeating(
    places: Locations, roots: Iterable[Any], texts: Sequence[str], *, whole: bool = False
) -> Location | None:
    """The first property whose value is one of some texts, or at least has it in it unless ``whole``."""
    if not texts:
        return None
    within: Location | None = None
    waiting = [root for root in roots if isinstance(root, (dict, list))]
    for _ in range(_FAR):
        if not waiting:
            break
        node = waiting.pop(0)
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(value, (dict, list)):
                waiting.append(value)
            elif isinstance(value, OpenList):
                waiting += [member for member, _ in value.members if isinstance(member, dict)]
            elif isinstance(value, str) and key != "name" and (place := places.of(node, key)):
                said = value.lower()
                if said in texts:
                    return Location(place, places.origin(node, key))
                if within is None and not whole and any(text in said for text in texts):
                    within = Location(place, places.origin(node, key))
    return within


def _whole(places: Locations, hub: Hub) -> Location | None:
    return _location(places.of(hub.document) or places.of(hub.document.get("properties")), None)
