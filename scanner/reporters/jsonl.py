"""A finding a line, each the object that the JSON result has for it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Report, Style
from scanner.results import texts


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield one line of JSON for each finding, and nothing where there is none."""
    for _, _, line in texts(report.findings):
        yield line + "\n"
