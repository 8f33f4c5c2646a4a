"""The words of an expression: JMESPath's, and ``$name`` and ``=`` of a ``let`` expression."""

from __future__ import annotations

from collections.abc import Iterator
from json import loads
from typing import Any

from jmespath.exceptions import LexerError
from jmespath.lexer import Lexer

Token = dict[str, Any]
"""``type``, ``value``, and ``start``: where it begins in the text, from 0."""


class ExpressionLexer(Lexer):  # type: ignore[misc]  # jmespath carries no types
    """JMESPath's lexer with two more kinds of token: ``variable`` and ``assign``."""

    START_IDENTIFIER = Lexer.START_IDENTIFIER | {"$"}
    SIMPLE_TOKENS = {**Lexer.SIMPLE_TOKENS, "=": "assign"}  # noqa: RUF012 - the base class says how

    def tokenize(self, expression: str) -> Iterator[Token]:
        """The tokens of a text, an ``eof`` last.  Raises `LexerError`."""
        held: Token | None = None
        for token in super().tokenize(expression):
            if token["type"] == "assign":
                if held is not None and held["start"] + 1 == token["start"]:
                    yield {"type": "eq", "value": "==", "start": held["start"]}
                    held = None
                    continue
                if held is not None:
                    yield held
                held = token
                continue
            if held is not None:
                yield held
                held = None
            yield _variable(token) if token["value"].__class__ is str else token
        # The last token is always eof, so nothing is held back here.

    def _consume_literal(self) -> Token:
        """A literal between backticks.

        Text there that is no JSON is a string, as JMESPath once had it; the token says so, because
        who writes `x` mostly means 'x'.
        """
        start = self._position
        lexeme = self._consume_until("`").replace("\\`", "`")
        token = {"type": "literal", "start": start}
        try:
            return {**token, "value": loads(lexeme)}
        except ValueError:
            pass
        try:
            return {**token, "value": loads(f'"{lexeme.lstrip()}"'), "bare": True}
        except ValueError:
            text = self._expression[start:]
            raise LexerError(start, text, "what stands between backticks is not JSON") from None


def _variable(token: Token) -> Token:
    if token["type"] != "unquoted_identifier" or not token["value"].startswith("$"):
        return token
    if token["value"] == "$":
        raise LexerError(token["start"], "$", "'$' is not followed by a name")
    return {"type": "variable", "value": token["value"][1:], "start": token["start"]}
