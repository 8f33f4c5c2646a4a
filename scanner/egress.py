"""What code on a hub may reach, in a form that reports show: every outbound rule in a few words.

Nothing is judged here.  How broad a rule is follows from the same functions that policies call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.expressions.display import display
from scanner.functions.breadth import host_breadth
from scanner.functions.cidrs import cidr
from scanner.functions.documents import peek
from scanner.functions.egress import rule_tokens, unread_gap
from scanner.functions.modes import isolation_mode, mode_rank
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG, canonical, origin
from scanner.functions.tags import tag_classes
from scanner.model import Egress, OutboundRule
from scanner.values import OpenList, Touched, Unknown

MOST = 60
"""How many rules of one hub a report shows; the others are counted."""

_MOST_DESTINATIONS = 20
_LONGEST = 200
_APPROVED = 2
_ORIGINS = ("user", "connection", "platform")

BROAD = ("any", "public-suffix", "multi-tenant", "lookalike", "user-content")
"""The classes of `host_breadth` that open more than one owner's hosts, the worst first."""

_TAG_CLASSES = {"internetEquivalent": "any", "exfilPeCapable": "any-tenant", "exfilNoPe": "any-tenant"}


def egress(hub: dict[str, Any]) -> Egress:
    """The egress of a hub's document."""
    members, doubt = _members(hub)
    rules = [(_rule(hub, member), member) for member in members]
    shown = sorted((rule for rule, _ in rules), key=_order)
    mode = _mode(hub)
    return Egress(
        isolation_mode=mode,
        firewall_sku=_firewall(hub, mode, rules, doubt),
        rules=tuple(shown[:MOST]),
        totals=dict(Counter(rule.type or "unknown" for rule in shown)),
        doubt=doubt,
    )


def _order(rule: OutboundRule) -> tuple[int, bool]:
    return _ORIGINS.index(rule.origin), rule.breadth is None


def _members(hub: dict[str, Any]) -> tuple[list[Any], str | None]:
    """The rules, and why there may be others."""
    found = hub.get("outboundRules")
    if isinstance(found, OpenList):
        return [rule for rule, _ in found.members], found.reason
    if isinstance(found, Unknown):
        return [], found.reason
    if not isinstance(found, list):
        return [], "outboundRules was not collected"
    gap = unread_gap(hub)
    if gap is not None:
        return found, f"outboundRules could not be read in full: {display(gap.get('reason'))}"
    return found, None


def _mode(hub: dict[str, Any]) -> str | None:
    try:
        return isolation_mode(hub)[:_LONGEST]
    except Touched:
        return None


def _firewall(
    hub: dict[str, Any], mode: str | None, rules: list[tuple[OutboundRule, Any]], doubt: str | None
) -> str | None:
    """The SKU of the firewall that FQDN rules in approved mode imply (managed-network-cost-visible)."""
    network = peek(hub, "properties", "managedNetwork")
    address, sku = peek(network, "firewallPublicIpAddress"), peek(network, "firewallSku")
    named = "Standard" if _is_blank(sku) else "unknown" if isinstance(sku, Unknown) else display(sku)
    if isinstance(address, str) and address:
        return named
    rank = mode_rank(mode) if mode is not None else None
    if rank is not None and rank < _APPROVED:
        return None
    standing = [rule for rule, _ in rules if rule.type == FQDN and (rule.status or "").lower() != "deleting"]
    if standing and rank == _APPROVED:
        return named
    unsure = doubt is not None or isinstance(address, Unknown) or any(rule.type is None for rule, _ in rules)
    return "unknown" if unsure or (standing and rank is None) else None


def _rule(hub: dict[str, Any], rule: Any) -> OutboundRule:
    made_by = origin(hub, rule)
    kind, reach = peek(rule, "properties", "type"), peek(rule, "properties", "destination")
    known = canonical(kind) or None
    status = peek(rule, "properties", "status")
    describe, broad = _KINDS.get(known or "", (_others, _never))
    return OutboundRule(
        name=display(peek(rule, "name")),
        type=None if known is None else known[:_LONGEST],
        origin=made_by,
        destination=tuple(describe(rule, reach))[:_MOST_DESTINATIONS],
        status=None if status is None else display(status),
        breadth=None if made_by == "platform" else broad(rule, reach),
    )


def _hosts(_: Any, destination: Any) -> Iterator[str]:
    if isinstance(destination, str):
        parts = (part.strip() for part in destination.split(",", _MOST_DESTINATIONS))
        yield from (display(part) for part in parts if part)
    else:
        yield display(destination)


def _host_breadth(rule: Any, _: Any) -> str | None:
    tokens, _, _ = rule_tokens(rule)
    found = set()
    for token in tokens:
        try:
            found.add(host_breadth(token.text))
        except Touched:
            continue
    return next((name for name in BROAD if name in found), None)


def _tag(_: Any, destination: Any) -> Iterator[str]:
    if not isinstance(destination, dict):
        yield display(destination)
        return
    prefixes = destination.get("addressPrefixes")
    tag = destination.get("serviceTag")
    what = [display(prefix) for prefix in prefixes] if isinstance(prefixes, list) else []
    parts = (destination.get("protocol"), destination.get("portRanges"))
    ports = " ".join("*" if _is_blank(part) else display(part) for part in parts)
    deny = _word(destination.get("action")) == "deny"
    for name in what or [display(tag)]:
        yield f"{'deny ' if deny else ''}{name} {ports}"


def _is_blank(value: Any) -> bool:
    """Whether a value is missing or empty text; what is not known is not."""
    return value is None or (isinstance(value, str) and not value)


def _word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _tag_breadth(_: Any, destination: Any) -> str | None:
    if not isinstance(destination, dict) or _word(destination.get("action")) == "deny":
        return None
    prefixes = destination.get("addressPrefixes")
    if isinstance(prefixes, list) and prefixes:
        found = (cidr(prefix) for prefix in prefixes if isinstance(prefix, str))
        return "any" if any(one is not None and one["scope"] == "any" for one in found) else None
    tag = destination.get("serviceTag")
    classes = {_TAG_CLASSES.get(name) for name in tag_classes(tag)} if isinstance(tag, str) else set()
    return "any" if "any" in classes else "any-tenant" if "any-tenant" in classes else None


def _resource(_: Any, destination: Any) -> Iterator[str]:
    target, part = peek(destination, "serviceResourceId"), peek(destination, "subresourceTarget")
    known = isinstance(destination, dict)
    yield f"{display(target)} ({display(part)})" if known else display(destination)


def _others(_: Any, destination: Any) -> Iterator[str]:
    yield display(destination)


def _never(_: Any, __: Any) -> None:
    return None


_Describe = Callable[[Any, Any], Iterator[str]]
_Broad = Callable[[Any, Any], str | None]
_KINDS: Mapping[str, tuple[_Describe, _Broad]] = {
    FQDN: (_hosts, _host_breadth),
    SERVICE_TAG: (_tag, _tag_breadth),
    PRIVATE_ENDPOINT: (_resource, _never),
}
