"""Parses files of configuration: blocks and attributes.

After an error reading goes on with the next block that begins a line, so that one mistake does not hide
the rest of a file.  A comma or semicolon between two attributes of a line hides none of them.
"""

from __future__ import annotations

import re

from scanner.sources.hcl import templates
from scanner.sources.hcl.expressions import Expressions
from scanner.sources.hcl.lexer import Lexer
from scanner.sources.hcl.source import BadSyntax, Source
from scanner.sources.hcl.syntax import Attribute, Block, Body, Literal, Node

MOST_ERRORS = 20
"""Errors of one file that are told of."""

_HEADER = re.compile(r'^[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[\w-]+)){0,3}[ \t]*(?:\{|=[^=])', re.MULTILINE)


def parse(source: Source) -> tuple[Body, list[BadSyntax]]:
    """What a file holds, and what in it cannot be understood."""
    reader = _Files(source)
    return reader.body, reader.errors


def expression(source: Source) -> Node:
    """The one expression that a text is.  Raises `BadSyntax`."""
    reader = Expressions(Lexer(source.text))
    reader.lexer.over_lines = True
    reader.lexer.advance()
    node = reader.expression()
    if reader.lexer.kind != "end":
        raise reader.lexer.expected("the end of the expression")
    return node


def template(source: Source) -> Node:
    """The template that a whole text is.  Raises `BadSyntax`."""
    return templates.text(Expressions(Lexer(source.text)))


class _Files:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.body = Body()
        self.errors: list[BadSyntax] = []
        self._is_parted = False
        at: int | None = 0
        while at is not None and len(self.errors) < MOST_ERRORS:
            at = self._from(at)

    def _from(self, at: int) -> int | None:
        """Read on from an offset; after an error, the offset of the next block."""
        self._lexer = Lexer(self._source.text, at)
        self._expressions = Expressions(self._lexer)
        self._begun = at
        try:
            self._lexer.advance()
            self._statements(self.body, top=True)
        except BadSyntax as error:
            self.errors.append(error)
            following = _HEADER.search(self._source.text, max(self._begun + 1, at + 1))
            return following.start() if following else None
        return None

    def _statements(self, body: Body, *, top: bool = False) -> None:
        """Attributes and blocks up to the end of the file, or to the brace that closes a block."""
        lexer = self._lexer
        while True:
            lexer.skip_lines()
            if lexer.kind == "end" or (lexer.is_sign("}") and not top):
                return
            if top:
                self._begun = lexer.at
            if lexer.kind != "name":
                raise lexer.expected("an attribute or a block")
            self._statement(body)
            if not (lexer.is_sign("\n") or lexer.kind == "end" or (lexer.is_sign("}") and not top)):
                self._parted(lexer.expected("the end of the line"))

    def _parted(self, error: BadSyntax) -> None:
        """Pass a sign that stands between two attributes of a line; it is told of once for a file."""
        lexer = self._lexer
        if not (lexer.is_sign(";") or lexer.is_sign(",")):
            raise error
        if not self._is_parted:
            self.errors.append(error)
        self._is_parted = True
        lexer.advance()

    def _statement(self, body: Body) -> None:
        lexer = self._lexer
        name, at = lexer.word, lexer.at
        lexer.advance()
        if lexer.is_sign("="):
            lexer.advance()
            attribute = Attribute(name, self._expressions.expression(), at, self._source)
            if name in body.attributes:
                self.errors.append(BadSyntax(f"'{name}' is set a second time", at))
            body.attributes.setdefault(name, attribute)
            return
        labels: list[str] = []
        while not lexer.is_sign("{"):
            labels.append(self._label(name))
        body.blocks.append(self._block(name, tuple(labels), at))

    def _label(self, name: str) -> str:
        lexer = self._lexer
        if lexer.kind == "name":
            word = lexer.word
            lexer.advance()
            return word
        if lexer.is_sign('"'):
            node = templates.quoted(self._expressions)
            if isinstance(node, Literal):
                return str(node.value)
            raise BadSyntax("the label of a block has nothing to fill in", node.at)
        raise lexer.expected(f"'=' or '{{' behind '{name}'")

    def _block(self, kind: str, labels: tuple[str, ...], at: int) -> Block:
        lexer = self._lexer
        lexer.enter()
        lexer.advance()
        block = Block(kind, labels, Body(), at, at, self._source)
        self._statements(block.body)
        if not lexer.is_sign("}"):
            line = self._source.place(at).line
            raise lexer.expected(f"'}}' that closes the block '{kind}' of line {line}")
        lexer.depth -= 1
        block.end = lexer.end
        lexer.advance()
        return block
