"""Outbound rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import ODD, described, known, peek
from scanner.functions.memory import per_hub
from scanner.functions.origins import (
    FQDN,
    PRIVATE_ENDPOINT,
    SERVICE_TAG,
    Plain,
    canonical,
    is_platform,
    origin,
    platform,
)
from scanner.functions.registry import function, listed
from scanner.values import OpenList, Touched, Unknown

_ALL = "*"
_KINDS = (FQDN, SERVICE_TAG, PRIVATE_ENDPOINT)

RULES = listed({"$ref": "#/$defs/outboundRule"})


@function("object", "string", returns="array", partials=True, schema=RULES, words={1: (*_KINDS, _ALL)})
def rules(hub: Any, kind: Any) -> Any:
    """The outbound rules of a hub that have a type: FQDN, ServiceTag, PrivateEndpoint, or ``*`` for all.

    Where the rules were not collected the answer is not known; a rule that reports no type may be of
    any, so that the list is open.

    rules({"outboundRules": [{"name": "a", "properties": {"type": "fqdn"}}]}, "FQDN")
      -> [{"name": "a", "properties": {"type": "fqdn"}}]
    rules({"outboundRules": [{"name": "a", "properties": {"type": "FQDN"}}]}, "ServiceTag") -> []
    """
    return _rules(known(hub), canonical(known(kind)))


@function("object", "string", returns="array", partials=True, schema=RULES, words={1: (*_KINDS, _ALL)})
def user_rules(hub: Any, kind: Any) -> Any:
    """The outbound rules of a hub that have a type and are not the platform's, as `rule_origin` tells.

    The rules that connections made are among them.

    user_rules({"outboundRules": [{"name": "a",
      "properties": {"type": "FQDN", "category": "Required"}}]}, "*")
      -> [{"name": "a", "properties": {"type": "FQDN", "category": "Required"}}]
    user_rules({"outboundRules": [{"name": "__SYS_ST_AzureMonitor_TCP", "properties": {"type": "ServiceTag",
      "category": "Required", "destination": {"serviceTag": "AzureMonitor"}}}]}, "*") -> []
    """
    return _user_rules(known(hub), canonical(known(kind)))


@function("object", "object", returns="string", partials=True)
def rule_origin(hub: Any, rule: Any) -> str:
    """Who made an outbound rule: ``platform``, ``connection`` or ``user``.

    The platform's are rules of category Required, Dependency or Recommended that it does make: those
    for service tags of the table required-rules that carry no address prefixes, and private endpoints
    to the hub itself, its storage account, key vault, container registry and Application Insights. An
    FQDN rule is the platform's only as a dependency of other rules in a live hub; in code a rule needs
    the ``__SYS_`` name, too. What merely claims such a category is the user's, and so is a rule of which
    too little is known. A private endpoint named ``Connection_...`` is a connection's.

    rule_origin({}, {"name": "a", "properties": {"type": "FQDN", "category": "Required"}}) -> "user"
    rule_origin({}, {"name": "Connection_search", "properties": {"type": "PrivateEndpoint"}}) -> "connection"
    rule_origin({}, {"name": "__SYS_ST_VirtualNetwork", "properties": {"type": "ServiceTag",
      "category": "Required", "destination": {"serviceTag": "VirtualNetwork"}}}) -> "platform"
    """
    return origin(known(hub), known(rule))


Member = tuple[Any, Unknown | None, Any]
"""A rule, why it may not be there, and its type: a text in ARM's spelling, or an Unknown."""


@per_hub
def _rules(hub: dict[str, Any], kind: str) -> Any:
    plain = plain_rules(hub)
    if plain is None:
        return _chosen(_members(hub), kind)
    return hub["outboundRules"] if kind == _ALL else [rule for rule, _, _ in plain.get(kind, ())]


@per_hub
def _user_rules(hub: dict[str, Any], kind: str) -> Any:
    plain = plain_rules(hub)
    if plain is None:
        return _chosen(_user_members(hub), kind)
    system = _system(hub)
    if kind == _ALL:
        return [rule for rule in hub["outboundRules"] if id(rule) not in system]
    return [rule for rule, _, _ in plain.get(kind, ()) if id(rule) not in system]


@per_hub
def plain_rules(hub: dict[str, Any]) -> dict[str, list[Plain]] | None:
    """The rules by type, in ARM's spelling where it is one of ARM's.

    None where the rules were not collected, or one of them is in doubt or reports no type.
    """
    found = hub.get("outboundRules")
    if type(found) is not list:
        return None
    plain: dict[str, list[Plain]] = {kind: [] for kind in _KINDS}
    for rule in found:
        try:
            properties = rule["properties"]
            plain[properties["type"]].append((rule, properties, properties.get("destination")))
        except ODD:
            own = _type(rule)
            if type(own) is not str or own == _ALL:
                return None
            properties = rule["properties"]
            plain.setdefault(own, []).append((rule, properties, properties.get("destination")))
    return plain


@per_hub
def _system(hub: dict[str, Any]) -> set[int]:
    """The identities of the rules that are the platform's, all rules being plain."""
    return platform(hub, plain_rules(hub) or {})


@per_hub
def _members(hub: dict[str, Any]) -> list[Member]:
    return [(rule, doubt, _type(rule)) for rule, doubt in _listed(hub)]


@per_hub
def _user_members(hub: dict[str, Any]) -> list[Member]:
    return [member for member in _members(hub) if not is_platform(hub, member[0])]


def _chosen(members: list[Member], kind: str) -> Any:
    """The rules of a type: a list, or an `OpenList` where some rule is in doubt."""
    if kind == _ALL:
        found = [(rule, doubt) for rule, doubt, _ in members]
    else:
        found = [
            (rule, doubt if type(own) is str else own)
            for rule, doubt, own in members
            if type(own) is not str or own == kind
        ]
    reason = next((doubt.reason for _, doubt in found if doubt is not None), None)
    if reason is None:
        return [rule for rule, _ in found]
    return OpenList(tuple((rule, doubt is None) for rule, doubt in found), reason)


def _type(rule: Any) -> Any:
    """The type of a rule in ARM's spelling, an Unknown where it has none."""
    own = peek(rule, "properties", "type")
    if isinstance(own, str | Unknown):
        return own if isinstance(own, Unknown) else canonical(own)
    return Unknown(f"the type of {label(rule)} is {described(own) if own is not None else 'missing'}")


def label(rule: Any) -> str:
    """How a reason names a rule."""
    name = peek(rule, "name")
    return f"rule '{name[:80]}'" if isinstance(name, str) else "a rule without a name"


def _listed(hub: dict[str, Any]) -> Iterator[tuple[Any, Unknown | None]]:
    found = hub.get("outboundRules")
    if isinstance(found, OpenList):
        yield from ((rule, None if sure else found) for rule, sure in found.members)
    elif isinstance(found, Unknown):
        raise Touched(found)
    elif isinstance(found, list):
        yield from ((rule, None) for rule in found)
    else:
        reason = "was not collected" if found is None else f"is {described(found)}"
        raise Touched(Unknown(f"outboundRules {reason}"))
