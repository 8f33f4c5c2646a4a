"""What exempts one finding where it stands: a comment, or metadata in a template.

A comment ``hubscan:ignore POLICY-ID reason`` counts on the offending line itself, and on comment lines
directly above it, or above the heredoc that the line stands in.  In JSON, where
there may be no comments, an object says the same of what it holds:
``"metadata": {"hubscan:ignore": {"POLICY-ID": "reason"}}``; the nearest object that has something to say
of the policy counts, up to the resource.  Without a reason either exempts nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from scanner.model import Place
from scanner.regexes import regex
from scanner.sources.arm.tokens import BadTemplate, Scanner
from scanner.sources.files import again
from scanner.sources.files.opening import Opened, plain

LARGEST = 64 << 20
"""Bytes of the largest file whose comments are looked for."""

_WORD = "hubscan:ignore"
_COMMENT = regex(rf"(?:^|\s)(?:#+|//+|/\*+)\s*{_WORD}\s+(?P<policy>[\w.-]+)(?P<reason>[^\r\n]*)")
_COMMENT_ALONE = regex(r"\s*(?:#|//|/\*)")
_HEREDOC = regex(r"<<-?([^\W\d][\w-]*)\s*$")
_END = regex(r"\*/.*$")
_METADATA = regex(rf'"{_WORD}"\s*:')


def reason(place: Place, policy: str) -> str | None:
    """Why the finding of a policy at a place is exempt, None where nothing there says so."""
    found = remarks(again.version(place.path))
    return None if found is None else found.reason(place.line, place.column, policy)


def remarks(file: again.Version | None) -> Remarks | None:
    """The remarks of a file; None where there are none, or no file."""
    return None if file is None else _of_file(file)


@lru_cache(maxsize=64)
def _of_file(file: again.Version) -> Remarks | None:
    """The remarks of a file; None where it cannot be read, is too large, or has none."""
    data = again.content(file) if file.size <= LARGEST else None
    if data is not None and plain(data) is None:
        with Opened(file.path, data) as opened:
            data = opened.stream.read(LARGEST)
    return Remarks(data) if data is not None and _WORD.encode() in data else None


class Remarks:
    """What a text exempts.  ``lines`` are its lines, each perhaps with a carriage return at its end."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8-sig", "replace")
        self.lines = self._text.split("\n")

    def reason(self, line: int, column: int, policy: str) -> str | None:
        """Why the finding of a policy at a line and column, from 1, is exempt; None where nothing says so."""
        for number in self._near(line):
            for comment in _COMMENT.finditer(self._speaking[number]):
                text = _END.sub("", comment["reason"]).strip(" \t:-")
                if comment["policy"] == policy and text:
                    return text
        for holder in self._around(line, column):
            if why := _told(holder).get(policy):
                return why
        return None

    @cached_property
    def _speaking(self) -> dict[int, str]:
        """The lines that speak of hubscan, by their number."""
        return {number: line for number, line in enumerate(self.lines, 1) if _WORD in line}

    def _near(self, line: int) -> Iterator[int]:
        if not self._speaking:
            return
        start, end = self._heredocs[bisect_left(self._heredocs, (line,)) - 1]
        for number in (line, start) if start < line <= end else (line,):
            if number in self._speaking:
                yield number
            above = number - 1
            while above in self._speaking and _COMMENT_ALONE.match(self._speaking[above]):
                yield above
                above -= 1

    @cached_property
    def _heredocs(self) -> list[tuple[int, int]]:
        """The first and last line of each heredoc, where no comments can be; before them one of no lines."""
        found = [(0, 0)]
        start, mark = 0, ""
        for number, line in enumerate(self.lines, 1):
            if mark:
                if line.strip() == mark:
                    found.append((start, number))
                    mark = ""
            elif opening := _HEREDOC.search(line):
                start, mark = number, opening[1]
        return found

    def _around(self, line: int, column: int) -> Iterator[Mapping[str, Any]]:
        """The objects that hold a place, the nearest first, up to the resource."""
        if self._scanned is None or not 1 <= line <= len(self.lines):
            return
        value, offsets = self._scanned
        at = self._starts[line - 1] + column - 1
        chain = []
        while isinstance(value, dict | list):
            chain.append(value)
            starts = [(start, key) for key, start in offsets[id(value)].items() if key is not None]
            inside = [(start, key) for start, key in starts if start <= at and _has(value, key)]
            if not inside:
                break
            value = value[max(inside)[1]]
        for holder in reversed(chain):
            if isinstance(holder, dict):
                yield holder
                if _is_resource(holder):
                    return

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def _scanned(self) -> tuple[Any, Mapping[int, Mapping[Any, int]]] | None:
        """The value of a JSON text, and where everything in it begins; None for a text without metadata."""
        if not (self._text.lstrip()[:1] in ("{", "[") and _METADATA.search(self._text)):
            return None
        scanner = Scanner(self._text)
        try:
            return scanner.read(), scanner.offsets
        except BadTemplate:
            return None


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


def _is_resource(holder: Mapping[str, Any]) -> bool:
    kind = holder.get("type")
    return isinstance(kind, str) and "/" in kind


def _told(holder: Mapping[str, Any]) -> Mapping[str, str]:
    """What the metadata of an object exempts: reasons by policy."""
    metadata = holder.get("metadata")
    told = metadata.get(_WORD) if isinstance(metadata, dict) else None
    if isinstance(told, str):
        policy, _, why = told.strip().partition(" ")
        told = {policy: why}
    if not isinstance(told, dict):
        return {}
    return {policy: why.strip() for policy, why in told.items() if isinstance(why, str)}
