"""Private endpoint rules and the resources they lead to."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.ids import arm_type, normal
from scanner.functions.memory import per_hub
from scanner.functions.origins import PRIVATE_ENDPOINT
from scanner.functions.registry import function
from scanner.functions.rules import rules
from scanner.reference import Reference, current
from scanner.values import OpenList, Unknown

Member = tuple[Any, Unknown | None]
"""A rule, and why it may not be there."""


@function("string", returns="object|null")
def endpoint_target(identifier: str) -> Any:
    """The entry of the table private-endpoint-targets for the type of an ARM id.

    Null where the id is malformed, and where managed networks make no endpoints to that type.

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
    is_open = isinstance(endpoints, OpenList)
    pairs = endpoints.members if is_open else [(rule, True) for rule in known(endpoints)]
    sure = {target for rule, is_sure in pairs if is_sure and (target := target_of(rule))}
    seen: set[str] = set()
    kept = []
    for rule, is_sure in pairs:
        target = target_of(rule)
        if target is not None:
            if target in seen or (target in sure and not is_sure):
                continue
            seen.add(target)
        kept.append((rule, is_sure))
    return OpenList(tuple(kept), endpoints.reason) if is_open else [rule for rule, _ in kept]


def target_of(rule: Any) -> str | None:
    """The id that a private endpoint rule names, in the form in which ids are compared."""
    target = peek(rule, "properties", "destination", "serviceResourceId")
    return normal(target) if isinstance(target, str) and target else None


@function("object", "string", returns="array", partials=True)
def endpoints_to(hub: Any, identifier: Any) -> Any:
    """The private endpoint rules of a hub that lead to a resource and are in force.

    Rules that failed or are being deleted are left out, and inactive ones, unless the whole network is
    not provisioned yet. A rule of which the resource or the status is not known may be one of them,
    so that the list is open.

    endpoints_to({"outboundRules": [{"name": "a", "properties": {"type": "PrivateEndpoint",
      "destination": {"serviceResourceId": "/x/y"}}}]}, "/X/Y")
      -> [{"name": "a", "properties": {"type": "PrivateEndpoint", "destination":
      {"serviceResourceId": "/x/y"}}}]
    endpoints_to({"outboundRules": []}, "/x/y") -> []
    """
    wanted = normal(known(identifier))
    found, anywhere = _in_force(known(hub))
    members = [*found.get(wanted, ()), *anywhere]
    doubt = next((doubt for _, doubt in members if doubt is not None), None)
    if doubt is None:
        return [rule for rule, _ in members]
    return OpenList(tuple((rule, own is None) for rule, own in members), doubt.reason)


@per_hub
def _in_force(hub: dict[str, Any]) -> tuple[dict[str, list[Member]], list[Member]]:
    """The rules in force by the id that they lead to, and those that may lead anywhere."""
    members = list(endpoint_rules(hub))
    network = word(peek(hub, "properties", "managedNetwork", "status", "status"))
    states = [word(peek(rule, "properties", "status")) for rule, _ in members]
    is_idle = network == "inactive" or (network is None and "active" not in states)
    out = {"failed", "deleting"} if is_idle else {"failed", "deleting", "inactive"}
    found: dict[str, list[Member]] = {}
    anywhere: list[Member] = []
    for (rule, doubt), state in zip(members, states, strict=True):
        if isinstance(state, str) and state in out:
            continue
        unsure = doubt or (state if isinstance(state, Unknown) else None)
        target = peek(rule, "properties", "destination", "serviceResourceId")
        if isinstance(target, Unknown):
            anywhere.append((rule, target))
        elif isinstance(target, str) and target:
            found.setdefault(normal(target), []).append((rule, unsure))
    return found, anywhere


def endpoint_rules(hub: dict[str, Any]) -> Iterator[Member]:
    """The private endpoint rules of a hub, each with why it may not be there."""
    listed = rules(hub, PRIVATE_ENDPOINT)
    if isinstance(listed, OpenList):
        yield from ((rule, None if sure else listed) for rule, sure in listed.members)
    else:
        yield from ((rule, None) for rule in listed)


def word(value: Any) -> Any:
    """A word of ARM in lower case; an Unknown as it is, null for anything else."""
    return value.strip().lower() if isinstance(value, str) else value if isinstance(value, Unknown) else None
