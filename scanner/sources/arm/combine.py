"""How values combine where a condition cannot be decided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from scanner.sources.arm.keys import key_of, same
from scanner.sources.arm.openness import Choice, OpenArray, OpenObject, OrNone, needed
from scanner.sources.code.symbols import Symbol, Text
from scanner.values import OpenList, Touched, Unknown

MOST_OPTIONS = 8
"""A value that may be one of more than these is simply not known."""

MOST_COMPARED = 400
"""Members of which two and two are compared: of more it is taken that they may all be the same."""


_MAY_BE_OPEN = (Unknown, dict, list)
_MAY_BE_SAME = "it is not known which of its members are the same"


class Distinct(list[Any]):
    """A list in which each value is once: open members of it may be the same as others, and not there."""


class OpenCount(Choice):
    """How many different values there are among ``most``, of which some may be the same."""

    __slots__ = ("most",)

    def __init__(self, least: int, most: int, key: str) -> None:
        super().__init__(tuple(range(least, most + 1)), key, _MAY_BE_SAME)
        self.most = most


def turns(count: Any) -> Any:
    """How often to go over what was counted: of two values that may be the same, each has its turn."""
    return count.most if isinstance(count, OpenCount) else count


def either(condition: Unknown, yes: Any, no: Any) -> Any:
    """The value of a condition that nobody can decide: one of two."""
    name = key_of(condition)
    if isinstance(yes, (dict, OpenObject)) or isinstance(no, (dict, OpenObject)):
        if (one := _members(yes)) is not None and (other := _members(no)) is not None:
            return _either_object(condition, name, one, other, optional=_optional(yes) or _optional(no))
    elif isinstance(yes, (list, OpenList)) and isinstance(no, (list, OpenList)):
        return _either_list(condition, name, yes, no)
    options = (*_options(yes), *_options(no))
    if any(isinstance(option, (Unknown, dict, list)) for option in options):
        if isinstance(yes, Unknown) and isinstance(no, Unknown) and key_of(yes) == key_of(no):
            return yes
        key = f"if({name},{key_of(yes)},{key_of(no)})"
        value = needed(no if yes is None else yes)
        if (yes is None or no is None) and isinstance(value, (Symbol, Text)):
            return OrNone(value, key, condition.reason)
        return Symbol(key, condition.reason)
    if isinstance(yes, Choice) or isinstance(no, Choice):
        # What one of them hangs on, too, tells it from another choice of the same values.
        name = f"if({name},{key_of(yes)},{key_of(no)})"
    return chosen(options, name, condition.reason)


def chosen(options: Sequence[Any], condition: str, reason: str) -> Any:
    """One of some plain values; the value itself where they are all the same."""
    distinct: list[Any] = []
    for option in options:
        if not any(same(option, other) for other in distinct):
            distinct.append(option)
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > MOST_OPTIONS:
        return Symbol(f"if({condition},{key_of(distinct)})", reason)
    return Choice(tuple(distinct), condition, reason)


def how_many(members: Sequence[Any], key: str) -> Any:
    """How many different values there are among some; ``key`` names that where it is not known."""
    least, most = _surely_different(members), len(members)
    return most if least == most else OpenCount(least, most, key)


def _surely_different(members: Sequence[Any]) -> int:
    """How many values there are at least: as many as are found of which no two can be the same."""
    found = [member for member in members if not isinstance(member, _MAY_BE_OPEN)]
    others = [member for member in members if isinstance(member, _MAY_BE_OPEN)]
    if others and len(members) > MOST_COMPARED:
        return max(len(found), 1)
    for member in others:
        if all(_differ(member, other) for other in found):
            found.append(member)
    return len(found)


def _differ(one: Any, other: Any) -> bool:
    """Whether two values cannot be the same, whatever is not known of them."""
    if isinstance(one, Text) and isinstance(other, Text):
        return not (_may_meet(one.prefix, other.prefix, 0) and _may_meet(one.suffix, other.suffix, -1))
    try:
        return not same(one, other)
    except Touched:
        return False


def _may_meet(one: str, other: str, end: int) -> bool:
    """Whether what two texts begin with (0) or end with (-1) can be that of one text."""
    if end == 0:
        return one.startswith(other) or other.startswith(one)
    return one.endswith(other) or other.endswith(one)


def not_null(value: Any, otherwise: Any) -> Any:
    """A value that may be null, or what stands in for it then."""
    if isinstance(value, Choice):
        result = otherwise
        for option in value.options:
            if option is not None:
                result = either(value, option, result)
        return result
    if isinstance(value, OpenObject):
        return either(value, OpenObject(value.members, value.condition, value.reason), otherwise)
    return otherwise if value is None else value


def combinations(arguments: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """The arguments of a call for every choice among them; None where some are open otherwise."""
    count = 1
    conditions = set()
    for argument in arguments:
        if isinstance(argument, Choice):
            count *= len(argument.options)
            conditions.add(argument.condition)
        elif isinstance(argument, Unknown):
            return None
    if count > MOST_OPTIONS:
        return None
    return list(product(*map(_options, arguments)))


def open_object(value: Any) -> dict[str, tuple[Any, bool]] | None:
    """The members of an object, known or open, each with whether it is surely there."""
    return _members(value)


def _options(value: Any) -> tuple[Any, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _optional(value: Any) -> bool:
    return value is None or (isinstance(value, OpenObject) and value.optional)


def _members(value: Any) -> dict[str, tuple[Any, bool]] | None:
    if value is None:
        return {}
    if isinstance(value, OpenObject):
        return value.members
    return {name: (inner, True) for name, inner in value.items()} if isinstance(value, dict) else None


def _either_object(
    condition: Unknown,
    name: str,
    one: dict[str, tuple[Any, bool]],
    other: dict[str, tuple[Any, bool]],
    *,
    optional: bool,
) -> Any:
    members: dict[str, tuple[Any, bool]] = {}
    for member in (*one, *(key for key in other if key not in one)):
        if member in one and member in other:
            (mine, sure), (theirs, certain) = one[member], other[member]
            members[member] = (either(condition, mine, theirs), sure and certain)
        else:
            members[member] = ((one.get(member) or other[member])[0], False)
    if not optional and all(sure for _, sure in members.values()):
        return {member: value for member, (value, _) in members.items()}
    return OpenObject(members, name, condition.reason, optional=optional)


def _either_list(condition: Unknown, name: str, yes: Any, no: Any) -> Any:
    if isinstance(yes, list) and isinstance(no, list) and key_of(yes) == key_of(no):
        return yes
    members: list[tuple[Any, bool]] = []
    for value in (yes, no):
        entries = value if isinstance(value, list) else [entry for entry, _ in value.members]
        members.extend((entry, False) for entry in entries)
    return OpenArray(tuple(members), name, condition.reason)
