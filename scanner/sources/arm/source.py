"""One file of a template or its parameters: its values, and where each of them stands."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import orjson

from scanner.model import Place
from scanner.regexes import regex
from scanner.sources.arm.offsets import Finder, Key, Offsets
from scanner.sources.arm.tokens import BadTemplate, Duplicates, Scanner
from scanner.sources.code.ids import names_any
from scanner.sources.documents.secrets import may_hold
from scanner.sources.files.json_text import DEPTH, how_many, too_deep

_VALUE = regex(r'(?:"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*)?', re.DOTALL)
_COLON = regex(rb"\\u003[aA]")
"""A colon in a form in which nobody counts it."""

_QUOTE = ord('"')
_NEAR = 16
"""Brackets that are gone to one by one: from one to the next is faster than to look for two characters."""

_SHORT = 1 << 16
"""Characters of a text whose lines are rather counted than remembered."""


class Located(Protocol):
    """What expressions are evaluated of: it tells where each of its values stands.

    ``duplicates`` are all members of the objects that have a key twice.
    """

    path: str
    duplicates: Duplicates

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where a key of one of its objects stands, or an entry of a list, or (None) either itself."""
        ...

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """The place of a character of the text that stands at a key."""
        ...


class Whole(Located, Protocol):
    """The same, with all that it holds."""

    value: Any


class Source:
    """A JSON file.  Places are looked for when somebody asks: most files need none.

    ``value`` is what it holds; ``duplicates`` all members of the objects that have a key twice, of which
    ``value`` has the last.  ``strict`` tells that the text is plain JSON without any of those, ``closed``
    that moreover no expression and no loop is in it, and ``plain`` that no id and no secret may be either.
    Raises `BadTemplate`.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self.path = path
        self._data = data
        self.duplicates: Duplicates = {}
        self.strict = True
        self.closed = False
        self.plain = False
        self._lent: set[int] = set()
        self._taken: dict[int, dict[Key, Any]] = {}
        self._scanned: dict[int, Offsets] | None = None
        try:
            self.value: Any = orjson.loads(data)
        except orjson.JSONDecodeError:
            self._patiently()
        else:
            again = _without_twins(data, self.value)
            if again is None:
                self._patiently()
            else:
                self.closed = is_closed(again)
                self.plain = self.closed and is_plain(again)

    def mentions(self, word: bytes) -> bool:
        """Whether a word is found anywhere in its text, in whatever case."""
        return mentions(self._data, word)

    def lend(self, part: Any, taken_out: Sequence[str]) -> bool:
        """Give an object or list of a strict file away, to be written to: to the first who asks alone.

        ``taken_out`` are keys of it, each below the one before, whose values may be moved elsewhere.
        """
        if id(part) in self._lent:
            return False
        self._lent.add(id(part))
        holder: Any = part
        for key in taken_out:
            inner = holder.get(key) if type(holder) is dict else None
            if not isinstance(inner, (dict, list)):
                break
            self._taken.setdefault(id(holder), {})[key] = inner
            holder = inner
        return True

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where a key of one of its objects stands, or an entry of a list, or (None) either itself."""
        offset = self._offset(container, key)
        return None if offset is None else self.at(offset)

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """The place of a character of the text that stands at a key."""
        start = self._offset(container, key)
        if start is None:
            return None
        if isinstance(container, dict):
            start = _VALUE.match(self._text, start).end()  # type: ignore[union-attr]
        return self.at(start + 1 + offset)

    def at(self, offset: int) -> Place:
        """The place of an offset in the text."""
        if len(self._text) < _SHORT:
            line = self._text.count("\n", 0, offset) + 1
            column = offset - self._text.rfind("\n", 0, offset)
            return Place(path=self.path, line=line, column=column, end_line=line)
        index = bisect.bisect_right(self._lines, offset) - 1
        line = index + 1
        return Place(path=self.path, line=line, column=offset - self._lines[index] + 1, end_line=line)

    def _patiently(self) -> None:
        """Read with the scanner that takes what people write."""
        scanner = Scanner(self._text)
        self.value = scanner.read()
        self.strict = False
        self.duplicates = scanner.duplicates
        self._scanned = scanner.offsets

    def _offset(self, container: Any, key: Key) -> int | None:
        if self._scanned is None:
            return self._finder.of(container, key)
        return self._scanned.get(id(container), {}).get(key)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._text, self.value, self._taken)

    @cached_property
    def _text(self) -> str:
        return self._data.decode("utf-8", "replace")

    @cached_property
    def _lines(self) -> list[int]:
        """The offsets at which lines begin."""
        return [0, *(match.end() for match in re.finditer("\n", self._text))]


def place_of(data: bytes, path: str, error: BadTemplate) -> Place:
    """Where a text cannot be read any further."""
    before = data.decode("utf-8", "replace")[: error.offset]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Place(path=path, line=line, column=column, end_line=line)


def mentions(text: bytes, word: bytes) -> bool:
    """Whether a word is found anywhere in a text, in whatever case: as it is spelled is looked for first."""
    return word in text or word.lower() in text.lower()


def is_closed(text: bytes) -> bool:
    """Whether nothing in what orjson wrote needs to be evaluated."""
    return not _holds_bracketed(text) and b'"copy"' not in text


def is_plain(text: bytes) -> bool:
    """Whether nothing in what orjson wrote begins as an id does, or has the signs of secrets in texts."""
    return not may_hold(text) and not names_any(text)


def _holds_bracketed(text: bytes) -> bool:
    """Whether a text in what orjson wrote begins with a bracket: the first ones are gone to one by one."""
    at = text.find(b"[")
    for _ in range(_NEAR):
        if at < 0 or text[at - 1] == _QUOTE:
            return at >= 0
        at = text.find(b"[", at + 1)
    return at >= 0 and text.find(b'"[', at - 1) >= 0


def _without_twins(data: bytes, value: Any) -> bytes | None:
    """A value once more as text; None where some object in it may have had a key twice.

    Then there are more keys in the first text than in the second: each key has its colon, and those of
    texts are in both.
    """
    if b"\\" in data and _COLON.search(data):
        return None
    try:
        again = orjson.dumps(value)
    except TypeError:
        if too_deep(value):
            raise BadTemplate(f"nested deeper than {DEPTH} levels", 0) from None
        return None
    return again if how_many(data, b":") == how_many(again, b":") else None
