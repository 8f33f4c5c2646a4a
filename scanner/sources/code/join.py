"""Joins the resources that code declares into hubs.

What belongs together is found by id, first within one deployment and then in the others of the scan:

- a child (rule, network, connection, compute, endpoint, deployment) by the workspace in its id, else by
  a workspace it depends on;
- a lock, an assignment or a diagnostic setting by the scope in its id;
- a project by its ``hubResourceId``, which then knows the network of that hub;
- any other resource where the hub names its id, with what is declared below that id.

What belongs to a hub that nobody can tell may belong to every hub of its deployment.  A resource that a
hub names and no code declares is a gap of that reference, and not of the hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from scanner.model import Hub
from scanner.sources.code import references
from scanner.sources.code.ids import WORKSPACE, group_of, identity, is_anyones, is_resource, parent, scope_of
from scanner.sources.code.index import Index
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import is_closed, last_segment, written
from scanner.sources.code.workspace import Workspace
from scanner.sources.documents.members import RULES
from scanner.sources.files.stable import stable
from scanner.sources.normalise import of_code
from scanner.sources.projects import HUB, network_of
from scanner.values import Unknown

_NETWORK = "managedNetworks"
_DEPLOYMENTS = "deployments"
_CONNECTED = "privateEndpointConnections"

_CHILDREN = {
    "outboundrules": (RULES, 1),
    "managednetworks": (_NETWORK, 1),
    "managednetworks/outboundrules": (RULES, 2),
    "connections": ("connections", 1),
    "linkedworkspaces": ("connections", 1),
    "computes": ("computes", 1),
    "onlineendpoints": ("onlineEndpoints", 1),
    "onlineendpoints/deployments": (_DEPLOYMENTS, 2),
    "privateendpointconnections": (_CONNECTED, 1),
}
"""By the type below the workspace: where it belongs, and how many levels below it stands."""

_MAKES_A_HUB = (RULES, _NETWORK)
"""Children that are judged although the workspace itself is not in the code."""


def join(resources: Iterable[Resource]) -> Iterator[Hub]:
    """The hubs, and other workspaces, that some resources make, as they were met, projects of them last."""
    return _Join(list(resources)).hubs()


class _Join:
    def __init__(self, resources: list[Resource]) -> None:
        self._resources = resources
        self._index = Index(resources)
        self._workspaces: list[Workspace] = []
        self._homes: dict[tuple[str, str], list[Workspace]] = {}
        self._in: dict[str, list[Workspace]] = {}
        self._everywhere: dict[str, list[Workspace]] = {}
        self._grouped: dict[str, list[Workspace]] = {}
        self._hubs_of: dict[int, int] = {}

    def hubs(self) -> Iterator[Hub]:
        children: list[tuple[Resource, str, int]] = []
        scoped: list[tuple[Resource, str, str]] = []
        for resource in self._resources:
            if resource.exists:
                continue
            kind = resource.type.lower()
            if kind == WORKSPACE:
                self._register(Workspace(resource), identity(resource.id))
            elif kind.startswith(f"{WORKSPACE}/") and (found := _CHILDREN.get(kind[len(WORKSPACE) + 1 :])):
                children.append((resource, *found))
            elif (key := identity(resource.id)) and (place := scope_of(key)):
                scoped.append((resource, *place))
        # Deployments go into endpoints, so endpoints come first.
        for child in sorted(children, key=lambda child: child[1] == _DEPLOYMENTS):
            self._attach(*child)
        for one in scoped:
            self._attach_scoped(*one)
        self._attach_projects()
        # What a hub was made of goes as soon as it was judged, and the next one takes its memory.
        for homes in (self._homes, self._in, self._everywhere, self._grouped):
            homes.clear()
        yield from self._finished()

    def _finished(self) -> Iterator[Hub]:
        """All workspaces, those last whose hub is one of them: they know its network by then."""
        names: dict[str, int] = {}
        wanted = set(self._hubs_of.values())
        networks: dict[int, Any] = {}
        projects: list[tuple[Hub, int]] = []
        self._workspaces.reverse()
        while self._workspaces:
            workspace = self._workspaces.pop()
            hub, own = self._hub(workspace, names), self._hubs_of.get(id(workspace))
            if id(workspace) in wanted and (network := network_of(hub)) is not None:
                networks[id(workspace)] = network[1]
            if own is None:
                yield hub
            else:
                projects.append((hub, own))
        for project, own in projects:
            if own in networks:
                project.document[HUB] = networks[own]
            yield project

    def _register(self, workspace: Workspace, key: str | None) -> Workspace:
        deployment = workspace.resource.deployment
        self._workspaces.append(workspace)
        self._in.setdefault(deployment, []).append(workspace)
        if key is not None:
            self._homes.setdefault((deployment, key), []).append(workspace)
            if is_closed(key):
                self._everywhere.setdefault(key, []).append(workspace)
                if (group := group_of(key)) is not None:
                    self._grouped.setdefault(group, []).append(workspace)
        return workspace

    def _attach(self, child: Resource, collection: str, levels: int) -> None:
        key = identity(child.id)
        home = parent(key, levels) if key is not None else None
        workspaces = self._find(home, child)
        if workspaces:
            for workspace in workspaces:
                _add(workspace, collection, child, key)
        elif collection in _MAKES_A_HUB:
            self._attach_astray(child, collection, home, levels)
        elif home is None or is_anyones(home):
            self._attach_to_all(child, collection)

    def _find(self, home: str | None, child: Resource) -> list[Workspace]:
        """The workspaces of an id, else those that the child says it depends on."""
        for key in (home, *child.references):
            if key is None:
                continue
            found = self._at(key.rstrip("/").lower(), child.deployment)
            if found:
                return found
        return []

    def _at(self, key: str, deployment: str) -> list[Workspace]:
        own = self._homes.get((deployment, key))
        if own:
            return own
        if is_closed(key) and key in self._everywhere:
            return self._everywhere[key]
        declared, resources = self._index.find(key, deployment)
        return [
            workspace
            for holder in dict.fromkeys(resource.deployment for resource in resources)
            for workspace in self._homes.get((holder, declared), ())
        ]

    def _attach_astray(self, child: Resource, collection: str, home: str | None, levels: int) -> None:
        """A rule or network whose workspace is not declared, or is anyone's guess."""
        name = _above(child, levels)
        candidates = self._in.get(child.deployment, ()) if name is None else ()
        if candidates:
            self._attach_to_all(child, collection)
            return
        document = {"type": WORKSPACE, "kind": "Hub", "name": name or "(not known)"}
        own = home or f"{child.deployment}#{name}"
        identifier = parent(written(child.id) or "", levels) if home else None
        stand_in = replace(
            child, type=WORKSPACE, name=document["name"], id=identifier, document=document, exists=True
        )
        workspace = self._register(Workspace(stand_in, declared=False), own)
        _add(workspace, collection, child, identity(child.id))

    def _attach_to_all(self, child: Resource, collection: str) -> None:
        """What may belong to any workspace of its deployment."""
        for workspace in self._in.get(child.deployment, ()):
            _add(workspace, collection, replace(child, certain=False, guards=None), identity(child.id))

    def _attach_scoped(self, resource: Resource, collection: str, scope: str) -> None:
        """A lock or an assignment holds for what lies below its scope; a diagnostic setting does not.

        Groups of one name in two deployments may be two, of two subscriptions.
        """
        for workspace in self._at(scope, resource.deployment):
            workspace.add(collection, resource)
        if is_anyones(scope):
            self._attach_to_all(resource, collection)
        if collection == "diagnosticSettings" or is_resource(scope):
            return
        for workspace in self._in.get(resource.deployment, ()):
            key = identity(workspace.resource.id)
            if key is not None and key.startswith(f"{scope}/"):
                workspace.add(collection, resource)
        for workspace in self._grouped.get(scope, ()):
            if workspace.resource.deployment != resource.deployment:
                workspace.add(collection, resource, sure=False)

    def _attach_projects(self) -> None:
        for workspace in self._workspaces:
            properties = workspace.resource.document.get("properties")
            named = properties.get("hubResourceId") if isinstance(properties, dict) else None
            key = identity(named) if named is not None else None
            if key is not None:
                hubs = [hub for hub in self._at(key, workspace.resource.deployment) if hub is not workspace]
                for hub in hubs:
                    hub.add("projects", workspace.resource)
                if len(hubs) == 1:
                    self._hubs_of[id(workspace)] = id(hubs[0])

    def _hub(self, workspace: Workspace, names: dict[str, int]) -> Hub:
        resource = workspace.resource
        name = _display(resource)
        where = f"{stable(resource.deployment)}#{name}"
        folded = where.lower()
        names[folded] = count = names.get(folded, 0) + 1
        if count > 1:
            where += f"~{count}"
        references.resolve(workspace, self._index, where)
        document = workspace.finish()
        identifier = written(resource.id)
        document["name"] = name
        if identifier is not None:
            document["id"] = identifier
        return of_code(
            document,
            hub_id=where,
            path=resource.place.path,
            places=workspace.ledger,
            others=(*workspace.open_kind(where), *workspace.gaps),
            plain=workspace.plain,
        )


def _add(workspace: Workspace, collection: str, child: Resource, key: str | None) -> None:
    if collection == _NETWORK:
        workspace.add_network(child)
    elif collection == _DEPLOYMENTS:
        endpoint = parent(key, 1) if key is not None else None
        workspace.add_deployment(None if endpoint is None or is_anyones(endpoint) else endpoint, child)
    elif collection == _CONNECTED:
        workspace.add_connection(child)
    elif collection == "onlineEndpoints":
        workspace.add_endpoint(key, child)
    else:
        workspace.add(collection, child)


def _above(child: Resource, levels: int) -> str | None:
    """The name of the workspace in the name of its child; None where it cannot be told."""
    name = written(child.name)
    if name is None or name.count("/") != levels:
        return None
    return name.split("/", 1)[0]


def _display(resource: Resource) -> str:
    """What findings call a workspace: its name, with what is open in it in braces."""
    name = last_segment(resource.name)
    shown = written(name)
    if shown:
        return shown
    return (name.text if isinstance(name, Unknown) else None) or "(not known)"
