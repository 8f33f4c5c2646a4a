"""Parses what is asked of a value: members, indexes and splats."""

from __future__ import annotations

from scanner.sources.hcl.brackets import close
from scanner.sources.hcl.syntax import Index, Literal, Member, Name, Node, Splat
from scanner.sources.hcl.templates import Reader


def steps(reader: Reader, node: Node) -> Node:
    """A value, and what is asked of it: ``.name``, ``[key]``, ``.*`` and ``[*]``."""
    lexer = reader.lexer
    while lexer.kind == "sign" and lexer.word in ".[":
        if lexer.word == ".":
            lexer.advance()
            node = _splat(reader, node, full=False) if lexer.is_sign("*") else _member(reader, node)
        else:
            lines, lexer.over_lines = lexer.over_lines, True
            lexer.advance()
            if lexer.is_sign("*"):
                lexer.advance()
                lexer.over_lines = lines
                if not lexer.is_sign("]"):
                    raise lexer.expected("']'")
                node = _splat(reader, node, full=True)
            else:
                key = reader.expression()
                end = close(reader, "]", lines, "']' behind the index")
                node = Index(node, key, node.at, end)
    return node


def _member(reader: Reader, node: Node) -> Node:
    lexer = reader.lexer
    end = lexer.end
    if lexer.kind == "number":
        word = lexer.word
        lexer.advance()
        for digits in word.split("."):  # a.0.1 is two steps
            if not digits.isdigit():
                raise lexer.expected("the name of a member")
            node = Index(node, Literal(int(digits), node.end, end), node.at, end)
        return node
    if lexer.kind != "name":
        raise lexer.expected("the name of a member")
    word = lexer.word
    lexer.advance()
    return Member(node, word, node.at, end)


def _splat(reader: Reader, base: Node, *, full: bool) -> Node:
    """What follows is asked of each member; behind ``.*`` names alone are."""
    lexer = reader.lexer
    end = lexer.end
    lexer.enter()
    lexer.advance()
    each: Node = Name("", end, end)
    if full:
        each = steps(reader, each)
    else:
        while lexer.is_sign("."):
            lexer.advance()
            each = _member(reader, each)
    lexer.depth -= 1
    return Splat(base, each, base.at, max(end, each.end))
