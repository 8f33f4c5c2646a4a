"""Texts in quotes and heredocs: what is filled into them, and their directives."""

from __future__ import annotations

import re
from typing import Protocol

from scanner.sources.hcl.lexer import Lexer
from scanner.sources.hcl.pieces import Directive, Piece, assembled, dedent, raws
from scanner.sources.hcl.source import BadSyntax
from scanner.sources.hcl.syntax import Node, Template

_IN_QUOTES = re.compile(r'[^"\\$%\n]+|\\.|\$\$\{|%%\{|\$\{~?|%\{~?|"|[$%]|\n|\\', re.DOTALL)
_IN_HEREDOC = re.compile(r"[^$%]+|\$\$\{|%%\{|\$\{~?|%\{~?|[$%]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_UNICODE = {"u": 4, "U": 8}


class Reader(Protocol):
    """The parser of expressions, at a place in the text."""

    lexer: Lexer

    def expression(self) -> Node:
        """The expression that begins with the current word."""
        ...


def quoted(reader: Reader) -> Node:
    """A text in quotes, of which the opening one is the current word; the closing one is left behind."""
    lexer = reader.lexer
    start = lexer.at
    pieces = _pieces(reader, _IN_QUOTES, quotes=True)
    node = assembled(pieces, start, lexer.end)
    lexer.advance()
    return node


def heredoc(reader: Reader) -> Node:
    """A heredoc, of which the opening mark is the current word; the closing one is left behind."""
    lexer = reader.lexer
    start, opening = lexer.at, lexer.word
    flush = opening.startswith("<<-")
    mark = opening[3 if flush else 2 :].strip()
    closing = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t]*\r?$", re.MULTILINE).search(lexer.text, lexer.end)
    if closing is None:
        raise BadSyntax(f"the text is not closed, expected a line '{mark}'", start)
    outer, lexer.limit = lexer.limit, closing.start()
    pieces = _pieces(reader, _IN_HEREDOC, quotes=False)
    lexer.limit = outer
    if flush:
        dedent(pieces)
    node = assembled(pieces, start, closing.end())
    if isinstance(node, Template):
        # A heredoc is a text, even one that is filled in as a whole.
        node.parts.append("")
    lexer.end = closing.start() + len(closing[0].rstrip("\r"))
    lexer.advance()
    return node


def text(reader: Reader) -> Node:
    """A whole text as a template, as JSON has them and as ``templatefile`` reads them."""
    start = reader.lexer.end
    pieces = _pieces(reader, _IN_HEREDOC, quotes=False)
    return assembled(pieces, start, reader.lexer.end)


def _pieces(reader: Reader, pattern: re.Pattern[str], *, quotes: bool) -> list[Piece]:
    """The pieces up to the closing quote or the limit; the end of the lexer is behind them."""
    lexer = reader.lexer
    start, at = lexer.at, lexer.end
    pieces: list[Piece] = []
    held: list[str] = []
    trim = False
    while True:
        match = pattern.match(lexer.text, at, lexer.limit)
        if match is None:
            if quotes:
                raise BadSyntax("the text is not closed, expected '\"'", start)
            break
        word = match[0]
        at = match.end()
        if quotes and word in ('"', "\n"):
            if word == '"':
                break
            raise BadSyntax("expected '\"' before the end of the line", at - 1)
        if word[:2] in ("${", "%{"):
            pieces += raws("".join(held), lines=not quotes, left=trim, right=word.endswith("~"))
            held = []
            lexer.end = at
            pieces.append(_inner(reader, word))
            trim, at = lexer.text[lexer.at] == "~", lexer.end
        elif quotes and word[0] == "\\":
            escaped, at = _escape(lexer, match.start(), at)
            held.append(escaped)
        else:
            held.append(word[1:] if word in ("$${", "%%{") else word)
    pieces += raws("".join(held), lines=not quotes, left=trim, right=False)
    lexer.end = at
    return pieces


def _escape(lexer: Lexer, start: int, at: int) -> tuple[str, int]:
    sign = lexer.text[start + 1 : at]
    if sign in _ESCAPES:
        return _ESCAPES[sign], at
    digits = lexer.text[at : at + _UNICODE.get(sign, 0)]
    if sign in _UNICODE and re.fullmatch(r"[0-9a-fA-F]{4}(?:[0-9a-fA-F]{4})?", digits):
        code = int(digits, 16)
        is_letter = code < 0xD800 or 0xE000 <= code < 0x110000
        return (chr(code) if is_letter else "\ufffd"), at + len(digits)
    raise BadSyntax(f"expected one of \\n \\r \\t \\\" \\\\ \\uNNNN, found '\\{sign}'", start)


def _inner(reader: Reader, opening: str) -> Piece:
    """What stands between the braces; the last word read is the closing one, or the ``~`` before it."""
    lexer = reader.lexer
    lines, lexer.over_lines = lexer.over_lines, True
    lexer.enter()
    lexer.advance()
    piece: Piece = (reader.expression(),) if opening[0] == "$" else _directive(reader)
    trims = lexer.is_sign("~")
    at = lexer.at
    if trims:
        lexer.advance()
    if not lexer.is_sign("}"):
        raise lexer.expected("'}' at the end of what is filled in")
    if trims:
        lexer.at = at
    lexer.depth -= 1
    lexer.over_lines = lines
    return piece


def _directive(reader: Reader) -> Directive:
    lexer = reader.lexer
    word, at = lexer.word, lexer.at
    if word not in ("if", "else", "endif", "for", "endfor"):
        raise lexer.expected("'if', 'else', 'endif', 'for' or 'endfor'")
    lexer.advance()
    directive = Directive(word, at)
    if word == "for":
        directive.key, directive.value = loop_names(lexer)
        directive.expression = reader.expression()
    elif word == "if":
        directive.expression = reader.expression()
    return directive


def loop_names(lexer: Lexer) -> tuple[str | None, str]:
    """The names of a loop's variables, up to the word ``in``, which is left behind."""
    names = []
    while True:
        if lexer.kind != "name":
            raise lexer.expected("the name of a variable")
        names.append(lexer.word)
        lexer.advance()
        if len(names) == 2 or not lexer.is_sign(","):
            break
        lexer.advance()
    if not (lexer.kind == "name" and lexer.word == "in"):
        raise lexer.expected("'in'")
    lexer.advance()
    return (names[0], names[1]) if len(names) == 2 else (None, names[0])
