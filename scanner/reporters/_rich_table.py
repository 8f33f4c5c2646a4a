"""The table on a terminal, drawn with rich.  Loaded only where a person watches."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scanner.model import Severity, Verdict
from scanner.reporters._page import MARKS, Group, Page, Row, subject_lines, subject_width

_SEVERITY_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "blue",
}
_VERDICT_STYLES = {
    Verdict.UNKNOWN: "magenta",
    Verdict.EXEMPT: "dim",
    Verdict.PASS: "green",
    Verdict.SKIP: "dim",
}


def draw(page: Page, width: int, *, color: bool) -> Iterator[str]:
    """Yield the page as text with the escape sequences of its colours, if any.

    Names are shown as they are: rich's own markup, emoji codes and highlighting are off.
    """
    console = _Console(width, color=color)
    yield console.text(
        Text(page.headline, "bold"),
        *map(Text, page.changes),
        *(Text(line, "bold yellow") for line in page.gaps),
    )
    columns = subject_width(page, width)
    for group in page.groups:
        table = Padding(_table(group, columns), (0, 0, 0, 2), expand=False)
        yield console.text(Text(), Text(group.heading, "bold"), table)
    last = [*([page.more] if page.more else []), *page.fixed, *page.exemptions, *page.notices]
    yield console.text(Text(), *(Text(line) for line in last), Text(page.counts, "bold"))


class _Console:
    """A console that gives back what it would print and asks the environment for nothing."""

    def __init__(self, width: int, *, color: bool) -> None:
        self._console = Console(
            file=io.StringIO(),
            force_terminal=True,
            force_interactive=False,
            color_system="standard" if color else None,
            no_color=not color,
            width=width,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            _environ={},
        )

    def text(self, *parts: Text | Padding) -> str:
        """The parts, a line or block each.  A line that is too long is the terminal's to wrap."""
        with self._console.capture() as capture:
            for part in parts:
                self._console.print(part, soft_wrap=isinstance(part, Text))
        return "".join(f"{line.rstrip()}\n" for line in capture.get().split("\n")[:-1])


def _table(group: Group, columns: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=10, no_wrap=True)
    table.add_column(width=columns, overflow="fold")
    table.add_column(overflow="fold")
    for row in group.rows:
        table.add_row(_verdict(row), Text("\n".join(subject_lines(row, columns))), _text(row))
    return table


def _verdict(row: Row) -> Text:
    return Text(
        f"{MARKS[row.verdict]} {row.severity}",
        _VERDICT_STYLES.get(row.verdict, _SEVERITY_STYLES[row.severity]),
    )


def _text(row: Row) -> Text:
    message, *place = row.text
    return Text("\n").join([Text(message), *(Text(part, "dim") for part in place)])
