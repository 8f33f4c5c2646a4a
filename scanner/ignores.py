"""Comments that exempt one finding where it stands: ``hubscan:ignore POLICY-ID reason``.

They count on the offending line itself, and on comment lines directly above it.  One without a reason
exempts nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from scanner.model import Place

LARGEST = 64 << 20
"""Bytes of the largest file whose comments are looked for."""

_COMMENT = re.compile(r"(?:^|\s)(?:#+|//+|/\*+)\s*hubscan:ignore\s+(?P<policy>[\w.-]+)(?P<reason>[^\r\n]*)")
_COMMENT_ALONE = re.compile(r"\s*(?:#|//|/\*)")
_END = re.compile(r"\*/.*$")


def reason(place: Place, policy: str) -> str | None:
    """Why the finding of a policy at a place is exempt, None where no comment says so."""
    try:
        status = Path(place.path).stat()
    except (OSError, ValueError):
        return None
    path = os.path.abspath(place.path)  # noqa: PTH100 - the working directory may have changed
    return _said(_lines(path, status.st_mtime_ns, status.st_size), place.line, policy)


def lines_of(data: bytes) -> list[str]:
    """The lines of a file as they are counted here."""
    return data.decode("utf-8-sig", "replace").split("\n")


def said_at(lines: Sequence[str], line: int, policy: str) -> str | None:
    """Why the finding of a policy on a line of a text is exempt, None where no comment says so."""
    return _said(_speaking(lines), line, policy)


def _said(lines: dict[int, str], line: int, policy: str) -> str | None:
    for number in _near(lines, line):
        for comment in _COMMENT.finditer(lines[number]):
            text = _END.sub("", comment["reason"]).strip(" \t:-")
            if comment["policy"] == policy and text:
                return text
    return None


def _near(lines: dict[int, str], line: int) -> Iterator[int]:
    if line in lines:
        yield line
    above = line - 1
    while above in lines and _COMMENT_ALONE.match(lines[above]):
        yield above
        above -= 1


@lru_cache(maxsize=64)
def _lines(path: str, _changed: int, size: int) -> dict[int, str]:
    """The lines of a file that speak of hubscan, by their number; none where it cannot be read."""
    try:
        data = Path(path).read_bytes() if size <= LARGEST else b""
    except OSError:
        return {}
    if b"hubscan:ignore" not in data:
        return {}
    return _speaking(lines_of(data))


def _speaking(lines: Sequence[str]) -> dict[int, str]:
    return {number: line for number, line in enumerate(lines, 1) if "hubscan:ignore" in line}
