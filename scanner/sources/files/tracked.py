"""What a git repository tracks, as its index says: no ``.gitignore`` makes git ignore that.

Read without git, which may run what the configuration of a repository names.  The format is that of
git's ``Documentation/gitformat-index``, versions 2 to 4.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator

_LARGEST = 256 << 20
"""Bytes of the largest index that is read: that of millions of files."""

_HEADER = struct.Struct(">4sII")
_HASHES = (20, 32)
"""Bytes of the name of an object: SHA-1 in nearly every repository, SHA-256 in some."""

_STATUS = 40
"""Bytes of an entry before the name of its object: times, device, owner and size of a file."""

_EXTENDED = 0x4000
_LENGTH = 0x0FFF
"""Of the flags of an entry: that there are more of them, and how long its path is, if less than all ones."""


class Tracked:
    """The paths that a repository tracks, read when somebody asks."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: tuple[frozenset[str], frozenset[str]] | None = None

    def holds(self, path: str, *, folder: bool) -> bool:
        """Whether a file is tracked, or anything in a folder is; not where no index can be read."""
        if self._known is None:
            files = frozenset(_paths(self._root))
            folders = {above for path in files for above in _above(path)}
            self._known = files, frozenset(folders)
        below = os.path.relpath(os.path.abspath(path), self._root)  # noqa: PTH100 - as it was written
        return below.replace(os.sep, "/") in self._known[folder]


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _paths(root: str) -> list[str]:
    """The paths of the index of a repository; none where it cannot be read."""
    try:
        data = _content(os.path.join(_git_folder(root), "index"), _LARGEST)  # noqa: PTH118 - as in `walk`
    except (OSError, ValueError):
        return []
    for size in _HASHES:
        try:
            return [os.fsdecode(path) for path in _entries(data, size)]
        except (ValueError, struct.error, IndexError):
            continue
    return []


def _git_folder(root: str) -> str:
    """Where a repository is kept: a work tree of its own, and a submodule, name another folder."""
    folder = os.path.join(root, ".git")  # noqa: PTH118 - as in `walk`
    if os.path.isdir(folder):  # noqa: PTH112 - as above
        return folder
    said = os.fsdecode(_content(folder, 1 << 16)).strip()
    if not said.startswith("gitdir:"):
        raise ValueError("no repository")
    return os.path.join(root, said.removeprefix("gitdir:").strip())  # noqa: PTH118 - as above


def _content(path: str, most: int) -> bytes:
    status = os.stat(path)  # noqa: PTH116 - as in `walk`
    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
        raise ValueError("not a file that git wrote")
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - as above
        return stream.read(most)


def _entries(data: bytes, size: int) -> Iterator[bytes]:
    """The paths of an index.  Raises ValueError, IndexError or `struct.error` for what is none."""
    mark, version, count = _HEADER.unpack_from(data)
    if mark != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("no index")
    at, path = _HEADER.size, b""
    for _ in range(count):
        begin = at
        at += _STATUS + size
        (flags,) = struct.unpack_from(">H", data, at)
        at += 4 if flags & _EXTENDED else 2
        kept = b""
        if version == 4:
            dropped, at = _number(data, at)
            kept = path[: len(path) - dropped]
        end = data.index(b"\0", at)
        path = kept + data[at:end]
        if not path or min(len(path), _LENGTH) != flags & _LENGTH:
            raise ValueError("no path")
        # Entries begin at multiples of 8, and a zero byte is at the end of each.
        at = end + 1 if version == 4 else begin + (end - begin + 8) // 8 * 8
        yield path


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of git's variable width, and where it ends: each byte but the last has its top bit set."""
    byte = data[at]
    number = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        number = ((number + 1) << 7) | (byte & 0x7F)
    return number, at + 1
