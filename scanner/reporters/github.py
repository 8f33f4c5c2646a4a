"""Annotations of a GitHub Actions run: workflow commands for the worst findings, the rest as a log.

GitHub keeps ten errors, ten warnings and ten notices of a step and drops the others without a word, so
the ten most severe findings become annotations, and the last line says how many more there are and
where.  Findings that a baseline knows are nobody's to mend here, and become none.  A hub of Azure has
no file, so its annotations stand on the summary page of the run.
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Finding, Report, Severity, Style, Verdict
from scanner.reporters import _words
from scanner.reporters._digest import Digest, digest
from scanner.reporters._plain import clipped, plain_line

MOST = 10
"""Annotations of findings: as many as GitHub keeps of each level, so that none is ever dropped."""

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}
_LONGEST = 1_000
_LISTED = 50
"""Lines of one kind (gaps, exemptions, notices) that the log has."""


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - the runner styles its log
    """Yield a line at a time: annotations; gaps, exemptions and notices as plain text; the count last."""
    found = digest(report, MOST, frozenset({Verdict.FAIL}))
    shown = [finding for finding in found.worst if _is_theirs(finding)]
    for finding in shown:
        yield _annotation(finding) + "\n"
    for line in _log(report, found):
        yield plain_line(line) + "\n"
    yield _last(report, found, shown) + "\n"


def command(name: str, message: str, **properties: object) -> str:
    """A workflow command on one line, escaped as the runner undoes it; what is None is left out."""
    told = ",".join(
        f"{key}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
        if value is not None
    )
    return f"::{name}{f' {told}' if told else ''}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _is_theirs(finding: Finding) -> bool:
    """Whether a finding is told to whoever made the change: no baseline knows it."""
    return finding.baseline != "known"


def _annotation(finding: Finding) -> str:
    place, artifact = finding.location, finding.artifact
    path = None if place is None else clipped(artifact.path if artifact else place.path, 4 * _LONGEST)
    title = clipped(f"{finding.severity} {finding.policy}", _LONGEST)
    fix = " ".join(finding.remediation.get("text", "").split())
    lines = [clipped(f"{finding.hub.name or finding.hub.id}: {_words.said(finding)}", _LONGEST)]
    lines += [clipped(fix, _LONGEST)] if fix else []
    return command(
        _LEVELS[finding.severity],
        "\n".join(lines),
        file=path,
        line=place and max(1, place.line),
        col=place and max(1, place.column),
        endLine=place and max(1, place.line, place.end_line),
        title=title,
    )


def _log(report: Report, found: Digest) -> Iterator[str]:
    """What is no annotation, and still to be seen."""
    every = (
        [f"gap: {_words.unread(gap)}{_of(gap.hub)}: {_words.why_unread(gap)}" for gap in report.gaps],
        [_words.exemption(entry, covered) for entry, covered in found.exemptions.items()],
        [_words.fixed(finding) for finding in (report.baseline.findings if report.baseline else ())],
        [f"notice: {notice}" for notice in report.notices],
    )
    for lines in every:
        over = len(lines) - _LISTED
        yield from (clipped(line, _LONGEST) for line in lines[:_LISTED])
        if over > 0:
            yield f"... and {over} more"


def _of(hub: str | None) -> str:
    return f" of {hub}" if hub else ""


def _last(report: Report, found: Digest, shown: list[Finding]) -> str:
    """The line that counts: an annotation itself where the annotations do not tell everything."""
    more = _words.counting(report) - len(shown)
    parts = [_words.headline(report, found.failing_hubs), _words.coverage(report)]
    if more > 0:
        where = "the job summary and the reports of this step have them all (-o markdown, -o json)"
        parts.append(f"{_words.number_of(more, 'more finding')} without an annotation: {where}")
    text = clipped("; ".join(part for part in parts if part), _LONGEST)
    if more <= 0 and report.complete:
        return plain_line(f"hubscan: {text}")
    # GitHub keeps ten of each level: the last line must not be the eleventh.
    used = [_LEVELS[finding.severity] for finding in shown]
    level = "notice" if report.complete else "warning"
    if used.count(level) >= MOST:
        level = "warning" if level == "notice" else "notice"
    return command(level, text, title="hubscan")
