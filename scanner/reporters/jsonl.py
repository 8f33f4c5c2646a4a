"""A finding a line, each the object that the JSON result has for it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Report, Style
from scanner.results import texts


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield a line of JSON for each finding, perhaps several at once; nothing where there is none."""
    for _, lines in texts(report.findings, "\n"):
        yield lines + "\n"
