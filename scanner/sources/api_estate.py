"""Joins the resources of one scan into hubs.

Azure answers for a workspace, its rules, its connections and its storage account in separate calls,
and people save each answer where they like.  What belongs together is found by id, never by file:

- a child (rule, connection, compute, endpoint, deployment) by the workspace in its id; where that is
  only a name, by the name, if one workspace has it;
- a lock, an assignment or a diagnostic setting by the scope in its id;
- a project by its ``hubResourceId``;
- any other resource where a text in the hub is its id, with what lies below that id.

Ids compare without case.  Where documents of one id contradict each other, each of them is judged.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import orjson

from scanner.model import Document, Gap, Hub
from scanner.sources import api_joins, api_snake
from scanner.sources.api_kinds import Kind, What, is_snake, kind_of
from scanner.sources.api_merge import complete, identity, mode, network
from scanner.sources.api_workspace import NOT_SAVED, Workspace
from scanner.sources.documents.members import RULES
from scanner.sources.normalise import normalise
from scanner.sources.parts import Context
from scanner.values import Unknown


@dataclass(frozen=True, slots=True)
class _Child:
    document: Document
    path: str
    kind: Kind
    alone: bool

    @property
    def home(self) -> str:
        """What its workspace is known by: an id, a name, or nothing but the file."""
        return self.kind.hub.lower() if self.kind.hub else f"file:{self.path}"


@dataclass(slots=True)
class Estate:
    """The resources of one scan, added in the order of the files.

    ``hubs_of`` counts the hubs by the file that each was first met in.
    """

    hubs_of: Counter[str] = field(default_factory=Counter)
    _workspaces: list[Workspace] = field(default_factory=list)
    _homes: dict[str, list[Workspace]] = field(default_factory=dict)
    _by_mode: dict[tuple[str, str | None], Workspace] = field(default_factory=dict)
    _children: list[_Child] = field(default_factory=list)
    _scoped: dict[str, list[tuple[str, Document]]] = field(default_factory=dict)
    _resources: dict[str, Document] = field(default_factory=dict)
    _subscriptions: dict[str, Document] = field(default_factory=dict)

    def add(self, document: Document, path: str, owner: str | None, *, alone: bool = False) -> None:
        """Take over one resource.  ``owner`` is its workspace, where only the file tells.

        ``alone`` says that the file holds nothing else, so that it does not show what others there are.
        """
        kind = kind_of(document)
        if kind.what is What.WORKSPACE:
            self._add_workspace(api_snake.workspace(document) if is_snake(document) else document, path)
        elif kind.what is What.CHILD:
            hub = kind.hub if kind.hub and "/" in kind.hub else owner or kind.hub
            self._children.append(_Child(api_snake.child(document), path, replace(kind, hub=hub), alone))
        elif kind.what is What.SCOPED:
            entry = (kind.collection, api_snake.resource(document))
            self._scoped.setdefault(kind.scope.lower(), []).append(entry)
        elif kind.what is What.SUBSCRIPTION:
            identifier = str(document["id"]).rstrip("/").rpartition("/")[2]
            self._subscriptions[identifier.lower()] = {**document, "subscriptionId": identifier}
        else:
            self._add_resource(api_snake.resource(document))

    def hubs(self, lacks: Mapping[str, tuple[Gap, ...]]) -> Iterator[Hub]:
        """Join everything, and give the hubs in the order in which they were first met.

        ``lacks`` are the gaps that they must know of (`scanner.sources.documents.told`).
        """
        self._add_names()
        self._add_stand_ins()
        self._attach_children()
        documents = [workspace.document for workspace in self._workspaces]
        if self._scoped:
            api_joins.attach_scoped(documents, self._scoped)
        api_joins.attach_projects(documents)
        if self._resources:
            api_joins.attach_resources(documents, self._resources)
        for workspace in self._workspaces:
            context = Context(path=workspace.path, subscriptions=self._subscriptions, gaps=lacks)
            document = workspace.document
            yield normalise(document, context, stand_in=workspace.stand_in, raw=_written(document))

    def _add_workspace(self, document: Document, path: str) -> None:
        key = identity(document)
        said = mode(network(document))
        earlier = self._homes.get(key, []) if key else []
        same = self._by_mode.get((key, said)) or self._by_mode.get((key, None))
        if earlier and (said is None or same):
            same = same or earlier[0]
            same.complete(document)
            self._by_mode[key, said] = same
            self._by_mode.pop((key, None), None)
            return
        workspace = self._register(Workspace(document, path))
        if key:
            self._homes.setdefault(key, []).append(workspace)
            self._by_mode[key, said] = workspace

    def _register(self, workspace: Workspace) -> Workspace:
        count = self.hubs_of[workspace.path]
        self.hubs_of[workspace.path] += 1
        workspace.stand_in = workspace.stand_in or f"{workspace.path}#hubs[{count}]"
        self._workspaces.append(workspace)
        return workspace

    def _add_resource(self, document: Document) -> None:
        key = identity(document)
        if key in self._resources:
            complete(self._resources[key], document)
        elif key:
            self._resources[key] = document

    def _add_names(self) -> None:
        """Make workspaces known by their bare name too, where no two ids share it."""
        ids: dict[str, set[str]] = {}
        for key in self._homes:
            ids.setdefault(key.rpartition("/")[2], set()).add(key)
        for name, keys in ids.items():
            if len(keys) == 1 and name:
                self._homes.setdefault(name, self._homes[next(iter(keys))])

    def _add_stand_ins(self) -> None:
        """Make a hub for rules and networks whose workspace nobody saved: they are to be judged too."""
        for child in self._children:
            if child.kind.collection not in (RULES, "managedNetworks") or child.home in self._homes:
                continue
            hub = child.kind.hub
            document: Document = {
                "kind": "Hub",
                "properties": Unknown(f"properties is not known: {NOT_SAVED}"),
            }
            if hub is not None:
                document["name"] = hub.rpartition("/")[2]
                if "/" in hub:
                    document["id"] = hub
            stand_in = child.path if hub is None else f"{child.path}#{hub}"
            self._homes[child.home] = [self._register(Workspace(document, child.path, stand_in))]

    def _attach_children(self) -> None:
        # Deployments go into endpoints, so endpoints come first.
        for child in sorted(self._children, key=lambda child: child.kind.collection == "deployments"):
            for index, workspace in enumerate(self._homes.get(child.home, ())):
                document = child.document if index == 0 else copy.deepcopy(child.document)
                workspace.add(child.kind.collection, document, alone=child.alone)
        for workspace in self._workspaces:
            workspace.settle()


def _written(document: Document) -> bytes | None:
    """The bytes of a hub that was put together, None where JSON does not hold it."""
    try:
        return orjson.dumps(document, default=lambda _: None)
    except TypeError:
        return None
