"""What a source could not read of a hub: the `Gap` values, and the holes that they explain.

A hole in a document is silent, and silence reads as "not set".  So where a gap names something that
is not there, an `Unknown` takes its place, with the gap's words as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from scanner.model import Document, Gap
from scanner.regexes import regex
from scanner.sources.documents.members import COLLECTIONS, RULES
from scanner.sources.documents.secrets import without_tokens
from scanner.sources.files.json_text import noun
from scanner.values import Unknown

_REASONS = frozenset({"forbidden", "missing", "failed", "unresolved"})
_BY_STATUS = {401: "forbidden", 403: "forbidden", 404: "missing"}

_COLLECTION = {name.lower(): name for name in (*COLLECTIONS, "subscription")} | {
    "managednetwork.outboundrules": RULES,
    "properties.managednetwork.outboundrules": RULES,
    "managednetworks/default/outboundrules": RULES,
}
_ADDRESS = regex(r"\s*(?:https?://[^/?#]+)?(?P<path>/subscriptions/[^?#]*)(?:[?#].*)?", re.IGNORECASE)
_DEPLOYMENTS = regex(r"(?:onlineendpoints/(?P<endpoint>[^/]+)/)?deployments")
_NETWORK = ("properties", "managedNetwork")
_MODE = (*_NETWORK, "isolationMode")
_PATH = {
    "": _NETWORK,
    "workspace": _NETWORK,
    "properties": _NETWORK,
    "managednetworks": _NETWORK,
    "managednetworks/default": _NETWORK,
    "managednetwork": _NETWORK,
    "properties.managednetwork": _NETWORK,
    "isolationmode": _MODE,
    "managednetwork.isolationmode": _MODE,
    "properties.managednetwork.isolationmode": _MODE,
}


def read_gap(entry: Any, stand_in: str, hub: str | None = None) -> Gap:
    """The gap that an entry of a ``gaps`` list states; ``stand_in`` is its subject where it names none."""
    if not isinstance(entry, dict):
        return Gap(
            subject=stand_in, reason="failed", detail=f"a gap that is {noun(entry)}, not an object", hub=hub
        )
    status = entry.get("status")
    status = status if isinstance(status, int) and not isinstance(status, bool) else None
    reason = entry.get("reason")
    known = isinstance(reason, str) and reason in _REASONS
    return Gap(
        subject=_subject(entry.get("subject")) or stand_in,
        reason=str(reason) if known else _BY_STATUS.get(status or 0, "failed"),
        status=status,
        code=_clean(entry.get("code")),
        detail=_clean(entry.get("detail")),
        hub=hub or _text(entry.get("hub")),
    )


def is_collection(subject: str) -> bool:
    """Whether the subject of a gap ends in the name of a collection."""
    return re.split(r"[/.]", subject.strip().rstrip("/").lower())[-1] in _COLLECTION


def _subject(value: Any) -> str | None:
    """What a gap is about: of the address of a request to Azure, the path."""
    text = _text(value)
    found = _ADDRESS.fullmatch(text) if text else None
    return found["path"] if found else _clean(text)


def _clean(value: Any) -> str | None:
    """A text of a gap, which may quote a request or an answer, without secrets; None for an empty one."""
    text = _text(value)
    return without_tokens(text) if text else None


def hub_gaps(document: Document, hub: str) -> tuple[Gap, ...]:
    """The gaps that a hub itself carries, in their order."""
    entries = document.get("gaps")
    if entries is None:
        return ()
    if not isinstance(entries, list):
        entries = [entries]
    return tuple(read_gap(entry, f"gaps[{index}]", hub) for index, entry in enumerate(entries))


def entries(gaps: Sequence[Gap]) -> list[Document]:
    """Gaps as a document holds them."""
    names = ("subject", "reason", "status", "code", "detail")
    return [{name: getattr(gap, name) for name in names} for gap in gaps]


def explain(document: Document, gaps: Sequence[Gap], hub: str) -> None:
    """Put the reason of each gap where the document has nothing.

    A gap may name a collection ("resources"), a property by its path ("properties.managedNetwork"),
    either of them below the hub's id, or the hub itself, whose network is then not known.  What is
    there in spite of a gap stays.  A gap that names another resource changes nothing here: the
    function ``resource()`` answers for it.
    """
    for gap in gaps:
        subject = _below(gap.subject.strip().rstrip("/").lower(), hub.lower())
        collection = _COLLECTION.get(subject)
        if collection is not None:
            value = document.get(collection)
            if value is None or (isinstance(value, (list, dict)) and not value):
                document[collection] = _unknown(collection, gap)
        elif subject in _PATH:
            _hole(document, _PATH[subject], gap)
        elif (found := _DEPLOYMENTS.fullmatch(subject)) is not None:
            _explain_deployments(document, found["endpoint"], gap)
        elif subject.startswith("properties."):
            _hole(document, tuple(gap.subject.strip().removeprefix("hub.").split(".")), gap)


def _explain_deployments(document: Document, endpoint: str | None, gap: Gap) -> None:
    """Put the reason of a gap where an endpoint, any where none is named, has no deployments."""
    endpoints = document.get("onlineEndpoints")
    for one in endpoints if isinstance(endpoints, list) else ():
        if not isinstance(one, dict):
            continue
        listed, name = one.get("deployments"), str(one.get("name")).rpartition("/")[2].lower()
        if (listed is None or (isinstance(listed, list) and not listed)) and endpoint in (None, name):
            one["deployments"] = _unknown("deployments", gap)


def _below(subject: str, hub: str) -> str:
    if subject == hub:
        return ""
    return subject.removeprefix(f"{hub}/").removeprefix("hub.")


def _hole(document: Document, path: Sequence[str], gap: Gap) -> None:
    """Make the value at a path an `Unknown` where it, or something above it, is absent or null."""
    holder = document
    for name in path[:-1]:
        child = _member(holder, name)
        if holder.get(child) is None:
            holder[child] = _unknown(name, gap)
        inner = holder[child]
        if not isinstance(inner, dict):
            return
        holder = inner
    last = _member(holder, path[-1])
    if holder.get(last) is None:
        holder[last] = _unknown(path[-1], gap)


def _member(holder: Document, name: str) -> str:
    """The key of an object that spells a name, in whatever case the gap writes it."""
    if name in holder:
        return name
    return next((key for key in holder if key.lower() == name.lower()), name)


def _unknown(what: str, gap: Gap) -> Unknown:
    if gap.reason == "unresolved":
        return Unknown(f"{what} is not resolved", text=gap.detail)
    cause = " ".join(str(part) for part in (gap.status, gap.code) if part is not None)
    return Unknown(f"{what} could not be read: {gap.reason}" + (f" ({cause})" if cause else ""))


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
