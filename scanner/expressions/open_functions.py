"""Standard functions that are decided by what is known of their arguments.

Each takes arguments whose types are right or may be, and gives its value, unknown or not, or
`NotImplemented` where nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.expressions.equality import may_be, same
from scanner.expressions.runtime import SIZED, WORDS, limit_text, weigh
from scanner.expressions.state import FAILURES, State
from scanner.expressions.unknowns import (
    CERTAIN,
    KINDS,
    SCALARS,
    Count,
    collected,
    derived,
    first_unknown,
    kinds,
    may_be_null,
    members,
)
from scanner.values import OpenList, Partial, Unknown

Decide = Callable[[State, list[Any]], Any]


def _contains(state: State, arguments: list[Any]) -> Any:
    subject, search = arguments
    if isinstance(subject, (list, OpenList)):
        state.spend(weigh(search, state.steps) * sum(1 for _ in members(subject)))
        return _contains_member(subject, search)
    if "array" in kinds(subject):
        return derived(subject, boolean=True)
    if "string" not in kinds(search):
        raise TypeError("only a string can be looked for in a string")
    if kinds(search) != {"string"}:
        state.doubted(search)
        return derived(search, boolean=True)
    return _within((None,), subject, search, (None,))


def _contains_member(subject: Any, search: Any) -> Any:
    undecided = False
    for member, certain in members(subject):
        equal = same(member, search, inside=True)
        if equal and certain:
            return True
        undecided = undecided or equal is not False
    cause = first_unknown([search, subject])
    return derived(cause, boolean=True) if undecided and cause is not None else False


def _within(before: tuple[None, ...], subject: Any, search: Any, after: tuple[None, ...]) -> Any:
    """Whether a string has another one somewhere, at its start or at its end: holes may be any text."""
    known = search.parts if isinstance(search, Partial) else (search,)
    if isinstance(subject, str):
        if isinstance(search, str):
            return may_be((*before, search, *after), subject)
        return derived(search, boolean=True) if may_be((*before, *known, *after), subject) else False
    if isinstance(search, str):
        return _surely_within(before, subject, search, after)
    return derived(subject, boolean=True)


def _surely_within(before: tuple[None, ...], subject: Partial, search: str, after: tuple[None, ...]) -> Any:
    if before and after:
        found = any(search in (stretch or "") for stretch in subject.parts)
        return True if found else derived(subject, boolean=True)
    edge, text = (subject.prefix, search) if after else (subject.suffix[::-1], search[::-1])
    if edge.startswith(text):
        return True
    return derived(subject, boolean=True) if text.startswith(edge) else False


def _starts_with(state: State, arguments: list[Any]) -> Any:
    return _affix(state, (), arguments, (None,))


def _ends_with(state: State, arguments: list[Any]) -> Any:
    return _affix(state, (None,), arguments, ())


def _affix(state: State, before: tuple[None, ...], arguments: list[Any], after: tuple[None, ...]) -> Any:
    del state
    if all(kinds(argument) == {"string"} for argument in arguments):
        return _within(before, arguments[0], arguments[1], after)
    cause = first_unknown(arguments)
    return NotImplemented if cause is None else derived(cause, boolean=True)


def _length(state: State, arguments: list[Any]) -> Any:
    del state
    (value,) = arguments
    if isinstance(value, OpenList):
        return Count(sum(certain for _, certain in value.members), len(value.members), value)
    if isinstance(value, Partial):
        return Count(sum(len(stretch or "") for stretch in value.parts), None, value)
    return Count(0, None, value) if isinstance(value, Unknown) else len(value)


def _type(state: State, arguments: list[Any]) -> Any:
    del state
    possible = kinds(arguments[0])
    if len(possible) == 1 and "expref" not in possible:
        return next(iter(possible))
    return derived(arguments[0], truth=True) if len(possible) > 1 else NotImplemented


def _not_null(state: State, arguments: list[Any]) -> Any:
    del state
    opened: list[Unknown] = []
    for argument in arguments:
        if argument is None:
            continue
        if not may_be_null(argument):
            return _one_of(opened, argument)
        opened.append(argument)
    return _one_of(opened[:-1], opened[-1]) if opened else None


def _one_of(opened: list[Unknown], last: Any) -> Any:
    return derived(opened[0]) if opened else last


def _to_array(state: State, arguments: list[Any]) -> Any:
    del state
    (value,) = arguments
    if isinstance(value, Unknown) and "array" in kinds(value):
        return value if isinstance(value, OpenList) else derived(value)
    return value if type(value) is list else [value]


def _to_string(state: State, arguments: list[Any]) -> Any:
    del state
    (value,) = arguments
    if kinds(value) == {"string"}:
        return value
    cause = first_unknown(value)
    return NotImplemented if cause is None else derived(cause)


def _to_number(state: State, arguments: list[Any]) -> Any:
    del state
    (value,) = arguments
    if isinstance(value, Count):
        return value
    if not kinds(value) & {"string", "number", "expref"}:
        return None
    return derived(value) if isinstance(value, Unknown) else NotImplemented


def _reverse(state: State, arguments: list[Any]) -> Any:
    del state
    (value,) = arguments
    if isinstance(value, (list, OpenList)):
        return collected(list(reversed(list(members(value)))), value if isinstance(value, OpenList) else None)
    if isinstance(value, Partial):
        parts = tuple(part and part[::-1] for part in reversed(value.parts))
        return Partial(parts, value.reason, text=value.text, place=value.place)
    return NotImplemented


def _map(state: State, arguments: list[Any]) -> Any:
    reference, elements = arguments
    if not isinstance(elements, (list, OpenList)):
        return NotImplemented
    open_by = elements if isinstance(elements, OpenList) else None
    pairs = []
    for element, certain in members(elements):
        try:
            value = reference.visit(reference.expression, element)
        except FAILURES:
            if certain or open_by is None:
                raise
            value = state.doubted(open_by)
        pairs.append((value, certain))
    return collected(pairs, open_by)


def _extent(text: Any) -> int:
    """How long a text is as far as it is known; a stretch that is not counts as one character."""
    parts = text.parts if isinstance(text, Partial) else (text,)
    return sum(len(part) if type(part) is str else 1 for part in parts)


def _join(state: State, arguments: list[Any]) -> Any:
    del state
    separator, texts = arguments
    if type(texts) is not list or not texts or any(kinds(text) != {"string"} for text in (separator, *texts)):
        return NotImplemented
    limit_text(sum(map(_extent, texts)) + _extent(separator) * len(texts))
    parts: list[str | None] = []
    for position, text in enumerate(texts):
        for piece in (separator, text) if position else (text,):
            for part in piece.parts if isinstance(piece, Partial) else (piece,):
                if part is not None and parts and parts[-1] is not None:
                    parts[-1] += part
                else:
                    parts.append(part)
    cause = first_unknown(arguments)
    if cause is None:
        return parts[0]
    return Partial(tuple(parts), cause.reason, text=cause.text, place=cause.place)


def _contains_now(subject: Any, search: Any) -> Any:
    if type(subject) is list and type(search) in SCALARS and CERTAIN.issuperset(map(type, subject)):
        return search in subject
    return search in subject if type(subject) is type(search) is str else NotImplemented


def _length_now(value: Any) -> Any:
    return len(value) if type(value) in SIZED else NotImplemented


def _starts_with_now(subject: Any, prefix: Any) -> Any:
    return subject.startswith(prefix) if type(subject) is type(prefix) is str else NotImplemented


def _ends_with_now(subject: Any, suffix: Any) -> Any:
    return subject.endswith(suffix) if type(subject) is type(suffix) is str else NotImplemented


def _to_string_now(value: Any) -> Any:
    if type(value) is str:
        return value
    return WORDS[value] if type(value) is bool or value is None else NotImplemented


def _type_now(value: Any) -> Any:
    return KINDS.get(type(value), NotImplemented)


AT_ONCE: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("contains", 2): _contains_now,
    ("ends_with", 2): _ends_with_now,
    ("length", 1): _length_now,
    ("starts_with", 2): _starts_with_now,
    ("to_string", 1): _to_string_now,
    ("type", 1): _type_now,
}
"""Those that policies use most, by name and number of arguments: their value where all is plain.

They give `NotImplemented` where it is not.
"""

DECIDING: Mapping[str, Decide] = {
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "join": _join,
    "length": _length,
    "map": _map,
    "not_null": _not_null,
    "reverse": _reverse,
    "to_array": _to_array,
    "to_number": _to_number,
    "to_string": _to_string,
    "type": _type,
}
