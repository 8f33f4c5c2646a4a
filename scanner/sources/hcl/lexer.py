"""Reads the words and signs of a text, one ahead."""

from __future__ import annotations

import re

from scanner.sources.hcl.source import BadSyntax

_BLANK = r"(?:[ \t\r]+|\#[^\n]*|//[^\n]*|/\*[\s\S]*?\*/{})*"
_WORDS = (
    r"(?:(?P<name>[^\W\d][\w-]*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<heredoc><<-?[^\W\d][\w-]*[ \t]*\r?\n)"
    r"|(?P<sign>==|!=|<=|>=|=>|&&|\|\||\.\.\.|::|[{}\[\]().,;:=?+\-*%<>!\"\n~]|/(?!\*))"
    r"|(?P<end>\Z))?"
)
_IN_LINE = re.compile(_BLANK.format("") + _WORDS)
_OVER_LINES = re.compile(_BLANK.format(r"|\n+") + _WORDS)

MAX_DEPTH = 70
"""Blocks, brackets and operands inside one another that are read."""


class Lexer:
    """The current word of a text: its ``kind``, its ``word``, and where it begins and ends.

    ``over_lines`` tells that the end of a line means nothing, as between brackets.
    """

    def __init__(self, text: str, at: int = 0, limit: int | None = None) -> None:
        self.text = text
        self.limit = len(text) if limit is None else limit
        self.kind = ""
        self.word = ""
        self.at = at
        self.end = at
        self.over_lines = False
        self.depth = 0

    def advance(self) -> None:
        """Go on to the next word."""
        pattern = _OVER_LINES if self.over_lines else _IN_LINE
        match = pattern.match(self.text, self.end, self.limit)
        kind = match.lastgroup if match else None
        if match is None or kind is None:
            at = match.end() if match else self.end
            raise self._strange(at)
        self.kind = kind
        self.word = match[kind]
        self.at, self.end = match.span(kind)

    def enter(self) -> None:
        """Count one level deeper.  Raises `BadSyntax` where it is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BadSyntax(f"nested deeper than {MAX_DEPTH} levels", self.at)

    def is_sign(self, sign: str) -> bool:
        """Whether the current word is a sign."""
        return self.word == sign and self.kind == "sign"

    def expect(self, sign: str, why: str = "") -> None:
        """The current word must be a sign, which is left behind."""
        if not self.is_sign(sign):
            raise self.expected(f"'{sign}'{why}")
        self.advance()

    def skip_lines(self) -> None:
        """Pass the ends of lines."""
        while self.is_sign("\n"):
            self.advance()

    def expected(self, what: str) -> BadSyntax:
        """The error that something else stands here."""
        return BadSyntax(f"expected {what}, found {self.found()}", self.at)

    def found(self) -> str:
        """The current word, for people."""
        if self.kind == "end":
            return "the end of the text"
        if self.kind == "heredoc":
            return "'<<'"
        return "the end of the line" if self.word == "\n" else f"'{self.word[:40]}'"

    def _strange(self, at: int) -> BadSyntax:
        if self.text.startswith("/*", at):
            return BadSyntax("the comment is not closed, expected '*/'", at)
        sign = self.text[at : at + 1]
        if sign == "'":
            return BadSyntax("texts stand in double quotes, found a single one", at)
        return BadSyntax(f"expected a name, a value or a sign, found {sign!r}", at)
