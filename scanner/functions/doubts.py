"""What is not known of things that are compared: shared by functions, offering none.

A comparison of all rules with all others would take the square of their number, and a hub may have
thousands.  What is known is therefore looked up; only what is not known is compared one by one, and
where that is too much it may be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scanner.functions.holes import encoded, fits, read
from scanner.values import OpenList, Partial, Unknown

BUDGET = 100_000
"""How many pairs are compared one by one."""

Key = tuple[Any, ...]
"""What is opened, in parts that are equal where the same is: the type of the rule first; a part may be an
Unknown."""


def lowered(value: Unknown) -> Unknown:
    """A text that is not known, in lower case where some of it is."""
    if not isinstance(value, Partial):
        return value
    found = read(encoded(value).lower(), value)
    return found if isinstance(found, Unknown) else value


def sure(found: Any) -> tuple[Sequence[Any], Unknown | None]:
    """The members of a list that are surely there and known, and why there may be more."""
    if not isinstance(found, OpenList):
        return found, None
    return [member for member, certain in found.members if certain], Unknown(found.reason)


def is_open(key: Key) -> bool:
    """Whether a part of a key is not known."""
    return any(isinstance(part, Unknown) for part in key)


def doubt_among(open_keys: Sequence[Key], known_keys: Sequence[Key]) -> Unknown | None:
    """Why a key that is not known may be equal to another key; None where none may."""
    budget = BUDGET
    for index, key in enumerate(open_keys):
        others: Iterable[Key] = (*known_keys, *open_keys[:index])
        budget -= len(known_keys) + index
        if budget < 0 or any(_may_equal(key, other) for other in others):
            return next(part for part in key if isinstance(part, Unknown))
    return None


def _may_equal(one: Key, other: Key) -> bool:
    return len(one) == len(other) and all(map(_may_be, one, other))


def _may_be(one: Any, other: Any) -> bool:
    if isinstance(one, Partial) and isinstance(other, Partial):
        return _agree(one.prefix, other.prefix) and _agree(one.suffix[::-1], other.suffix[::-1])
    for partial, whole in ((one, other), (other, one)):
        if isinstance(partial, Partial) and isinstance(whole, str):
            return fits(encoded(partial), whole)
    return isinstance(one, Unknown) or isinstance(other, Unknown) or bool(one == other)


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def first(*doubts: Unknown | None) -> Unknown | None:
    """The first doubt that there is: an Unknown is neither true nor false, so `or` cannot tell."""
    return next((doubt for doubt in doubts if doubt is not None), None)


def listed(found: Sequence[Any], doubt: Unknown | None) -> Any:
    """The answer: a list, open where there is a doubt or a member is not known."""
    doubt = first(doubt, *(member for member in found if isinstance(member, Unknown)))
    if doubt is None:
        return list(found)
    members = [(member, True) for member in found if not isinstance(member, Unknown)]
    return OpenList((*members, (Unknown(doubt.reason), False)), doubt.reason)
