"""What the table shows, before anything is decided about its looks: one page of bounded size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from scanner.model import Finding, Gap, Report, Severity, Verdict
from scanner.reporters import _words
from scanner.reporters._cells import cells, wrapped
from scanner.reporters._digest import Digest, digest, order
from scanner.reporters._plain import clipped

SHOWN = 200
"""How many findings a person is asked to scroll through."""

_GAPS_SHOWN = 10
_NOTICES_SHOWN = 10
_CHANGES_SHOWN = 100
_NAME_LENGTH = 120
_MESSAGE_LENGTH = 600

MARKS = {Verdict.FAIL: "x", Verdict.UNKNOWN: "?", Verdict.EXEMPT: "~", Verdict.PASS: "+", Verdict.SKIP: "-"}
"""The sign of a verdict, so that colour is never the only one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: ``subject`` is the policy and, as its own line, the item; ``text`` message and place."""

    verdict: Verdict
    severity: Severity
    subject: tuple[str, ...]
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one hub, under its name and where it lives."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Every text on it is plain: no control characters, one line a string."""

    headline: str
    changes: tuple[str, ...]
    gaps: tuple[str, ...]
    groups: tuple[Group, ...]
    more: str
    fixed: tuple[str, ...]
    exemptions: tuple[str, ...]
    notices: tuple[str, ...]
    counts: str


def page(report: Report) -> Page:
    """Lay out a report: at most `SHOWN` findings, the worst ones, and a sentence about the others."""
    found = digest(report, SHOWN, frozenset(Verdict))
    more = ""
    if found.left_out:
        more = _words.number_of(found.left_out, "more finding")
        more = f"... and {more}. All of them: -o text, or -o json=FILE"
    return Page(
        headline=f"{_words.headline(report, found.failing_hubs)}.",
        changes=_changes(report),
        gaps=_coverage(report),
        groups=_groups(found.worst),
        more=more,
        fixed=_first(_fixed(report), _NOTICES_SHOWN, "fixed finding"),
        exemptions=_first(_exemptions(found), _NOTICES_SHOWN, "exemption"),
        notices=_first(
            [clipped(notice, _MESSAGE_LENGTH) for notice in report.notices], _NOTICES_SHOWN, "notice"
        ),
        counts="; ".join(part for part in (_words.counts(report), _words.coverage(report)) if part),
    )


def subject_width(shown: Page, width: int) -> int:
    """The cells of the column of policies and items: as its longest, but at most two fifths of the page."""
    longest = max(
        (cells(part) for group in shown.groups for row in group.rows for part in row.subject), default=0
    )
    return max(1, min(longest, width * 2 // 5))


def subject_lines(row: Row, width: int) -> list[str]:
    """Policy and item of a row, broken at hyphens where they are too wide."""
    return [line for part in row.subject for line in wrapped(part, width, at_hyphens=True)]


def _changes(report: Report) -> tuple[str, ...]:
    if report.changes is None:
        return ()
    lines = [
        clipped(f"  {change.hub.name}: {_words.change(change)}", _MESSAGE_LENGTH) for change in report.changes
    ]
    told = _words.changes(report)
    return (f"{told[0].upper()}{told[1:]}{':' if lines else '.'}", *_first(lines, _CHANGES_SHOWN, "change"))


def _fixed(report: Report) -> list[str]:
    findings = report.baseline.findings if report.baseline else ()
    return [clipped(_words.fixed(finding), _MESSAGE_LENGTH) for finding in findings]


def _exemptions(found: Digest) -> list[str]:
    return [
        clipped(_words.exemption(entry, covered), _MESSAGE_LENGTH)
        for entry, covered in found.exemptions.items()
    ]


def _coverage(report: Report) -> tuple[str, ...]:
    if report.complete:
        return ()
    lines = Counter(_gap(gap) for gap in report.gaps)
    told = [text if count == 1 else f"{text} ({count} times)" for text, count in lines.items()]
    return (
        "Incomplete: what could not be read is unknown, not passed.",
        *_first([f"  {line}" for line in told], _GAPS_SHOWN, "gap"),
    )


def _gap(gap: Gap) -> str:
    hub = f" of {gap.hub.rstrip('/').rpartition('/')[2]}" if gap.hub else ""
    return clipped(f"{_words.unread(gap)}{hub}: {_words.why_unread(gap)}", _MESSAGE_LENGTH)


def _first(lines: Sequence[str], limit: int, noun: str) -> tuple[str, ...]:
    over = len(lines) - limit
    return (
        (*lines[:limit], f"  ... and {_words.number_of(over, f'more {noun}')}") if over > 0 else tuple(lines)
    )


def _groups(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """The hub with the worst finding first."""
    worst: dict[str, int] = {}
    for position, finding in enumerate(findings):
        worst.setdefault(finding.hub.id.lower(), position)
    ordered = sorted(findings, key=lambda finding: (worst[finding.hub.id.lower()], order(finding)))
    return tuple(
        _group(list(members)) for _, members in groupby(ordered, key=lambda finding: finding.hub.id.lower())
    )


def _group(findings: Sequence[Finding]) -> Group:
    hub = findings[0].hub
    home = clipped(_words.home(hub), _NAME_LENGTH)
    heading = clipped(hub.name or hub.id, _NAME_LENGTH) + (f" ({home})" if home else "")
    return Group(heading, tuple(_row(finding) for finding in findings))


def _row(finding: Finding) -> Row:
    subject = (finding.policy,) if finding.item is None else (finding.policy, finding.item)
    where = _words.place(finding)
    text = (
        clipped(_words.briefly(finding), _MESSAGE_LENGTH),
        *([clipped(where, _NAME_LENGTH)] if where else []),
    )
    return Row(
        finding.verdict, finding.severity, tuple(clipped(part, _NAME_LENGTH) for part in subject), text
    )
