"""Where in the text of a plan its resources stand: their place when no ``.tf`` file lies beside it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from scanner.model import Place

_ADDRESS = re.compile(rb'"address"\s*:\s*("(?:[^"\\]|\\.)*")')


class Addresses:
    """The places of the addresses under ``resource_changes``, or anywhere in a state."""

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        self._data = data
        self._found: dict[str, int] | None = None
        self._lines: list[int] = []

    def place(self, address: str) -> Place:
        """Where an address stands; the beginning of the file where it is not found."""
        if self._found is None:
            self._found = self._all()
            self._lines = [0, *(match.end() for match in re.finditer(rb"\n", self._data))]
        at = self._found.get(address, 0)
        line = bisect_right(self._lines, at)
        begin = self._lines[line - 1]
        column = len(self._data[begin:at].decode("utf-8", "replace")) + 1
        return Place(path=self._path, line=line, column=column, end_line=line)

    def _all(self) -> dict[str, int]:
        start = max(0, self._data.find(b'"resource_changes"'))
        found: dict[str, int] = {}
        for match in _ADDRESS.finditer(self._data, start):
            try:
                found.setdefault(json.loads(match[1]), match.start())
            except ValueError:
                continue
        return found
