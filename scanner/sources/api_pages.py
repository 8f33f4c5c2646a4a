"""Tells whether the pages of the lists in a scan are all there.

A page does not say which page it is.  So a list counts as complete where, for each list that goes on,
a last page is there too: one that does not go on, with entries of the same type in the same
subscription, and below the same resource where they are below one.  That a page between them is missing
cannot be seen.  Resource Graph counts its rows, and is complete where as many rows are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scanner.model import Document, Gap
from scanner.sources import api_lacks
from scanner.sources.api_merge import identity
from scanner.sources.api_shapes import Answer, Page

_Kind = tuple[str, str]
_ENVELOPE = 9
"""How many pieces an id of a top-level resource falls into between its slashes."""


@dataclass(slots=True)
class Pages:
    """The pages of one scan."""

    _going_on: list[tuple[str, Page, str, _Kind]] = field(default_factory=list)
    _last: Counter[_Kind] = field(default_factory=Counter)
    _exports: list[tuple[str, Answer, int | None]] = field(default_factory=list)
    _rows: Counter[int] = field(default_factory=Counter)

    def add(self, answer: Answer, place: str) -> None:
        """Take note of the pages of one file."""
        for page in answer.pages:
            kind = _kind(page)
            if page.next_link is None:
                self._last[kind] += 1
            else:
                self._going_on.append((_list(page.next_link), page, place, kind))
        for export in answer.exports:
            if export.total is not None:
                self._rows[export.total] += export.rows
            if export.goes_on or (export.total or 0) > export.rows:
                self._exports.append((place, answer, export.total))

    def gaps(self) -> Iterator[Gap]:
        """A gap for each page whose continuation is not there: its hub's, where that can be told."""
        lists: dict[tuple[str, _Kind], tuple[Page, str]] = {}
        for url, page, place, kind in self._going_on:
            lists[url, kind] = (page, place)
        for (_, kind), (page, place) in lists.items():
            if self._last[kind] > 0:
                self._last[kind] -= 1
            else:
                detail = "the list goes on at its nextLink, and no file holds the page it leads to"
                gap = Gap(subject=place, reason="missing", code="nextLink", detail=detail)
                yield api_lacks.beyond(gap, page.next_link or "", page.items)
        for place, answer, total in self._exports:
            if total is None or self._rows[total] < total:
                detail = "the result of the query goes on, and no file holds the rest"
                gap = Gap(subject=place, reason="missing", code="skipToken", detail=detail)
                yield api_lacks.rest(gap, answer.items)


def _list(link: str) -> str:
    """The list that a link goes on with: its path, without the mark of the page."""
    try:
        return urlsplit(link).path.lower()
    except ValueError:
        return link.lower()


def _kind(page: Page) -> _Kind:
    """The type of the entries of a page, and the resource or subscription they are in; empty for none."""
    first: Document = page.items[0] if page.items else {}
    segments = identity(first).split("/")
    kind = first.get("type")
    known = kind.lower() if isinstance(kind, str) else segments[-2] if len(segments) > 1 else ""
    if len(segments) > _ENVELOPE:
        return known, "/".join(segments[:_ENVELOPE])
    return known, segments[2] if len(segments) > 2 else ""
