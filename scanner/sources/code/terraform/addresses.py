"""Where in the text of a plan its resources stand: their place when no ``.tf`` file lies beside it."""

from __future__ import annotations

import json
import re

from scanner.model import Place

_ADDRESS = re.compile(rb'"address"\s*:\s*("(?:[^"\\]|\\.)*")')


class Addresses:
    """The places of the addresses under ``resource_changes``, or anywhere in a state."""

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        self._data = data
        self._found: dict[str, Place] | None = None

    def place(self, address: str) -> Place:
        """Where an address stands; the beginning of the file where it is not found."""
        if self._found is None:
            self._found = self._all()
        return self._found.get(address) or Place(path=self._path, line=1, column=1, end_line=1)

    def _all(self) -> dict[str, Place]:
        """All of them in one pass: a plan is often one line of many megabytes."""
        found: dict[str, Place] = {}
        at, line, column = 0, 1, 1
        for match in _ADDRESS.finditer(self._data, max(0, self._data.find(b'"resource_changes"'))):
            between = self._data[at : match.start()]
            breaks = between.count(b"\n")
            rest = between.rpartition(b"\n")[2]
            line += breaks
            column = (1 if breaks else column) + len(rest.decode("utf-8", "replace"))
            at = match.start()
            try:
                address = json.loads(match[1])
            except ValueError:
                continue
            found.setdefault(address, Place(path=self._path, line=line, column=column, end_line=line))
        return found
