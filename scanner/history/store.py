"""One history file: opened with care, and every way in which that fails is one line."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from scanner.errors import HistoryError
from scanner.history import layout

WAIT_SECONDS = 30.0
"""How long a command waits for another one that is writing."""

_CACHE_KIB = 32 << 10
_REASONS = {
    sqlite3.SQLITE_BUSY: "another process is writing to it",
    sqlite3.SQLITE_LOCKED: "another process is writing to it",
    sqlite3.SQLITE_READONLY: "is read-only, or its folder is",
    sqlite3.SQLITE_PERM: "permission denied",
    sqlite3.SQLITE_AUTH: "permission denied",
    sqlite3.SQLITE_CORRUPT: "a damaged history: restore it from a copy, or begin another file",
    sqlite3.SQLITE_NOTADB: "not a history: no SQLite file",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: is its folder there, and may you write to it?",
    sqlite3.SQLITE_FULL: "no space left",
    sqlite3.SQLITE_IOERR: "cannot be read or written",
}


class History:
    """A history, open.  Used as a context: it is closed with it.

    ``writing`` makes the file where there is none, and finds out at once whether it can be written to.
    Raises `HistoryError`.
    """

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self.path = path
        _check_path(path, writing=writing)
        with guarded(path):
            uri = f"{path.absolute().as_uri()}?mode={'rwc' if writing else 'rw'}"
            self._connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            with guarded(path):
                self._prepare(writing=writing)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        """Run one statement; its rows are read from what comes back, inside `guarded`."""
        return self._connection.execute(statement, values)

    def row(self, statement: str, values: Any = ()) -> Any:
        """The first row of a statement.  Raises `HistoryError` where there is none that must be there."""
        found = self.ask(statement, values).fetchone()
        if found is None:
            raise HistoryError(f"{self.path}: {_REASONS[sqlite3.SQLITE_CORRUPT]}")
        return found

    def put(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each of some rows."""
        self._connection.executemany(statement, rows)

    @contextlib.contextmanager
    def writes(self) -> Iterator[None]:
        """All that is written inside is there afterwards, or nothing of it."""
        self.ask("BEGIN IMMEDIATE")
        try:
            yield
            self.ask("COMMIT")
        finally:
            if self._connection.in_transaction:
                self.ask("ROLLBACK")

    def _prepare(self, *, writing: bool) -> None:
        # A name that was no text when it was written must not end a command that reads it.
        self._connection.text_factory = lambda data: data.decode("utf-8", "replace")
        self.ask("PRAGMA trusted_schema = OFF")
        self.ask(f"PRAGMA cache_size = -{_CACHE_KIB}")
        version = self._version()
        if version < layout.VERSION:
            with self.writes():
                self._migrate()
        elif writing:
            # A write that is taken back: what cannot be written later is found out now.
            self.ask("BEGIN IMMEDIATE")
            self.ask(f"PRAGMA user_version = {version}")
            self.ask("ROLLBACK")

    def _version(self) -> int:
        """The version of the file, 0 for a new one.  Raises `HistoryError` for what is none of ours."""
        version, application = self._pragma("user_version"), self._pragma("application_id")
        empty = self.ask("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if application != layout.APPLICATION_ID and not (empty and version == application == 0):
            raise HistoryError(f"{self.path}: not a history of hubscan, but another SQLite file")
        if version > layout.VERSION:
            raise HistoryError(
                f"{self.path}: a history of version {version}, and this hubscan knows {layout.VERSION}:"
                " use a newer hubscan"
            )
        return version

    def _migrate(self) -> None:
        # Asked again: another process may have done it while this one waited.
        for step in layout.STEPS[self._version() :]:
            for statement in step.split(";\n"):
                self.ask(statement)
        self.ask(f"PRAGMA application_id = {layout.APPLICATION_ID}")
        self.ask(f"PRAGMA user_version = {layout.VERSION}")

    def _pragma(self, name: str) -> int:
        return int(self.ask(f"PRAGMA {name}").fetchone()[0])


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turns whatever SQLite finds wrong with a file into the one line that people see."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise HistoryError(f"{path}: {_REASONS.get(code, f'a damaged history: {error}')}") from None
    except ValueError:
        # A column of a damaged file holds anything, a text where a number was; and SQLite quotes the schema
        # in its own errors, whatever bytes that has become.
        raise HistoryError(f"{path}: {_REASONS[sqlite3.SQLITE_CORRUPT]}") from None


def _check_path(path: Path, *, writing: bool) -> None:
    if path.is_dir():
        raise HistoryError(f"{path}: is a folder; name a file")
    if not path.exists() and not writing:
        raise HistoryError(f"{path}: there is no history yet: hubscan scan --history {path} begins one")
    if not path.parent.is_dir():
        raise HistoryError(f"{path}: there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise HistoryError(f"{path}: is no file")
    try:
        if not writing and not path.stat().st_size:
            raise HistoryError(f"{path}: not a history: the file is empty")
    except OSError as error:
        raise HistoryError(f"{path}: {error.strerror}") from None
