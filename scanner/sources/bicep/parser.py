"""Parses Bicep files and files of parameters.

A statement that cannot be read does not keep the others from being read: the parser goes on at the next
line that begins like a statement.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.sources.bicep.errors import BadBicep
from scanner.sources.bicep.statements import OF_PARAMETERS, OF_TEMPLATES, Statements
from scanner.sources.bicep.syntax import Statement
from scanner.sources.bicep.tokens import Tokens, tokens

MOST_ERRORS = 20
"""Errors of one file that are told."""


@dataclass(slots=True)
class Tree:
    """What a file holds.  ``broken`` are the names of statements that cannot be read."""

    statements: list[Statement] = field(default_factory=list)
    errors: list[BadBicep] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def parse(text: str, *, parameters: bool = False) -> Tree:
    """The statements of a text; ``parameters`` tells a file of parameters.  Never raises."""
    tree = Tree()
    _Parser(tokens(text), parameters=parameters).fill(tree)
    return tree


class _Parser(Statements):
    def __init__(self, found: Tokens, *, parameters: bool) -> None:
        super().__init__(found)
        self._statements = OF_PARAMETERS if parameters else OF_TEMPLATES

    def fill(self, tree: Tree) -> None:
        """Read everything into a tree."""
        self.newlines()
        while self.kind != "end":
            begin = self.at
            try:
                tree.statements.append(self._statement())
                if self.kind not in ("newline", "end"):
                    self.fail("the end of the line")
            except (BadBicep, RecursionError) as error:
                self._recover(tree, begin, error)
                if len(tree.errors) >= MOST_ERRORS:
                    return
            self.newlines()

    def _recover(self, tree: Tree, begin: int, error: BadBicep | RecursionError) -> None:
        """Keep an error, and go on at the next line that begins like a statement."""
        if isinstance(error, RecursionError):
            error = BadBicep("nested too deep", self._tokens.starts[begin])
        tree.errors.append(error)
        kinds, texts = self._kinds, self._tokens.texts
        at = begin
        while kinds[at] == "@":
            at = _next_line(kinds, at)
        if kinds[at] == kinds[min(at + 1, len(kinds) - 1)] == "name":
            tree.broken.add(texts[at + 1])
        at = max(self.at, begin + 1) if kinds[begin] != "end" else begin
        while kinds[at] != "end" and not (
            kinds[at - 1] == "newline"
            and (kinds[at] == "@" or (kinds[at] == "name" and texts[at] in self._statements))
        ):
            at += 1
        self.at, self.kind, self.depth = at, kinds[at], 0

    def _statement(self) -> Statement:
        decorators = self.decorators()
        start = self.start
        word = self.word if self.kind == "name" else ""
        read = self._statements.get(word)
        if read is None:
            self.fail(f"a statement ({', '.join(self._statements)})" if not decorators else "a declaration")
        self.next()
        statement = read(self, start, decorators)
        statement.end = self.last
        return statement


def _next_line(kinds: list[str], at: int) -> int:
    while kinds[at] not in ("newline", "end"):
        at += 1
    while kinds[at] == "newline":
        at += 1
    return at
