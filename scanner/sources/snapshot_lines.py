"""Reads a snapshot in JSON Lines, a line at a time, so that memory does not grow with the file.

A hub's line is passed on as it stands: who judges it parses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from functools import partial
from typing import Any

import orjson

from scanner.model import Gap, SourceNote
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.sources.documents import twins
from scanner.sources.files.content import AT_ONCE, Content
from scanner.sources.files.json_text import BadJSON, noun
from scanner.sources.parts import Context, Part, Piece
from scanner.sources.snapshot_header import Header, truncated

KEYS = frozenset({"hub", "subscription", "gap", "end"})
"""What a line holds, beside the header: an object with one of these."""

_HUB = regex(rb'\s*\{\s*"hub"\s*:')
_EARLY = regex(rb'\s*\{\s*"(?:subscription|gap)"\s*:')


def parts(content: Content) -> Iterator[Part]:
    """Everything in a snapshot.  What is broken is a gap, and the rest goes on."""
    reader = _Reader(content.path)
    for early in _early(content):
        if "gap" in early:
            reader.header.add_gap(early["gap"])
        else:
            reader.header.add_subscription(early["subscription"])
    reader.header.gaps.clear()
    with content.open() as opened:
        lines = iter(partial(opened.stream.readline, AT_ONCE + 1), b"")
        for number, line in enumerate(_whole(lines), 1):
            if line is None:
                yield reader.broken(number, f"a line longer than {AT_ONCE >> 20} MiB")
            elif _HUB.match(line) and line.endswith(b"\n"):
                yield reader.hub(line, number)
            else:
                yield from reader.other(line, number)
            if reader.refused:
                return
        yield from reader.last(opened.damage)


@dataclass(slots=True)
class _Reader:
    """What is known so far.  A file may be several snapshots after one another: each header begins anew."""

    path: str
    refused: bool = False
    total: int = 0
    hubs: int = 0
    gaps: int = 0
    headed: bool = False
    ended: bool = False
    cut: int | None = None
    header: Header = field(init=False)
    _context: Context | None = None

    def __post_init__(self) -> None:
        self.header = Header(self.path)

    def hub(self, line: bytes, number: int) -> Piece:
        if self._context is None:
            self._context = self.header.context()
        self.ended = False
        self.hubs += 1
        self.total += 1
        return Piece(raw=line, context=self._context, index=self.total - 1, line=number)

    def other(self, line: bytes, number: int) -> Iterator[Part]:
        """Read a line that is not surely a hub."""
        if not line.strip():
            return
        self.ended = False
        try:
            value = twins.parse(line)
        except BadJSON as error:
            if line.endswith(b"\n"):
                yield self.broken(number, str(error))
            else:
                self.cut = number
            return
        if not isinstance(value, dict):
            yield self.broken(number, f"the line is {noun(value)}, not an object")
        elif "snapshot" in value:
            yield from self._begin(value)
        elif "hub" in value:
            yield self.hub(line, number)
        else:
            yield from self._member(value, number)

    def _begin(self, value: dict[str, Any]) -> Iterator[Part]:
        self.header = Header(self.path, subscriptions=self.header.subscriptions, told=self.header.told)
        self.header.read(value)
        self._context = None
        self.headed = True
        self.hubs = self.gaps = 0
        refusal = self.header.refusal()
        if refusal:
            self.refused = True
            yield refusal
        else:
            yield from self.header.statements()

    def _member(self, value: dict[str, Any], number: int) -> Iterator[Part]:
        if "subscription" in value:
            before = len(self.header.gaps)
            self.header.add_subscription(value["subscription"])
            yield from self.header.gaps[before:]
            self._context = None
        elif "gap" in value:
            self.gaps += 1
            self.header.add_gap(value["gap"])
            self._context = None
            yield self.header.gaps[-1]
        elif "end" in value:
            yield from self._end(value["end"])
        else:
            yield self.broken(number, "the line is no hub, subscription, gap or end")

    def _end(self, counts: Any) -> Iterator[Gap]:
        self.ended = True
        said = counts if isinstance(counts, dict) else {}
        for name, count in (("hubs", self.hubs), ("gaps", self.gaps)):
            if said.get(name, count) != count:
                detail = (
                    f"the last line counts {orjson.dumps(said[name]).decode()[:40]} {name}, {count} are there"
                )
                yield truncated(self.path, detail)

    def broken(self, number: int, detail: str) -> Gap:
        return Gap(subject=f"{self.path}:{number}", reason="failed", code="malformed", detail=detail)

    def last(self, damage: str | None) -> Iterator[Part]:
        """Say what is missing from the file, and how much it held."""
        missing = [] if self.headed else ["has no header line"]
        if self.cut is not None:
            missing.append(f"line {self.cut} is cut off")
        if not self.ended:
            missing.append("has no end line")
        if damage:
            missing.append(damage)
        if missing:
            yield truncated(self.path, ", ".join(missing))
        yield SourceNote(kind="snapshot", path=self.path, hubs=self.total)


def _whole(lines: Iterator[bytes]) -> Iterator[bytes | None]:
    """Lines, None in place of one that is too long."""
    for line in lines:
        if len(line) <= AT_ONCE:
            yield line
            continue
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = next(lines, b"")
        yield None


def _early(content: Content) -> Iterator[dict[str, Any]]:
    """The lines of subscriptions and gaps in the first 64 MiB: they may stand after the hubs they are of."""
    read = 0
    with content.open() as opened:
        for line in iter(partial(opened.stream.readline, AT_ONCE), b""):
            read += len(line)
            if read > AT_ONCE:
                return
            if _EARLY.match(line):
                try:
                    yield twins.parse(line)
                except BadJSON:
                    continue
