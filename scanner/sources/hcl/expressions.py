"""Parses expressions: one method for each level of the grammar, operators by how strongly they bind."""

from __future__ import annotations

from scanner.sources.hcl import brackets, templates
from scanner.sources.hcl.lexer import Lexer
from scanner.sources.hcl.steps import steps
from scanner.sources.hcl.syntax import Binary, Conditional, Literal, Name, Node, Unary

_BINDS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_WORDS = {"true": True, "false": False, "null": None}


class Expressions:
    """Reads expressions from a lexer.  Raises `BadSyntax`."""

    def __init__(self, lexer: Lexer) -> None:
        self.lexer = lexer

    def expression(self) -> Node:
        """The expression that begins with the current word."""
        lexer = self.lexer
        lexer.enter()
        node = self._binary(1)
        if lexer.is_sign("?"):
            lexer.advance()
            lines, lexer.over_lines = lexer.over_lines, True
            self._over_lines()
            yes = self.expression()
            lexer.expect(":", " of the conditional")
            lexer.over_lines = lines
            no = self.expression()
            node = Conditional(node, yes, no, node.at, no.end)
        lexer.depth -= 1
        return node

    def _over_lines(self) -> None:
        """The current word may be the end of a line that means nothing any more."""
        self.lexer.skip_lines()

    def _binary(self, least: int) -> Node:
        lexer = self.lexer
        left = self._unary()
        while lexer.kind == "sign" and (binds := _BINDS.get(lexer.word, 0)) >= least:
            sign = lexer.word
            lexer.advance()
            right = self._binary(binds + 1)
            left = Binary(sign, left, right, left.at, right.end)
        return left

    def _unary(self) -> Node:
        lexer = self.lexer
        if lexer.kind == "sign" and lexer.word in "!-":
            sign, at = lexer.word, lexer.at
            lexer.enter()
            lexer.advance()
            operand = self._unary()
            lexer.depth -= 1
            return Unary(sign, operand, at, operand.end)
        return steps(self, self._primary())

    def _primary(self) -> Node:
        lexer = self.lexer
        kind, word, at = lexer.kind, lexer.word, lexer.at
        if kind == "name":
            return self._named(word, at)
        if kind == "number":
            end = lexer.end
            lexer.advance()
            return Literal(_number(word), at, end)
        if kind == "heredoc":
            return templates.heredoc(self)
        if word == '"':
            return templates.quoted(self)
        if word == "(":
            return brackets.parenthesis(self)
        if word == "[":
            return brackets.list_of(self)
        if word == "{":
            return brackets.object_of(self)
        raise lexer.expected("a value")

    def _named(self, word: str, at: int) -> Node:
        lexer = self.lexer
        end = lexer.end
        lexer.advance()
        while lexer.is_sign("::"):
            lexer.advance()
            if lexer.kind != "name":
                raise lexer.expected("the name of a function")
            word, end = f"{word}::{lexer.word}", lexer.end
            lexer.advance()
        if lexer.is_sign("("):
            return brackets.call(self, word, at)
        if word in _WORDS:
            return Literal(_WORDS[word], at, end)
        return Name(word, at, end)


def _number(word: str) -> int | float:
    """A number; one that is whole is so however it is written."""
    if not set(word) & set(".eE"):
        return int(word) if len(word) < 400 else float(word)
    number = float(word)
    return int(number) if number.is_integer() else number
