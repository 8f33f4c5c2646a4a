"""Comma-separated values (RFC 4180) with a row for each finding, for spreadsheets.

A cell is text: one that a spreadsheet would take for a formula (OWASP, CSV Injection) begins with an
apostrophe here, and no cell holds a control character.  Line breaks inside a cell are kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from scanner.model import Report, Style
from scanner.reporters._columns import COLUMNS
from scanner.reporters._plain import plain, plain_line

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with, in Excel, LibreOffice or an old Lotus; the last four are =+-@ in full width."""


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield a line of column names, then a row for each finding."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)

    def row(cells: Iterator[Any]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(list(cells))
        return buffer.getvalue()

    yield row(iter(COLUMNS))
    for finding in report.findings:
        yield row(_cell(read(finding)) for read in COLUMNS.values())


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    first, *others = str(value).splitlines() or [""]
    # What follows a line break begins a line of a build server's log.
    shown = "\n".join((plain(first), *map(plain_line, others)))
    # Excel also looks behind blanks for what begins a formula.
    return f"'{shown}" if shown.lstrip(" \N{NO-BREAK SPACE}").startswith(_FORMULA) else shown
