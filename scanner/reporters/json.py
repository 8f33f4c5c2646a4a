"""The whole result as one JSON document: the format that other reports are made from again.

Indented at the top, with each policy, hub, finding and gap on a line of its own, so that two results
can be compared line by line.  `scanner.results.read` is the way back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner import controls
from scanner.model import Baseline, Document, Finding, Report, Severity, Style, Verdict
from scanner.results import VERSION, finding_object, summary_object, text


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield the result of contract section 4, a finding at a time."""
    yield f'{{\n  "result": {text(VERSION)},\n'
    yield f'  "tool": {text({"name": "hubscan", "version": report.tool_version})},\n'
    yield f'  "started_at": {text(report.started_at)},\n'
    yield f'  "finished_at": {text(report.finished_at)},\n'
    if report.shard is not None:
        yield f'  "shard": {text(report.shard)},\n'
    yield from _array("sources", report.sources)
    yield f'  "complete": {text(report.complete)},\n'
    yield f'  "summary": {text(summary_object(report.summary))},\n'
    yield from _array("policies", report.policies)
    yield from _array("hubs", report.hubs)
    counts: Counter[tuple[str, Verdict]] = Counter()
    yield from _array("findings", _counted(report.findings, counts))
    yield from _array("gaps", report.gaps)
    if report.changes is not None:
        yield from _array("changes", report.changes)
    if report.baseline is not None:
        yield f'  "baseline": {text(_baseline(report.baseline))},\n'
    yield from _array("notices", report.notices)
    yield from _array("controls", _controls(report, counts), end="\n}\n")


_COUNTED = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)


def _counted(
    findings: Iterable[Finding], counts: Counter[tuple[str, Verdict]]
) -> Iterator[Mapping[str, Any]]:
    """The findings as the result has them, counted on their way: they may be more than memory holds."""
    for finding in findings:
        counts[finding.policy, finding.verdict] += 1
        yield finding_object(finding)


def _controls(report: Report, counts: Mapping[tuple[str, Verdict], int]) -> Iterator[Document]:
    """Each control that a policy of the scan names, and how many findings its policies have."""
    for group in controls.groups(report.policies):
        yield {
            "framework": group.control.framework,
            "version": group.control.version,
            "control": group.control.control,
            "title": group.title,
            "policies": group.policies,
            "verdicts": {
                verdict: sum(counts[policy, verdict] for policy in group.policies) for verdict in _COUNTED
            },
        }


def _baseline(found: Baseline) -> Document:
    return {
        "sources": found.sources,
        "new": {severity: found.new.get(severity, 0) for severity in Severity},
        "new_unknown": {severity: found.new_unknown.get(severity, 0) for severity in Severity},
        "known": found.known,
        "fixed": found.fixed,
        "unjudged": found.unjudged,
        "findings": [finding_object(finding) for finding in found.findings],
    }


def _array(key: str, members: Iterable[object], end: str = ",\n") -> Iterator[str]:
    start, close = "\n    ", "]"
    yield f'  "{key}": ['
    for member in members:
        yield start + text(member)
        start, close = ",\n    ", "\n  ]"
    yield close + end
