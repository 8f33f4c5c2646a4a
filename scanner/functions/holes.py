"""Partly known texts, written as plain text in which one character stands for each unknown stretch.

So a text with holes goes through the same normalisation as any other.  A hole stands for text of a
host name: letters, digits, hyphens, dots, any number of them, or for ``*`` where the whole text
begins; never for a separator (comma, slash, colon, at-sign, space).
"""

from __future__ import annotations

from typing import Any

from scanner.regexes import regex
from scanner.values import Partial, Touched, Unknown

HOLE = "\ufdd0"
"""A code point that Unicode keeps free of any meaning."""

OPEN = "?"
"""What a judgement says where a hole keeps its answer open."""


def written(value: Any) -> str:
    """A host, known or partly known, with `HOLE` for each unknown stretch; Touched for anything else."""
    if isinstance(value, Partial) and is_readable(text := encoded(value)):
        return text
    if isinstance(value, Unknown):
        raise Touched(value)
    return plain(value)


def encoded(value: Partial) -> str:
    """A partly known text with `HOLE` for each unknown stretch."""
    return "".join(HOLE if part is None else plain(part) for part in value.parts)


def is_readable(text: str) -> bool:
    """Whether the holes of a token keep open neither where its host begins nor what it is made of.

    They may: with slashes after a hole, with colons as in IPv6, with white space or semicolons between
    several hosts, with international labels.
    """
    before, _, rest = text.rpartition("//")
    if HOLE in before or rest.count(":") > 1:
        return False
    return text.replace(HOLE, "").isascii() and not _MARKS.search(text)


def plain(text: str) -> str:
    """A wholly known text, in which nothing may be taken for a hole."""
    return text.replace(HOLE, "\ufffd")


def read(text: str, origin: Unknown) -> str | Unknown:
    """The value that a text with holes stands for; ``origin`` is what the holes came from."""
    if HOLE not in text:
        return text
    parts: list[str | None] = []
    for index, stretch in enumerate(text.split(HOLE)):
        if index and (not parts or parts[-1] is not None):
            parts.append(None)
        if stretch:
            parts.append(stretch)
    if parts == [None]:
        return Unknown(origin.reason, text=origin.text, place=origin.place)
    return Partial(tuple(parts), origin.reason, text=origin.text, place=origin.place)


_MARKS = regex(r"[;\s]")


def tail(text: str) -> str:
    """What a text surely ends with."""
    return text.rpartition(HOLE)[2]


def fits(text: str, whole: str) -> bool:
    """Whether a text with holes can be that host; dots before an empty hole at the end do not count."""
    if text.endswith(HOLE):
        text = text.rstrip(f".{HOLE}") + HOLE
    first, *others = text.split(HOLE)
    if not others:
        return text == whole
    last = others.pop()
    if len(whole) < len(first) + len(last) or not (whole.startswith(first) and whole.endswith(last)):
        return False
    place, end = len(first), len(whole) - len(last)
    for stretch in others:
        place = whole.find(stretch, place, end)
        if place < 0:
            return False
        place += len(stretch)
    return True
