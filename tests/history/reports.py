"""Scans to record: each a report of one day, with hubs, policies and verdicts named by letters."""

from __future__ import annotations

from dataclasses import replace

from reporters.builders import EXEMPT, FAIL, HIGH, UNKNOWN, a_card, a_finding, a_hub, a_report, an_exemption

from scanner.history.recording import record
from scanner.history.store import History
from scanner.model import HubEntry

VERDICTS = {"fail": FAIL, "unknown": UNKNOWN, "exempt": EXEMPT}


def a_scan(day, found=(), *, hubs="a", policies="p", gaps=(), yields=None, severity=HIGH, live=True):
    """A scan of a day.  ``found`` are (hub, policy, item, verdict); an item of None is the hub itself."""
    yields = yields or {}
    findings = [
        a_finding(
            VERDICTS[verdict],
            severity,
            policy,
            a_hub(hub),
            item=item,
            reason="not collected" if verdict == "unknown" else None,
            exemption=an_exemption() if verdict == "exempt" else None,
        )
        for hub, policy, item, verdict in found
    ]
    cards = tuple(a_card(policy, severity, yields_to=yields.get(policy, ())) for policy in policies)
    report = a_report(*findings, hubs=[a_hub(hub) for hub in hubs], policies=cards, gaps=gaps)
    moment = f"{day}T06:00:00Z" if len(day) == 10 else day
    entries = [replace(entry, live=live) for entry in report.hubs]
    assert all(isinstance(entry, HubEntry) for entry in entries)
    return replace(report, hubs=entries, started_at=moment, finished_at=moment)


def recorded(path, *scans, **more):
    """Record scans one after the other."""
    for scan in scans:
        with History(path, writing=True) as history:
            record(history, scan, **more)
    return path


def states(path):
    """The state of each finding by its hub, policy and item."""
    query = (
        "SELECT hub.name, policy.name, item, state FROM finding"
        " JOIN hub ON hub.id = finding.hub JOIN policy ON policy.id = finding.policy"
    )
    with History(path) as history:
        return {(hub, policy, item): state for hub, policy, item, state in history.ask(query)}


def story(path, policy="p"):
    """What happened to the findings of a policy, in order."""
    query = (
        "SELECT event.kind FROM event JOIN finding ON finding.id = event.finding"
        " JOIN policy ON policy.id = finding.policy WHERE policy.name = ? ORDER BY event.id"
    )
    with History(path) as history:
        return [kind for (kind,) in history.ask(query, (policy,))]
