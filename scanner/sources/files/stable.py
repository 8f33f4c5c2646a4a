"""Paths that stay the same from scan to scan: what findings in code are known by."""

from __future__ import annotations

import os
import posixpath
from functools import lru_cache

from scanner.sources.files.ignored import repository


def stable(path: str) -> str:
    """A path as it is seen from the root of its repository, wherever the scan was started.

    Outside of any repository it is what the user wrote, without detours.
    """
    folder, slash, name = path.rpartition("/")
    # An absolute path is the same from everywhere.
    origin = "" if path[:1] == "/" else os.getcwd()  # noqa: PTH109 - cheaper
    whole = _folder(folder or slash, origin) + name
    return posixpath.normpath(whole) if name in ("", ".", "..") else whole


@lru_cache(maxsize=10_000)
def _folder(folder: str, _from: str) -> str:
    """What stands before the names of the files of a folder."""
    absolute = os.path.abspath(folder)  # noqa: PTH100 - a path is kept as it was written
    root = repository(absolute)
    found = folder if root is None else os.path.relpath(absolute, root).replace(os.sep, "/")
    normal = posixpath.normpath(found)
    return "" if normal == "." else f"{normal.rstrip('/')}/"
