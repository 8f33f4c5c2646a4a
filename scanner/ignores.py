"""Comments that exempt one finding where it stands: ``hubscan:ignore POLICY-ID reason``.

They count on the offending line itself, and on comment lines directly above it.  One without a reason
exempts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    lines = _lines(place.path, status.st_mtime_ns, status.st_size)
    for number in _near(lines, place.line):
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
    lines = data.decode("utf-8-sig", "replace").split("\n")
    return {number: line for number, line in enumerate(lines, 1) if "hubscan:ignore" in line}
