"""What hubs lack where Azure refused an answer, or where only the beginning of a list was saved.

What is there of the collection is judged; that there is nothing else, nobody can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from scanner.model import Document, Gap
from scanner.sources.api_kinds import What, kind_of
from scanner.sources.documents.members import COLLECTIONS
from scanner.sources.documents.told import placed

_COLLECTIONS = {name.lower(): name for name in COLLECTIONS} | {"deployments": "onlineEndpoints"}
_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_LIST = re.compile(
    rf"(?P<hub>/subscriptions/[^/]+/resourcegroups/[^/]+/providers/{_WORKSPACE}/[^/]+)"
    r"(?:/.*)?/(?P<collection>[^/]+)/?",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"perform action '(?P<action>[^']+)/read' over scope '(?P<scope>/[^']*)'")


def beyond(gap: Gap, link: str, items: Sequence[Document]) -> Gap:
    """The gap of a list that goes on at a link: that of the hub it is a list of, where that can be told.

    ``items`` are those of the page that was saved.  A gap that is nobody's stays that of the file.
    """
    found = _LIST.fullmatch(unquote(_path(link)))
    if found and found["collection"].lower() in _COLLECTIONS:
        return _of_hub(gap, found["hub"], _COLLECTIONS[found["collection"].lower()])
    for hub, collection in _members(items[:1]):
        return _of_hub(gap, hub, collection)
    return gap


def rest(gap: Gap, items: Iterable[Document]) -> Gap:
    """The gap of a query of which some rows were saved and others not: those may be of any hub."""
    for _, collection in _members(items):
        return _of_hub(gap, None, collection)
    return gap


def _members(items: Iterable[Document]) -> Iterator[tuple[str | None, str]]:
    """The hub, where its id is known, and the collection of what is a member of one."""
    for item in items:
        kind = kind_of(item)
        collection = _COLLECTIONS.get(kind.collection.lower())
        if collection and kind.what in (What.CHILD, What.SCOPED):
            yield kind.hub if kind.hub and "/" in kind.hub else None, collection


def refused(gap: Gap, message: str) -> Gap:
    """The gap of an error that Azure answered: that of what it names, where it says what was to be read."""
    found = _REFUSED.search(message)
    if found is None:
        return gap
    action, scope = found["action"].lower(), found["scope"].rstrip("/")
    collection = _COLLECTIONS.get(action.rpartition("/")[2])
    below = _LIST.fullmatch(f"{scope}/x")
    if collection:
        return _of_hub(gap, below["hub"] if below else None, collection)
    return placed(replace(gap, subject=scope, detail=f"{gap.subject}: {gap.detail}"))


def _of_hub(gap: Gap, hub: str | None, collection: str) -> Gap:
    subject = f"{hub}/{collection}" if hub else collection
    return replace(gap, subject=subject, hub=hub, detail=f"{gap.subject}: {gap.detail}")


def _path(link: str) -> str:
    try:
        return urlsplit(link).path
    except ValueError:
        return ""
