"""Parses the expressions of templates."""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

from scanner.regexes import regex
from scanner.sources.arm.errors import BadExpression
from scanner.sources.arm.syntax import Call, Literal, Member, Node

DEEPEST = 120
"""Levels of calls and brackets inside one another: real templates have about thirty."""

LONGEST = 100_000
"""Characters of one expression; Azure takes 24,576."""

_TOKEN = regex(
    r"\s*(?:(?P<text>'[^']*(?:''[^']*)*')"
    r"|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>[()\[\],.])"
    r"|(?P<end>\Z))"
)
_CALL = regex(r"\[\s*[A-Za-z_][A-Za-z0-9_.]*\s*\(")


def is_expression(text: str) -> bool:
    """Whether a text that begins with ``[`` is an expression and not the text of itself.

    ``[[`` escapes a bracket.  What begins like a call and has no closing bracket is an expression, too:
    one that does not end.
    """
    if text.startswith("[["):
        return False
    return text.endswith("]") or _CALL.match(text) is not None


def unescaped(text: str) -> str:
    """A text that is no expression, as the template means it."""
    return text[1:] if text.startswith("[[") else text


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """The expression in a text with its brackets.  Raises `BadExpression`."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadExpression(f"longer than {LONGEST} characters", 0)
        self._text = text
        self._end = len(text) - 1
        self._at = 1
        self._kind = ""
        self._word = ""
        self._start = 0
        self._last = 0
        self._next()

    def parse(self) -> Node:
        node = self._expression(0)
        if self._word != "]":
            self._fail()
        self._next()
        if self._kind != "end":
            self._fail()
        return node

    def _expression(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise BadExpression(f"nested deeper than {DEEPEST} levels", self._start)
        start = self._start
        node = self._primary(depth)
        while self._word in (".", "[") and self._kind == "sign":
            if self._word == ".":
                self._next()
                if self._kind != "name":
                    self._fail()
                key: Node = Literal(self._word, self._word)
                self._next()
            else:
                self._next()
                key = self._expression(depth + 1)
                self._expect("]")
            node = Member(node, key, self._text[start : self._last])
        return node

    def _primary(self, depth: int) -> Node:
        start, kind, word = self._start, self._kind, self._word
        if kind == "text":
            self._next()
            return Literal(word[1:-1].replace("''", "'"), word)
        if kind == "number":
            self._next()
            return Literal(float(word) if "." in word else int(word[:20]), word)
        if kind != "name":
            self._fail()
        self._next()
        name = word
        while self._word == "." and self._kind == "sign":
            self._next()
            if self._kind != "name":
                self._fail()
            name += f".{self._word}"
            self._next()
        self._expect("(", f"'{name}' is no function call: expected '('")
        arguments: list[Node] = []
        if self._word != ")" or self._kind != "sign":
            arguments.append(self._expression(depth + 1))
            while self._word == "," and self._kind == "sign":
                self._next()
                arguments.append(self._expression(depth + 1))
        self._expect(")")
        return Call(name.lower(), tuple(arguments), self._text[start : self._last])

    def _expect(self, sign: str, message: str | None = None) -> None:
        if self._kind != "sign" or self._word != sign:
            self._fail(message or f"expected '{sign}'")
        self._next()

    def _next(self) -> None:
        self._last = self._at
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            rest = self._text[self._at :]
            at = self._at + len(rest) - len(rest.lstrip())
            wrong = "a text that does not end" if self._text[at] == "'" else f"unexpected {self._text[at]!r}"
            raise BadExpression(wrong, at)
        self._kind = match.lastgroup or ""
        self._word = match[self._kind]
        self._start = match.start(self._kind)
        self._at = match.end()

    def _fail(self, message: str | None = None) -> NoReturn:
        if self._kind == "end":
            message = f"the expression does not end: {message or 'something is missing'}"
        elif message is None:
            message = f"unexpected '{self._word}'"
        raise BadExpression(message, min(self._start, self._end))
