"""How GitHub code scanning recognises a line of a file, so that an alert moves with its line.

The hash is over the 100 UTF-16 units from the beginning of the line on, blanks and tabs left out and
every line end one line feed; what comes after the end of the file counts as 65535, and then as zeros.
Behind the colon stands how many lines up to this one have the same.  It is what the upload action of
code scanning finds (``src/fingerprints.ts`` of github/codeql-action), which warns of any other value.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, repeat
from operator import add

from scanner.model import Artifact, Place
from scanner.regexes import regex
from scanner.sources.files import again
from scanner.sources.files.stable import stable

LARGEST = 16 << 20
"""Bytes of the largest file that is read: nobody writes a longer one."""

_COUNT = 100
_FEW = 4
"""Lines of a file that are looked for one by one: most files have a finding in a line or two."""

_WORD = 2**64 - 1
_BASE = 37
_UNIT = 32
"""Bits of a unit in a number that holds them all, the last in the lowest."""

_LEVELS = 7
"""How often two neighbours are made one until a single number is left of up to 128 units."""
_END = "\uffff" + "\0" * _COUNT
_ASTRAL = regex("[\U00010000-\U0010ffff]")


def artifact(place: Place, file: again.Version | None) -> Artifact:
    """The ``file`` of a place, None where it is not there, as its repository knows it."""
    return Artifact(path=stable(place.path), line_hash=_of(place, file))


def of(place: Place) -> str | None:
    """The hash of the line of a place: hexadecimal digits, a colon and a counter; None without the file."""
    return _of(place, again.version(place.path))


def _of(place: Place, file: again.Version | None) -> str | None:
    text = None if file is None else _compact(file)
    return None if text is None else text.line_hash(place.line)


class _Compact:
    """What of a file is hashed: its text, a character for each UTF-16 unit.

    The lines that are asked for first are looked for one by one; where it is more than a few, it is found
    out of all of them where they begin, and how many up to each begin alike.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._hashes: dict[int, str | None] = {}
        self._same: list[int] = []
        self._seen: dict[int, int] = {}

    def line_hash(self, line: int) -> str | None:
        # Many findings may stand in one line.
        if line not in self._hashes:
            few = len(self._hashes) < _FEW
            self._hashes[line] = self._looked_for(line) if few else self._counted(line)
        return self._hashes[line]

    def _looked_for(self, line: int) -> str | None:
        before = self._text.split("\n", max(line, 1) - 1)
        if len(before) != line:
            return None
        start = len(self._text) - len(before[-1])
        begin = self._begin(start)
        # What comes after the end is asked of only where it counts.
        text = self._text if start + _COUNT <= len(self._text) else self._text + _END
        same = 1 + (start > 0 and text.startswith(begin))
        mark = f"\n{begin}"
        at = text.find(mark, 0, start + _COUNT - 1)
        while at >= 0:
            same += 1
            at = text.find(mark, at + 1, start + _COUNT - 1)
        return f"{_hash(begin):x}:{same}"

    def _counted(self, line: int) -> str | None:
        if not 1 <= line <= len(self._starts):
            return None
        for start in self._starts[len(self._same) : line]:
            mark = hash(self._begin(start))
            self._seen[mark] = count = self._seen.get(mark, 0) + 1
            self._same.append(count)
        return f"{_hash(self._begin(self._starts[line - 1])):x}:{self._same[line - 1]}"

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        ends = map(add, map(len, self._text.split("\n")[:-1]), repeat(1))
        return tuple(accumulate(ends, initial=0))

    def _begin(self, start: int) -> str:
        begin = self._text[start : start + _COUNT]
        return begin if len(begin) == _COUNT else (begin + _END)[:_COUNT]


def _folds() -> Iterator[tuple[int, int, int]]:
    """Level by level: how wide a number is, a mask for every other one, and the power of the base between."""
    for level in range(_LEVELS):
        width, count = _UNIT << level, 1 << (_LEVELS - level - 1)
        yield (
            width,
            sum(((1 << width) - 1) << 2 * width * number for number in range(count)),
            _BASE ** (1 << level),
        )


_FOLDS = tuple(_folds())


@lru_cache(maxsize=256)
def _hash(begin: str) -> int:
    """The units as digits of a number to the base 37, as it overflows 64 bits.

    Neighbours are put together all at once: the sum of a hundred products takes ten times as long.
    """
    value = int.from_bytes(codecs.utf_32_be_encode(begin, "surrogatepass")[0], "big")
    for width, mask, power in _FOLDS:
        value = (value >> width & mask) * power + (value & mask)
    return value & _WORD


@lru_cache(maxsize=16)
def _compact(file: again.Version) -> _Compact | None:
    """None for a file that cannot be read, or is too large."""
    data = again.content(file) if file.size <= LARGEST else None
    if data is None:
        return None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.isascii():
        return _Compact(data.translate(None, b" \t").decode("ascii"))
    text = data.decode("utf-8", "replace").replace(" ", "").replace("\t", "")
    return _Compact(_ASTRAL.sub(_halves, text))


def _halves(match: re.Match[str]) -> str:
    """A character that is two units in UTF-16, as those two."""
    units = match[0].encode("utf-16-le")
    return "".join(chr(int.from_bytes(unit, "little")) for unit in (units[:2], units[2:]))
