"""One Bicep file: its statements, and where each of its characters stands."""

from __future__ import annotations

import bisect
import posixpath
import re
from functools import cached_property

from scanner.model import Place
from scanner.sources.bicep.parser import Tree, parse
from scanner.sources.bicep.syntax import Declaration, Other, Output, Statement, Using

PARAMETERS = ".bicepparam"
"""How the name of a file of parameters ends."""

_LINE = re.compile("\r\n|\r|\n")


class BicepFile:
    """A file: ``path`` for people, ``location`` where it really is.  It is parsed when that is asked for.

    ``held`` tells that its text was handed over, and need not be what is there.
    """

    def __init__(self, path: str, location: str, data: bytes, *, held: bool = False) -> None:
        self.path = path
        self.location = location
        self.held = held
        self.text = data.decode("utf-8", "replace").removeprefix("\ufeff")

    @property
    def folder(self) -> str:
        """The folder that its relative paths start from, for people."""
        return posixpath.dirname(self.path)

    @cached_property
    def is_parameters(self) -> bool:
        """Whether it holds parameters for another file."""
        return self.path.lower().endswith(PARAMETERS)

    @cached_property
    def tree(self) -> Tree:
        """What it says."""
        return parse(self.text, parameters=self.is_parameters)

    @cached_property
    def names(self) -> dict[str, Statement]:
        """Its statements by the names that expressions use; of two with one name the first."""
        found: dict[str, Statement] = {}
        for statement in self.tree.statements:
            if statement.name and not isinstance(statement, (Other, Output, Using)):
                found.setdefault(statement.name, statement)
        return found

    def declared(self, kind: type[Declaration]) -> list[Statement]:
        """Its statements of a kind."""
        return self._by_kind.get(kind, [])

    @cached_property
    def _by_kind(self) -> dict[type, list[Statement]]:
        found: dict[type, list[Statement]] = {}
        for statement in self.tree.statements:
            found.setdefault(type(statement), []).append(statement)
        return found

    @property
    def target_scope(self) -> str:
        """What it is deployed to, as ``targetScope`` says."""
        for statement in self.declared(Other):
            if isinstance(statement, Other) and statement.keyword == "targetScope":
                return str(getattr(statement.value, "value", ""))
        return "resourceGroup"

    @cached_property
    def _lines(self) -> list[int]:
        """The offsets at which lines begin."""
        return [0, *(match.end() for match in _LINE.finditer(self.text))]

    def at(self, offset: int) -> Place:
        """The place of a character."""
        index = bisect.bisect_right(self._lines, offset) - 1
        line = index + 1
        return Place(path=self.path, line=line, column=offset - self._lines[index] + 1, end_line=line)
