"""One file of configuration: its text, and the places of its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from scanner.model import Place


class Source:
    """The text of a file, without its byte order mark."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path

    def place(self, at: int) -> Place:
        """The place of the character at an offset."""
        line = bisect_right(self._starts, at)
        column = at - self._starts[line - 1] + 1
        return Place(path=self.path, line=line, column=column, end_line=line)

    def offset(self, place: Place) -> int:
        """The offset of a place in the file."""
        return self._starts[place.line - 1] + place.column - 1

    @cached_property
    def _starts(self) -> list[int]:
        """The offsets at which lines begin."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]


class Embedded(Source):
    """A text that stands in another document, all of it at one place."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text, place.path)
        self._place = place

    def place(self, at: int) -> Place:
        """The place of the document."""
        del at
        return self._place


class BadSyntax(ValueError):  # noqa: N818 - reads as what it says
    """A text is no configuration.  ``at`` is the offset, ``str()`` a clause that says what was expected."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at
