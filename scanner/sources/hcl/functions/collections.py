"""Functions of lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.sources.arm.combine import Distinct, turns
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import OpenArray
from scanner.sources.hcl.functions.arguments import (
    array,
    bounded_list,
    mapping,
    number,
    opened,
    ordered,
    text,
    whole,
)
from scanner.sources.hcl.registry import ALIKE, ALWAYS, function
from scanner.sources.hcl.values import (
    Handle,
    equal,
    first_open,
    open_value,
    unified,
)
from scanner.values import OpenList, Unknown


@function("concat", 1, None, takes_open=True, typed=ALIKE)
def concat(*lists: Any) -> Any:
    """The members of lists, one list after another."""
    unknown = opened("concat", *lists)
    if unknown is not None:
        holds = any(isinstance(one, OpenList) or (isinstance(one, list) and one) for one in lists)
        return _together(lists) if holds else unknown
    return bounded_list([member for one in lists for member in ordered(one)], "concat")


def _together(lists: Iterable[Any]) -> Any:
    """The members of lists of which some are open; one that is not known may have any."""
    members: list[tuple[Any, bool]] = []
    conditions: list[str] = []
    reason = ""
    for one in lists:
        if isinstance(one, OpenList):
            members += one.members
            conditions.append(key_of(one))
            reason = reason or one.reason
        elif isinstance(one, Unknown):
            members.append((open_value(f"{key_of(one)}[*]", one.reason), False))
            conditions.append(key_of(one))
            reason = reason or one.reason
        else:
            members += [(member, True) for member in ordered(one)]
    return OpenArray(tuple(members), ",".join(conditions), reason)


@function("flatten", 1, takes_open=True)
def flatten(value: Any) -> Any:
    """A list with the members of its lists in their place, at any depth."""
    if isinstance(value, OpenList):
        if any(isinstance(member, (list, Unknown)) for member, _ in value.members):
            return open_value(f"flatten({key_of(value)})", value.reason)
        return value
    if (unknown := opened("flatten", value)) is not None:
        return unknown
    made: list[Any] = []
    waiting = list(reversed(array(value)))
    is_open = any(isinstance(member, OpenList) for member in waiting)
    while waiting:
        member = waiting.pop()
        if isinstance(member, list):
            waiting.extend(reversed(member))
            is_open = is_open or any(isinstance(one, OpenList) for one in member)
        elif (
            isinstance(member, Unknown)
            and not isinstance(member, (Handle, OpenList))
            and member.truth is None
        ):
            return open_value(f"flatten({key_of(value)})", member.reason)
        else:
            made.append(member)
        bounded_list(made, "flatten")
    return _together([one if isinstance(one, OpenList) else [one] for one in made]) if is_open else made


@function("compact", 1, takes_open=True, typed=ALWAYS)
def compact(value: Any) -> Any:
    """A list without texts that are empty, and without null."""
    if isinstance(value, Unknown) and not isinstance(value, OpenList):
        return opened("compact", value)
    members = value.members if isinstance(value, OpenList) else [(member, True) for member in array(value)]
    kept: list[tuple[Any, bool]] = []
    for member, sure in members:
        if isinstance(member, Unknown):
            kept.append((member, sure and member.truth is True))
        elif member not in (None, ""):
            kept.append((text(member), sure))
    if all(sure for _, sure in kept):
        return [member for member, _ in kept]
    return OpenArray(tuple(kept), key_of(value), "it is not known which of its members are empty")


@function("distinct", 1, takes_open=True, typed=ALWAYS)
def distinct(value: Any) -> Any:
    """A list with each member once."""
    if (unknown := opened("distinct", value)) is not None:
        return unknown
    seen: dict[str, Any] = {}
    for member in unified(array(value)):
        seen.setdefault(key_of(member), member)
    return Distinct(seen.values())


@function("reverse", 1, takes_open=True, typed=ALIKE)
def reverse(value: Any) -> Any:
    """A list backwards."""
    return unknown if (unknown := opened("reverse", value)) is not None else list(reversed(array(value)))


@function("sort", 1, typed=ALWAYS)
def sort(value: Any) -> list[str]:
    """Texts in their order."""
    return sorted(text(member) for member in array(value))


@function("slice", 3, takes_open=True, typed=ALIKE)
def slice_(value: Any, start: Any, end: Any) -> Any:
    """The members of a list from one index up to another."""
    if (unknown := opened("slice", value, start, end)) is not None:
        return unknown
    members, begin, behind = array(value), whole(start), whole(end)
    if not 0 <= begin <= behind <= len(members):
        raise Failure("slice() beyond the end of the list")
    return members[begin:behind]


@function("element", 2, takes_open=True)
def element(value: Any, index: Any) -> Any:
    """A member of a list, by an index that begins again behind the end."""
    if (unknown := opened("element", value, index)) is not None:
        return unknown
    members = ordered(value)
    if not members:
        raise Failure("element() of an empty list")
    return members[whole(index) % len(members)]


@function("index", 2)
def index(value: Any, wanted: Any) -> int:
    """The index of a member."""
    if wanted is None:
        raise Failure("index() of null")
    for at, member in enumerate(ordered(value)):
        if equal(member, wanted):
            return at
    raise Failure("index() of what is not in the list")


@function("range", 1, 3, takes_open=True, typed=ALWAYS)
def range_(*limits: Any) -> Any:
    """The numbers from one up to another."""
    limits = tuple(map(turns, limits))
    if (unknown := opened("range", *limits)) is not None:
        return unknown
    start, end = (0, number(limits[0])) if len(limits) == 1 else (number(limits[0]), number(limits[1]))
    step = number(limits[2]) if len(limits) == 3 else (1 if start <= end else -1)
    if step == 0 or (end - start) / step < 0:
        raise Failure("range() that its step leads away from its end")
    if (end - start) / step > 1024:
        raise Failure("range() of more than 1024 numbers")
    made: list[Any] = []
    while (start < end) if step > 0 else (start > end):
        made.append(start)
        start += step
    return made


@function("chunklist", 2, typed=ALWAYS)
def chunklist(value: Any, size: Any) -> list[Any]:
    """A list in pieces of a length."""
    members, length = unified(array(value)), whole(size)
    if length < 0:
        raise Failure("chunklist() takes a length that is not negative")
    pieces = [members[at : at + length] for at in range(0, len(members), length)] if length else [members]
    return [piece for piece in pieces if piece]


@function("sum", 1)
def sum_(value: Any) -> int | float:
    """The sum of numbers."""
    if not array(value):
        raise Failure("sum() of an empty list")
    return sum(number(member) for member in value)


@function("matchkeys", 3, typed=ALWAYS)
def matchkeys(values: Any, keys: Any, wanted: Any) -> list[Any]:
    """The values whose keys are among some others."""
    if len(array(values)) != len(array(keys)):
        raise Failure("matchkeys() takes two lists of one length")
    return [
        value
        for value, key in zip(values, keys, strict=True)
        if any(equal(key, other) for other in array(wanted))
    ]


@function("zipmap", 2, takes_open=True)
def zipmap(keys: Any, values: Any) -> Any:
    """An object of keys and values."""
    if (unknown := opened("zipmap", keys, values)) is not None:
        return unknown
    if (hidden := first_open(keys)) is not None:
        return open_value(f"zipmap({key_of(keys)},{key_of(values)})", hidden.reason)
    if len(array(keys)) != len(array(values)):
        raise Failure("zipmap() takes two lists of one length")
    return {text(key): value for key, value in zip(keys, ordered(values), strict=True)}


@function("transpose", 1)
def transpose(value: Any) -> dict[str, list[str]]:
    """An object of lists the other way round."""
    made: dict[str, list[str]] = {}
    for key, members in sorted(mapping(value).items()):
        for member in array(members):
            made.setdefault(text(member), []).append(key)
    return {key: sorted(made[key]) for key in sorted(made)}
