"""Text functions.  Those that can say something of a text that is known in part do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scanner.sources.arm.combine import chosen
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions import formats
from scanner.sources.arm.functions.arguments import (
    array,
    bounded,
    bounded_list,
    bounded_text,
    is_number,
    number,
    text,
)
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.code.symbols import text as text_of
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown

_LOWER_ALREADY = ("uniquestring(", "guid(", "tolower(", "newguid(", "subscription")


@function("concat", 0, None, takes=Takes.OPEN)
def concat(*values: Any) -> Any:
    """Texts one after another, or the members of lists."""
    if any(isinstance(value, (list, OpenList)) for value in values):
        return _concatenated(values)
    for value in values:
        if isinstance(value, (dict, bool, type(None))):
            raise Failure(f"concat() takes texts or lists, not {noun(value)}")
    return stretched(values, "concat")


def stretched(values: tuple[Any, ...] | list[Any], name: str) -> Any:
    """The text that some stretches make; one of several where a stretch is."""
    choices = [value for value in values if isinstance(value, Choice)]
    if len(choices) == 1:
        choice = choices[0]
        results = [
            joined([option if value is choice else value for value in values], name)
            for option in choice.options
        ]
        if all(isinstance(result, str) for result in results):
            return chosen(results, choice.condition, choice.reason)
    result = joined(values, name)
    return bounded_text(result, name) if isinstance(result, str) else result


def _concatenated(values: tuple[Any, ...]) -> Any:
    members: list[tuple[Any, bool]] = []
    reason = ""
    for value in values:
        if isinstance(value, list):
            members.extend((entry, True) for entry in value)
        elif isinstance(value, OpenList):
            members.extend(value.members)
            reason = reason or value.reason
        elif isinstance(value, Unknown):
            members.append((Unknown(value.reason, text=value.text), False))
            reason = reason or value.reason
        else:
            raise Failure(f"concat() takes texts or lists, not a list and {noun(value)}")
    bounded_list(members, "concat")
    if reason:
        return OpenList(tuple(members), reason)
    return [value for value, _ in members]


@function("format", 1, None, takes=Takes.OPEN)
def format_(pattern: Any, *values: Any) -> Any:
    """A pattern with ``{0}`` and the like, in the way of .NET."""
    if isinstance(pattern, Unknown):
        raise Touched(pattern)
    return stretched(formats.stretches(text(pattern, "format"), values), "format")


@function("string", 1, takes=Takes.OPEN)
def string(value: Any) -> Any:
    """A value as text: lists and objects as JSON."""
    if isinstance(value, (str, Text)):
        return value
    if isinstance(value, Unknown):
        raise Touched(value)
    if isinstance(value, (bool, type(None))):
        return str(value) if value is not None else ""
    if isinstance(value, (dict, list)):
        return bounded_text(
            json.dumps(bounded(value, "string"), separators=(",", ":"), ensure_ascii=False, default=_touch),
            "string",
        )
    return formats.plain(value)


def _touch(value: Any) -> Any:
    raise Touched(value)


@function("toLower", 1, takes=Takes.OPEN)
def to_lower(value: Any) -> Any:
    """A text in lower case."""
    return _mapped(value, "toLower", str.lower)


@function("toUpper", 1, takes=Takes.OPEN)
def to_upper(value: Any) -> Any:
    """A text in upper case."""
    return _mapped(value, "toUpper", str.upper)


def _mapped(value: Any, name: str, change: Callable[[str], str]) -> Any:
    """A text of which each stretch is changed for itself."""
    if isinstance(value, Text):
        parts = tuple(None if part is None else change(part) for part in value.parts)
        return text_of(parts, tuple(_renamed(name, key) for key in value.keys), value)
    if isinstance(value, Symbol):
        return Symbol(_renamed(name, value.key), value.reason, text=value.text)
    if isinstance(value, Choice):
        return chosen([change(text(option, name)) for option in value.options], value.condition, value.reason)
    if isinstance(value, Unknown):
        raise Touched(value)
    return change(text(value, name))


def _renamed(name: str, key: str) -> str:
    if name == "toLower" and key.lower().startswith(_LOWER_ALREADY):
        return key
    return f"{name}({key})"


@function("trim", 1)
def trim(value: Any) -> str:
    """A text without white space around it."""
    return text(value, "trim").strip()


@function("padLeft", 2, 3)
def pad_left(value: Any, width: Any, padding: Any = " ") -> str:
    """A text or number, aligned to the right of a width."""
    shown = formats.plain(value) if is_number(value) else text(value, "padLeft")
    total = number(width, "padLeft")
    if total > 1 << 16 or len(text(padding, "padLeft")) != 1:
        raise Failure("padLeft() takes a width and one character")
    return shown.rjust(total, padding)


@function("join", 2, takes=Takes.OPEN)
def join(values: Any, delimiter: Any) -> Any:
    """The members of a list as one text, with a delimiter between them."""
    if isinstance(values, Unknown) or isinstance(delimiter, Unknown):
        raise Touched(values if isinstance(values, Unknown) else delimiter)
    stretches: list[Any] = []
    for index, value in enumerate(array(values, "join")):
        if index:
            stretches.append(text(delimiter, "join"))
        stretches.append(value if isinstance(value, Unknown) else string(value))
    return stretched(stretches, "join")
