"""One file of a template or its parameters: its values, and where each of them stands."""

from __future__ import annotations

import bisect
import re
from functools import cached_property
from typing import Any, Protocol

import orjson

from scanner.model import Place
from scanner.sources.arm.tokens import BadTemplate, Duplicates, Key, Offsets, Scanner
from scanner.sources.files.json_text import DEPTH, too_deep

_SPACED = re.compile(rb'"\s+:')
_VALUE = re.compile(r'(?:"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*)?', re.DOTALL)
_KEY = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?', re.DOTALL)


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


class Source:
    """A JSON file.  Places are looked for when the first one is asked for: most files need none.

    ``value`` is what it holds; ``duplicates`` all members of the objects that have a key twice, of which
    ``value`` has the last.  Raises `BadTemplate`.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self.path = path
        self._data = data
        self.duplicates: Duplicates = {}
        self._scanned: Offsets | None = None
        try:
            self.value: Any = orjson.loads(data)
        except orjson.JSONDecodeError:
            self._patiently()
        else:
            if data.count(b"[") + data.count(b"{") > DEPTH and too_deep(self.value):
                raise BadTemplate(f"nested deeper than {DEPTH} levels", 0)
            if _has_twins(data, self.value):
                self._patiently()

    def mentions(self, words: re.Pattern[bytes]) -> bool:
        """Whether a pattern is found anywhere in its text."""
        return words.search(self._data) is not None

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where a key of one of its objects stands, or an entry of a list, or (None) either itself."""
        offset = self._offsets.get(id(container), {}).get(key)
        return None if offset is None else self.at(offset)

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """The place of a character of the text that stands at a key."""
        start = self._offsets.get(id(container), {}).get(key)
        if start is None:
            return None
        if isinstance(container, dict):
            start = _VALUE.match(self._text, start).end()  # type: ignore[union-attr]
        return self.at(start + 1 + offset)

    def at(self, offset: int) -> Place:
        """The place of an offset in the text."""
        index = bisect.bisect_right(self._lines, offset) - 1
        line = index + 1
        return Place(path=self.path, line=line, column=offset - self._lines[index] + 1, end_line=line)

    def _patiently(self) -> None:
        """Read with the scanner that takes what people write."""
        scanner = Scanner(self._text)
        self.value = scanner.read()
        self.duplicates = scanner.duplicates
        self._scanned = scanner.offsets

    @cached_property
    def _offsets(self) -> Offsets:
        if self._scanned is not None:
            return self._scanned
        scanner = Scanner(self._text, self.value)
        if isinstance(self.value, (dict, list)):
            scanner.read()
        return scanner.offsets

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


def _has_twins(data: bytes, value: Any) -> bool:
    """Whether some object has a key twice: then there are more keys in the text than in its value."""
    count = _count_keys(value)
    if data.count(b'":') == count and not _SPACED.search(data):
        return False
    return sum(1 for colon in _KEY.findall(data) if colon) > count


def _count_keys(value: Any) -> int:
    count = 0
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            count += len(node)
            node = node.values()
        elif type(node) is not list:
            continue
        for inner in node:
            kind = type(inner)
            if kind is dict or kind is list:
                waiting.append(inner)
    return count
