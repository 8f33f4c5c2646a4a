"""The values of the language beside those of JSON, and how one becomes another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.combine import Distinct
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of, same
from scanner.sources.arm.openness import Choice, OpenArray, OpenObject, Overlaid
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Partial, Touched, Unknown


class SetOf(Distinct):
    """A set: each member once, texts and numbers in their order."""


class TypedList(list[Any]):
    """A list whose members have one type, as a variable or a function gives it; a literal makes a tuple."""


class UniqueList(Distinct, TypedList):
    """A list whose members have one type, each once: made of a set."""


class TypedMap(dict[str, Any]):
    """A map whose members have one type, as a variable gives it; a literal makes an object."""


class Handle(Symbol):
    """Something that is known by what can be asked of it: a resource, a module, a namespace.

    ``ask`` gives the value of a member; as a whole it is not known, but surely there.
    """

    __slots__ = ("ask",)

    def __init__(self, key: str, reason: str, ask: Callable[[str], Any]) -> None:
        super().__init__(key, reason, text=key)
        self.ask = ask


class Numbered(OpenArray):
    """The instances of a block that has ``count``, where it is open how many: the index of each is not."""


class Keyed(OpenObject):
    """The instances of a block that has ``for_each``, where it is open which: the key of each is not."""


class Encoded(Symbol):
    """A text that was made of a value which is known in part: ``value`` is what it was made of."""

    __slots__ = ("value",)

    def __init__(self, key: str, reason: str, value: Any) -> None:
        super().__init__(key, reason)
        self.value = value


class Json(str):
    """The JSON text of a value that is known, and the value."""

    __slots__ = ("value",)
    value: Any


def open_value(key: str, reason: str, *, boolean: bool = False) -> Symbol:
    """A value that is not known, by the expression that it is the value of."""
    symbol = Symbol(key, reason)
    symbol.boolean = boolean
    return symbol


def first_open(value: Any) -> Unknown | None:
    """The first thing in a value that is not known; None where all of it is."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Unknown):
            return node
        if isinstance(node, dict):
            waiting += [inner for inner in node.values() if isinstance(inner, (Unknown, dict, list))]
            named = next((key for key in node if hasattr(key, "value")), None)
            if named is not None and isinstance(named.value, Unknown):
                return named.value
        elif isinstance(node, list):
            waiting += [inner for inner in node if isinstance(inner, (Unknown, dict, list))]
    return None


def is_null(value: Any) -> bool | None:
    """Whether a value is null; None where that is not known."""
    if value is None:
        return True
    if isinstance(value, Choice):
        return None if None in value.options else False
    if isinstance(value, OpenObject):
        return None if value.optional else False
    if isinstance(value, (OpenList, Partial, Handle, Encoded)):
        return False
    if isinstance(value, Unknown):
        return False if value.truth or value.boolean else None
    return False


def text_of(value: Any) -> Any:
    """A value as a text; what is not known stays so.  Raises `Failure` for what is no text."""
    if isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    raise Failure(f"a text is needed, not {noun(value)}")


def number_text(value: float) -> str:
    """A number as the language writes it: never with an exponent."""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


NUMBER = regex(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
"""A text that is a number."""

_LONGEST = 400
"""Digits of a whole number that is kept to the last of them."""


def number_of(value: Any) -> Any:
    """A value as a number, from a text that is one, too.  Raises `Failure`."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not NUMBER.fullmatch(value):
            raise Failure(f"a number is needed, not the text '{value[:40]}'")
        is_whole = len(value) < _LONGEST and value.lstrip("+-").isdigit()
        number = int(value) if is_whole else float(value)
        if abs(number) != float("inf"):
            return number
    raise Failure(f"a number is needed, not {noun(value)}")


def boolean_of(value: Any) -> Any:
    """A value as a boolean, from a text that is one, too.  Raises `Failure`."""
    if isinstance(value, (bool, Unknown)):
        return value
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise Failure(f"a boolean is needed, not {noun(value)}")


def differ(one: Any, other: Any) -> bool:
    """Whether two values that are known, and not null, have surely no type in common."""
    return any(isinstance(one, kind) is not isinstance(other, kind) for kind in (list, dict))


def unified(members: list[Any]) -> list[Any]:
    """The members of a list or a set, which have one type: beside a text, numbers and booleans are texts."""
    if not any(isinstance(member, str) for member in members):
        return members
    return [text_of(member) if isinstance(member, (bool, int, float)) else member for member in members]


def set_of(members: Iterator[Any] | list[Any]) -> SetOf:
    """The set of some values.  Two that are not known may be the same, and stay."""
    seen: dict[str, Any] = {}
    for member in unified(list(members)):
        seen.setdefault(key_of(member), member)
    return SetOf(sorted(seen.values(), key=_order))


def _order(value: Any) -> tuple[int, Any, str]:
    if isinstance(value, bool):
        return (0, value, "")
    if isinstance(value, (int, float)):
        return (1, value, "")
    if isinstance(value, str):
        return (2, 0, value)
    return (3, 0, key_of(value))


def equal(one: Any, other: Any) -> bool | None:
    """Whether two values are equal, None where that is not known.  A number is no text."""
    for value, against in ((one, other), (other, one)):
        if against is None and (null := is_null(value)) is not None:
            return null
    try:
        return same(one, other)
    except Touched:
        return None


def sorted_items(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """The members of an object in the order that loops go over them."""
    return sorted(value.items())


def iterated(value: Any) -> list[tuple[Any, Any, bool]] | None:
    """Key, value and certainty of each member that a loop goes over; None where they are not known."""
    if isinstance(value, SetOf):
        return [(member, member, True) for member in value]
    if isinstance(value, list):
        return [(index, member, True) for index, member in enumerate(value)]
    if isinstance(value, dict):
        return [(getattr(key, "value", key), member, True) for key, member in sorted_items(value)]
    if isinstance(value, OpenObject):
        sure = not value.optional
        pairs = sorted(value.members.items())
        return [(getattr(key, "value", key), member, certain and sure) for key, (member, certain) in pairs]
    if isinstance(value, Overlaid):
        other = (open_value(f"{value.key}#key", value.reason), open_value(f"{value.key}#", value.reason))
        pairs = sorted(value.members.items())
        return [(*other, False), *((getattr(key, "value", key), *member) for key, member in pairs)]
    if isinstance(value, OpenList):
        members = enumerate(value.members)
        return [
            (open_value(f"{key_of(value)}#{index}", value.reason), m, sure) for index, (m, sure) in members
        ]
    return None
