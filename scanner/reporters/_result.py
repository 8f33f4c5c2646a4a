"""The text of the JSON result in three parts, so that its findings can be written a few at a time.

Indented at the top, with each policy, hub, finding and gap on a line of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from scanner import controls
from scanner.model import Baseline, Digests, Document, Report, Severity, Verdict
from scanner.results import VERSION, finding_object, hub_object, summary_object, text, texts

Counts = Counter[tuple[str, Verdict]]
"""How often each policy has each verdict."""

_NEXT = ",\n    "
"""What stands between two members of a list."""


def head(report: Report) -> Iterator[str]:
    """The text of a result up to its findings."""
    yield f'{{\n  "result": {text(VERSION)},\n'
    yield f'  "tool": {text({"name": "hubscan", "version": report.tool_version})},\n'
    yield f'  "started_at": {text(report.started_at)},\n'
    yield f'  "finished_at": {text(report.finished_at)},\n'
    if report.shard is not None:
        yield f'  "shard": {text(report.shard)},\n'
    if report.scope is not None:
        yield f'  "scope": {text(report.scope)},\n'
    yield from _array("sources", report.sources)
    yield f'  "complete": {text(report.complete)},\n'
    yield f'  "summary": {text(summary_object(report.summary))},\n'
    yield from _array("policies", report.policies)
    yield from _array("hubs", map(hub_object, report.hubs))
    yield '  "findings": ['


def findings(report: Report, counts: Counts, *, singly: bool = False) -> Iterator[str]:
    """The findings, each with what separates it from the last; counted on their way.

    A piece is one of them where ``singly``, else it may be several.
    """
    before = "\n    "
    for told, lines in texts(report.findings, None if singly else _NEXT):
        counts.update(told)
        yield before + lines
        before = _NEXT


def tail(report: Report, counts: Counts) -> Iterator[str]:
    """The text of a result after its findings, which ``counts`` has counted."""
    yield "\n  ],\n" if counts else "],\n"
    yield from _array("gaps", report.gaps)
    if report.changes is not None:
        yield from _array("changes", report.changes)
    if report.baseline is not None:
        yield f'  "baseline": {text(_baseline(report.baseline))},\n'
    if report.trend is not None:
        yield f'  "trend": {text(report.trend)},\n'
    if report.digests is not None:
        yield from _digests(report.digests)
    yield from _array("notices", report.notices)
    yield from _array("controls", _controls(report, counts), end="\n}\n")


_COUNTED = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)


def _controls(report: Report, counts: Counts) -> Iterator[Document]:
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


def _digests(told: Digests) -> Iterator[str]:
    """What the result rests on, each thing that was read on a line of its own."""
    yield f'  "digests": {{\n    "policies": {text(told.policies)},\n    "inputs": {text(told.inputs)},\n'
    yield '    "read": ['
    before = "\n      "
    for one in told.read:
        yield before + text(one)
        before = ",\n      "
    yield "\n    ]\n  },\n" if told.read else "]\n  },\n"


def _baseline(found: Baseline) -> Document:
    return {
        "sources": found.sources,
        "before": found.before,
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
