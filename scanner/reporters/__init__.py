"""What a report looks like: a module (or package) here is a format, its name is what people type.

A reporter has one public function, `Reporter.render`.  It receives everything it may show, so it
prints nothing, opens nothing, and reads neither clock nor environment: the same report gives the
same text, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from scanner.model import Report, Style


class Reporter(Protocol):
    """The shape of every module of this package."""

    def render(self, report: Report, style: Style, /) -> Iterator[str]:
        """Yield the report as text, in chunks to be written one after the other."""
        ...
