"""Which service tag rules cover which."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from scanner.functions.doubts import BUDGET, Key, first
from scanner.functions.holes import encoded, fits
from scanner.functions.openings import Cover, Opening
from scanner.functions.tags import service_tag, tag_classes
from scanner.values import Partial, Unknown

_APART = frozenset({"requiredPlatform", "platformInternal", "internetEquivalent"})
"""Classes of tags whose addresses are not among those of Azure's services, and the broadest tags."""

_CLOUD, _INTERNET = "azurecloud", "internet"


class TagCovers:
    """An index of service tag rules by their tag."""

    def __init__(self, members: Sequence[Opening]) -> None:
        self._budget = BUDGET
        self._known: dict[str, list[Opening]] = {}
        self._open: list[Opening] = []
        self._places = {id(one.rule): place for place, one in enumerate(members)}
        for one in members:
            if any(isinstance(part, Unknown) for part in one.key):
                self._open.append(one)
            elif _counts(one.key):
                self._known.setdefault(one.key[1], []).append(one)

    def cover(self, part: Opening) -> Cover:
        """What covers a rule."""
        if not _counts(part.key):
            return Cover()
        same: Opening | None = None
        groups = self._groups(part.key[1])
        self._budget -= sum(map(len, groups)) + len(self._open)
        if self._budget < 0:
            return Cover(doubt=Unknown("there are more service tag rules than can be compared"))
        doubt = None
        for one in itertools.chain(*groups, self._open):
            if one.same_rule(part):
                continue
            answer = _covers(one.key, part.key)
            if answer and (isinstance(part.key[1], Unknown) or one.key != part.key):
                return Cover(by=one, is_broader=True)
            if answer:
                same = same if same and (same.is_system or not one.is_system) else one
            elif answer is None:
                doubt = first(doubt, _first_unknown(one.key), _first_unknown(part.key))
        if same is not None:
            is_later = not same.is_system and self._places[id(same.rule)] > self._places[id(part.rule)]
            return Cover(by=same, is_later=is_later)
        return Cover(doubt=doubt)

    def _groups(self, name: Any) -> list[list[Opening]]:
        """The rules that may be about a tag or about what holds it: all of them where it is not known."""
        if isinstance(name, Unknown):
            return list(self._known.values())
        return [self._known.get(above, []) for above in tags_above(name)]


def _counts(key: Key) -> bool:
    """Whether a rule allows what its tag says: no denial, no prefixes in the tag's place, valid ports."""
    _, _, _, ports, prefixes, action = key
    return (
        (isinstance(action, Unknown) or action == "allow")
        and (isinstance(prefixes, Unknown) or prefixes == ())
        and isinstance(ports, (Unknown, tuple))
    )


def tags_above(name: str) -> tuple[str, ...]:
    """The tags that hold all addresses of a tag, itself first."""
    tag = service_tag(name)
    base, region = tag["base"], tag["region"]
    found = [name] if region is None else [name, base]
    if base == _CLOUD:
        found.append(_INTERNET)
    elif not _APART.intersection(classes := tag_classes(name)) and classes:
        found += [*([f"{_CLOUD}.{region}"] if region else []), _CLOUD, _INTERNET]
    return tuple(found)


def _covers(broad: Key, narrow: Key) -> bool | None:
    """Whether one rule allows all that another allows; None where something is not known."""
    answers = [
        _named(broad[1], narrow[1]),
        _within(broad[2], narrow[2], lambda one, other: one in ("*", other)),
        _within(broad[3], narrow[3], _includes),
        None if any(isinstance(part, Unknown) for key in (broad, narrow) for part in key[4:]) else True,
    ]
    return False if False in answers else None if None in answers else True


def _within(broad: Any, narrow: Any, decide: Any) -> bool | None:
    if isinstance(broad, Unknown) or isinstance(narrow, Unknown):
        return None
    return bool(decide(broad, narrow))


def _includes(broad: Sequence[tuple[int, int]], narrow: Sequence[tuple[int, int]]) -> bool:
    """Whether merged port ranges include others."""
    return all(any(low <= first and last <= high for low, high in broad) for first, last in narrow)


def _named(broad: Any, narrow: Any) -> bool | None:
    if isinstance(broad, Partial) and not isinstance(narrow, Unknown):
        return None if any(fits(encoded(broad), name) for name in tags_above(narrow)) else False
    if isinstance(broad, Unknown):
        return None
    if isinstance(narrow, Unknown):
        if broad == _INTERNET:
            return True
        return False if isinstance(narrow, Partial) and not _may_hold(broad, narrow.prefix) else None
    return broad in tags_above(narrow)


def _may_hold(broad: str, prefix: str) -> bool:
    """Whether a tag may be one that begins so, or one that holds it."""
    return broad.startswith((_CLOUD, prefix)) or prefix.startswith(f"{broad}.")


def _first_unknown(key: Key) -> Unknown | None:
    return next((part for part in key if isinstance(part, Unknown)), None)
