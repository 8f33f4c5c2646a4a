"""The joins that go beyond one workspace: what is set on scopes, projects, and other resources."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.model import Document
from scanner.sources.api_merge import identity, members_of
from scanner.sources.documents.spelling import folded

Scoped = Mapping[str, Sequence[tuple[str, Document]]]
"""By scope in lower case: pairs of the collection and the lock, assignment or setting."""


def attach_scoped(workspaces: Sequence[Document], scoped: Scoped) -> None:
    """Put locks, assignments and diagnostic settings into the workspaces that they hold for.

    They are inherited: from the resource group, the subscription and the tenant.  Whether they are
    inherited from a management group is known only where the whole scan is of one subscription; else
    a gap says that it is not.  A diagnostic setting is inherited by nobody.
    """
    subscriptions = {tuple(identity(document).split("/")[:3]) for document in workspaces} - {("",)}
    groups = [scope for scope in scoped if "/managementgroups/" in scope]
    for document in workspaces:
        own = identity(document)
        if not own:
            continue
        above = ["", *_ancestors(own)]
        if len(subscriptions) == 1:
            above += groups
        elif groups:
            _doubt(document, {collection for scope in groups for collection, _ in scoped[scope]})
        for scope in above:
            for collection, item in scoped.get(scope, ()):
                if collection != "diagnosticSettings" or scope == own:
                    members_of(document, collection).append(item)


def attach_projects(workspaces: Sequence[Document]) -> None:
    """List each project, as it was read, in its hub."""
    hubs: dict[str, list[Document]] = {}
    for document in workspaces:
        hubs.setdefault(identity(document), []).append(document)
    found = []
    for document in workspaces:
        properties = document.get("properties")
        hub = properties.get("hubResourceId") if isinstance(properties, dict) else None
        if isinstance(hub, str) and folded(str(document.get("kind"))) == "project":
            found.append((hub.strip().rstrip("/").lower(), copy.deepcopy(document)))
    for key, project in found:
        for hub_document in hubs.get(key, ()):
            members_of(hub_document, "projects").append(project)


def attach_resources(workspaces: Sequence[Document], resources: Mapping[str, Document]) -> None:
    """Put into each workspace the resources whose id it says anywhere, with what lies below those ids."""
    below: dict[str, list[str]] = {}
    for key in resources:
        for ancestor in _ancestors(key):
            if ancestor != key:
                below.setdefault(ancestor, []).append(key)
    for document in workspaces:
        own = identity(document)
        wanted: dict[str, None] = {}
        for text in _texts(document):
            key = text.strip().rstrip("/").lower()
            if key and key != own:
                wanted.update(dict.fromkeys([*([key] if key in resources else []), *below.get(key, ())]))
        members_of(document, "resources").extend(resources[key] for key in resources if key in wanted)


_DEEPEST = 24
"""More slashes than any id has that lies below another."""


def _ancestors(identifier: str) -> Iterator[str]:
    """The ids that an id lies below, and the id itself: subscription, resource group, resource, children."""
    segments = identifier.split("/", _DEEPEST)
    yield from ("/".join(segments[:end]) for end in (3, 5) if end < len(segments))
    yield from ("/".join(segments[:end]) for end in range(9, len(segments) + 1, 2))


def _texts(document: Document) -> Iterator[str]:
    """Every text in a document that may be an id."""
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        for value in node.values() if isinstance(node, dict) else node:
            if isinstance(value, str):
                if value.startswith("/"):
                    yield value
            elif isinstance(value, (dict, list)):
                waiting.append(value)


def _doubt(document: Document, collections: set[str]) -> None:
    if isinstance(document.get("gaps"), dict):
        document["gaps"] = [document["gaps"]]
    members_of(document, "gaps").extend(
        {
            "subject": collection,
            "reason": "unresolved",
            "code": "scope",
            "detail": "which subscriptions a management group holds is not among the files",
        }
        for collection in sorted(collections)
    )
