"""Files that a scan has read and looks into once more, for what stands around a finding."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple


class Version(NamedTuple):
    """A file as it is now: what is remembered of it holds until it changes.

    ``path`` is absolute, since the working directory may change; ``size`` is in bytes.
    """

    path: str
    changed: int
    size: int


def version(path: str) -> Version | None:
    """The file of a path as it is now; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for each finding
    except (OSError, ValueError):
        return None
    return Version(os.path.abspath(path), status.st_mtime_ns, status.st_size)  # noqa: PTH100 - as above


@lru_cache(maxsize=2)
def content(file: Version) -> bytes | None:
    """What a file holds; None where it cannot be read.  The last ones are remembered."""
    try:
        with open(file.path, "rb", buffering=0) as opened:  # noqa: PTH123 - as above
            return opened.read()
    except OSError:
        return None
