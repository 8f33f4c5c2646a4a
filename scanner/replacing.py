"""Files that are there whole or not at all: written beside their place, and put there in one step.

What a process leaves that is killed before that step is swept away by the next that writes the same file,
but for Windows, where nobody can tell whether it is still being written.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_SUFFIX = ".hubscan-partial"
_LONGEST = 50
"""Characters of a name that stand in the name of what is written beside it."""


@contextmanager
def replacing(file: Path, mode: int | None = None, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """A new file that takes the place of another when the context ends without an error.

    It is readable by nobody else until then, and afterwards where ``mode`` is None.  A ``durable`` one is on
    the disk before it takes its place.  Raises OSError.
    """
    _sweep(file)
    handle, name = _begun(file)
    # Another handle keeps the lock until the file is in its place: closing the first may still fail.
    lock = os.dup(handle)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            if durable:
                stream.flush()
                os.fsync(handle)
        if os.name != "posix":
            os.close(lock)
        if mode is not None:
            Path(name).chmod(mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        with suppress(OSError):
            os.close(lock)


def _begun(file: Path) -> tuple[int, str]:
    """A new file beside another, locked as long as it is open."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{file.name[:_LONGEST]}-", suffix=_SUFFIX, dir=file.parent)
        with suppress(OSError):
            _lock(handle, wait=True)
        # Somebody who sweeps may have met it before it was locked.
        if os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> None:
    """Lock a file until its last handle is closed.  Raises OSError where that cannot be, or not now."""
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - is not there on Windows

        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(file: Path) -> None:
    """Take away what earlier writers of a file left: what is nobody's any more is not locked."""
    if sys.platform == "win32":
        return
    left = re.compile(rf"\.{re.escape(file.name[:_LONGEST])}-[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
    with suppress(OSError):
        for name in os.listdir(file.parent):  # noqa: PTH208 - a folder may hold many files
            if left.fullmatch(name):
                _sweep_one(file.parent / name)


def _sweep_one(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            _lock(handle, wait=False)
            path.unlink()
        finally:
            os.close(handle)
