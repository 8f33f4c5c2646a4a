"""What can be said of values that are not known.

A value stands for a set: a known one for itself, an `Unknown` for whatever it may turn out to be, a
list for the lists of what its members stand for.  Everything said here holds for each member of the
set, so that a decided answer stays right whatever the value turns out to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any

from scanner.values import OpenList, Partial, Touched, Unknown

KINDS = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
"""The JMESPath type of each Python type that a document is made of."""

CERTAIN = frozenset(KINDS)
"""The types of values that are known."""

SCALARS = CERTAIN - {list, dict}
"""Those of them that hold no others."""

_ANY = frozenset(KINDS.values())
_FALSY = _ANY - {"number"}
_TRUTHY = _ANY - {"null"}


class Count(Unknown):
    """A number of things: a whole number from ``low`` to ``high``, None for no upper bound."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int | None, cause: Unknown) -> None:
        super().__init__(cause.reason, text=cause.text, place=cause.place, truth=True)
        self.low = low
        self.high = high


def derived(cause: Unknown, *, truth: bool | None = None, boolean: bool = False) -> Any:
    """A value that is not known because another one is not; a plain bool where it is known after all."""
    if boolean and truth is not None:
        return truth
    return Unknown(cause.reason, text=cause.text, place=cause.place, truth=truth, boolean=boolean)


def kinds(value: Any) -> frozenset[str]:
    """The JMESPath types that a value may have; ``expref`` for a reference."""
    if not isinstance(value, Unknown):
        return frozenset({KINDS.get(type(value), "expref")})
    if isinstance(value, Partial):
        return frozenset({"string"})
    if isinstance(value, OpenList):
        return frozenset({"array"})
    if isinstance(value, Count):
        return frozenset({"number"})
    if value.boolean:
        return frozenset({"boolean"})
    return _ANY if value.truth is None else _TRUTHY if value.truth else _FALSY


def truth(value: Any) -> bool | None:
    """Whether JMESPath takes a value for true; None where that is open."""
    if isinstance(value, Unknown):
        return value.truth
    return bool(value) or type(value) in (int, float)


def may_be_null(value: Any) -> bool:
    """Whether a value is or may turn out to be null."""
    return value is None or (isinstance(value, Unknown) and "null" in kinds(value))


def field_of_unknown(value: Unknown) -> Unknown | None:
    """A field of a value that is not known: not known for the same cause, if it can have fields at all."""
    if "object" not in kinds(value) or value.truth is False:
        return None
    if value.truth is None and not value.fallible:
        return value
    return Unknown(value.reason, text=value.text, place=value.place)


_SURELY = repeat(True)  # noqa: FBT003 - what is repeated


def members(value: Any) -> Iterable[tuple[Any, bool]]:
    """The members of a list or `OpenList`, each with whether it is surely there."""
    return value.members if isinstance(value, OpenList) else zip(value, _SURELY, strict=False)


def collected(pairs: list[tuple[Any, bool]], cause: Unknown | None) -> Any:
    """The list of some members: a plain list where all are surely there."""
    if all(certain for _, certain in pairs):
        return [value for value, _ in pairs]
    reason = cause if cause is not None else _cause(value for value, certain in pairs if not certain)
    result = OpenList(tuple(pairs), reason.reason)
    result.text, result.place = reason.text, reason.place
    return result


def _cause(values: Iterable[Any]) -> Unknown:
    found = next((value for value in values if isinstance(value, Unknown)), None)
    return found if found is not None else Unknown("it is not known which members the list has")


def first_unknown(value: Any) -> Unknown | None:
    """The first value that is not known within a value, None where all of it is known.

    A list that holds another twice is looked into once: written out, it could be larger than any memory.
    """
    waiting = [value]
    seen = set()
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Unknown):
            return inner
        members = inner if type(inner) is list else list(inner.values()) if type(inner) is dict else ()
        if members and id(inner) not in seen:
            seen.add(id(inner))
            waiting.extend(reversed(members))
    return None


_NAMELESS = Unknown("a value is not known")


def cause_of(*values: Any) -> Unknown:
    """Why a result is open: the first value that is not known among some values and within them."""
    found = first_unknown(list(values))
    return _NAMELESS if found is None else found


def certainly(value: Any) -> Any:
    """The value itself, if it is known.  Raises `Touched`."""
    if isinstance(value, Unknown):
        raise Touched(value)
    return value
