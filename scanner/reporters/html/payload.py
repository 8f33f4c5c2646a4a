"""The data of a page: JSON, deflated, in base64, whose alphabet can end no element and start no script.

The result is cut into blocks that are compressed one by one, so that the page can show the details of one
finding without unpacking all of them, and nobody holds the whole result in memory.
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from scanner.model import Report
from scanner.reporters import _result

FINDINGS_A_BLOCK = 250
"""How many findings lie in one block of the result; the last block may have fewer."""

_LINE = 3 * 4096


class Packed:
    """JSON text that is compressed while it is added: what is held is a small part of it."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj()
        self._data: list[bytes] = []

    def add(self, text: str) -> None:
        """Add some text."""
        if piece := self._deflate.compress(text.encode("utf-8", "replace")):
            self._data.append(piece)

    def text(self) -> Iterator[str]:
        """All that was added, in lines of base64; nothing can be added after that."""
        self._data.append(self._deflate.flush())
        yield from lines(b"".join(self._data))


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the text of the JSON result, compressed: ``kind`` is head, findings or tail."""

    kind: str
    data: bytes

    def text(self) -> Iterator[str]:
        """The block in lines of base64."""
        return lines(self.data)


def lines(data: bytes) -> Iterator[str]:
    """Some bytes in lines of base64."""
    for start in range(0, len(data), _LINE):
        line = base64.b64encode(data[start : start + _LINE]).decode("ascii")
        yield Markup(line + "\n")  # noqa: S704 - base64 holds no markup


def blocks(report: Report) -> Iterator[Block]:
    """The JSON result of a report in blocks, whose texts one after the other are its text."""
    counts: _result.Counts = Counter()
    yield _block("head", _result.head(report))
    findings = _result.findings(report, counts, singly=True)
    while part := list(islice(findings, FINDINGS_A_BLOCK)):
        yield _block("findings", part)
    yield _block("tail", _result.tail(report, counts))


def _block(kind: str, pieces: Iterable[str]) -> Block:
    return Block(kind, zlib.compress("".join(pieces).encode("utf-8", "replace")))
