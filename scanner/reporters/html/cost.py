"""Cost and risk by hub: implied firewalls, private endpoints, and whose egress is widest."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Egress, HubEntry, OutboundRule, Prices, Report

_LISTED = 15
_PRIVATE_ENDPOINT = "PrivateEndpoint"
_WIDE = ("any", "any-tenant", "public-suffix", "multi-tenant", "lookalike", "user-content")

_OPENNESS = {"Disabled": 4, "AllowInternetOutbound": 3, "AllowOnlyApprovedOutbound": 1}
"""How open each isolation mode is; one that is not known may be anything short of wide open."""

Width = tuple[int, tuple[int, ...], int]
"""How wide an egress is, the widest largest: by mode, then broad rules of each class, then destinations."""


@dataclass(slots=True)
class Costs:
    """Counts over all hubs; ``known`` is how many of them tell their egress, ``modes`` counts their modes."""

    known: int = 0
    modes: Counter[str] = field(default_factory=Counter)
    firewalls: Counter[str] = field(default_factory=Counter)
    endpoints: int = 0
    most_endpoints: list[tuple[int, str, HubEntry]] = field(default_factory=list)
    with_firewall: list[tuple[str, str, HubEntry]] = field(default_factory=list)
    widest: list[tuple[Width, str, HubEntry]] = field(default_factory=list)


def costs(report: Report, prices: Prices | None) -> dict[str, Any]:
    """What the template of costs is filled with."""
    found = _counted(report)
    return {
        "known": found.known,
        "modes": {mode: found.modes[mode] for mode in ("AllowOnlyApprovedOutbound", *_OPENNESS, "")},
        "firewalls": [
            {"sku": sku, "hubs": hubs, "cost": _times(hubs, _firewall_price(prices, sku))}
            for sku, hubs in sorted(found.firewalls.items())
        ],
        "with_firewall": [{"sku": sku, "hub": hub} for sku, _, hub in found.with_firewall],
        "endpoints": found.endpoints,
        "endpoint_cost": _times(found.endpoints, prices.private_endpoint if prices else None),
        "currency": prices.currency if prices else None,
        "most_endpoints": [
            {"hub": hub, "count": count, "cost": _hub_cost(hub, count, prices)}
            for count, _, hub in found.most_endpoints
        ],
        "widest": [_wide(hub) for _, _, hub in found.widest],
        "listed": _LISTED,
    }


def _counted(report: Report) -> Costs:
    found = Costs()
    for hub in report.hubs:
        egress = hub.egress
        if egress is None:
            continue
        found.known += 1
        mode = egress.isolation_mode or ""
        found.modes[mode if mode in _OPENNESS else ""] += 1
        key = _reversed(f"{hub.name}\0{hub.id}")
        if egress.firewall_sku:
            found.firewalls[egress.firewall_sku] += 1
            if len(found.with_firewall) < _LISTED:
                found.with_firewall.append((egress.firewall_sku, key, hub))
        endpoints = egress.totals.get(_PRIVATE_ENDPOINT, 0)
        found.endpoints += endpoints
        if endpoints:
            _keep(found.most_endpoints, (endpoints, key, hub))
        width = _width(egress)
        if width[0] > 1 or any(width[1]) or width[2]:
            _keep(found.widest, (width, key, hub))
    found.most_endpoints.sort(key=lambda entry: entry[:2], reverse=True)
    found.widest.sort(key=lambda entry: entry[:2], reverse=True)
    return found


def _reversed(text: str) -> str:
    """A key that sorts backwards, so that of equals the first name is kept and shown first."""
    return "".join(chr(0x10FFFF - ord(character)) for character in text.lower())


def _keep(entries: list[Any], entry: Any) -> None:
    if len(entries) < _LISTED:
        heapq.heappush(entries, entry)
    elif entry[:2] > entries[0][:2]:
        heapq.heapreplace(entries, entry)


def _width(egress: Egress) -> Width:
    own = [rule for rule in egress.rules if rule.origin != "platform"]
    classes = Counter(rule.breadth for rule in own if rule.breadth)
    return (
        _OPENNESS.get(egress.isolation_mode or "", 2),
        tuple(classes[name] for name in _WIDE),
        sum(len(rule.destination) for rule in own),
    )


def _wide(hub: HubEntry) -> dict[str, Any]:
    egress = hub.egress or Egress(isolation_mode=None)
    own = [rule for rule in egress.rules if rule.origin != "platform"]
    broad = [rule for rule in own if rule.breadth]
    return {
        "hub": hub,
        "mode": egress.isolation_mode,
        "broad": len(broad),
        "widest": _widest(broad),
        "destinations": sum(len(rule.destination) for rule in own),
    }


def _widest(broad: list[OutboundRule]) -> str:
    if not broad:
        return ""
    rule = min(broad, key=lambda one: _WIDE.index(one.breadth) if one.breadth in _WIDE else len(_WIDE))
    return f"{rule.name}: {', '.join(rule.destination[:3])}"


def _firewall_price(prices: Prices | None, sku: str) -> float | None:
    by_name = {name.lower(): price for name, price in prices.firewall.items()} if prices else {}
    return by_name.get(sku.lower())


def _times(count: int, price: float | None) -> float | None:
    return None if price is None else count * price


def _hub_cost(hub: HubEntry, endpoints: int, prices: Prices | None) -> float | None:
    """What a hub's endpoints and firewall cost; None where a price that it needs was not given."""
    sku = hub.egress.firewall_sku if hub.egress else None
    parts = [_times(endpoints, prices.private_endpoint if prices else None)]
    parts += [_firewall_price(prices, sku)] if sku else []
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
