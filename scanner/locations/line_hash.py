"""How GitHub code scanning recognises a line of a file, so that an alert moves with its line.

The hash is over the 100 UTF-16 units from the beginning of the line on, blanks and tabs left out and
every line end one line feed; what comes after the end of the file counts as 65535, and then as zeros.
Behind the colon stands how many lines up to this one have the same.  It is what the upload action of
code scanning finds (``src/fingerprints.ts`` of github/codeql-action), which warns of any other value.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from operator import mul
from pathlib import Path
from struct import Struct

from scanner.model import Artifact, Place
from scanner.sources.files.stable import stable

LARGEST = 16 << 20
"""Bytes of the largest file that is read: nobody writes a longer one."""

_COUNT = 100
_WINDOW = 2 * _COUNT
_WORD = 2**64 - 1
_UNITS = Struct(f"<{_COUNT}H")
_POWERS = tuple(pow(37, exponent, _WORD + 1) for exponent in reversed(range(_COUNT)))
_END = b"\xff\xff" + bytes(_WINDOW)
_LINE_FEED = b"\n\0"
_LINE_END = re.compile(r"\r\n?")


def artifact(place: Place) -> Artifact:
    """The file of a place as its repository knows it."""
    return Artifact(path=stable(place.path), line_hash=of(place))


def of(place: Place) -> str | None:
    """The hash of the line of a place: hexadecimal digits, a colon and a counter; None without the file."""
    try:
        status = Path(place.path).stat()
    except (OSError, ValueError):
        return None
    text = _compact(os.path.abspath(place.path), status.st_mtime_ns, status.st_size)  # noqa: PTH100 - a cache's key
    return None if text is None else text.line_hash(place.line)


@dataclass(frozen=True, slots=True)
class _Compact:
    """What of a file is hashed, as UTF-16, and where its lines begin in it.

    ``alike`` has for what was asked for where it stands at the beginning of a line.
    """

    data: bytes
    starts: tuple[int, ...]
    alike: dict[bytes, list[int]] = field(default_factory=dict)

    def line_hash(self, line: int) -> str | None:
        if not 1 <= line <= len(self.starts):
            return None
        start = self.starts[line - 1]
        units = _UNITS.unpack_from(self.data, start)
        same = bisect_right(self._alike(self.data[start : start + _WINDOW]), start)
        return f"{sum(map(mul, units, _POWERS)) & _WORD:x}:{same}"

    def _alike(self, window: bytes) -> list[int]:
        found = self.alike.get(window)
        if found is None:
            found = self.alike[window] = [0] if self.data.startswith(window) else []
            wanted = _LINE_FEED + window
            at = self.data.find(wanted)
            while at >= 0:
                # Half of one unit and half of the next may look the same.
                if at % len(_LINE_FEED) == 0:
                    found.append(at + len(_LINE_FEED))
                at = self.data.find(wanted, at + 1)
        return found


@lru_cache(maxsize=16)
def _compact(path: str, _changed: int, size: int) -> _Compact | None:
    """None for a file that cannot be read, or is too large."""
    try:
        data = Path(path).read_bytes() if size <= LARGEST else None
    except OSError:
        return None
    if data is None:
        return None
    text = _LINE_END.sub("\n", data.decode("utf-8", "replace")).replace(" ", "").replace("\t", "")
    whole = text.encode("utf-16-le")
    lines = text.split("\n")[:-1]
    unit = len(_LINE_FEED)
    # Most texts have one unit for each character.
    plain = len(whole) == unit * len(text)
    sizes = (unit * len(line) if plain else len(line.encode("utf-16-le")) for line in lines)
    return _Compact(whole + _END, tuple(accumulate((size + unit for size in sizes), initial=0)))
