"""Writes a snapshot while it is collected: a line for each hub as soon as it is there (contract section 2).

What is being written stands in the file itself, or beside it (``FILE.partial``) where the file holds
something already or is packed.  It is readable at any moment.  When all is there, the lines are put in
order and the whole takes the file's place in one step.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from scanner.errors import UsageError
from scanner.model import Document, Gap
from scanner.replacing import replacing
from scanner.sources.documents.gaps import entries
from scanner.sources.files.json_text import BadJSON, parse
from scanner.sources.snapshot_begun import Begun, partial, whole_lines

_MODE = 0o600


class Writer:
    """A snapshot in the making.  Used as a context; what is there stays there, whatever ends it."""

    def __init__(self, file: Path, header: Document, resumed: Begun | None = None) -> None:
        self._file = file
        self._header = (
            header if resumed is None else {**header, "collected_at": resumed.header["collected_at"]}
        )
        if str(file) == "-":
            raise UsageError("a snapshot is written to a file, never to standard output: name one")
        if file.exists() and not file.is_file():
            raise UsageError(f"{file}: {'is a folder' if file.is_dir() else 'is no plain file'}")
        if not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}")
        occupied = file.exists() and (resumed is None or resumed.path != file)
        packed = file.suffix in (".gz", ".json")
        self.path = partial(file) if occupied or packed else file
        try:
            self._stream = self._begin(resumed)
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def discard(self) -> None:
        """Take away what was begun, where nothing came of it."""
        self._stream.close()
        self.path.unlink(missing_ok=True)

    def hub(self, document: Document) -> None:
        """Write a hub."""
        self._line({"hub": document})

    def subscription(self, document: Document) -> None:
        """Write a subscription."""
        self._line({"subscription": document})

    def gap(self, gap: Gap) -> None:
        """Write a gap of the whole snapshot."""
        self._line({"gap": entries([gap])[0]})

    def finish(self, **more: Any) -> None:
        """Put everything in order, add to the header what is known only now, and take the file's place."""
        self._stream.close()
        try:
            with _replacing(self._file) as out:
                write = _json if self._file.suffix == ".json" else _lines
                header = {**self._header, "source": {**self._header["source"], **more}}
                write(out, header, self.path)
        except OSError as error:
            raise UsageError(f"{self._file}: {error.strerror}") from None
        partial(self._file).unlink(missing_ok=True)

    def _begin(self, resumed: Begun | None) -> IO[bytes]:
        """Open the file to append to, with what an earlier run left that is still good."""
        if resumed is None:
            stream = _opened(self.path, os.O_TRUNC)
            stream.write(orjson.dumps(self._header, option=orjson.OPT_APPEND_NEWLINE))
            stream.flush()
            return stream
        with _replacing(self.path, packed=False) as out:
            out.write(orjson.dumps(self._header, option=orjson.OPT_APPEND_NEWLINE))
            for _, raw in sorted(_index(resumed.path, kept={"hub"}, hubs=resumed.hubs).items()):
                out.write(_at(resumed.path, raw))
        return _opened(self.path, os.O_APPEND)

    def _line(self, value: Document) -> None:
        try:
            self._stream.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
            self._stream.flush()
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}") from None


def _opened(path: Path, flag: int) -> IO[bytes]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | flag, _MODE)
    path.chmod(_MODE)
    return os.fdopen(handle, "ab" if flag == os.O_APPEND else "wb")


@contextmanager
def _replacing(file: Path, *, packed: bool = True) -> Iterator[IO[bytes]]:
    """A new file, readable by nobody else, that takes the place of another when it is whole."""
    with replacing(file, durable=True) as plain:
        if packed and file.suffix == ".gz":
            with gzip.GzipFile(filename="", fileobj=plain, mode="wb", mtime=0) as stream:
                yield stream  # type: ignore[misc]  # written to like any other
        else:
            yield plain


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    start: int
    size: int


_RANK = {"subscription": 0, "hub": 1, "gap": 2}


def _index(path: Path, *, kept: set[str], hubs: set[str] | None = None) -> dict[tuple[Any, ...], _Span]:
    """Where the lines of a snapshot stand, by the order in which they belong; the last of a hub counts."""
    found: dict[tuple[Any, ...], _Span] = {}
    start = 0
    for line in whole_lines(path):
        span = _Span(start, len(line))
        start += len(line)
        try:
            value = parse(line)
        except BadJSON:
            continue
        kind = next(
            (name for name in kept if isinstance(value, dict) and isinstance(value.get(name), dict)), None
        )
        if kind is None:
            continue
        key = _place(kind, value[kind])
        if hubs is None or key[2] in hubs:
            found[key] = span
    return found


def _place(kind: str, member: Document) -> tuple[Any, ...]:
    """Subscriptions before their hubs, gaps at the end; within that by id."""
    if kind == "gap":
        return ("~", _RANK[kind], str(member.get("subject")), orjson.dumps(member))
    if kind == "subscription":
        return (str(member.get("subscriptionId")).lower(), _RANK[kind], "")
    identifier = str(member.get("id")).rstrip("/").lower()
    subscription = identifier.split("/")[2] if identifier.count("/") > 1 else ""
    return (subscription, _RANK[kind], identifier)


def _at(path: Path, span: _Span) -> bytes:
    with path.open("rb") as stream:
        stream.seek(span.start)
        return stream.read(span.size)


def _ordered(path: Path) -> tuple[list[tuple[int, _Span]], dict[str, int]]:
    index = _index(path, kept=set(_RANK))
    order = sorted(index.items(), key=lambda entry: entry[0])
    counts = {"hubs": 0, "gaps": 0}
    for key, _ in order:
        if key[1] in (_RANK["hub"], _RANK["gap"]):
            counts["hubs" if key[1] == _RANK["hub"] else "gaps"] += 1
    return [(key[1], span) for key, span in order], counts


def _lines(out: IO[bytes], header: Document, path: Path) -> None:
    order, counts = _ordered(path)
    out.write(orjson.dumps(header, option=orjson.OPT_APPEND_NEWLINE))
    with path.open("rb") as stream:
        for _, span in order:
            stream.seek(span.start)
            out.write(stream.read(span.size))
    out.write(orjson.dumps({"end": counts}, option=orjson.OPT_APPEND_NEWLINE))


def _json(out: IO[bytes], header: Document, path: Path) -> None:
    order, _ = _ordered(path)
    out.write(orjson.dumps(header)[:-1])
    with path.open("rb") as stream:
        for rank, name in enumerate(("subscription", "hub", "gap")):
            out.write(b',"%ss":[' % name.encode())
            first = True
            for at, span in order:
                if at == rank:
                    stream.seek(span.start)
                    raw = orjson.dumps(orjson.loads(stream.read(span.size))[name])
                    out.write(raw if first else b"," + raw)
                    first = False
            out.write(b"]")
    out.write(b"}\n")
