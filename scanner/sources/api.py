"""Answers of the Azure API as people save them: ``az``, ``az rest``, Resource Graph, REST examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scanner.model import Document, Gap, SourceNote
from scanner.sources import api_lacks, api_shapes
from scanner.sources.api_estate import Estate
from scanner.sources.api_pages import Pages
from scanner.sources.api_shapes import Answer
from scanner.sources.documents import told, twins
from scanner.sources.files.content import AT_ONCE, NOTHING, Content
from scanner.sources.files.json_text import BadJSON, documents, parse
from scanner.sources.parts import TRUNCATED, Part

LARGEST = 256 << 20
"""Bytes of the largest file that is read: an answer is joined with others, so it is held whole."""

_HINT = re.compile(rb'"/subscriptions/|"managed_network"', re.IGNORECASE)
_DENIED = ("AuthorizationFailed", "Forbidden", "AuthorizationPermissionMismatch", "LinkedAuthorizationFailed")
_ABSENT = ("ResourceNotFound", "NotFound", "ResourceGroupNotFound", "SubscriptionNotFound")


@dataclass(slots=True)
class Answers:
    """Gathers the answers in all files of a scan; the hubs come when every file was read."""

    kind: str = "api"
    _estate: Estate = field(default_factory=Estate)
    _pages: Pages = field(default_factory=Pages)
    _paths: list[str] = field(default_factory=list)
    _told: told.Told = field(default_factory=dict)

    def recognises(self, content: Content) -> bool:
        """Whether a file holds an answer, or several after one another."""
        if not content.bracketed:
            return False
        if _lines(content):
            return True
        if content.data is None:
            return _HINT.search(content.head) is not None
        return bool(api_shapes.read(_sample(content)))

    def read(self, content: Content) -> Iterator[Part]:
        """Keep what is in a file; gaps come at once."""
        self._paths.append(content.path)
        if _lines(content):
            yield from self._read_lines(content)
        else:
            yield from self._read_whole(content)

    def finish(self) -> Iterator[Part]:
        """The hubs of all files, what is missing of their pages, and what each file held."""
        gaps = list(self._pages.gaps())
        for gap in gaps:
            told.keep(self._told, gap)
        yield from self._estate.hubs(told.frozen(self._told))
        yield from gaps
        for path in self._paths:
            yield SourceNote(kind=self.kind, path=path, hubs=self._estate.hubs_of[path])

    def _read_whole(self, content: Content) -> Iterator[Part]:
        data = content.data if content.data is not None else content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        try:
            answer = _read(data)
            yield from self._keep(answer, content.path, content.path, alone=answer.alone)
        except BadJSON as first:
            yield from self._read_several(content.path, data, first)
        if content.damage:
            yield _gap(content.path, TRUNCATED, content.damage, "missing")

    def _read_several(self, path: str, data: bytes, first: BadJSON) -> Iterator[Part]:
        """Read documents that stand after one another, as a tool that appends leaves them."""
        count = 0
        try:
            for text in documents(data.decode("utf-8", "replace")):
                count += 1
                yield from self._keep(_read(text), path, path)
        except BadJSON as error:
            yield _gap(path, "malformed", str(error if count else first))

    def _read_lines(self, content: Content) -> Iterator[Part]:
        with content.open() as opened:
            lines = iter(partial(opened.stream.readline, AT_ONCE), b"")
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                place = f"{content.path}:{number}"
                try:
                    yield from self._keep(_read(line), content.path, place)
                except BadJSON as error:
                    yield _gap(place, "malformed", str(error))
            if opened.damage:
                yield _gap(content.path, TRUNCATED, opened.damage, "missing")

    def _keep(self, answer: Answer, path: str, place: str, *, alone: bool = False) -> Iterator[Gap]:
        for document, owner in zip(answer.items, answer.owners, strict=True):
            self._estate.add(document, path, owner, alone=alone)
        self._pages.add(answer, place)
        for stranger in answer.strangers:
            yield _gap(place, "malformed", stranger)
        if answer.error is not None:
            refused = _refused(answer.error, place)
            told.keep(self._told, refused)
            yield refused


def _read(text: bytes) -> Answer:
    """What a text holds.  Raises `BadJSON`, too, where what it is, and how it goes on, is said twice."""
    return api_shapes.read(twins.parse(text, once=api_shapes.ONCE))


def _lines(content: Content) -> bool:
    return content.many and bool(api_shapes.read(content.first))


def _sample(content: Content) -> Any:
    """Enough of a small file to tell what it is."""
    if content.value is not NOTHING:
        return content.value
    if content.many:
        return content.first
    try:
        return parse(next(documents((content.data or b"").decode("utf-8", "replace")), b"null"))
    except BadJSON:
        return None


def _refused(error: Document, place: str) -> Gap:
    """The gap of an error that Azure answered."""
    code, message = error["code"], error.get("message")
    reason = "forbidden" if code in _DENIED else "missing" if code in _ABSENT else "failed"
    said = message.splitlines()[0][:300] if isinstance(message, str) and message.strip() else "no message"
    gap = Gap(subject=place, reason=reason, code=code[:100], detail=f"Azure answered an error: {said}")
    return api_lacks.refused(gap, message) if isinstance(message, str) else gap


def _gap(subject: str, code: str, detail: str, reason: str = "failed") -> Gap:
    return Gap(subject=subject, reason=reason, code=code, detail=detail)
