"""The lists behind page one: exemptions, policies, the controls of frameworks, and what passed."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import Any

from scanner import controls
from scanner.model import Exemption, PolicyCard, Report, Verdict
from scanner.reporters.html.gathering import Gathered

_SOON = 30
"""Days before its end in which an exemption is shown as ending soon."""


def registers(report: Report, gathered: Gathered) -> dict[str, Any]:
    """What the templates of the registers are filled with."""
    exemptions = _exemptions(report, gathered)
    cards = [_policy(card, gathered) for card in report.policies]
    return {
        "exemptions": exemptions,
        "ending": sum(entry["state"] == "soon" for entry in exemptions),
        "policies": sorted(cards, key=lambda entry: entry["order"]),
        "frameworks": _frameworks(report, gathered),
        "passed": [entry for entry in cards if not any(entry["counts"].values())],
    }


def _policy(card: PolicyCard, gathered: Gathered) -> dict[str, Any]:
    counts = gathered.digest.by_policy[card.id]
    listed = {
        str(verdict): counts.get(verdict, 0) for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)
    }
    return {
        "card": card,
        "counts": listed,
        "passes": counts.get(Verdict.PASS, 0),
        "skips": counts.get(Verdict.SKIP, 0),
        "order": (not listed["fail"], not listed["unknown"], card.severity.rank, card.id),
    }


def _exemptions(report: Report, gathered: Gathered) -> list[dict[str, Any]]:
    """Each exemption that covers something, the one that ends first on top."""
    entries = [
        {"exemption": exemption, "covers": covers, "state": _state(exemption, report.finished_at)}
        for exemption, covers in gathered.digest.exemptions.items()
    ]
    return sorted(entries, key=lambda entry: _order(entry["exemption"]))


def _order(entry: Exemption) -> tuple[str, ...]:
    return (entry.expires or "~", entry.policy, entry.hub, entry.item or "", entry.justification)


def _state(exemption: Exemption, now: str) -> str:
    """``soon`` for one that ends within a month, ``open`` for one without an end, else ``later``."""
    if exemption.expires is None:
        return "open"
    try:
        left = datetime.date.fromisoformat(exemption.expires) - datetime.date.fromisoformat(now[:10])
    except ValueError:
        return "later"
    return "soon" if left.days <= _SOON else "later"


def _frameworks(report: Report, gathered: Gathered) -> list[dict[str, Any]]:
    """Each framework with its controls, and how often the policies of each fail, are unknown or exempt."""
    counts = gathered.digest.by_policy
    found = []
    for name, groups in groupby(
        controls.groups(report.policies), key=lambda group: controls.framework(group.control)
    ):
        members = list(groups)
        rows = [
            {
                "control": group.control.control,
                "key": f"{group.control.framework} {group.control.version} {group.control.control}",
                "title": group.title,
                "policies": group.policies,
                "counts": {
                    str(verdict): sum(counts[policy][verdict] for policy in group.policies)
                    for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)
                },
            }
            for group in members
        ]
        touched = {
            str(verdict): sum(any(counts[policy][verdict] for policy in group.policies) for group in members)
            for verdict in (Verdict.FAIL, Verdict.UNKNOWN)
        }
        found.append(
            {"name": name, "controls": rows, "failing": touched["fail"], "unknown": touched["unknown"]}
        )
    return found
