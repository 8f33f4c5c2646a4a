"""A table for people: the verdict, what could not be read, then the findings of each hub, worst first.

On a terminal it is drawn with rich; anywhere else as plain aligned columns, without importing rich.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from scanner.model import Report, Style
from scanner.reporters._page import MARKS, Page, Row, page, subject_lines, subject_width
from scanner.reporters._plain import plain_line

_NARROWEST = 60
"""A page is laid out for no fewer columns than this, however few it is given."""


def render(report: Report, style: Style) -> Iterator[str]:
    """Yield the page, a hub at a time.  It shows a bounded number of findings and counts them all."""
    width = max(style.width, _NARROWEST)
    if style.terminal:
        # NOTE: rich takes longer to import than a scan of a few hubs; a file or a pipe never needs it.
        from scanner.reporters import _rich_table  # noqa: PLC0415

        yield from _rich_table.draw(page(report), width, color=style.color)
    else:
        yield from _draw(page(report), width)


def _draw(shown: Page, width: int) -> Iterator[str]:
    yield _lines(shown.headline, *shown.changes, *shown.gaps)
    columns = subject_width(shown, width)
    for group in shown.groups:
        yield "\n" + _lines(group.heading)
        for row in group.rows:
            yield _lines(*_row(row, columns, width))
    yield "\n" + _lines(
        *[
            line
            for line in (shown.more, *shown.fixed, *shown.exemptions, *shown.notices, shown.counts)
            if line
        ]
    )


def _lines(*lines: str) -> str:
    return "".join(f"{plain_line(line)}\n" for line in lines)


def _row(row: Row, columns: int, width: int) -> Iterator[str]:
    """The lines of a finding; ``columns`` of the ``width`` belong to policy and item."""
    first = f"  {MARKS[row.verdict]} {row.severity:<8}  "
    room = width - len(first) - columns - 2
    texts = [line for part in row.text for line in wrap(part, room, break_on_hyphens=False)]
    for subject, text in zip_longest(subject_lines(row, columns), texts, fillvalue=""):
        yield f"{first}{subject:<{columns}}  {text}".rstrip()
        first = " " * len(first)
