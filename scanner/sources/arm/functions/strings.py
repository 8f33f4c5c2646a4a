"""Text functions.  Those that can say something of a text that is known in part do."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
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
from scanner.sources.arm.keys import key_of
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


@function("replace", 3, takes=Takes.OPEN)
def replace(value: Any, old: Any, new: Any) -> Any:
    """A text with every occurrence of another replaced."""
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        raise Touched(old if isinstance(old, Unknown) else new)
    before, after = text(old, "replace"), text(new, "replace")
    if not before:
        raise Failure("replace() of an empty text")
    if isinstance(value, Text) and len(before) == 1:
        parts = tuple(None if part is None else part.replace(before, after) for part in value.parts)
        keys = tuple(f"replace({key},{old!r},{new!r})" for key in value.keys)
        kept = tuple(part for part in parts if part != "")
        return (
            Text(kept, keys, value.reason, text=value.text)
            if _alternate(kept)
            else joined_again(kept, keys, value)
        )
    if isinstance(value, Unknown):
        raise Touched(value)
    return bounded_text(text(value, "replace").replace(before, after), "replace")


def _alternate(parts: tuple[str | None, ...]) -> bool:
    """Whether the parts are a text known in part: with something known, and no two open ones side by side."""
    return any(parts) and not any(one is None and other is None for one, other in pairwise(parts))


def joined_again(parts: tuple[str | None, ...], keys: tuple[str, ...], origin: Unknown) -> Any:
    """Stretches as a text again, after some of them went away."""
    names = iter(keys)
    stretches = [Symbol(next(names), origin.reason) if part is None else part for part in parts]
    return joined(stretches, origin.text or "")


@function("split", 2, takes=Takes.OPEN)
def split(value: Any, delimiters: Any) -> Any:
    """The parts of a text between delimiters.

    What is open in an ARM id are names, which hold no slash: so the parts of it can be told.
    """
    if isinstance(delimiters, Unknown):
        raise Touched(delimiters)
    signs = [text(sign, "split") for sign in (delimiters if isinstance(delimiters, list) else [delimiters])]
    if isinstance(value, Text) and signs == ["/"] and value.prefix.startswith("/subscriptions/"):
        return _segments(value)
    if isinstance(value, Unknown):
        raise Touched(value)
    pieces = [text(value, "split")]
    for sign in signs:
        if sign:
            pieces = [part for piece in pieces for part in piece.split(sign)]
    return bounded_list(pieces, "split")


def _segments(value: Text) -> list[Any]:
    segments: list[list[Any]] = [[]]
    keys = iter(value.keys)
    for part in value.parts:
        if part is None:
            segments[-1].append(Symbol(next(keys), value.reason))
            continue
        first, *others = part.split("/")
        segments[-1].append(first)
        segments.extend([other] for other in others)
    return [joined(segment, value.text or "") for segment in segments]


@function("substring", 2, 3, takes=Takes.OPEN)
def substring(value: Any, start: Any, length: Any = None) -> Any:
    """A stretch of a text, from a position on."""
    if isinstance(value, Text) and is_number(start) and (length is None or is_number(length)):
        end = None if length is None else start + length
        if end is not None and 0 <= start <= end <= len(value.prefix):
            return value.prefix[start:end]
        if start == 0 and end is not None and value.prefix:
            return _beginning(value, f"substring({key_of(value)},0,{end})")
    for argument in (value, start, length):
        if isinstance(argument, Unknown):
            raise Touched(argument)
    whole, begin = text(value, "substring"), number(start, "substring")
    end = len(whole) if length is None else begin + number(length, "substring")
    if not 0 <= begin <= end <= len(whole):
        raise Failure("substring() beyond the end of the text")
    return whole[begin:end]


def _beginning(value: Text, key: str) -> Text:
    """A text that is cut off somewhere in what is not known: what is known of it is its prefix."""
    return Text((value.prefix, None), (key,), value.reason, text=value.text)


def taken(value: Text, count: int) -> Any:
    """The first characters of a text that is known in part."""
    if count <= len(value.prefix):
        return value.prefix[: max(count, 0)]
    key = f"take({key_of(value)},{count})"
    return _beginning(value, key) if value.prefix else Symbol(key, value.reason, text=value.text)


@function("startsWith", 2, takes=Takes.OPEN)
def starts_with(value: Any, search: Any) -> bool:
    """Whether a text begins with another, in any case."""
    return _at_end(value, search, "startsWith", lambda known: known.prefix, str.startswith)


@function("endsWith", 2, takes=Takes.OPEN)
def ends_with(value: Any, search: Any) -> bool:
    """Whether a text ends with another, in any case."""
    return _at_end(value, search, "endsWith", lambda known: known.suffix, str.endswith)


def _at_end(
    value: Any, search: Any, name: str, known: Callable[[Text], str], fits: Callable[[str, str], bool]
) -> bool:
    if isinstance(value, Text) and isinstance(search, str):
        part, wanted = known(value).lower(), search.lower()
        if len(part) >= len(wanted):
            return fits(part, wanted)
        if not fits(wanted, part):
            return False
    for argument in (value, search):
        if isinstance(argument, Unknown):
            raise Touched(argument)
    return fits(text(value, name).lower(), text(search, name).lower())


@function("indexOf", 2)
def index_of(value: Any, search: Any) -> int:
    """Where a text first occurs in another, in any case, or a value in a list; -1 where nowhere."""
    if isinstance(value, list):
        return next((index for index, entry in enumerate(value) if entry == search), -1)
    return text(value, "indexOf").lower().find(text(search, "indexOf").lower())


@function("lastIndexOf", 2)
def last_index_of(value: Any, search: Any) -> int:
    """Where a text last occurs in another, in any case, or a value in a list; -1 where nowhere."""
    if isinstance(value, list):
        found = (len(value) - 1 - index for index, entry in enumerate(reversed(value)) if entry == search)
        return next(found, -1)
    return text(value, "lastIndexOf").lower().rfind(text(search, "lastIndexOf").lower())


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
