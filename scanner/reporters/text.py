"""A line for each finding, for logs, editors and grep: ``PATH:LINE:COL: severity id: message``.

A live hub has its ARM id in place of the path.  The last line counts; it is the only one that begins
with ``hubscan:``.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Finding, Gap, Report, Style, Verdict
from scanner.reporters import _words
from scanner.reporters._plain import plain_line


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - a log has no style
    """Yield one line at a time: changes, findings in their order, what is fixed, gaps, notices, counts."""
    for change in report.changes or ():
        yield plain_line(f"change: {change.hub.id}: {_words.change(change)}") + "\n"
    for finding in report.findings:
        yield plain_line(_finding(finding)) + "\n"
    for finding in report.baseline.findings if report.baseline else ():
        yield plain_line(f"fixed: {_finding(finding)}") + "\n"
    for gap in report.gaps:
        yield plain_line(_gap(gap)) + "\n"
    for notice in report.notices:
        yield plain_line(f"notice: {notice}") + "\n"
    yield plain_line(f"hubscan: {_counts(report)}") + "\n"


def _finding(finding: Finding) -> str:
    where = _words.place(finding) or finding.hub.id
    return f"{where}: {finding.severity} {finding.policy}: {_words.said(finding)}"


def _gap(gap: Gap) -> str:
    names_hub = gap.hub is None or gap.hub.lower() in gap.subject.lower()
    subject = gap.subject if names_hub else f"{gap.subject} of {gap.hub}"
    return f"gap: {subject}: {_words.why_unread(gap)}"


def _counts(report: Report) -> str:
    parts = [_words.changes(report), _words.counts(report), _words.coverage(report)]
    if report.baseline:
        parts.append(_words.compared(report))
    if not report.summary.verdicts.get(Verdict.FAIL, 0):
        parts.append(_words.all_clear(report))
    return "; ".join(part for part in parts if part)
