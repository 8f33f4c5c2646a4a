"""Gives each project the network of its hub, which is another document, perhaps of another file.

A project has no managed network of its own, so that a policy on projects needs its hub.  Projects are
held back until every file was read; of hubs only their networks are remembered, equal ones once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Self

import orjson

from scanner.model import Document, Hub
from scanner.sources.api_merge import identity
from scanner.sources.documents import twins
from scanner.sources.documents.spelling import folded
from scanner.sources.files import json_text
from scanner.sources.files.json_text import BadJSON
from scanner.sources.parts import Context, Part, Piece
from scanner.spool import Spool
from scanner.values import Partial, Touched, Unknown

HUB = "hubResource"
"""Where a project's document holds what is known of its hub."""

_TRACE = b"hubResourceId"
_TWICE = Unknown("the hub of the project is there more than once, and not the same")


Network = tuple[str, Any]
"""The id of a hub as ids are compared, and what its projects may know of it."""


class Projects:
    """The projects of a scan, held back until their hubs are known.

    Used as a context: its temporary file goes when it ends.
    """

    def __init__(self) -> None:
        self._networks = _Networks()
        self._contexts: list[Context] = []
        self._pieces = Spool()
        self._hubs: list[Hub] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pieces.__exit__(None, None, None)

    def hold(self, part: Part) -> bool:
        """Whether a part is a project, which is then held back.  Only what names a hub is parsed for that."""
        if isinstance(part, Hub):
            if part.ref.kind == "Project" and _hub_of(part.document):
                self._hubs.append(part)
                return True
        elif isinstance(part, Piece) and _TRACE in part.raw:
            document = _project(part)
            if document is not None:
                if not self._contexts or self._contexts[-1] is not part.context:
                    self._contexts.append(part.context)
                place = [len(self._contexts) - 1, part.index, part.line]
                # Byte by byte: of a key that is there twice, all values are to be seen when it is read again.
                held = [place, _hub_of(document), part.raw.decode("latin-1")]
                self._pieces.add(f"{len(self._pieces):012d}", orjson.dumps(held))
                return True
        return False

    def remember(self, network: Network | None) -> None:
        """Keep what projects may know of a hub (`network_of`)."""
        if network is not None:
            self._networks.remember(*network)

    def released(self) -> Iterator[Part]:
        """The projects, in the order in which they came: asked for when every hub has been remembered."""
        for _, ((number, index, line), hub, text) in self._pieces:
            context = replace(self._contexts[number], hub=self._networks.find(hub))
            yield Piece(raw=text.encode("latin-1"), context=context, index=index, line=line)
        for project in self._hubs:
            found = self._networks.find(_hub_of(project.document))
            if found is not None and isinstance(project.document.get(HUB), Unknown):
                project.document[HUB] = found
            yield project


def network_of(hub: Hub) -> Network | None:
    """What projects may know of a hub; None for a project, and for a hub without an id."""
    document = hub.document
    own = identity(document)
    if not own or hub.ref.kind == "Project":
        return None
    properties = document.get("properties")
    kept: Any = properties
    if isinstance(properties, dict):
        network = properties.get("managedNetwork")
        if isinstance(network, dict):
            network = {key: value for key, value in network.items() if key != "outboundRules"}
        kept = {"managedNetwork": network, "provisionNetworkNow": properties.get("provisionNetworkNow")}
    return own, {"kind": document.get("kind"), "location": document.get("location"), "properties": kept}


class _Networks:
    """What is known of each hub by its id."""

    def __init__(self) -> None:
        self._shared: dict[bytes, Document] = {}
        self._by_id: dict[int, Any] = {}

    def remember(self, own: str, summary: Document) -> None:
        """Keep the network of a hub."""
        key = hash(own)
        with contextlib.suppress(TypeError):
            told = orjson.dumps(summary, default=_told, option=orjson.OPT_SORT_KEYS)
            summary = self._shared.setdefault(told, summary)
        self._by_id[key] = summary if self._by_id.get(key, summary) is summary else _TWICE

    def find(self, wanted: str) -> Any:
        """What is known of a hub by its id, None where it was not met."""
        return self._by_id.get(hash(wanted)) if wanted else None


def _told(value: Any) -> list[Any]:
    """What tells a value that is not known from others: what is open for one reason stays open for it.

    Raises `TypeError` for what is like no other.
    """
    if isinstance(value, Unknown) and not hasattr(value, "members"):
        known = value.parts if isinstance(value, Partial) else None
        return [type(value).__name__, value.reason, value.text, known]
    raise TypeError


def _hub_of(project: Document) -> str:
    """The id of a project's hub as ids are compared; empty where it names none."""
    properties = project.get("properties")
    return identity({"id": properties.get("hubResourceId")}) if isinstance(properties, dict) else ""


def _project(piece: Piece) -> Document | None:
    """The document of a piece that is a project; None for any other.

    So it is for what cannot be read, which `realise` will say.
    """
    document: Document | None = None
    try:
        # Hubs with projects come here, too: what is dear is asked of projects alone.
        for read in (json_text.load, twins.parse):
            found = read(piece.raw)
            document = found if piece.line is None else found["hub"]
            if not isinstance(document, dict) or not _is_project(document):
                return None
    except (BadJSON, KeyError, TypeError, Touched):
        return None
    return document


def _is_project(document: Document) -> bool:
    kind = document.get("kind")
    return (
        isinstance(kind, str)
        and folded(kind) == "project"
        and HUB not in document
        and _hub_of(document) != ""
    )
