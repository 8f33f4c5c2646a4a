"""What one run keeps for the next: bytes under a name, in a folder of the user's.

An entry is trusted no further than the user's own files are: only in a folder that is the user's and that
nobody else may write to, and only where its own digest fits.  Anything else is as if it were not there.
``HUBSCAN_NO_CACHE=1`` reads and writes none.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path


class Folder:
    """The entries of one kind.  Made anew for each run: it looks at its folder once."""

    def __init__(self, kind: str) -> None:
        self._path = _safe(kind)
        self._grown = False

    @property
    def is_there(self) -> bool:
        """Whether anything can be kept."""
        return self._path is not None

    def get(self, name: str) -> bytes | None:
        """What was kept under a name, None where nothing was, or something else is there now."""
        if self._path is None:
            return None
        try:
            with open(f"{self._path}/{name}", "rb", buffering=0) as stream:  # noqa: PTH123 - many times a scan
                digest, _, body = stream.read().partition(b"\n")
        except OSError:
            return None
        return body if digest == _digest(body) else None

    def put(self, name: str, body: bytes) -> None:
        """Keep bytes under a name; where that cannot be done, nothing is kept."""
        if self._path is None:
            return
        import tempfile  # noqa: PLC0415 - most runs find what they need

        with suppress(OSError):
            handle, written = tempfile.mkstemp(dir=self._path)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(_digest(body) + b"\n" + body)
                Path(written).replace(Path(self._path, name))
                self._grown = True
            except BaseException:
                Path(written).unlink(missing_ok=True)
                raise

    def tidy(self, most: int) -> None:
        """Forget the older half of the entries where this run made them more than so many."""
        if self._path is None or not self._grown:
            return
        with suppress(OSError):
            entries = sorted((entry.stat().st_mtime, entry.path) for entry in os.scandir(self._path))
            for _, path in entries[: len(entries) // 2] if len(entries) > most else ():
                Path(path).unlink()


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _safe(kind: str) -> str | None:
    """The user's folder for entries, made where it is not there; None where there can be no safe one."""
    if os.environ.get("HUBSCAN_NO_CACHE"):
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    try:
        root = base if Path(base).is_absolute() else str(Path.home() / ".cache")
        folder = f"{root}/hubscan/{kind}"
        try:
            found = os.lstat(folder)
        except FileNotFoundError:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            found = os.lstat(folder)
    except (OSError, RuntimeError, ValueError):
        return None
    if not stat.S_ISDIR(found.st_mode):
        return None
    if hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        return None
    return folder
