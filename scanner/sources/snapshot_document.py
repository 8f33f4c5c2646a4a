"""Reads a snapshot that is one JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from scanner.model import Document, Gap, SourceNote
from scanner.sources.files.content import AT_ONCE, Content
from scanner.sources.files.json_stream import Member, members
from scanner.sources.files.json_text import BadJSON, CutOff, noun, parse
from scanner.sources.parts import Context, Part, Piece
from scanner.sources.snapshot_header import Header, truncated

_LISTS = ("hubs", "subscriptions", "gaps")


def parts(content: Content) -> Iterator[Part]:
    """Everything in a snapshot.

    Up to 64 MiB it is parsed at once.  A larger one, one that is cut off, and one of which some part
    is refused by a strict parser are read member by member, so that no good hub is lost to a bad one.
    """
    data = content.data
    # A parser keeps the last of two members of one name; the reader by members sees both.
    if isinstance(content.value, dict) and data is not None and data.count(b'"hubs"') <= 1:
        yield from _whole(content.path, content.value)
        if content.damage:
            yield truncated(content.path, content.damage)
    else:
        yield from _by_members(content)


def _whole(path: str, document: Document) -> Iterator[Part]:
    header = Header(path)
    header.read(document)
    refusal = header.refusal()
    if refusal:
        yield refusal
        return
    hubs = document.get("hubs")
    if hubs is None or not isinstance(hubs, list):
        header.gaps.append(header.odd("hubs", _no_list(hubs)))
        hubs = []
    yield from header.statements()
    context = header.context()
    for index, hub in enumerate(hubs):
        yield _piece(hub, context, index)
        hubs[index] = None
    yield SourceNote(kind="snapshot", path=path, hubs=len(hubs))


def _no_list(hubs: Any) -> str:
    return "the snapshot has no hubs" if hubs is None else f"hubs is {noun(hubs)}, not a list"


def _piece(hub: Any, context: Context, index: int) -> Piece | Gap:
    try:
        return Piece(raw=orjson.dumps(hub), context=context, index=index)
    except orjson.JSONEncodeError:
        place = Piece(raw=b"", context=context, index=index).place
        return Gap(subject=place, reason="failed", code="malformed", detail="nested too deep")


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
        header.gaps.append(header.odd("hubs", _no_list(None)))
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
    if member.key == "hubs":
        found["hubs"] = True
        if member.index is None and member.text != "[]":
            header.gaps.append(header.odd("hubs", "hubs is not a list"))
        return
    try:
        value = parse(member.raw)
    except BadJSON as error:
        header.gaps.append(header.odd(member.key, str(error)))
        return
    if member.index is None:
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
