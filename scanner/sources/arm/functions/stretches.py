"""Functions that look for, cut out and replace parts of texts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import bounded_list, bounded_text, is_number, number, text
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol, Text, segments
from scanner.values import Touched, Unknown


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
        return [joined(segment, value.text or "") for segment in segments(value)]
    if isinstance(value, Unknown):
        raise Touched(value)
    pieces = [text(value, "split")]
    for sign in signs:
        if sign:
            pieces = [part for piece in pieces for part in piece.split(sign)]
    return bounded_list(pieces, "split")


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
