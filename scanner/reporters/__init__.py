"""What a report looks like: a module (or package) here is a format, its name is what people type.

A reporter has one public function, `Reporter.render`.  It receives everything it may show, so it
prints nothing, opens nothing, and reads neither clock nor environment: the same report gives the
same text, byte for byte.

A format that is no text says so by ``BINARY = True``, yields bytes, and goes to files only.  One that
needs a library of an extra names it in ``LIBRARY``; the extra is called as the format.  One that shows what
code on hubs can reach says ``EGRESS = True``; for others no scan finds that out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from scanner.model import Report, Style


class Reporter(Protocol):
    """The shape of every module of this package."""

    def render(self, report: Report, style: Style, /) -> Iterator[str] | Iterator[bytes]:
        """Yield the report in chunks to be written one after the other."""
        ...
