"""Finds the one line that a finding is about.

A policy does not say which line it judges: it says what must hold.  The line is that of the first
property which its condition reads of the judged thing and which the code sets; where it sets none of
them, that of the block in which they are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.engine import Judgement
from scanner.locations import members, targets
from scanner.locations.asked import RULES, Asked, Path, asked
from scanner.model import Hub, Locations, Place, Verdict
from scanner.places import settled
from scanner.policy import Policy
from scanner.records import dataclass
from scanner.values import OpenList, Partial, Unknown

_QUOTED = ("key", "text", "host", "id", "target", "value", "subnets")
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


Trails = dict[Path, _Trail]
"""Of paths from a hub that were followed: policies ask for the same ones."""


def find(policy: Policy, hub: Hub, one: Judgement, trails: Trails) -> Location | None:
    """Where a judgement is to be mended; None for a hub that stands in no file.

    ``trails`` is kept for the hub by whoever asks, empty at first.
    """
    places = hub.places
    if places is None:
        return None
    told = _Told(places, {"hub": hub.document, "item": one.subject}, asked(policy), trails)
    if one.verdict is Verdict.UNKNOWN:
        block = places.of(hub.document)
        open_ = _first(told, lambda trail: isinstance(trail.value, Unknown) and not _is_at(trail, block))
        if open_ or one.place:
            return open_ or _location(one.place and settled(one.place), None)
    if policy.each is None:
        for found in told:
            if found:
                return _preferred(found) or found[0].location
        return _whole(places, hub, policy)
    if places.of(one.subject) is None:
        target = _of(places, targets.find(places, policy, hub, one.subject))
        if target is not None:
            return target
    return (
        _of(places, members.setting(places, policy, one.subject))
        or _preferred(next(iter(told)))
        or _of_member(places, hub, one.subject, policy, told)
        or _first(told)
        or _whole(places, hub, policy)
    )


class _Told:
    """The trails of what a policy asks that lead to some place, of one rank after another.

    Each rank is followed when somebody comes to it, once.
    """

    def __init__(self, places: Locations, roots: Mapping[str, Any], asked_: Asked, trails: Trails) -> None:
        self._places = places
        self._roots = roots
        self._trails = trails
        self._ranked = asked_.ranked
        self._followed: list[list[_Trail]] = []

    def __iter__(self) -> Iterator[list[_Trail]]:
        for rank, paths in enumerate(self._ranked):
            if rank == len(self._followed):
                self._followed.append(self.along(paths))
            yield self._followed[rank]

    def along(self, paths: Iterable[Path]) -> list[_Trail]:
        """The trails of some paths that lead to some place."""
        return [trail for trail in map(self._trail, paths) if trail.location is not None]

    def _trail(self, path: Path) -> _Trail:
        known = self._trails.get(path)
        if known is None:
            known = _follow(self._places, self._roots, path)
            if path[0] == "hub":
                self._trails[path] = known
        return known


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


def _follow(places: Locations, roots: Mapping[str, Any], path: Path) -> _Trail:
    node = roots[path[0]]
    steps: list[tuple[Any, str]] = []
    missing: str | None = None
    for name in path[1:]:
        if not (isinstance(node, dict) and name in node):
            missing = name
            break
        steps.append((node, name))
        node = node[name]
    # The rules were written in the network, and stand beside it now.
    here = None if missing is None else places.of(node, missing)
    place, origin = here, None
    inner = node
    for holder, name in reversed(steps):
        at = places.of(holder, name)
        place = place or at or places.of(inner)
        if at is not None:
            origin = places.origin(holder, name)
            break
        inner = holder
    place = place or places.of(roots[path[0]])
    if missing is not None:
        return _Trail(_location(place, origin), complete=here is not None, value=None)
    return _Trail(_location(place, origin), complete=True, value=node)


def _of(places: Locations, found: targets.Found | None) -> Location | None:
    return None if found is None else Location(found[0], places.origin(found[1], found[2]))


def _location(place: Place | None, origin: Place | None) -> Location | None:
    return None if place is None else Location(place, origin)


def _of_member(places: Locations, hub: Hub, subject: Any, policy: Policy, told: _Told) -> Location | None:
    """The line of a member of which the code sets no property that the condition reads by its path."""
    quoted = [text.lower() for text in _quoted(subject)]
    left_open = _left_open(subject)
    for holder in _held(places, subject):
        repeated = _repeating(places, [holder], quoted, left_open)
        if repeated:
            return repeated
    spoken = [trail for trail in told.along(asked(policy).spoken) if trail.complete]
    block = _first([*told, spoken])
    if block:
        return block
    for holder in _held(places, subject):
        return _location(places.of(holder), None)
    namesake = members.namesake(places, hub, subject)
    if namesake is not None:
        own = places.of(namesake, "name") or places.of(namesake)
        return (
            _repeating(places, [namesake], quoted, left_open)
            or _of(places, members.of_deployment(places, policy, namesake))
            or _location(own, None)
        )
    properties = hub.document.get("properties")
    return _repeating(places, [properties, hub.document], quoted, left_open, whole=True)


def _quoted(subject: Any) -> list[str]:
    if isinstance(subject, str):
        return [subject]
    return [text for text in _repeated(subject) if isinstance(text, str) and text]


def _left_open(subject: Any) -> list[Place]:
    """Where the code wrote what a function repeats and does not know all of."""
    return [
        value.place for value in _repeated(subject) if isinstance(value, Unknown) and value.place is not None
    ]


def _repeated(subject: Any) -> Iterator[Any]:
    """What stands in an object that a function made, under which it repeats what the code says."""
    if isinstance(subject, (dict, Mapping)):
        for value in (subject.get(key) for key in _QUOTED):
            yield from value if isinstance(value, list) else [value]


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
    places: Locations,
    roots: Iterable[Any],
    texts: Sequence[str],
    left_open: Sequence[Place] = (),
    *,
    whole: bool = False,
) -> Location | None:
    """The first property whose value is one of some texts, or at least has it in it unless ``whole``.

    One that is not known in full is it where it was written at one of some places.
    """
    if not texts and not left_open:
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
            elif isinstance(value, (str, Unknown)) and key != "name":
                said = _said(value).lower()
                is_one = said in texts or (isinstance(value, Unknown) and value.place in left_open)
                alike = is_one or (within is None and not whole and any(text in said for text in texts))
                if alike and (place := places.of(node, key)):
                    within = Location(place, places.origin(node, key))
                    if is_one:
                        return within
    return within


def _said(value: str | Unknown) -> str:
    """A text, with a sign that no text has for what is not known of it."""
    if isinstance(value, str):
        return value
    return "".join(part or "\0" for part in value.parts) if isinstance(value, Partial) else "\0"


def _is_at(trail: _Trail, place: Place | None) -> bool:
    return trail.location is not None and trail.location.place == place


def _whole(places: Locations, hub: Hub, policy: Policy) -> Location | None:
    """The block that something is missing from: the rules where a policy judges by them, else the hub."""
    if "outboundRules" in policy.needs:
        rules = _follow(places, {"hub": hub.document}, RULES).location
        if rules:
            return rules
    return _location(places.of(hub.document) or places.of(hub.document.get("properties")), None)
