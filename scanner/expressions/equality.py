"""Equality and likeness of values of which parts are not known: True, False, or None for undecided."""

from __future__ import annotations

from typing import Any

from scanner.expressions.unknowns import Count, kinds, truth
from scanner.values import OpenList, Partial, Unknown

Parts = tuple[str | None, ...]


def same(left: Any, right: Any, *, inside: bool = False) -> bool | None:
    """Whether two values are equal, as jmespath sees it.

    ``inside`` a list or object Python's equality counts, for which true is 1 and false is 0, and by
    which a thing is always equal to itself.
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _same_unknown(left, right, inside=inside)
    if type(left) is type(right) and type(left) in (list, dict):
        return _same_containers(left, right)
    if not inside and type(left) is not type(right) and bool in (type(left), type(right)):
        return False
    return bool((inside and left is right) or left == right)


def _same_containers(left: Any, right: Any) -> bool | None:
    if left is right:
        return True
    if len(left) != len(right):
        return False
    if type(left) is dict:
        if left.keys() != right.keys():
            return False
        pairs = [(left[key], right[key]) for key in left]
    else:
        pairs = list(zip(left, right, strict=True))
    answer: bool | None = True
    for one, other in pairs:
        equal = same(one, other, inside=True)
        if equal is False:
            return False
        if equal is None:
            answer = None
    return answer


def _same_unknown(left: Any, right: Any, *, inside: bool) -> bool | None:
    """Of which at least one is not known: they differ surely, or that is undecided."""
    if not _types_meet(kinds(left), kinds(right), inside=inside):
        return False
    # Inside a list 0 and false are equal, and yet the one is true and the other false.
    mixed = inside and {"boolean", "number"} <= kinds(left) | kinds(right)
    if {truth(left), truth(right)} == {True, False} and not mixed:
        return False
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Partial) and not _may_equal_text(one.parts, other):
            return False
        if isinstance(one, Count) and not _may_equal_number(one, other):
            return False
        if isinstance(one, OpenList) and not _may_have_length(one, other):
            return False
    return None


def _types_meet(left: frozenset[str], right: frozenset[str], *, inside: bool) -> bool:
    if left & right:
        return True
    both = left | right
    return (
        inside
        and {"boolean", "number"} <= both
        and bool(left & {"boolean", "number"})
        and bool(right & {"boolean", "number"})
    )


def _may_equal_text(parts: Parts, other: Any) -> bool:
    if isinstance(other, str):
        return may_be(parts, other)
    if isinstance(other, Partial):
        return _heads_agree(parts[0] or "", other.prefix) and _heads_agree(
            (parts[-1] or "")[::-1], other.suffix[::-1]
        )
    return True


def _heads_agree(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _may_equal_number(count: Count, other: Any) -> bool:
    if isinstance(other, Count):
        return (count.high is None or other.low <= count.high) and (
            other.high is None or count.low <= other.high
        )
    if isinstance(other, (int, float)):
        return count.low <= other and (count.high is None or other <= count.high)
    return True


def _may_have_length(one: OpenList, other: Any) -> bool:
    low, high = length_bounds(one)
    if isinstance(other, (list, OpenList)):
        other_low, other_high = length_bounds(other)
        return other_low <= high and low <= other_high
    return True


def length_bounds(value: Any) -> tuple[int, int]:
    """The least and the greatest number of members of a list or `OpenList`."""
    if isinstance(value, OpenList):
        return sum(certain for _, certain in value.members), len(value.members)
    return len(value), len(value)


def may_be(parts: Parts, text: str) -> bool:
    """Whether a string of which some stretches are known may turn out to be a text."""
    start, end = 0, len(text)
    first, *middle = parts
    if first is not None:
        if not text.startswith(first):
            return False
        start = len(first)
    last = middle.pop() if middle else None
    if last is not None:
        end -= len(last)
        if end < start or not text.endswith(last):
            return False
    for stretch in middle:
        if stretch is not None:
            found = text.find(stretch, start, end)
            if found < 0:
                return False
            start = found + len(stretch)
    return True


def compare_counts(operator: str, left: Any, right: Any) -> bool | None:
    """``<`` and the like for a `Count` and a number, or two of either: None where undecided."""
    (low, high), (other_low, other_high) = _bounds(left), _bounds(right)
    if operator in (">", ">="):
        swapped = "<" if operator == ">" else "<="
        return compare_counts(swapped, right, left)
    if operator == "<":
        surely, never = high < other_low, low >= other_high
    else:
        surely, never = high <= other_low, low > other_high
    return True if surely else False if never else None


def _bounds(value: Any) -> tuple[float, float]:
    if isinstance(value, Count):
        return value.low, float("inf") if value.high is None else value.high
    return value, value
