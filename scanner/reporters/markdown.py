"""A page for a job summary, a pull request or a mail: the verdict first, the rest folded.

GitHub drops a step summary of more than 1 MiB altogether, so the page stays under `LIMIT` bytes by
leaving out the least severe findings, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.model import AGAINST, Finding, Report, Style, Verdict
from scanner.reporters import _beside, _history, _sections, _words
from scanner.reporters._commonmark import folded, table
from scanner.reporters._digest import Digest, digest

DIGESTS = True

LIMIT = 900_000
"""The most bytes of UTF-8 a page has."""

_KEPT = 8_000
"""More findings than ever fit: the shortest takes over a hundred bytes."""

_FIRST = 10
_SECTION_BYTES = 100_000
_HEADINGS_BYTES = 5_000
"""What the titles and folds around the tables of findings take at most."""


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - whoever shows the page styles it
    """Yield the page a section at a time.  The same report always gives the same bytes."""
    found = digest(report, _KEPT, AGAINST)
    first, others = _parted(found.worst)
    gaps = _sections.gap_groups(report.gaps)
    head = [
        f"## {_words.headline(report, found.failing_hubs)}",
        _sections.banner(report, gaps),
        _beside.section(report, found),
        _sections.counts(report, found),
        _history.paragraph(report),
        _sections.changes(report),
        _sections.fixed(report),
        _sections.fix_first(first),
    ]
    tail = [_exemptions(found), _sections.notices(report), _gaps(report, gaps), _policies(report, found)]
    tail.append(_sections.footer(report))
    room = LIMIT - _HEADINGS_BYTES - sum(_size(section) for section in (*head, *tail))
    middle = _others(others, found.left_out, room)
    for number, section in enumerate(section for section in (*head, *middle, *tail) if section):
        yield f"\n{section}\n" if number else f"{section}\n"


def _parted(worst: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The failing findings to fix first, and all the others."""
    first: list[Finding] = []
    others: list[Finding] = []
    for finding in worst:
        is_new = finding.verdict is Verdict.FAIL and finding.baseline != "known"
        to_fix = is_new and len(first) < _FIRST
        (first if to_fix else others).append(finding)
    return first, others


def _others(findings: Sequence[Finding], beyond: int, room: int) -> list[str]:
    """The sections of as many findings as there is room for, worst first."""
    lines = _fitting((_sections.finding_row(finding) for finding in findings), room)
    shown = list(zip(findings, lines, strict=False))
    left_out = beyond + len(findings) - len(shown)
    note = ""
    if left_out:
        count = _words.number_of(left_out, "less severe finding")
        note = (
            f"**{count} left out** to keep this page under {LIMIT // 1000} KB. All of them: `-o json=FILE`."
        )
    known = [pair for pair in shown if pair[0].baseline == "known"]
    failing, unknown = (
        [pair for pair in shown if pair[0].verdict is verdict and pair[0].baseline != "known"]
        for verdict in (Verdict.FAIL, Verdict.UNKNOWN)
    )
    return [
        note,
        _sections.findings("Other failing findings", "What is wrong", failing),
        _sections.findings("Unknown: neither passed nor failed", "Why it is unknown", unknown),
        _sections.findings("Known already", "What is wrong, or why it is unknown", known),
    ]


def _exemptions(found: Digest) -> str:
    columns = ["Policy", "Hub", "#Covers", "Why", "Who", "Until"]
    return _register("Exemptions", columns, _sections.exemption_rows(found), "")


def _gaps(report: Report, groups: Sequence[_sections.GapGroup]) -> str:
    """The gaps, unless the banner has told them all."""
    if not report.complete and len(groups) <= _sections.TOLD_AT_ONCE:
        return ""
    columns = ["What", "Why", "#Times", "Hubs"]
    return _register("What could not be read", columns, [_sections.gap_row(group) for group in groups], "")


def _policies(report: Report, found: Digest) -> str:
    if not report.summary.hubs:
        return ""
    columns = list(_sections.policy_columns(found))
    note = ""
    if "#Passed" not in columns and not all(numbers.total() for numbers in found.by_policy.values()):
        note = "A policy with nothing but zeros passed or did not apply. `--show-passes` tells which."
    return _register("Policies", ["Policy", "Severity", *columns], _sections.policy_rows(report, found), note)


def _register(title: str, columns: Sequence[str], rows: Sequence[str], note: str) -> str:
    """A folded table of what fits into one section's share of the page."""
    if not rows:
        return ""
    kept = _fitting(rows, _SECTION_BYTES)
    over = len(rows) - len(kept)
    more = f"And {over} more: `-o json=FILE`." if over else ""
    body = [table(columns, kept), note, more]
    return folded(f"{title} ({len(rows)})", "\n\n".join(part for part in body if part))


def _fitting(lines: Iterable[str], room: int) -> list[str]:
    """The lines from the first on that take at most ``room`` bytes together."""
    kept: list[str] = []
    for line in lines:
        room -= _size(line)
        if room < 0:
            break
        kept.append(line)
    return kept


def _size(text: str) -> int:
    return len(text.encode()) + 2
