"""Compliance Finding events of the Open Cybersecurity Schema Framework, one a line, for SIEMs and data lakes.

Class 2003 of OCSF 1.5.0.  A verdict is the event's compliance status: a failure is Fail, an unknown one is
Warning, which OCSF has for a check without a result for want of information.  An exempt finding is a
suppressed one, and a fixed one is closed.  What OCSF has no word for (the item, the evidence, the line in
code) is ``unmapped``.  Times are milliseconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from scanner.model import Document, Finding, HubRef, PolicyCard, Report, Severity, Style, Verdict
from scanner.reporters import _words
from scanner.reporters._plain import plain
from scanner.results import text

VERSION = "1.5.0"
"""The OCSF version that the events are made for."""

_COMPLIANCE_FINDING = 2003
_FINDINGS = 2
_CREATED, _UPDATED, _CLOSED = (1, "Create"), (2, "Update"), (3, "Close")
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
_RULE = 1
_AZURE_SUBSCRIPTION = 13

_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_STATUSES = {
    Verdict.PASS: (1, "Pass"),
    Verdict.UNKNOWN: (2, "Warning"),
    Verdict.FAIL: (3, "Fail"),
    Verdict.EXEMPT: (3, "Fail"),
    Verdict.SKIP: (99, "Not applicable"),
}
_UNMAPPED = ("item", "evidence", "location", "reason", "baseline", "exemption")


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield one event for each finding, and for each that is fixed."""
    rules = {card.id: _Rule(card, report.tool_version) for card in report.policies}
    metadata = {
        "version": VERSION,
        "profiles": ["cloud"],
        "product": {"name": "hubscan", "vendor_name": "hubscan", "version": report.tool_version},
    }
    time = int(datetime.fromisoformat(report.finished_at).timestamp() * 1000)
    for finding in report.findings:
        rule = rules.get(finding.policy) or _Rule(_bare(finding), report.tool_version)
        yield text(_event(finding, rule, metadata, time)) + "\n"
    for finding in report.baseline.findings if report.baseline else ():
        rule = rules.get(finding.policy) or _Rule(_bare(finding), report.tool_version)
        passed = replace(finding, verdict=Verdict.PASS)
        yield text(_event(passed, rule, metadata, time) | _closed()) + "\n"


def _closed() -> Document:
    """What is different of the event of a finding that is no more."""
    activity_id, activity = _CLOSED
    status_id, status = _RESOLVED
    return {
        "activity_id": activity_id,
        "activity_name": activity,
        "type_uid": _COMPLIANCE_FINDING * 100 + activity_id,
        "type_name": f"Compliance Finding: {activity}",
        "status_id": status_id,
        "status": status,
    }


class _Rule:
    """What every event of one policy says alike."""

    def __init__(self, card: PolicyCard, version: str) -> None:
        standards = dict.fromkeys(f"{one.framework} {one.version}" for one in card.controls)
        self.analytic = {"type_id": _RULE, "type": "Rule", "uid": card.id, "name": card.title}
        self.description = " ".join(card.description.split())
        self.category = card.category
        self.references = [reference.url for reference in card.references]
        self.check = {"uid": card.id, "name": card.title, "standards": list(standards), "version": version}
        self.compliance = {
            "category": card.category,
            "control": card.title,
            "standards": list(standards),
            "requirements": [f"{one.framework} {one.version} {one.control}" for one in card.controls],
        }


def _bare(finding: Finding) -> PolicyCard:
    """The card of a policy that a result, edited by hand, says nothing of."""
    return PolicyCard(
        id=finding.policy, title=finding.title, severity=finding.severity, category="", description=""
    )


def _event(finding: Finding, rule: _Rule, metadata: Document, time: int) -> Document:
    activity_id, activity = _UPDATED if finding.baseline == "known" else _CREATED
    status_id, status = _SUPPRESSED if finding.verdict is Verdict.EXEMPT else _NEW
    severity_id, severity = _SEVERITIES[finding.severity]
    event = {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": _FINDINGS,
        "category_name": "Findings",
        "class_uid": _COMPLIANCE_FINDING,
        "class_name": "Compliance Finding",
        "type_uid": _COMPLIANCE_FINDING * 100 + activity_id,
        "type_name": f"Compliance Finding: {activity}",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": plain(_words.said(finding)),
        "metadata": metadata,
        "finding_info": {
            "uid": finding.fingerprint,
            "title": finding.title,
            "desc": rule.description,
            "types": [rule.category] if rule.category else [],
            "analytic": rule.analytic,
        },
        "compliance": _compliance(finding, rule, severity_id, severity),
        "resources": [_resource(finding.hub)],
        "cloud": _cloud(finding.hub.subscription_id),
        "unmapped": {name: getattr(finding, name) for name in _UNMAPPED if getattr(finding, name)},
    }
    if advice := finding.remediation.get("text"):
        event["remediation"] = {"desc": advice, "references": rule.references}
    return event


def _compliance(finding: Finding, rule: _Rule, severity_id: int, severity: str) -> Document:
    status_id, status = _STATUSES[finding.verdict]
    verdict = {"status_id": status_id, "status": status}
    details = [detail for detail in (finding.reason, _decision(finding)) if detail]
    return {
        **rule.compliance,
        **verdict,
        "status_code": finding.verdict,
        "status_details": details,
        "checks": [{**rule.check, **verdict, "severity_id": severity_id, "severity": severity}],
    }


def _decision(finding: Finding) -> str | None:
    return finding.exemption.justification if finding.exemption else None


def _resource(hub: HubRef) -> Document:
    resource: Document = {
        "uid": hub.id,
        "name": hub.name,
        "type": "Microsoft.MachineLearningServices/workspaces",
        "labels": [f"kind:{hub.kind}"],
    }
    if hub.resource_group:
        resource["group"] = {"name": hub.resource_group}
    return resource


@cache
def _cloud(subscription: str | None) -> dict[str, Any]:
    """The cloud a hub is in; a hub in code may say no subscription."""
    if subscription is None:
        return {"provider": "Azure"}
    account = {"uid": subscription, "type_id": _AZURE_SUBSCRIPTION, "type": "Azure Subscription"}
    return {"provider": "Azure", "account": account}
