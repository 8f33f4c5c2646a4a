"""One file, looked at no further than it takes to tell what it is."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from scanner.regexes import regex
from scanner.sources.files.inputs import Inputs, digest_of, digest_of_file
from scanner.sources.files.json_text import BadJSON, depth_reached, how_many, parse
from scanner.sources.files.opening import Opened, plain
from scanner.sources.files.walk import File

HEAD = 1 << 16
"""Bytes that are looked at before anything else is read."""

AT_ONCE = 64 << 20
"""Bytes up to which a document is held in memory whole; also the longest line and the largest member."""

_FIRST = 1 << 20
_TOO_DEEP = 1000
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_PROVIDER = regex(
    rb"/subscriptions/[^\"\s]{1,200}/providers/Microsoft\.MachineLearningServices/"
    rb"|\"type\"\s*:\s*\"Microsoft\.MachineLearningServices/workspaces\"",
    re.IGNORECASE,
)
_OPENING = regex(rb"\{\s*(?:[\"'}/#$]|\w)|\[\s*[\[{\"'\]/]")
"""How objects begin, and lists of them, by whatever hand: no heading in brackets, no time of a log."""
_SNAPSHOT = regex(rb'"snapshot"\s*:\s*"hubscan/')


class Nothing:
    """Stands for a value that is not there, where None would be JSON's null."""


NOTHING: Final = Nothing()


if TYPE_CHECKING:
    _Once = cached_property
else:

    class _Once(cached_property):
        """The same without the lock that Python 3.11 takes each time: a file is read in one thread."""

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value


class Content:
    """What a file holds, read as far as somebody asks.  Any attribute may raise OSError.

    ``damage`` says what is wrong with the packing of a file that was read whole.  ``inputs`` is told of it
    when somebody says that it was read (`note`).
    """

    def __init__(self, file: File, inputs: Inputs | None = None) -> None:
        self.file = file
        self.path = file.path
        self.damage: str | None = None
        self.inputs = inputs
        self._digest: str | None = None
        self._noted: str | None = None

    def open(self) -> Opened:
        """The file from its beginning."""
        return Opened(self.file.location, self.file.held, None if self.inputs is None else self._digested)

    def note(self) -> None:
        """Take it among the inputs of the scan: it was read, and is of a kind that says something."""
        if self.inputs is None or (self._digest is not None and self._digest == self._noted):
            return
        if self._digest is None:
            # Nobody read it to its end.
            held = self.file.held
            self._digest = digest_of_file(self.file.location) if held is None else digest_of(held)
        self.inputs.add(self.path, self._digest)
        self._noted = self._digest

    def _digested(self, digest: str) -> None:
        # What is read more than once is known by what was read last: that is what was judged.
        self._digest = digest

    @_Once
    def _small(self) -> bytes | None:
        """All of a file that is plain text and no larger than what is looked at first; else None."""
        if self.file.held is not None:
            return None
        data = _beginning(self.file.location, HEAD + 1)
        if len(data) > HEAD:
            return None
        if self.inputs is not None:
            self._digest = digest_of(data)
        return plain(data)

    @_Once
    def head(self) -> bytes:
        """The first 64 KiB, without leading white space."""
        if self._small is not None:
            return self._small.lstrip()
        with self.open() as opened:
            return opened.stream.read(HEAD).lstrip()

    @property
    def bracketed(self) -> bool:
        """Whether it begins as JSON does."""
        return self.head[:1] in (b"{", b"[")

    @property
    def opens(self) -> bool:
        """Whether it begins as an object does, or a list of such, if perhaps a damaged one."""
        return _OPENING.match(self.head) is not None

    @_Once
    def too_deep(self) -> bool:
        """Whether it is nested so deep, from its very beginning, that nobody should read it."""
        # Nothing is nested deeper than it has brackets.
        head = self.head
        return how_many(head, b"{") + how_many(head, b"[") > _TOO_DEEP and depth_reached(head) > _TOO_DEEP

    @_Once
    def first(self) -> Any:
        """The value of its first line, where that line is an object by itself; else `NOTHING`.

        A line of more than 1 MiB is a document, not the first of many.
        """
        with self.open() as opened:
            for line in iter(lambda: opened.stream.readline(_FIRST), b""):
                if line.strip():
                    return _object(line)
        return NOTHING

    @_Once
    def many(self) -> bool:
        """Whether text follows an object that fills the first line: JSON Lines."""
        if self.first is NOTHING:
            return False
        with self.open() as opened:
            lines = (line for line in iter(lambda: opened.stream.readline(AT_ONCE), b"") if line.strip())
            next(lines, None)
            return next(lines, None) is not None

    @_Once
    def data(self) -> bytes | None:
        """All of it, None where it is larger than `AT_ONCE`."""
        return self.read(AT_ONCE)

    def read(self, limit: int) -> bytes | None:
        """All of it, None where it is larger than a limit."""
        if self._small is not None and limit >= HEAD:
            return self._small
        with self.open() as opened:
            if self.file.held is None and not opened.packed and self._size() > limit:
                return None
            data = opened.stream.read(limit + 1)
            self.damage = opened.damage
        return data if len(data) <= limit else None

    def _size(self) -> int:
        return Path(self.file.location).stat().st_size

    @_Once
    def value(self) -> Any:
        """The one JSON document that it is; `NOTHING` where it is none, or larger than `AT_ONCE`.

        The standard module is not asked: what it takes beyond the fast one is read member by member.
        """
        if self.data is None:
            return NOTHING
        try:
            return orjson.loads(self.data)
        except orjson.JSONDecodeError:
            return NOTHING

    def holds(self, word: bytes) -> bool:
        """Whether a word stands anywhere in it; of a file larger than `AT_ONCE`, in its beginning."""
        return word in self.head or word in self._seen

    def mentions_snapshot(self) -> bool:
        """Whether it says ``"snapshot": "hubscan/..."`` anywhere that was read."""
        return _SNAPSHOT.search(self._seen) is not None

    def mentions_workspace(self) -> bool:
        """Whether an id of the provider of hubs, or the type of a hub, stands anywhere that was read."""
        return _PROVIDER.search(self._seen) is not None

    @property
    def _seen(self) -> bytes:
        if self.too_deep or self.data is None:
            return self.head
        return self.data


def _beginning(location: str, size: int) -> bytes:
    """The first bytes of a file, fewer only where it has no more.  Nearly every file goes here."""
    handle = os.open(location, _READING)
    try:
        return os.read(handle, size)
    finally:
        os.close(handle)


def _object(line: bytes) -> Any:
    try:
        value = parse(line)
    except BadJSON:
        return NOTHING
    return value if isinstance(value, dict) else NOTHING
