"""What a hub names by id: the resources that code declares for it, and gaps for those it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from scanner.model import Gap
from scanner.sources.code.ids import identity, is_resource, names_any
from scanner.sources.code.index import Index
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Text, is_closed, written
from scanner.sources.code.workspace import Workspace
from scanner.values import OpenList, Unknown

_PREFIX = "/subscriptions/"

_ROLES = "/providers/microsoft.authorization/roledefinitions/"
"""In ids of roles: most are Azure's own, which no code declares."""


def resolve(workspace: Workspace, index: Index, hub: str) -> None:
    """Put what the code declares of what the hub names into its resources, and say what it does not.

    An id of a declared resource is written as a text although it is open in part: with names in braces.
    The resource goes by the id that the hub names it by, which may leave the scope open.  The private
    endpoints that lead to the hub are among its resources, too.  ``hub`` is what gaps call it.
    """
    own = identity(workspace.resource.id) or ""
    wanted: dict[str, tuple[str, Sequence[Resource]]] = {}
    missing: dict[str, str] = {}
    for holder, key, text in _ids(workspace):
        name = text.strip().rstrip("/").lower()
        found = []
        if name != own and is_resource(name):
            found = _declared(text, name, index, workspace.resource.deployment)
            wanted.update((shown.lower(), (shown, resources)) for shown, resources in found)
        if name == own or found:
            holder[key] = text
        elif is_resource(name) and (isinstance(holder[key], str) or is_closed(name)):
            holder[key] = text
            missing.setdefault(name, text)
    for text, resources in wanted.values():
        sure = len({resource.deployment for resource in resources}) == 1
        for resource in resources:
            workspace.add("resources", resource, identifier=text, sure=sure)
    for endpoint in index.endpoints(own, workspace.resource.deployment):
        workspace.add("resources", endpoint)
    for name, text in missing.items():
        if _ROLES not in name and not (own and name.startswith(f"{own}/")):
            workspace.gaps.append(_gap(text, hub))


def _declared(text: str, name: str, index: Index, deployment: str) -> list[tuple[str, Sequence[Resource]]]:
    """The resources that are declared for an id and below it, by the ids that the hub's words give them."""
    declared, resources = index.find(name, deployment)
    if not resources:
        return []
    stem = text.strip().rstrip("/")
    below = index.below(declared, deployment)
    return [(stem, resources), *((stem + child[len(declared) :], more) for child, more in below)]


def _gap(identifier: str, hub: str) -> Gap:
    detail = "the code that was read does not declare it"
    return Gap(subject=identifier, reason="unresolved", code="not-in-code", detail=detail, hub=hub)


def _ids(workspace: Workspace) -> list[tuple[Any, Any, str]]:
    """Every text of a hub that may be an id: what holds it, its key there, and the text.

    Runs for each hub, so types are asked the fast way.
    """
    found: list[tuple[Any, Any, str]] = []
    if workspace.plain:
        return found
    waiting: list[Any] = [workspace.document, *workspace.members()]
    if not _may_name_any(waiting):
        return found
    while waiting:
        node = waiting.pop()
        for key, value in _entries(node):
            kind = type(value)
            if kind is str:
                if value[:1] == "/" and key != "id":
                    found.append((node, key, value))
            elif kind is dict or kind is list or isinstance(value, OpenList):
                waiting.append(value)
            elif kind is Text and key != "id" and value.written.lower().startswith(_PREFIX):
                found.append((node, key, value.written))
    return found


def _may_name_any(documents: list[Any]) -> bool:
    """Whether some text in documents may begin as an id does: told without looking at each value."""
    try:
        text = orjson.dumps(documents, default=_as_text)
    except TypeError:
        return True
    return names_any(text)


def _as_text(value: Any) -> Any:
    if isinstance(value, OpenList):
        return [inner for inner, _ in value.members]
    return written(value) if isinstance(value, Unknown) else str(value)


def _entries(node: Any) -> Iterable[tuple[Any, Any]]:
    if type(node) is dict:
        return node.items()
    # What a member is may not be known, or be no object at all.
    listed = [value for value, _ in node.members] if isinstance(node, OpenList) else node
    return enumerate(listed) if type(listed) is list else ()
