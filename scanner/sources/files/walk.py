"""Finds the files of a scan, in one fixed order."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence

from scanner.errors import SourceError
from scanner.model import Gap
from scanner.records import dataclass
from scanner.sources.files.ignored import Ignored
from scanner.sources.parts import Say

PASSED_OVER = frozenset({".git", "node_modules", ".venv"})
"""Folders that never hold an estate of their own."""

_LISTED = 1000
"""How many names of a folder are looked at for the one that was meant."""

_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: ``location`` for the system, ``path`` for people.

    ``path`` is what the user wrote, joined with the name below it, without ``./`` at its beginning.
    ``named`` tells a file that was named from one that was found in a folder.  ``held`` is what it holds
    where that was handed over, and need not be what the system has there.
    """

    location: str
    path: str
    named: bool
    held: bytes | None = None


def check(paths: Sequence[str], *, folders: bool = True) -> None:
    """Raise `SourceError` for the first path that is not there, or is a folder where none may be."""
    for path in paths:
        try:
            folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - a path is kept as it was written
        except ValueError:
            raise SourceError(f"{shown(path)}: no such file or folder") from None
        except OSError as error:
            if error.errno in _NOT_THERE:
                raise SourceError(f"{shown(path)}: no such file or folder{_meant(path)}") from None
        else:
            if folder and not folders:
                raise SourceError(f"{shown(path)}: is a folder; name a file")


def _meant(path: str) -> str:
    """What else lies there under nearly the same name, as a hint."""
    folder, name = os.path.split(path)
    try:
        there = sorted(os.listdir(folder or "."))  # noqa: PTH208 - a path is kept as it was written
    except OSError:
        return ""
    import difflib  # noqa: PLC0415 - only where somebody mistyped

    near = difflib.get_close_matches(name, there[:_LISTED], n=1, cutoff=0.75)
    return f" (did you mean '{shown(os.path.join(folder, near[0]))}'?)" if near else ""  # noqa: PTH118


def files(paths: Sequence[str], say: Say, held: File | None = None) -> Iterator[File | Gap]:
    """Every regular file below some paths, each once; a `Gap` for what cannot be looked into.

    Paths come as given, the files of a folder sorted by path.  Symbolic links inside a folder are not
    followed: what they lead to inside it is found anyway, and what lies outside was not asked for.
    What a ``.gitignore`` covers is passed over, unless it was named.  ``held`` is a file that comes
    before all others, and in place of what the system has where it says that it is.
    """
    met = _Met()
    if held is not None:
        yield held
        met.again(held.location, 0)
    alone = held is None and len(paths) == 1
    for path in paths:
        for found, number in _below(path, say):
            if isinstance(found, File) and met.again(found.location, number if alone else 0):
                say(f"{found.path}: was read already")
            else:
                yield found


class _Met:
    """The files that were met.

    Within one folder each comes with the number that the folder has for it, and only two of one number may
    be one file, which is looked at closely then: some file systems number nothing in their folders.
    """

    def __init__(self) -> None:
        self._first: dict[int, str] = {}
        self._alike: dict[int, set[tuple[int, int] | None]] = {}

    def again(self, location: str, number: int) -> bool:
        """Whether a file was met before; it is from now on."""
        if number not in self._first:
            self._first[number] = location
            return False
        if number not in self._alike:
            self._alike[number] = {_identity(self._first[number])} - {None}
        identity, known = _identity(location), self._alike[number]
        if identity is None or identity not in known:
            known.add(identity)
            return False
        return True


def refusal(path: str, error: OSError) -> Gap:
    """The gap of something that the system does not let us read."""
    return Gap(
        subject=path,
        reason="forbidden" if isinstance(error, PermissionError) else "failed",
        code=errno.errorcode.get(error.errno or 0, "error"),
        detail=(error.strerror or str(error) or "cannot be read").lower(),
    )


def shown(path: str) -> str:
    """A path as text: bytes of its name that are no UTF-8 become U+FFFD."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")


def _below(path: str, say: Say) -> Iterator[tuple[File | Gap, int]]:
    """What stands at a path, each file with its number."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a path is kept as it was written
    except OSError as error:
        yield refusal(shown(path), error), 0
        return
    if stat.S_ISREG(status.st_mode):
        shorter = plain(path) if path.startswith("./") else shown(path)
        yield File(path, shorter, named=True), status.st_ino
    elif stat.S_ISDIR(status.st_mode):
        yield from _inside(path, say)
    else:
        gap = Gap(
            subject=shown(path),
            reason="failed",
            code="not-a-file",
            detail="neither a regular file nor a folder",
        )
        yield gap, 0


def _inside(folder: str, say: Say) -> Iterator[tuple[File | Gap, int]]:
    ignored = Ignored(folder)
    waiting = _entries(folder)
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Gap):
            yield entry, 0
            continue
        path = entry.path
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            is_file = entry.is_file(follow_symlinks=False)
        except OSError as error:
            yield refusal(shown(path), error), 0
            continue
        if ignored.covers(entry, folder=is_folder):
            say(f"{shown(path)}: passed over, .gitignore names it")
        elif is_folder:
            waiting.extend(_entries(path))
        elif is_file:
            yield File(path, plain(path), named=False), entry.inode()
        else:
            kind = "a symbolic link" if entry.is_symlink() else "no regular file"
            say(f"{shown(path)}: passed over, {kind}")


def _entries(folder: str) -> list[os.DirEntry[str] | Gap]:
    """What stands in a folder, the last by name first; a gap where that cannot be said."""
    try:
        with os.scandir(folder) as entries:
            kept = [entry for entry in entries if entry.name not in PASSED_OVER]
    except OSError as error:
        return [refusal(plain(folder), error)]
    kept.sort(key=lambda entry: entry.name, reverse=True)
    return list(kept)


def plain(path: str) -> str:
    """A path for people: without the ``./`` that says no more than where they are."""
    return shown(path).replace(os.sep, "/").removeprefix("./")


def _identity(location: str) -> tuple[int, int] | None:
    """What tells a file from every other, None where the file system has nothing of the kind."""
    try:
        status = os.stat(location)  # noqa: PTH116 - a path is kept as it was written
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None
