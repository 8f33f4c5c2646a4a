"""Page one: the verdict, what is missing, the counts, the change, what to fix first, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model import Finding, HubEntry, Report, Severity, Verdict
from scanner.reporters import _sections, _words
from scanner.reporters.html.gathering import Cell, Fix, Gathered
from scanner.reporters.html.view import kinds_judged

WEIGHTS = {
    Severity.CRITICAL: 27,
    Severity.HIGH: 9,
    Severity.MEDIUM: 3,
    Severity.LOW: 1,
    Severity.INFO: 0,
}
"""What a finding counts on one hub, to tell which fix removes most risk."""

_FIXES = 5
_MATRIX = 15
_GAPS = 8
_FORMS = (
    ("azure_cli", "Azure CLI"),
    ("bicep", "Bicep"),
    ("terraform", "Terraform"),
    ("azureml_yaml", "Azure ML YAML"),
)
_FORM_OF_FILE = {
    ".bicep": "bicep",
    ".tf": "terraform",
    ".tofu": "terraform",
    ".yml": "azureml_yaml",
    ".yaml": "azureml_yaml",
}


def overview(report: Report, gathered: Gathered) -> dict[str, Any]:
    """What the templates of page one are filled with."""
    found = gathered.digest
    categories = sorted({card.category for card in report.policies})
    columns = sorted({category for cells in gathered.tally.hubs.values() for category in cells})
    gaps = _sections.gap_groups(report.gaps)
    clean, judged = _clean(report, gathered)
    return {
        "headline": _words.headline(report, found.failing_hubs),
        "clear": not report.summary.verdicts.get(Verdict.FAIL, 0) and report.complete,
        "subscriptions": len({hub.subscription_id for hub in report.hubs if hub.subscription_id}),
        "severities": _severities(report, gathered),
        "passes": report.summary.verdicts.get(Verdict.PASS, 0),
        "skips": report.summary.verdicts.get(Verdict.SKIP, 0),
        "gaps": gaps,
        "gaps_told": gaps[:_GAPS],
        "baseline": report.baseline,
        "new": sum(report.baseline.new.values()) if report.baseline else 0,
        "fixes": _fixes(report, gathered),
        "categories": categories,
        "columns": columns,
        "matrix": _matrix(report, gathered, columns),
        "clean": clean,
        "judged": judged,
        "unknown": report.summary.verdicts.get(Verdict.UNKNOWN, 0),
    }


def _severities(report: Report, gathered: Gathered) -> list[dict[str, Any]]:
    summary = report.summary
    most = max([1, *summary.failing.values(), *summary.unknown.values()])
    rows = []
    for severity in Severity:
        failing, unknown = summary.failing.get(severity, 0), summary.unknown.get(severity, 0)
        rows.append(
            {
                "severity": severity,
                "failing": failing,
                "unknown": unknown,
                "exempt": gathered.digest.exempt.get(severity, 0),
                "width": max(1, round(100 * failing / most)) if failing else 0,
                "doubt": max(1, round(100 * unknown / most)) if unknown else 0,
            }
        )
    return rows


def _clean(report: Report, gathered: Gathered) -> tuple[int, int]:
    """How many hubs have no failing or unknown finding and no gap, and how many are judged at all."""
    touched = {gap.hub.lower() for gap in report.gaps if gap.hub}
    for hub, cells in gathered.tally.hubs.items():
        if any(verdict is not Verdict.EXEMPT for cell in cells.values() for verdict, _ in cell):
            touched.add(hub)
    kinds = kinds_judged(report)
    judged = {hub.id.lower() for hub in report.hubs if hub.kind.lower() in kinds}
    return len(judged - touched), len(judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: a policy, what its fix removes, and the commands for its first findings."""

    policy: str
    title: str
    severity: Severity
    findings: int
    hubs: int
    text: str
    commands: tuple[tuple[str, str], ...]
    form: str
    more: int


