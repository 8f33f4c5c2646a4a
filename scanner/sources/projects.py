"""Gives each project the network of its hub, which is another document, perhaps of another file.

A project has no managed network of its own, so that a policy on projects needs its hub.  Projects are
held back until every file was read; of hubs only their networks are remembered, equal ones once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

import orjson

from scanner.model import Document, Hub
from scanner.sources.api_merge import identity
from scanner.sources.documents.spelling import folded
from scanner.sources.normalise import normalise
from scanner.sources.parts import Context, Part, Piece
from scanner.spool import Spool
from scanner.values import Unknown

HUB = "hubResource"
"""Where a project's document holds what is known of its hub."""

_TRACE = b"hubResourceId"
_TWICE = Unknown("the hub of the project is there more than once, and not the same")


def joined(parts: Iterable[Part]) -> Iterator[Part]:
    """The same parts, projects last, each with its hub where that is among them."""
    with _Projects() as projects:
        for part in parts:
            if not projects.hold(part):
                yield part
        yield from projects.released()


class _Projects:
    """The projects of a scan, until their hubs are known."""

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
        """Whether a part is a project, which is then held back; of a hub the network is remembered."""
        if isinstance(part, Hub):
            if part.ref.kind == "Project" and _hub_of(part.document):
                self._hubs.append(part)
                return True
            self._networks.remember(part.document)
        elif isinstance(part, Piece) and (document := _parsed(part)) is not None:
            if _is_project(part, document):
                if not self._contexts or self._contexts[-1] is not part.context:
                    self._contexts.append(part.context)
                place = [len(self._contexts) - 1, part.index, part.line]
                self._pieces.add(f"{len(self._pieces):012d}", orjson.dumps([place, document]))
                return True
            self._networks.remember(document if not document.get("gaps") else _read(document, part))
        return False

    def released(self) -> Iterator[Part]:
        """The projects, in the order in which they came."""
        for _, ((number, index, line), document) in self._pieces:
            raw = orjson.dumps(document if line is None else {"hub": document})
            context = replace(self._contexts[number], hub=self._networks.find(document))
            yield Piece(raw=raw, context=context, index=index, line=line)
        for project in self._hubs:
            found = self._networks.find(project.document)
            if found is not None and isinstance(project.document.get(HUB), Unknown):
                project.document[HUB] = found
            yield project


class _Networks:
    """What is known of each hub by its id."""

    def __init__(self) -> None:
        self._shared: dict[bytes, Document] = {}
        self._by_id: dict[int, Any] = {}

    def remember(self, document: Document) -> None:
        """Keep the network of a hub."""
        own = identity(document)
        if own:
            key, summary = hash(own), self._summary(document)
            self._by_id[key] = summary if self._by_id.get(key, summary) is summary else _TWICE

    def find(self, project: Document) -> Any:
        """The hub of a project, None where it was not met."""
        wanted = _hub_of(project)
        return self._by_id.get(hash(wanted)) if wanted else None

    def _summary(self, document: Document) -> Document:
        properties = document.get("properties")
        kept: Any = properties
        if isinstance(properties, dict):
            network = properties.get("managedNetwork")
            if isinstance(network, dict):
                network = {key: value for key, value in network.items() if key != "outboundRules"}
            kept = {"managedNetwork": network, "provisionNetworkNow": properties.get("provisionNetworkNow")}
        summary = {"kind": document.get("kind"), "location": document.get("location"), "properties": kept}
        try:
            return self._shared.setdefault(orjson.dumps(summary, option=orjson.OPT_SORT_KEYS), summary)
        except TypeError:
            return summary


def _hub_of(project: Document) -> str:
    """The id of a project's hub as ids are compared; empty where it names none."""
    properties = project.get("properties")
    return identity({"id": properties.get("hubResourceId")}) if isinstance(properties, dict) else ""


def _parsed(piece: Piece) -> Document | None:
    """The document of a piece; None where it cannot be read, which `realise` will say."""
    try:
        document = orjson.loads(piece.raw)
        document = document if piece.line is None else document["hub"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return document if isinstance(document, dict) else None


def _is_project(piece: Piece, document: Document) -> bool:
    kind = document.get("kind")
    return (
        _TRACE in piece.raw
        and isinstance(kind, str)
        and folded(kind) == "project"
        and HUB not in document
        and _hub_of(document) != ""
    )


def _read(document: Document, piece: Piece) -> Document:
    """A hub of which something could not be read, with that in the place of what is missing."""
    return normalise(document, piece.context, stand_in=piece.stand_in).document
