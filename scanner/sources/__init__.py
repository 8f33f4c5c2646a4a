"""Where hubs come from.  A kind of source is a module here, and is recognised by what a file holds.

`collect` is all that most need.  A program that judges on several processes takes `pieces`, which
reads and parses as little as it can, and lets its workers `realise` them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from scanner.model import Gap
from scanner.sources.api import Answers
from scanner.sources.files import walk
from scanner.sources.files.content import Content
from scanner.sources.files.json_text import BadJSON, noun, parse
from scanner.sources.foreign import foreign
from scanner.sources.normalise import normalise
from scanner.sources.parts import Arrival, Context, Part, Piece, Say, Taken
from scanner.sources.projects import joined
from scanner.sources.snapshot import Snapshots

__all__ = ["Arrival", "Context", "Part", "Piece", "Taken", "collect", "pieces", "realise"]


class Kind(Protocol):
    """A kind of source, made anew for each scan."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this kind."""
        ...

    def read(self, content: Content) -> Iterator[Part]:
        """What a file holds, as far as it can be said before the other files are read."""
        ...

    def finish(self) -> Iterator[Part]:
        """What can only be said when all files were read."""
        ...


def collect(paths: Sequence[str], say: Say | None = None) -> Iterator[Arrival]:
    """Everything that some files and folders hold, lazily and in an order that never changes.

    Files come as given, those of a folder sorted by path; hubs that are joined from several files come
    last.  ``say`` is told what is read and what is passed over.  Raises `SourceError` at once for a path
    that is not there.
    """
    return map(realise, pieces(paths, say))


def pieces(paths: Sequence[str], say: Say | None = None) -> Iterator[Part]:
    """The same as `collect`, with the hubs of snapshots not yet parsed."""
    walk.check(paths)
    return joined(_pieces(paths, say or _silent))


def realise(part: Part) -> Arrival:
    """Parse and normalise a hub; anything else is what it is.  A hub that cannot be parsed is a gap."""
    if not isinstance(part, Piece):
        return part
    try:
        document = parse(part.raw)
        if part.line is not None:
            document = document["hub"]
    except BadJSON as error:
        return _malformed(part, str(error))
    if not isinstance(document, dict):
        return _malformed(part, f"the hub is {noun(document)}, not an object")
    return normalise(document, part.context, stand_in=part.stand_in, raw=part.raw)


def _pieces(paths: Sequence[str], say: Say) -> Iterator[Part]:
    kinds: tuple[Kind, ...] = (Snapshots(), Answers())
    for file in walk.files(paths, say):
        if isinstance(file, Gap):
            yield file
            continue
        try:
            yield from _read(Content(file), kinds, say)
        except OSError as error:
            yield walk.refusal(file.path, error)
    for kind in kinds:
        yield from kind.finish()


def _read(content: Content, kinds: Sequence[Kind], say: Say) -> Iterator[Part]:
    # A snapshot is read member by member where it must be, so one bad hub in it does no harm.
    if not content.too_deep or content.mentions_snapshot():
        for kind in kinds:
            if kind.recognises(content):
                say(f"{content.path}: reading")
                yield from kind.read(content)
                return
    yield from _unrecognised(content, say)


def _unrecognised(content: Content, say: Say) -> Iterator[Gap]:
    """A file of no known kind: a gap where it was named, or looks as if it should be of one."""
    said = foreign(content)
    looks_ours = not said.sure and (content.mentions_snapshot() or content.mentions_workspace())
    if content.file.named or looks_ours:
        detail = f"not a snapshot and not an answer of the Azure API: {said.reason}"
        yield Gap(subject=content.path, reason="failed", code="unrecognised", detail=detail)
    else:
        say(f"{content.path}: passed over, {said.reason}")


def _malformed(piece: Piece, detail: str) -> Gap:
    return Gap(subject=piece.place, reason="failed", code="malformed", detail=detail)


def _silent(_: str) -> None:
    """Say nothing."""
