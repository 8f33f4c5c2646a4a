"""Finds declared resources by id: in the deployment that asks, then in the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scanner.sources.code.ids import ancestors, identity, may_be_same
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import is_closed

_ENDPOINT = "microsoft.network/privateendpoints"
_Entries = dict[str, list[Resource]]


class Index:
    """What code declares, by id.  What it only refers to is not in it."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._own: dict[str, _Entries] = {}
        self._shared: _Entries = {}
        self._named: dict[str, dict[str, None]] = {}
        self._endpoints: dict[tuple[str, str], list[Resource]] = {}
        self._below: dict[tuple[str | None, str], list[str]] = {}
        self._waiting = [resource for resource in resources if not resource.exists]
        for resource in self._waiting:
            if resource.type.lower() == _ENDPOINT and identity(resource.id) is not None:
                for target in _targets(resource.document.get("properties")):
                    self._endpoints.setdefault((resource.deployment, target), []).append(resource)

    def find(self, key: str, deployment: str) -> tuple[str, Sequence[Resource]]:
        """The resources of an id, and the id they are declared by; none where no code declares it.

        An id that says all but its scope is looked for in other deployments, too; then one that can be
        told to be another only by a scope that is open, where there is a single one of that name.
        """
        self._complete()
        own = self._own.get(deployment, {})
        if key in own:
            return key, own[key]
        closed = is_closed(key)
        if closed and key in self._shared:
            return key, self._shared[key]
        alike = [
            other
            for other in self._named.get(_named(key), ())
            if (other in own or (closed and other in self._shared)) and may_be_same(key, other)
        ]
        if len(alike) != 1:
            return key, ()
        return alike[0], own.get(alike[0]) or self._shared[alike[0]]

    def endpoints(self, key: str, deployment: str) -> Sequence[Resource]:
        """The private endpoints of a deployment that lead to the resource of an id."""
        return self._endpoints.get((deployment, key), ())

    def below(self, key: str, deployment: str) -> Iterator[tuple[str, Sequence[Resource]]]:
        """The resources that are declared below an id."""
        self._complete()
        for child in self._below.get((deployment, key), ()):
            yield child, self._own[deployment][child]
        if is_closed(key):
            for child in self._below.get((None, key), ()):
                if child not in self._own.get(deployment, {}):
                    yield child, self._shared[child]

    def _complete(self) -> None:
        """Take in what is declared, once somebody looks for it: many hubs name nothing."""
        waiting, self._waiting = self._waiting, []
        for resource in waiting:
            key = identity(resource.id)
            if key is not None:
                self._add(key, resource)

    def _add(self, key: str, resource: Resource) -> None:
        entries = self._own.setdefault(resource.deployment, {})
        first = key not in entries
        entries.setdefault(key, []).append(resource)
        self._named.setdefault(_named(key), {})[key] = None
        shared = is_closed(key)
        new = shared and key not in self._shared
        if shared:
            self._shared.setdefault(key, []).append(resource)
        for ancestor in ancestors(key):
            if ancestor != key and ancestor.count("/") >= 8:
                if first:
                    self._below.setdefault((resource.deployment, ancestor), []).append(key)
                if new:
                    self._below.setdefault((None, ancestor), []).append(key)


def _targets(properties: Any) -> Iterator[str]:
    """The ids that a private endpoint leads to."""
    for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        connections = properties.get(name) if isinstance(properties, dict) else None
        for connection in connections if isinstance(connections, list) else ():
            inner = connection.get("properties") if isinstance(connection, dict) else None
            target = identity(inner.get("privateLinkServiceId")) if isinstance(inner, dict) else None
            if target is not None:
                yield target


def _named(key: str) -> str:
    """What an id says below the resource group."""
    return key.split("/", 5)[-1]
