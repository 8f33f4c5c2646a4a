"""Private endpoint rules and the resources they lead to."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from scanner.functions.documents import ODD, known, peek
from scanner.functions.ids import arm_type, normal
from scanner.functions.memory import lowered, per_hub
from scanner.functions.origins import PRIVATE_ENDPOINT
from scanner.functions.registry import function
from scanner.functions.rules import rules
from scanner.reference import Reference, current
from scanner.values import OpenList, Unknown

Member = tuple[Any, Unknown | None]
"""A rule, and why it may not be there."""


@function("string", returns="object|null", partials=True)
def endpoint_target(identifier: Any) -> Any:
    """The entry of the table private-endpoint-targets for the type of an ARM id.

    Null where the id is malformed, and where managed networks make no endpoints to that type. A part of
    an id that is not known stands for a name, or for the scope that the id begins with.

    endpoint_target("/subscriptions/1/resourceGroups/rg/providers/Microsoft.Web/sites/app") -> null
    endpoint_target("st1") -> null
    """
    return by_type(arm_type(identifier))


def by_type(kind: str | None) -> Any:
    """The entry of the table private-endpoint-targets for a type in lower case, or null."""
    return _targets(current()).get(kind or "")


@functools.lru_cache(maxsize=8)
def _targets(reference: Reference) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for entry in reference.table("private-endpoint-targets")["entries"]:
        if isinstance(entry, Mapping):
            aliases = entry.get("aliases")
            for name in (entry.get("type"), *(aliases if isinstance(aliases, list) else ())):
                if isinstance(name, str):
                    found.setdefault(name.lower(), entry)
    return found


@function("array", returns="array", partials=True)
def one_per_target(endpoints: Any) -> Any:
    """Of some private endpoint rules the first for each resource that they lead to, in their order.

    A rule of which the resource is not known, or that names none, stays.

    one_per_target([{"name": "a", "properties": {"destination": {"serviceResourceId": "/x/Y"}}},
      {"name": "b", "properties": {"destination": {"serviceResourceId": "/X/y/"}}}])
      -> [{"name": "a", "properties": {"destination": {"serviceResourceId": "/x/Y"}}}]
    """
    if not isinstance(endpoints, OpenList):
        return _first_of_each(known(endpoints))
    pairs = endpoints.members
    targets = [target_of(rule) for rule, _ in pairs]
    sure = {target for target, (_, is_sure) in zip(targets, pairs, strict=True) if is_sure and _is_id(target)}
    seen: set[str] = set()
    kept = []
    for target, (rule, is_sure) in zip(targets, pairs, strict=True):
        if _is_id(target):
            if target in seen or (target in sure and not is_sure):
                continue
            seen.add(target)
        kept.append((rule, is_sure))
    return OpenList(tuple(kept), endpoints.reason)


def _first_of_each(endpoints: list[Any]) -> list[Any]:
    seen: set[str] = set()
    kept = []
    for rule in endpoints:
        target = target_of(rule)
        if type(target) is str:
            if target in seen:
                continue
            seen.add(target)
        kept.append(rule)
    return kept


def target_of(rule: Any) -> Any:
    """The id that a private endpoint rule names, in the form in which ids are compared.

    An Unknown where it is not known, null where the rule names none.
    """
    try:
        target = rule["properties"]["destination"]["serviceResourceId"]
    except ODD:
        target = peek(rule, "properties", "destination", "serviceResourceId")
    if isinstance(target, str):
        return normal(target) or None
    return target if isinstance(target, Unknown) else None


@function("object", "string", returns="array", partials=True)
def endpoints_to(hub: Any, identifier: Any) -> Any:
    """The private endpoint rules of a hub that lead to a resource and are in force.

    Rules that failed or are being deleted are left out, and inactive ones, unless the whole network is
    not provisioned yet. A rule of which the resource or the status is not known, or whose status is not
    in the table rule-statuses, may be one of them, so that the list is open.

    endpoints_to({"outboundRules": [{"name": "a", "properties": {"type": "PrivateEndpoint",
      "destination": {"serviceResourceId": "/x/y"}}}]}, "/X/Y")
      -> [{"name": "a", "properties": {"type": "PrivateEndpoint", "destination":
      {"serviceResourceId": "/x/y"}}}]
    endpoints_to({"outboundRules": []}, "/x/y") -> []
    """
    wanted = normal(known(identifier))
    found, anywhere = _in_force(known(hub))
    members = found.get(wanted, [])
    if anywhere:
        members = [*members, *anywhere]
    doubt = next((doubt for _, doubt in members if doubt is not None), None)
    if doubt is None:
        return [rule for rule, _ in members]
    return OpenList(tuple((rule, own is None) for rule, own in members), doubt.reason)


def _is_id(target: Any) -> bool:
    return type(target) is str


@per_hub
def _in_force(hub: dict[str, Any]) -> tuple[dict[str, list[Member]], list[Member]]:
    """The rules in force by the id that they lead to, and those that may lead anywhere."""
    members = endpoint_rules(hub)
    network = word(peek(hub, "properties", "managedNetwork", "status", "status"))
    states = [word(peek(rule, "properties", "status")) for rule, _, _ in members]
    is_idle = network == "inactive" or (network is None and "active" not in states)
    in_force, idle, out_of_force = _statuses(current())
    out = out_of_force if is_idle else out_of_force | idle
    found: dict[str, list[Member]] = {}
    anywhere: list[Member] = []
    for (rule, doubt, target), state in zip(members, states, strict=True):
        if isinstance(state, str) and state in out:
            continue
        if isinstance(target, Unknown):
            anywhere.append((rule, target))
        elif target is not None:
            open_state = state if isinstance(state, Unknown) else _odd(state, in_force | idle)
            found.setdefault(target, []).append((rule, open_state if doubt is None else doubt))
    return found, anywhere


def _odd(state: str | None, known: frozenset[str]) -> Unknown | None:
    """Why nobody knows whether a rule of that status is in force."""
    return None if state is None or state in known else Unknown(f"a rule has the status '{state}'")


@functools.lru_cache(maxsize=8)
def _statuses(reference: Reference) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The statuses of the table: of rules in force, of those that are idle, and of those out of force."""
    table = reference.table("rule-statuses")
    in_force, idle, out = (frozenset(table[name]) for name in ("inForce", "idle", "outOfForce"))
    return in_force, idle, out


@per_hub
def endpoint_rules(hub: dict[str, Any]) -> list[tuple[Any, Unknown | None, Any]]:
    """The private endpoint rules of a hub, each with why it may not be there, and its `target_of`."""
    listed = rules(hub, PRIVATE_ENDPOINT)
    if isinstance(listed, OpenList):
        return [(rule, None if sure else listed, target_of(rule)) for rule, sure in listed.members]
    return [(rule, None, target_of(rule)) for rule in listed]


@per_hub
def names_by_target(hub: dict[str, Any]) -> dict[str, set[str]]:
    """What the private endpoint rules that lead to a resource are called, in lower case."""
    found: dict[str, set[str]] = {}
    for rule, _, target in endpoint_rules(hub):
        name = peek(rule, "name")
        if isinstance(target, str) and isinstance(name, str):
            found.setdefault(target, set()).add(name.lower())
    return found


def word(value: Any) -> Any:
    """A word of ARM in lower case; an Unknown as it is, null for anything else."""
    if isinstance(value, str):
        return lowered(value)
    return value if isinstance(value, Unknown) else None
