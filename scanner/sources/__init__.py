"""Where hubs come from.  A kind of source is a module here, and is recognised by what a file holds.

`collect` is all that most need.  A program that judges on several processes takes `pieces`, which
reads and parses as little as it can, and lets its workers `realise` them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from scanner.model import Gap, Hub
from scanner.sources import kinds
from scanner.sources.documents import twins
from scanner.sources.files import walk
from scanner.sources.files.content import Content
from scanner.sources.files.inputs import Inputs
from scanner.sources.files.json_text import BadJSON, noun
from scanner.sources.kinds import Kind
from scanner.sources.normalise import normalise
from scanner.sources.parts import UNRECOGNISED, Arrival, Code, Context, Part, Piece, Say, Taken
from scanner.sources.projects import Network, Projects, network_of

if TYPE_CHECKING:
    from scanner.sources.code.resource import Resource
    from scanner.sources.foreign import Foreign

__all__ = [
    "Arrival",
    "Code",
    "Context",
    "Inputs",
    "Network",
    "Part",
    "Piece",
    "Projects",
    "Taken",
    "collect",
    "network_of",
    "pieces",
    "realise",
]

AS_IT_IS = Code()
"""Code read with nothing beside it."""

_BOUNDED = (".tf", ".tofu", ".tfvars", ".hcl")


def collect(
    paths: Sequence[str], say: Say | None = None, *, code: Code = AS_IT_IS, held: walk.File | None = None
) -> Iterator[Arrival]:
    """Everything that some files and folders hold, lazily and in an order that never changes.

    Files come as given, those of a folder sorted by path; hubs that are joined from several files come
    after them, and projects last, each with what is known of its hub.  ``say`` is told what is read and
    what is passed over, ``code`` says how code is read, ``held`` is one more file, whose content was handed
    over.  Raises `SourceError` at once for a path that is not there.
    """
    return _joined(pieces(paths, say, code=code, held=held))


def _joined(parts: Iterator[Part]) -> Iterator[Arrival]:
    with Projects() as projects:
        for part in parts:
            if not projects.hold(part):
                arrival = realise(part)
                if isinstance(arrival, Hub):
                    projects.remember(network_of(arrival))
                yield arrival
        yield from map(realise, projects.released())


def pieces(
    paths: Sequence[str],
    say: Say | None = None,
    *,
    code: Code = AS_IT_IS,
    held: walk.File | None = None,
    inputs: Inputs | None = None,
) -> Iterator[Part]:
    """The same as `collect`, with the hubs of snapshots not yet parsed, and projects where they stand.

    Whoever judges them holds projects back until their hubs are known (`Projects`).  ``inputs`` is told of
    every file that says something.
    """
    walk.check(paths)
    walk.check(code.parameters, folders=False)
    say = say or _silent
    make = functools.partial(kinds.every, code=code, say=say, inputs=inputs)
    return _pieces(paths, say, make, held, inputs, strangers=code.strangers)


def realise(part: Part) -> Arrival:
    """Parse and normalise a hub; anything else is what it is.  A hub that cannot be parsed is a gap."""
    if not isinstance(part, Piece):
        return part
    try:
        document = twins.parse(part.raw)
        if part.line is not None:
            document = document["hub"]
    except BadJSON as error:
        return _malformed(part, str(error))
    if not isinstance(document, dict):
        return _malformed(part, f"the hub is {noun(document)}, not an object")
    return normalise(document, part.context, stand_in=part.stand_in, raw=part.raw)


def _pieces(
    paths: Sequence[str],
    say: Say,
    make: Callable[..., tuple[kinds.Kind, ...]],
    held: walk.File | None,
    inputs: Inputs | None,
    *,
    strangers: bool,
) -> Iterator[Part]:
    declared: list[Resource] = []
    strange: list[str] = []
    every = make(declared.append, paths=[*paths, *([held.location] if held is not None else ())])
    for file in walk.files(paths, say, held):
        if isinstance(file, Gap):
            yield file
            continue
        try:
            yield from _read(Content(file, inputs), every, say, strange, strangers=strangers)
        except OSError as error:
            yield walk.refusal(file.path, error)
    if strange:
        say(f"passed over as of other kinds: {len(strange)}")
    for kind in every:
        yield from kind.finish()
    if declared:
        from scanner.sources.code.join import join  # noqa: PLC0415 - where there is code

        yield from join(declared)


def _read(
    content: Content, every: Sequence[Kind], say: Say, strange: list[str], *, strangers: bool
) -> Iterator[Part]:
    # A snapshot is read member by member where it must be, so one bad hub in it does no harm;
    # and what is told by its name is read by a parser that bounds the depth itself.
    if not content.too_deep or content.mentions_snapshot() or content.path.endswith(_BOUNDED):
        for kind in every:
            if kind.recognises(content):
                say(f"{content.path}: reading")
                yield from kind.read(content)
                content.note()
                return
    yield from _unrecognised(content, say, strange, strangers=strangers)


def _unrecognised(content: Content, say: Say, strange: list[str], *, strangers: bool) -> Iterator[Gap]:
    """A file of no known kind: a gap where it was named, or looks as if it should be of one.

    Among named ``strangers`` one that holds something, and was looked through, is no gap.
    """
    from scanner.sources.foreign import foreign  # noqa: PLC0415 - of a file that is ours nobody asks

    said = foreign(content)
    looks_ours = not said.sure and (content.mentions_snapshot() or content.mentions_workspace())
    if looks_ours or (content.file.named and not (strangers and _is_stranger(content, said))):
        detail = f"not a snapshot and not an answer of the Azure API: {said.reason}"
        yield Gap(subject=content.path, reason="failed", code=UNRECOGNISED, detail=detail)
    else:
        strange.append(content.path)
        say(f"{content.path}: passed over, {said.reason}")


def _is_stranger(content: Content, said: Foreign) -> bool:
    whole = said.sure or (not content.too_deep and content.data is not None)
    return bool(content.head) and whole and content.damage is None


def _malformed(piece: Piece, detail: str) -> Gap:
    return Gap(subject=piece.place, reason="failed", code="malformed", detail=detail)


def _silent(_: str) -> None:
    """Say nothing."""
