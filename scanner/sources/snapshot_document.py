"""Reads a snapshot that is one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from scanner.model import Document, Gap, SourceNote
from scanner.sources.documents import twins
from scanner.sources.documents.spelling import clipped
from scanner.sources.files.content import AT_ONCE, Content
from scanner.sources.files.json_stream import Member, members
from scanner.sources.files.json_text import BadJSON, CutOff, noun
from scanner.sources.parts import Context, Part, Piece
from scanner.sources.snapshot_header import Header, truncated

_LISTS = ("hubs", "subscriptions", "gaps")
_HUBS = b'"hubs":['


def parts(content: Content) -> Iterator[Part]:
    """Everything in a snapshot.

    Up to 64 MiB it is parsed at once.  A larger one, one that is cut off, one of which some part is refused
    by a strict parser, and one in which some key is there twice are read member by member, so that no good
    hub is lost to a bad one, and nothing to what comes after it.
    """
    whole = _whole(content)
    if whole is None:
        yield from _by_members(content)
        return
    yield from _listed(content.path, *whole)
    if content.damage:
        yield truncated(content.path, content.damage)


def _whole(content: Content) -> tuple[Document, list[bytes]] | None:
    """A snapshot without its hubs, and those as text; None where it is to be read by members.

    They go out of it as they are written: both at once would be much to hold.
    """
    data, value = content.data, content.value
    hubs = value.get("hubs") if isinstance(value, dict) else None
    if data is None or not isinstance(hubs, list):
        return None
    header = {**value, "hubs": []}
    written = []
    try:
        again = orjson.dumps(header)
        for index, hub in enumerate(hubs):
            written.append(orjson.dumps(hub))
            hubs[index] = None
    except orjson.JSONEncodeError:
        # Nested too deep: the reader by members says where.
        return None
    return None if _repeats(data, again, written) else (header, written)


def _repeats(data: bytes, header: bytes, hubs: Sequence[bytes]) -> bool:
    """Whether something may be in a snapshot twice of which only the last was read.

    What a program wrote without blanks is passed over hub by hub: it is the same once more.
    """
    begin = at = data.find(_HUBS) + len(_HUBS)
    for hub in hubs:
        if not data.startswith(hub, at):
            return twins.may_be_in(data, (header, *hubs))
        at += len(hub) + 1
    return twins.may_be_in(data[:begin] + data[at:], (header,))


def _listed(path: str, document: Document, hubs: Sequence[bytes]) -> Iterator[Part]:
    header = Header(path)
    header.read(document)
    refusal = header.refusal()
    if refusal:
        yield refusal
        return
    yield from header.statements()
    context = header.context()
    for index, hub in enumerate(hubs):
        yield Piece(raw=hub, context=context, index=index)
    yield SourceNote(kind="snapshot", path=path, hubs=len(hubs))


def _by_members(content: Content) -> Iterator[Part]:
    """Two passes: whose subscription a hub is in may stand after the hubs."""
    header = Header(content.path)
    found: Document = {}
    broken: Gap | None = None
    with content.open() as opened:
        try:
            for member in members(opened.stream, _LISTS, AT_ONCE):
                _gather(member, found, header)
        except BadJSON as error:
            broken = _broken(content.path, error)
        if opened.damage:
            broken = truncated(content.path, opened.damage)
    if "hubs" not in found and broken is None:
        header.gaps.append(header.odd("hubs", "the snapshot has no hubs"))
    header.read(found)
    refusal = header.refusal()
    if refusal:
        yield broken if broken and header.version is None else refusal
        return
    yield from header.statements()
    yield from _hubs(content, header.context())
    if broken:
        yield broken


def _gather(member: Member, found: Document, header: Header) -> None:
    """Keep a member that is no hub."""
    if member.key == "hubs" and (member.index is not None or member.text == "[]"):
        found["hubs"] = True
        return
    try:
        value = twins.parse(member.raw)
    except BadJSON as error:
        header.gaps.append(header.odd(member.key, str(error)))
        return
    if member.key == "hubs":
        if value is not None:
            found["hubs"] = True
            header.gaps.append(header.odd("hubs", f"hubs is {noun(value)}, not a list"))
    elif member.index is None:
        if member.key in found:
            header.gaps.append(header.odd(member.key, f"'{clipped(member.key)}' is written twice"))
        found[member.key] = value
    elif isinstance(earlier := found.setdefault(member.key, []), list):
        earlier.append(value)


def _broken(path: str, error: BadJSON) -> Gap:
    if isinstance(error, CutOff):
        return truncated(path, str(error))
    detail = f"cannot be read to its end: {error}"
    return Gap(subject=path, reason="failed", code="malformed", detail=detail)


def _hubs(content: Content, context: Context) -> Iterator[Part]:
    count = 0
    with content.open() as opened:
        try:
            for member in members(opened.stream, _LISTS, AT_ONCE):
                if member.key == "hubs" and member.index is not None:
                    yield Piece(raw=member.raw, context=context, index=count)
                    count += 1
        except BadJSON:
            # The first pass met the same, and says so.
            pass
    yield SourceNote(kind="snapshot", path=content.path, hubs=count)
