"""Functions for lists; most of them take texts or objects, too."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.combine import Distinct, chosen, how_many, turns
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.functions.arguments import array, bounded, bounded_list, is_number, number
from scanner.sources.arm.functions.stretches import taken
from scanner.sources.arm.keys import key_of, same
from scanner.sources.arm.openness import Choice, OpenObject
from scanner.sources.arm.registry import Takes, function
from scanner.sources.code.symbols import Text
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown


@function("createArray", 0, None, takes=Takes.OPEN)
def create_array(*values: Any) -> list[Any]:
    """A list of values."""
    return list(values)


@function("array", 1, takes=Takes.OPEN)
def array_(value: Any) -> list[Any]:
    """A value as a list of one; a list stays as it is."""
    if isinstance(value, Unknown) and not isinstance(value, (Text, OpenObject)):
        raise Touched(value)
    return value if isinstance(value, list) else [value]


@function("range", 2, takes=Takes.OPEN)
def range_(start: Any, count: Any) -> list[int]:
    """Whole numbers, from one on."""
    for value in (start, turns(count)):
        if isinstance(value, Unknown):
            raise Touched(value)
    begin, length = number(start, "range"), number(turns(count), "range")
    if not 0 <= length <= 10_000:
        raise Failure("range() takes a count from 0 to 10000")
    return list(range(begin, begin + length))


@function("length", 1, takes=Takes.OPEN)
def length(value: Any) -> Any:
    """How many members a list or object has, or characters a text."""
    if isinstance(value, Unknown):
        raise Touched(value)
    if not isinstance(value, (str, list, dict)):
        raise Failure(f"length() takes a list, an object or a text, not {noun(value)}")
    return how_many(value, f"length({key_of(value)})") if isinstance(value, Distinct) else len(value)


@function("empty", 1, takes=Takes.OPEN)
def empty(value: Any) -> Any:
    """Whether a list, an object or a text has nothing in it, or is null."""
    if isinstance(value, (OpenList, Text)) and value.truth:
        return False
    if isinstance(value, OpenObject) and not value.optional and _has_sure(value):
        return False
    if isinstance(value, Choice):
        return chosen([empty(option) for option in value.options], f"empty({value.condition})", value.reason)
    if isinstance(value, Unknown):
        raise Touched(value)
    if value is not None and not isinstance(value, (str, list, dict)):
        raise Failure(f"empty() takes a list, an object or a text, not {noun(value)}")
    return not value


def _has_sure(value: OpenObject) -> bool:
    return any(sure for _, sure in value.members.values())


@function("contains", 2, takes=Takes.OPEN)
def contains(holder: Any, wanted: Any) -> Any:
    """Whether a list has a member, an object a key, or a text a part."""
    if isinstance(holder, list):
        return _among(bounded(holder, "contains"), bounded(wanted, "contains"))
    if isinstance(wanted, Unknown):
        raise Touched(wanted)
    if isinstance(holder, Unknown):
        return _in_open(holder, wanted)
    if isinstance(holder, dict):
        return spelled(holder, wanted if isinstance(wanted, str) else str(wanted)) is not None
    if isinstance(holder, str):
        return (wanted if isinstance(wanted, str) else str(wanted)) in holder
    raise Failure(f"contains() takes a list, an object or a text, not {noun(holder)}")


def _in_open(holder: Unknown, wanted: Any) -> bool:
    """The same for what is not known in full."""
    if isinstance(holder, OpenList):
        return _among_open(holder, wanted)
    if isinstance(holder, OpenObject) and isinstance(wanted, str):
        name = spelled(holder.members, wanted)
        if name is None:
            return False
        if holder.members[name][1] and not holder.optional:
            return True
    known = [part for part in holder.parts if part] if isinstance(holder, Text) else []
    if isinstance(wanted, str) and any(wanted in part for part in known):
        return True
    raise Touched(holder)


def _among(values: list[Any], wanted: Any) -> bool:
    """Whether a value is in a list; what is not known is in the way only where nothing else is it."""
    doubt: Touched | None = None
    for value in values:
        try:
            if same(value, wanted):
                return True
        except Touched as touched:
            doubt = touched
    if doubt is not None:
        raise doubt
    return False


def _among_open(values: OpenList, wanted: Any) -> bool:
    if _among([value for value, sure in values.members if sure], wanted):
        return True
    if _among([value for value, _ in values.members], wanted):
        raise Touched(values)
    return False


@function("first", 1, takes=Takes.OPEN)
def first(value: Any) -> Any:
    """The first member of a list, or the first character of a text."""
    if isinstance(value, Text) and value.prefix:
        return value.prefix[0]
    return _end(value, 0, "first")


@function("last", 1, takes=Takes.OPEN)
def last(value: Any) -> Any:
    """The last member of a list, or the last character of a text."""
    if isinstance(value, Text) and value.suffix:
        return value.suffix[-1]
    return _end(value, -1, "last")


def _end(value: Any, index: int, name: str) -> Any:
    if isinstance(value, Unknown):
        raise Touched(value)
    if not isinstance(value, (str, list)):
        raise Failure(f"{name}() takes a list or a text, not {noun(value)}")
    if not value:
        return "" if isinstance(value, str) else None
    return value[index]


@function("take", 2, takes=Takes.OPEN)
def take(value: Any, count: Any) -> Any:
    """The first members of a list, or characters of a text."""
    if isinstance(value, Text) and is_number(count):
        return taken(value, count)
    return _sequence(value, count, "take")[: max(number(count, "take"), 0)]


@function("skip", 2, takes=Takes.OPEN)
def skip(value: Any, count: Any) -> Any:
    """The members of a list, or characters of a text, behind the first ones."""
    return _sequence(value, count, "skip")[max(number(count, "skip"), 0) :]


def _sequence(value: Any, count: Any, name: str) -> Any:
    for argument in (value, count):
        if isinstance(argument, Unknown):
            raise Touched(argument)
    if not isinstance(value, (str, list)):
        raise Failure(f"{name}() takes a list or a text, not {noun(value)}")
    return value


@function("flatten", 1, takes=Takes.OPEN)
def flatten(values: Any) -> Any:
    """The members of the lists in a list."""
    members = _members(values)
    result: list[tuple[Any, bool]] = []
    reason = values.reason if isinstance(values, OpenList) else ""
    for inner, sure in members:
        if isinstance(inner, Unknown) and not isinstance(inner, OpenList):
            raise Touched(inner)
        if isinstance(inner, OpenList):
            reason = reason or inner.reason
        result.extend((value, sure and certain) for value, certain in _members(inner))
    bounded_list(result, "flatten")
    return OpenList(tuple(result), reason) if reason else [value for value, _ in result]


def _members(values: Any) -> list[tuple[Any, bool]]:
    if isinstance(values, OpenList):
        return list(values.members)
    if isinstance(values, Unknown):
        raise Touched(values)
    return [(value, True) for value in array(values, "flatten")]


@function("indexFromEnd", 2)
def index_from_end(values: Any, index: Any) -> Any:
    """An entry of a list, counted from its end, which is 1."""
    entries, place = array(values, "indexFromEnd"), number(index, "indexFromEnd")
    if not 1 <= place <= len(entries):
        raise Failure(f"the list has no entry {place} from its end")
    return entries[-place]


@function("tryIndexFromEnd", 2)
def try_index_from_end(values: Any, index: Any) -> Any:
    """The same, null where there is no such entry."""
    entries, place = array(values, "tryIndexFromEnd"), number(index, "tryIndexFromEnd")
    return entries[-place] if 1 <= place <= len(entries) else None
