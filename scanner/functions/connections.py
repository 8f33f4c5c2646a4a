"""Connections of a hub to other resources, and everything that a hub is linked to."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.ids import arm_id, arm_type, normal
from scanner.functions.memory import per_hub
from scanner.functions.registry import function
from scanner.functions.targets import by_type, endpoint_rules
from scanner.reference import Reference, current
from scanner.values import OpenList, Partial, Touched, Unknown

_SEGMENTS = 9
"""Pieces of the id of a top-level resource between its slashes."""

RESOURCE_KEYS = ("resourceid",)
"""Under which keys of its metadata a connection names its resource."""
_DEPENDENCIES = ("storageAccount", "keyVault", "containerRegistry")


@function("string", returns="object|null")
def connection_kind(category: str) -> Any:
    """What the table private-endpoint-targets says of a category of connections, or null.

    ``type`` and ``aliases`` are the types that the target of such a connection has, ``groupIds`` the
    subresources that its private endpoints need, none where managed networks make none. Case,
    underscores and hyphens do not count. A category that the table has not is no Azure resource's.

    connection_kind("OpenAI") -> null
    """
    return _kinds(current()).get(_plain(category))


def _plain(category: str) -> str:
    return category.strip().lower().replace("_", "").replace("-", "")


@functools.lru_cache(maxsize=8)
def _kinds(reference: Reference) -> Mapping[str, Any]:
    table = reference.table("private-endpoint-targets")["connections"]
    found: dict[str, Any] = {}
    for entry in (*table["entries"], *table["withoutEndpoint"]):
        categories = entry.get("categories") if isinstance(entry, Mapping) else None
        for name in categories if isinstance(categories, list) else ():
            if isinstance(name, str):
                found.setdefault(_plain(name), entry)
    return found


@function("object", "array", returns="string|null", partials=True)
def connection_id(connection: Any, keys: Any) -> Any:
    """The ARM id of the resource that a connection names, or null where it names none.

    It stands in the metadata, under one of the keys in any case, or in the target. Where neither is a
    well-formed id, the answer is what stands under the key. A part of an id that is not known stands for
    a name, or for the scope that the id begins with.

    connection_id({"properties": {"target": "https://a.search.windows.net",
      "metadata": {"ResourceId": "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d"}}},
      ["resourceid"]) -> "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d"
    connection_id({"properties": {"target": "https://a.search.windows.net"}}, ["resourceid"]) -> null
    """
    try:
        return connection_target(connection, keys)
    except Touched as touched:
        if isinstance(touched.unknown, Partial) and arm_id(touched.unknown) is not None:
            return touched.unknown
        raise


def connection_target(connection: Any, keys: Any) -> str | None:
    """The same where all of the id is known; Touched where a part of it is not."""
    candidates = list(_candidates(known(connection), known(keys)))
    for value in candidates:
        if isinstance(value, str) and arm_id(value) is not None:
            return value
    for value in candidates:
        if isinstance(value, Unknown):
            raise Touched(value)
    return next((value for value in candidates if isinstance(value, str)), None)


def _candidates(connection: Any, keys: Any) -> Iterator[Any]:
    """What stands where a connection says its resource: texts, and what is not known."""
    metadata = peek(connection, "properties", "metadata")
    wanted = {key.lower() for key in keys if isinstance(key, str)}
    if isinstance(metadata, Unknown):
        yield metadata
    elif isinstance(metadata, dict):
        for key, value in metadata.items():
            if key.lower() not in wanted or value is None or (isinstance(value, str) and not value):
                continue
            yield value if isinstance(value, (str, Unknown)) else _odd(key, value)
    elif metadata is not None:
        yield _odd("metadata", metadata)
    target = peek(connection, "properties", "target")
    if isinstance(target, Partial):
        if not target.prefix or target.prefix.startswith("/"):
            yield target
    elif isinstance(target, Unknown) or (isinstance(target, str) and target.startswith("/")):
        yield target


def _odd(name: str, value: Any) -> Unknown:
    return Unknown(f"{name} is {described(value)}")


@function("object", "array", returns="array", partials=True)
def connected_resources(hub: Any, keys: Any) -> Any:
    """The resources with private endpoints that the connections of a hub and its projects lead to.

    One object for each resource and set of ``subresources`` that the category asks for, under the name
    of the first such connection by alphabet: ``name``, ``category``, ``type`` and ``id``, that of the
    resource itself where the connection names a child. ``subresources`` is empty where the category does
    not tell. What names no well-formed id is left out; an id that is not known stays. Projects count as
    far as they were read.

    connected_resources({"connections": []}, ["resourceid"]) -> []
    """
    return _connected(known(hub), tuple(key for key in known(keys) if isinstance(key, str)))


@per_hub
def _connected(hub: dict[str, Any], keys: tuple[str, ...]) -> Any:
    found: dict[Any, Any] = {}
    for connection in _connections(hub):
        try:
            item = _connected_item(connection, keys)
        except Touched as touched:
            item = {"name": peek(connection, "name"), "id": touched.unknown, "subresources": []}
            found[id(connection)] = item
            continue
        if item is not None:
            same = found.setdefault((normal(item["id"]), *item["subresources"]), item)
            if _by_name(item) < _by_name(same):
                same.update(item)
    listed = known_list(hub, "connections")
    if isinstance(listed, OpenList):
        return OpenList(tuple((item, False) for item in found.values()), listed.reason)
    return list(found.values())


def _by_name(member: Any) -> str:
    """What members are put in order by: of several that say the same one stands for all, in any order."""
    name = peek(member, "name")
    return name.lower() if isinstance(name, str) else ""


def _connected_item(connection: Any, keys: tuple[str, ...]) -> dict[str, Any] | None:
    body = peek(connection, "properties")
    if not isinstance(body, (dict, Unknown)):
        raise Touched(_odd("properties", body))
    identifier = connection_target(connection, list(keys))
    if identifier is None or arm_id(identifier) is None:
        return None
    top = "/".join(identifier.split("/")[:_SEGMENTS])
    kind = arm_type(top)
    entry = by_type(kind)
    if entry is None:
        return None
    category = known(peek(connection, "properties", "category"))
    wanted = connection_kind(category) if isinstance(category, str) else None
    groups = wanted["groupIds"] if wanted is not None and kind in kinds_of(wanted) else ()
    return {
        "name": peek(connection, "name"),
        "category": category,
        "type": kind,
        "id": top,
        "subresources": list(groups),
    }


def kinds_of(entry: Mapping[str, Any]) -> set[str]:
    """The types of an entry of a table, aliases included, in lower case."""
    aliases = entry.get("aliases")
    names = (entry.get("type"), *(aliases if isinstance(aliases, list) else ()))
    return {name.lower() for name in names if isinstance(name, str)}


def known_list(document: Any, name: str) -> Any:
    """A collection as it is: a list or an `OpenList`; Touched for anything else."""
    value = peek(document, name)
    if isinstance(value, OpenList):
        return value
    if isinstance(known(value), list):
        return value
    reason = "was not collected" if value is None else f"is {described(value)}"
    raise Touched(Unknown(f"{name} {reason}"))


def _connections(hub: dict[str, Any]) -> Iterator[Any]:
    """The connections of a hub, and those of its projects as far as they were read."""
    own = known_list(hub, "connections")
    yield from (member for member, _ in own.members) if isinstance(own, OpenList) else own
    projects = peek(hub, "projects")
    for project in projects if isinstance(projects, list) else ():
        theirs = peek(project, "connections")
        yield from theirs if isinstance(theirs, list) else ()


@function("object", returns="array", partials=True)
def linked_resources(hub: Any) -> Any:
    """The resources that a hub's private endpoint rules lead to, that it depends on or is connected to.

    One object for each: ``name`` is the rule's, else the property of the hub (storageAccount, keyVault,
    containerRegistry), else the connection's; ``id`` is the ARM id; ``key`` tells the three apart. The
    hub itself is left out. Connections count as far as they were read.

    linked_resources({"outboundRules": [], "properties": {"keyVault": "/x/kv1"}})
      -> [{"name": "keyVault", "id": "/x/kv1", "key": "dependency"}]
    """
    return _linked(known(hub))


@per_hub
def _linked(hub: dict[str, Any]) -> Any:
    own = peek(hub, "id")
    seen = {normal(own)} if isinstance(own, str) else set()
    kept: list[tuple[Any, bool]] = []
    reason = ""
    for name, identifier, key, doubt in _links(hub):
        if isinstance(identifier, str):
            if not identifier or normal(identifier) in seen:
                continue
            if doubt is None:
                seen.add(normal(identifier))
        reason = reason or (doubt.reason if doubt is not None else "")
        kept.append(({"name": name, "id": identifier, "key": key}, doubt is None))
    return OpenList(tuple(kept), reason) if reason else [item for item, _ in kept]


def _links(hub: dict[str, Any]) -> Iterator[tuple[Any, Any, str | None, Unknown | None]]:
    """Name, id, origin and doubt of each link of a hub."""
    for rule, doubt, _ in sorted(endpoint_rules(hub), key=lambda entry: _by_name(entry[0])):
        yield peek(rule, "name"), peek(rule, "properties", "destination", "serviceResourceId"), None, doubt
    for name in _DEPENDENCIES:
        identifier = peek(hub, "properties", name)
        if identifier is not None:
            yield name, identifier, "dependency", None
    if isinstance(peek(hub, "connections"), list):
        for connection in sorted(_connections(hub), key=_by_name):
            try:
                identifier = connection_target(connection, list(RESOURCE_KEYS))
            except Touched as touched:
                identifier = touched.unknown
            if isinstance(identifier, Unknown) or (identifier and arm_id(identifier)):
                yield peek(connection, "name"), identifier, "connection", None
