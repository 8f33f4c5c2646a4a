"""Roles that the identity of a hub has on other resources."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from scanner.functions.connections import known_list
from scanner.functions.documents import known, peek
from scanner.functions.doubts import first
from scanner.functions.ids import arm_id, normal
from scanner.functions.memory import per_hub
from scanner.functions.registry import function
from scanner.functions.resources import identified, known_resource, read_in_full
from scanner.reference import Reference, current
from scanner.values import OpenList, Unknown

Assigned = tuple[dict[str, Any], Unknown | None]
"""A role with where it is assigned, and why it may not be the hub's."""

_FIELDS = ("scope", "principalId", "roleDefinitionId", "principalType")
_MANAGEMENT_GROUPS = "/providers/microsoft.management/managementgroups/"
_DEFINITION = "microsoft.authorization/roledefinitions"


@function("object", "string", returns="array", partials=True)
def assigned_roles(hub: Any, identifier: Any) -> Any:
    """The roles that the identity of a hub has on a resource, assigned there or on a scope above.

    One object for each assignment: ``role`` is the id of the role in lower case, ``scope`` where it is
    assigned, and ``permissions`` what the role permits, as role definitions have it: from the table
    built-in-roles, or from the definitions in hub.roleDefinitions and hub.resources; not known for any
    other role. The identity is the primary user-assigned one where the hub names one, else the
    system-assigned one. The list is open where assignments could not be read, and where one may count:
    to a group, or on a management group for a resource outside of the hub's own subscription.

    assigned_roles({"identity": {"principalId": "p"}, "roleAssignments": []}, "/subscriptions/1") -> []
    """
    document = known(hub)
    wanted = normal(known(identifier))
    by_scope, above, unread = _assignments(document)
    found = _assigned(by_scope, wanted)
    if above:
        doubt = None if _is_home(document, wanted) else Unknown("what a management group holds is not known")
        found += [(role, first(own, doubt)) for role, own in above]
    reason = next((own.reason for _, own in found if own is not None), None)
    members: list[tuple[Any, bool]] = [(role, own is None) for role, own in found]
    if unread is not None:
        members.append((unread, False))
        reason = reason or unread.reason
    return [role for role, _ in members] if reason is None else OpenList(tuple(members), reason)


def _assigned(by_scope: Mapping[str, list[Assigned]], identifier: str) -> list[Assigned]:
    """What is assigned on an id and on every scope above it, that of the root last."""
    scopes = [scope for scope in by_scope if identifier.startswith(scope)]
    above = [scope for scope in scopes if identifier[len(scope) : len(scope) + 1] in ("", "/") or not scope]
    return [entry for scope in sorted(above, key=len, reverse=True) for entry in by_scope[scope]]


def _is_home(hub: dict[str, Any], identifier: str) -> bool:
    own, other = arm_id(str(peek(hub, "id") or "")), arm_id(identifier)
    return bool(
        own and other and own["subscriptionId"] and _same(own["subscriptionId"], other["subscriptionId"])
    )


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower()


@per_hub
def _assignments(
    hub: dict[str, Any],
) -> tuple[dict[str, list[Assigned]], list[Assigned], Unknown | None]:
    """The roles of the hub's identity by scope, those of management groups, and why some may be missing."""
    principal = _principal(hub)
    listed = known_list(hub, "roleAssignments")
    unread = Unknown(listed.reason) if isinstance(listed, OpenList) else None
    if not read_in_full(hub, "roleAssignments"):
        unread = first(unread, Unknown("roleAssignments could not be read in full"))
    members = [member for member, _ in listed.members] if isinstance(listed, OpenList) else listed
    found: dict[str, list[Assigned]] = {}
    above: list[Assigned] = []
    for member in members:
        scope, holder, definition, kind = _values(member)
        if not isinstance(scope, str) or not isinstance(definition, str):
            unread = first(unread, Unknown("a role assignment does not tell its scope or its role"))
            continue
        doubt = next((value for value in (holder, kind) if isinstance(value, Unknown)), None)
        if doubt is None and _same(kind, "group"):
            doubt = Unknown("whether the hub is in a group is not known")
        if doubt is None and not _same(holder, principal):
            continue
        role = normal(definition).rpartition("/")[2]
        entry = {"role": role, "scope": scope, "permissions": _permissions(hub, definition)}
        place = normal(scope)
        is_above = place.startswith(_MANAGEMENT_GROUPS)
        (above if is_above else found.setdefault(place, [])).append((entry, doubt))
    return found, above, unread


def _values(member: Any) -> list[Any]:
    """The fields of a role assignment, which people also write without ``properties``."""
    properties = peek(member, "properties")
    if type(properties) is dict:
        values = [*map(properties.get, _FIELDS)]
    else:
        values = [peek(properties, name) for name in _FIELDS]
    return [
        peek(member, name) if value is None else value for name, value in zip(_FIELDS, values, strict=True)
    ]


def _principal(hub: dict[str, Any]) -> str:
    """The object id of the identity that acts for the hub.  Touched where it is not told."""
    primary = known(peek(hub, "properties", "primaryUserAssignedIdentity"))
    assigned = known(peek(hub, "identity", "userAssignedIdentities"))
    found: Any = None
    if isinstance(primary, str) and primary:
        entries = assigned.items() if isinstance(assigned, dict) else ()
        own = next((entry for name, entry in entries if normal(name) == normal(primary)), None)
        found = peek(own, "principalId") or peek(known_resource(hub, primary), "properties", "principalId")
    else:
        found = peek(hub, "identity", "principalId")
        if not found and isinstance(assigned, dict) and len(assigned) == 1:
            found = peek(next(iter(assigned.values())), "principalId")
    if isinstance(known(found), str) and found:
        return str(found)
    return str(known(Unknown("the hub does not tell the object id of its identity")))


def _permissions(hub: dict[str, Any], definition: str) -> Any:
    role = normal(definition).rpartition("/")[2]
    if (own := _definitions(hub).get(role)) is not None:
        return own
    if role in (table := _built_in(current())):
        return table[role]
    return Unknown(f"what the role {role[:80]} permits is not known")


@per_hub
def _definitions(hub: dict[str, Any]) -> dict[str, Any]:
    """The permissions of the role definitions that come with a hub, by the role's id."""
    own, resources = hub.get("roleDefinitions"), hub.get("resources")
    members = [(member, peek(member, "id")) for member in own] if isinstance(own, list) else []
    if isinstance(resources, list):
        members += [(member, name) for member, name in identified(hub) if _DEFINITION in name]
    return {
        normal(name).rpartition("/")[2]: peek(member, "properties", "permissions")
        for member, name in members
        if isinstance(name, str)
    }


@functools.lru_cache(maxsize=8)
def _built_in(reference: Reference) -> Mapping[str, Any]:
    entries = reference.table("built-in-roles")["entries"]
    return {
        entry["id"].lower(): [{"actions": entry.get("actions") or [], "notActions": []}]
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str)
    }