def _fixes(report: Report, gathered: Gathered) -> list[Step]:
    cards = {card.id: card for card in report.policies}
    ranked = sorted(gathered.tally.fixes.items(), key=lambda pair: _risk(pair[0], pair[1]))
    steps = []
    for policy, fix in ranked[:_FIXES]:
        first = fix.first[0]
        card = cards.get(policy)
        form, label = _form(first)
        commands = tuple(
            (one.hub.name or one.hub.id, one.remediation[form].strip())
            for one in fix.first
            if one.remediation.get(form, "").strip()
        )
        steps.append(
            Step(
                policy=policy,
                title=card.title if card else first.title,
                severity=first.severity,
                findings=fix.findings,
                hubs=len(fix.hubs),
                text=" ".join(first.remediation.get("text", "").split()),
                commands=commands,
                form=label,
                more=fix.findings - len(commands),
            )
        )
    return steps


def _risk(policy: str, fix: Fix) -> tuple[int, int, str]:
    """Sort key: the weight of the severity times the hubs that are freed of it, the largest first."""
    severity = fix.first[0].severity
    return -WEIGHTS[severity] * len(fix.hubs), severity.rank, policy


def _form(finding: Finding) -> tuple[str, str]:
    """The language of the file that a finding stands in; the Azure CLI's for a live hub."""
    path = finding.location.path.lower() if finding.location else ""
    wanted = next((form for ending, form in _FORM_OF_FILE.items() if path.endswith(ending)), "azure_cli")
    return wanted, dict(_FORMS)[wanted]


def _matrix(report: Report, gathered: Gathered, categories: Sequence[str]) -> list[dict[str, Any]]:
    """The worst hubs, with a cell for each category."""
    hubs = gathered.tally.hubs
    worst = sorted((_weight(cells), hub) for hub, cells in hubs.items())[:_MATRIX]
    wanted = {hub for _, hub in worst}
    listed: dict[str, HubEntry] = {}
    for entry in report.hubs:
        if entry.id.lower() in wanted:
            listed.setdefault(entry.id.lower(), entry)
    return [
        {
            "hub": listed.get(hub),
            "name": listed[hub].name if hub in listed else hub,
            "cells": [cell(hubs[hub].get(category)) for category in categories],
        }
        for _, hub in worst
    ]


def _weight(cells: dict[str, Cell]) -> tuple[tuple[int, ...], int]:
    """Sort key of a hub: failing findings from critical to info, then unknown ones, most first."""
    total: Cell = Counter()
    for one in cells.values():
        total.update(one)
    failing = tuple(-total[Verdict.FAIL, severity] for severity in Severity)
    return failing, -sum(count for (verdict, _), count in total.items() if verdict is Verdict.UNKNOWN)


def cell(found: Cell | None) -> dict[str, Any]:
    """What a cell of the matrix shows: its worst verdict and severity, how many, and words for it."""
    if not found:
        return {"mark": "", "count": 0, "kind": "none", "words": "nothing failing"}
    counts: Counter[Verdict] = Counter()
    for (verdict, _), count in found.items():
        counts[verdict] += count
    for verdict, mark in ((Verdict.FAIL, ""), (Verdict.UNKNOWN, "?"), (Verdict.EXEMPT, "~")):
        if counts[verdict]:
            severity = min((one for said, one in found if said is verdict), key=lambda one: one.rank)
            kind = str(severity) if verdict is Verdict.FAIL else str(verdict)
            words = ", ".join(
                f"{counts[one]} {'failing' if one is Verdict.FAIL else one}"
                for one in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)
                if counts[one]
            )
            worst = f", worst {severity}" if verdict is Verdict.FAIL else ""
            return {
                "mark": mark or severity[0].upper(),
                "count": counts[verdict],
                "kind": kind,
                "words": words + worst,
            }
    return {"mark": "", "count": 0, "kind": "none", "words": "nothing failing"}
