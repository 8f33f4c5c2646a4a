"""A table for people: the verdict, what could not be read, then the findings of each hub, worst first.

On a terminal it may have colours; anywhere else, and without them, it is the same page.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from scanner.model import Report, Severity, Style, Verdict
from scanner.reporters._cells import padded, wrapped
from scanner.reporters._page import MARKS, Page, Row, page, subject_lines, subject_width
from scanner.reporters._plain import plain_line

_NARROWEST = 60
"""A page is laid out for no fewer columns than this, however few it is given."""

# The parameters of ECMA-48's SGR: 1 bold, 2 dim, 30 to 37 the colours that every terminal has.
_BOLD, _DIM, _WARNING = "1", "2", "1;33"
_SEVERITIES = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "34",
}
_VERDICTS = {Verdict.UNKNOWN: "35", Verdict.EXEMPT: _DIM, Verdict.PASS: "32", Verdict.SKIP: _DIM}


def render(report: Report, style: Style) -> Iterator[str]:
    """Yield the page, a hub at a time.  It shows a bounded number of findings and counts them all."""
    drawn = _Drawing(max(style.width, _NARROWEST), color=style.terminal and style.color)
    return drawn.page(page(report))


class _Drawing:
    """A page being drawn, ``width`` cells wide.  Names have lost their control characters before."""

    def __init__(self, width: int, *, color: bool) -> None:
        self._width = width
        self._color = color

    def page(self, shown: Page) -> Iterator[str]:
        """Yield the page: its head, each group, and its end."""
        yield self._lines(shown.headline, code=_BOLD)
        yield self._lines(*shown.changes) + self._lines(*shown.gaps, code=_WARNING)
        columns = subject_width(shown, self._width)
        for group in shown.groups:
            yield "\n" + self._lines(group.heading, code=_BOLD)
            for row in group.rows:
                yield "".join(f"{line.rstrip()}\n" for line in self._row(row, columns))
        more = [shown.more] if shown.more else []
        yield "\n" + self._lines(*more, *shown.fixed, *shown.exemptions, *shown.notices)
        yield self._lines(shown.counts, code=_BOLD)

    def _lines(self, *lines: str, code: str = "") -> str:
        """A line each.  One that is too long is the terminal's to wrap."""
        return "".join(f"{self._in(code, plain_line(line))}\n" for line in lines)

    def _row(self, row: Row, columns: int) -> Iterator[str]:
        """The lines of a finding; ``columns`` of the width belong to policy and item."""
        verdict = padded(f"{MARKS[row.verdict]} {row.severity}", 10)
        code = _VERDICTS.get(row.verdict, _SEVERITIES[row.severity])
        room = self._width - columns - 16
        message, *place = row.text
        told = [("", line) for line in wrapped(message, room)]
        told += [(_DIM, line) for part in place for line in wrapped(part, room)]
        subjects = subject_lines(row, columns)
        beside = max(1, len(subjects))
        # What nothing stands in front of begins a line.
        subjects[1:] = map(plain_line, subjects[1:])
        told[beside:] = [(tone, plain_line(line)) for tone, line in told[beside:]]
        texts = [self._in(tone, line) for tone, line in told]
        for subject, text in zip_longest(subjects, texts, fillvalue=""):
            yield f"  {self._in(code, verdict)}  {padded(subject, columns)}  {text}"
            code, verdict = "", " " * 10

    def _in(self, code: str, text: str) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and code and text else text
