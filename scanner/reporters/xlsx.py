"""An Excel workbook: the scan, its findings and what could not be read, a sheet each.

Every cell is text or a number, never a formula or a link: names come from others.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from scanner.model import Report, Severity, Style, Verdict
from scanner.reporters import _words
from scanner.reporters._columns import COLUMNS
from scanner.reporters._plain import plain

BINARY = True
LIBRARY = "xlsxwriter"

_MOST_ROWS = 1_048_576
"""Rows that a sheet can have."""

_LONGEST = 32_767
"""Characters that a cell can hold."""

_WIDTHS = {"title": 40, "message": 80, "hub_id": 30, "evidence": 30, "reason": 40, "remediation_text": 60}
_GAPS = ("subject", "hub", "reason", "status", "code", "detail")


def render(report: Report, style: Style) -> Iterator[bytes]:  # noqa: ARG001 - a workbook has its own
    """Yield the file as one piece: a workbook is written when the last row is known."""
    import xlsxwriter  # noqa: PLC0415 - no other format needs it

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"constant_memory": True, "in_memory": False}) as book:
        book.set_properties({"title": "hubscan", "created": datetime.fromisoformat(report.finished_at)})
        strong = book.add_format({"bold": True})
        _fill(book.add_worksheet("Scan"), ("", ""), _scan(report), strong, {0: 30, 1: 80})
        widths = {index: _WIDTHS.get(name, 16) for index, name in enumerate(COLUMNS)}
        rows = ([read(finding) for read in COLUMNS.values()] for finding in report.findings)
        _fill(book.add_worksheet("Findings"), COLUMNS, rows, strong, widths)
        gaps = ([getattr(gap, name) for name in _GAPS] for gap in report.gaps)
        _fill(book.add_worksheet("Not read"), _GAPS, gaps, strong, dict.fromkeys(range(len(_GAPS)), 30))
    yield sink.getvalue()


def _scan(report: Report) -> Iterator[tuple[str, Any]]:
    summary = report.summary
    failing = {finding.hub.id for finding in report.findings if finding.verdict is Verdict.FAIL}
    yield "Verdict", _words.headline(report, str(len(failing)))
    yield "Complete", "yes" if report.complete else "no: see the sheet 'Not read'"
    yield "Evidence from", report.started_at
    yield "Evidence until", report.finished_at
    yield "hubscan", report.tool_version
    yield "Hubs", summary.hubs
    yield "Policies", summary.policies
    for verdict in Verdict:
        yield f"Verdict: {verdict}", summary.verdicts.get(verdict, 0)
    for severity in Severity:
        yield f"Failing: {severity}", summary.failing.get(severity, 0)
    for notice in report.notices:
        yield "Notice", notice


def _fill(
    sheet: Any, names: Iterable[str], rows: Iterable[Iterable[Any]], strong: Any, widths: dict[int, int]
) -> None:
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    names = tuple(names)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, strong)
    sheet.freeze_panes(1, 0)
    row = 0
    for row, cells in enumerate(rows, 1):
        if row == _MOST_ROWS - 1:
            sheet.write_string(row, 0, "there are more: a sheet ends here, another format has them all")
            break
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value is not None:
                sheet.write_string(row, column, _cell(str(value)))
    if any(names):
        sheet.autofilter(0, 0, row, len(names) - 1)


def _cell(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines())[:_LONGEST]
