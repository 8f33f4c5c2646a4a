"""The data that the page's script reads: policies, hubs with their egress, and a short row a finding.

Every text of it is plain already (`scanner.reporters._plain`).  Keys are spelled out where there are few
of them; rows are arrays in the order of `FIELDS`, since there may be tens of thousands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from scanner.model import Egress, Finding, HubEntry, HubRef, Report, Severity, Verdict
from scanner.reporters import _words
from scanner.reporters._plain import clipped
from scanner.reporters.html.payload import Packed
from scanner.results import text

FIELDS = (
    *("policy", "hub", "severity", "verdict", "item", "message", "place", "baseline", "expires"),
    "fingerprint",
)
"""What the members of a row are: indexes for the first four, texts or null for the others."""

_NAME = 200
_MESSAGE = 600
_SEVERITIES = {severity: number for number, severity in enumerate(Severity)}
_VERDICTS = {verdict: number for number, verdict in enumerate(Verdict)}


class View:
    """Rows are compressed as they are added, then hubs; nothing can be added to a closed view."""

    def __init__(self, report: Report) -> None:
        self._packed = Packed()
        self._policies = {card.id: number for number, card in enumerate(report.policies)}
        self._judged = kinds_judged(report)
        self._gaps = Counter(gap.hub.lower() for gap in report.gaps if gap.hub)
        self._hubs: dict[str, int] = {}
        self._strays: list[HubRef] = []
        self._before = ""
        self._packed.add('{"hubs":[')
        for hub in report.hubs:
            self._enter(hub, hub.egress)
        cards = [_card(card) for card in report.policies]
        words = {"severities": list(Severity), "verdicts": list(Verdict), "fields": FIELDS}
        self._packed.add(f'],"policies":{text(cards)},"words":{text(words)},"rows":[')
        self._before = ""

    def add(self, finding: Finding) -> None:
        """Add the row of a finding."""
        key = finding.hub.id.lower()
        number = self._hubs.get(key)
        if number is None:
            # A result that was written by other hands may judge hubs that it does not list.
            number = self._hubs[key] = len(self._hubs)
            self._strays.append(finding.hub)
        row = [
            self._policies.get(finding.policy, -1),
            number,
            _SEVERITIES[finding.severity],
            _VERDICTS[finding.verdict],
            None if finding.item is None else clipped(finding.item, _NAME),
            clipped(_message(finding), _MESSAGE),
            _place(finding),
            finding.baseline,
            finding.exemption.expires if finding.exemption else None,
            clipped(finding.fingerprint, _NAME),
        ]
        self._packed.add(f"{self._before}{text(row)}")
        self._before = ","

    def close(self) -> None:
        """End the data."""
        self._packed.add('],"strays":[')
        self._before = ""
        for hub in self._strays:
            self._packed.add(f"{self._before}{text(self._hub(hub, None))}")
            self._before = ","
        self._packed.add("]}")

    def text(self) -> Iterator[str]:
        """The data as the page holds it."""
        return self._packed.text()

    def _enter(self, hub: HubRef, egress: Egress | None) -> None:
        if hub.id.lower() in self._hubs:
            return
        self._hubs[hub.id.lower()] = len(self._hubs)
        self._packed.add(f"{self._before}{text(self._hub(hub, egress))}")
        self._before = ","

    def _hub(self, hub: HubRef, egress: Egress | None) -> list[Any]:
        return [
            clipped(hub.name or hub.id, _NAME),
            clipped(hub.id, 2 * _NAME),
            clipped(hub.kind, _NAME),
            clipped(hub.subscription_id or "", _NAME),
            clipped(hub.resource_group or "", _NAME),
            None if egress is None else _egress(egress),
            self._gaps[hub.id.lower()],
            hub.kind.lower() in self._judged,
            not isinstance(hub, HubEntry) or hub.live,
        ]


def kinds_judged(report: Report) -> frozenset[str]:
    """The kinds of workspace that some policy of a report judges, in lower case: others are not clean."""
    return frozenset(kind.lower() for card in report.policies for kind in card.applies_to)


def _message(finding: Finding) -> str:
    message = finding.message or finding.title
    reason = finding.reason
    return f"{message} ({reason})" if reason and reason not in message else message


def _place(finding: Finding) -> str | None:
    place = _words.place(finding)
    return None if place is None else clipped(place, _NAME)


def _card(card: Any) -> dict[str, Any]:
    return {
        "id": clipped(card.id, _NAME),
        "title": clipped(card.title, _NAME),
        "category": clipped(card.category, _NAME),
        "controls": [clipped(f"{one.framework} {one.version} {one.control}", _NAME) for one in card.controls],
    }


def _egress(egress: Egress) -> dict[str, Any]:
    return {
        "mode": _or_none(egress.isolation_mode),
        "firewall": _or_none(egress.firewall_sku),
        "totals": {clipped(kind, _NAME): count for kind, count in egress.totals.items()},
        "doubt": _or_none(egress.doubt),
        "rules": [
            [
                clipped(rule.name, _NAME),
                _or_none(rule.type),
                rule.origin,
                [clipped(one, _NAME) for one in rule.destination],
                _or_none(rule.status),
                rule.breadth,
            ]
            for rule in egress.rules
        ],
    }


def _or_none(value: str | None) -> str | None:
    return None if value is None else clipped(value, _NAME)
