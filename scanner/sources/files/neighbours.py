"""The files in the folder of a file that was named: code is told about by what lies beside and below it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator

from scanner.sources.files.walk import File, shown

MOST = 10_000
"""Files of a folder that are looked at."""


def beside(file: File) -> Iterator[File]:
    """The other regular files in its folder, sorted by name; none where the folder cannot be read."""
    folder = os.path.dirname(file.location)  # noqa: PTH120 - a path is kept as it was written
    try:
        with os.scandir(folder or os.curdir) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return
    for name in names[:MOST]:
        location = os.path.join(folder, name)  # noqa: PTH118
        if location != file.location:
            yield File(location, posixpath.join(posixpath.dirname(file.path), shown(name)), named=False)


def below(file: File, path: str) -> File | None:
    """The file of a path below its folder; None where it leads out of there, or to no regular file."""
    if path.startswith(("/", "../")):
        return None
    folder = os.path.dirname(file.location) or os.curdir  # noqa: PTH120
    location = os.path.join(folder, path)  # noqa: PTH118
    if os.path.realpath(location) != os.path.join(os.path.realpath(folder), path):  # noqa: PTH118
        return None
    name = posixpath.join(posixpath.dirname(file.path), path)
    return File(location, name, named=False) if os.path.isfile(location) else None  # noqa: PTH113
