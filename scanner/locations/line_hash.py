"""How GitHub code scanning recognises a line of a file, so that an alert moves with its line.

The hash is over the 100 UTF-16 units from the beginning of the line on, blanks and tabs left out and
every line end one line feed; what comes after the end of the file counts as 65535, and then as zeros.
Behind the colon stands how many lines up to this one have the same.  It is what the upload action of
code scanning finds (``src/fingerprints.ts`` of github/codeql-action), which warns of any other value.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from itertools import accumulate, repeat
from operator import add, mul
from struct import Struct

from scanner.model import Artifact, Place
from scanner.records import dataclass
from scanner.sources.files import again
from scanner.sources.files.stable import stable

LARGEST = 16 << 20
"""Bytes of the largest file that is read: nobody writes a longer one."""

_COUNT = 100
_WORD = 2**64 - 1
_UNITS = Struct(f"<{_COUNT}H")
_POWERS = tuple(pow(37, exponent, _WORD + 1) for exponent in reversed(range(_COUNT)))
_END = "\uffff" + "\0" * _COUNT
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def artifact(place: Place) -> Artifact:
    """The file of a place as its repository knows it."""
    return Artifact(path=stable(place.path), line_hash=of(place))


def of(place: Place) -> str | None:
    """The hash of the line of a place: hexadecimal digits, a colon and a counter; None without the file."""
    file = again.version(place.path)
    text = None if file is None else _compact(file)
    return None if text is None else text.line_hash(place.line)


@dataclass(slots=True)
class _Compact:
    """What of a file is hashed: its text, a character for each UTF-16 unit, and where its lines begin in it.

    ``same`` says of the first lines, as far as anybody asked, how many up to each begin alike.
    """

    text: str
    starts: tuple[int, ...]
    same: list[int] = field(default_factory=list)
    _seen: dict[int, int] = field(default_factory=dict)
    _hashes: dict[int, str] = field(default_factory=dict)

    def line_hash(self, line: int) -> str | None:
        if not 1 <= line <= len(self.starts):
            return None
        # Many findings may stand in one line.
        found = self._hashes.get(line)
        if found is None:
            found = self._hashes[line] = self._hash(line)
        return found

    def _hash(self, line: int) -> str:
        for start in self.starts[len(self.same) : line]:
            mark = hash(self.text[start : start + _COUNT])
            self._seen[mark] = count = self._seen.get(mark, 0) + 1
            self.same.append(count)
        start = self.starts[line - 1]
        units = _UNITS.unpack(self.text[start : start + _COUNT].encode("utf-16-le", "surrogatepass"))
        return f"{sum(map(mul, units, _POWERS)) & _WORD:x}:{self.same[line - 1]}"


@lru_cache(maxsize=16)
def _compact(file: again.Version) -> _Compact | None:
    """None for a file that cannot be read, or is too large."""
    data = again.content(file) if file.size <= LARGEST else None
    if data is None:
        return None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.isascii():
        text = data.translate(None, b" \t").decode("ascii")
    else:
        text = data.decode("utf-8", "replace").replace(" ", "").replace("\t", "")
        text = _ASTRAL.sub(_halves, text)
    ends = map(add, map(len, text.split("\n")[:-1]), repeat(1))
    return _Compact(text + _END, tuple(accumulate(ends, initial=0)))


def _halves(match: re.Match[str]) -> str:
    """A character that is two units in UTF-16, as those two."""
    units = match[0].encode("utf-16-le")
    return "".join(chr(int.from_bytes(unit, "little")) for unit in (units[:2], units[2:]))
