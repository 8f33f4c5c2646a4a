"""Finds the one line that a finding is about.

A policy does not say which line it judges: it says what must hold.  The line is that of the first
property which its condition reads of the judged thing and which the code sets; where it sets none of
them, that of the block in which they are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.engine import Judgement
from scanner.locations import members, targets
from scanner.model import Hub, Locations, Place, Verdict
from scanner.places import settled
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

_BESIDE = frozenset(
    (
        "asWritten",
        "gaps",
        "id",
        "kind",
        "live",
        "location",
        "name",
        "plan",
        "resources",
        "subscription",
        "tags",
    )
)
"""What a condition reads of a hub to tell cases apart: never what is wrong with it, if there is more."""

_QUOTED = ("key", "text", "host", "id", "target", "value", "subnets")
"""Fields of an object that a function made, under which it repeats what the code says."""

_RANKED: dict[int, tuple[Policy, list[list[Path]]]] = {}
"""The paths of each policy, by its identity."""

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
    led = ([_follow(places, roots, path) for path in paths] for paths in _ranked(policy))
    leading = ([trail for trail in trails if trail.location is not None] for trails in led)
    if policy.each is None and one.verdict is not Verdict.UNKNOWN:
        return _surest(leading) or _whole(places, hub, policy)
    told = list(leading)
    if one.verdict is Verdict.UNKNOWN:
        block = places.of(hub.document)
        open_ = _first(told, lambda trail: isinstance(trail.value, Unknown) and not _is_at(trail, block))
        if open_ or one.place:
            return open_ or _location(one.place and settled(one.place), None)
    if policy.each is not None and places.of(one.subject) is None:
        target = _of(places, targets.find(places, policy, hub, one.subject))
        if target is not None:
            return target
    if policy.each is not None:
        found = (
            _of(places, members.setting(places, policy, one.subject))
            or _preferred(told[0])
            or _of_member(places, hub, one.subject, policy, roots)
        )
        return found or _first(told) or _whole(places, hub, policy)
    return _surest(told) or _whole(places, hub, policy)


def _surest(told: Iterable[Sequence[_Trail]]) -> Location | None:
    trails = next(filter(None, told), None)
    return (_preferred(trails) or trails[0].location) if trails else None


def _first(
    ranked: Iterable[Iterable[_Trail]], wanted: Callable[[_Trail], bool] = lambda _: True
) -> Location | None:
    return next((trail.location for trails in ranked for trail in trails if wanted(trail)), None)


def _preferred(trails: Sequence[_Trail]) -> Location | None:
    """The first property that is set; an object only where nothing that it holds is spoken of."""
    complete = sorted(
        (trail for trail in trails if trail.complete), key=lambda trail: isinstance(trail.value, dict)
    )
    return complete[0].location if complete else None


def _ranked(policy: Policy) -> list[list[Path]]:
    """The paths that say what is wrong, the surest first: of the condition, by functions, of the message."""
    known = _RANKED.get(id(policy))
    if known is None or known[0] is not policy:
        _RANKED[id(policy)] = known = (policy, _paths(policy))
    return known[1]


def _paths(policy: Policy) -> list[list[Path]]:
    root = "hub" if policy.each is None else "item"
    required = [path for path in policy.require.paths if path[0] == root and len(path) > 1]
    plain = [path for path in required if not _is_beside(path)]
    # What a project sets itself is to be mended there, and not where it names its hub.
    plain.sort(key=lambda path: path[-1] == "hubResourceId")
    if policy.each is not None:
        return [plain]
    called = [_READS[name] for name in sorted(policy.require.functions) if name in _READS]
    said = [path for path in policy.message.paths if path[0] == root and len(path) > 1]
    return [plain, called, [path for path in said if not _is_beside(path)], required]


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


def _of(places: Locations, found: targets.Found | None) -> Location | None:
    return None if found is None else Location(found[0], places.origin(found[1], found[2]))


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
    said = [path for path in policy.message.paths if path[0] == "item" and path[-1] != "name"]
    missing = [[_follow(places, roots, path) for path in paths] for paths in _ranked(policy)]
    spoken = [trail for path in said if (trail := _follow(places, roots, path)).complete]
    block = _first([*missing, spoken], _is_placed)
    if block:
        return block
    for holder in _held(places, subject):
        return _location(places.of(holder), None)
    namesake = members.namesake(places, hub, subject)
    if namesake is not None:
        own = places.of(namesake, "name") or places.of(namesake)
        return (
            _repeating(places, [namesake], quoted)
            or _of(places, members.of_deployment(places, policy, namesake))
            or _location(own, None)
        )
    properties = hub.document.get("properties")
    return _repeating(places, [properties, hub.document], quoted, whole=True)


def _quoted(subject: Any) -> list[str]:
    if isinstance(subject, str):
        return [subject]
    if not isinstance(subject, Mapping):
        return []
    said = (subject.get(key) for key in _QUOTED)
    texts = (text for value in said for text in (value if isinstance(value, list) else [value]))
    return [text for text in texts if isinstance(text, str) and text]


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


def _is_at(trail: _Trail, place: Place | None) -> bool:
    return trail.location is not None and trail.location.place == place


def _is_placed(trail: _Trail) -> bool:
    return trail.location is not None


def _whole(places: Locations, hub: Hub, policy: Policy) -> Location | None:
    """The block that something is missing from: the rules where a policy judges by them, else the hub."""
    if "outboundRules" in policy.needs:
        rules = _follow(places, {"hub": hub.document}, _READS["rules"]).location
        if rules:
            return rules
    return _location(places.of(hub.document) or places.of(hub.document.get("properties")), None)
