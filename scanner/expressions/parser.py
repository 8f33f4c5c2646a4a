"""From the text of an expression to its syntax tree, with jmespath's own parser.

Beside the language of jmespath.org there are variables and ``let $a = x, $b = y in z``, as JEP 18 has
them: every binding is evaluated outside the new scope, and ``let`` and ``in`` stay good field names.

A node is the dict that jmespath makes, ``type``, ``children`` and, for some, ``value``, with
``offset``, its place in the text.  Two kinds are ours: ``variable``, and ``let``, whose value is the
tuple of its names and whose children are their expressions and then the body.  Chains (``a || b ||
c``, ``a | b | c``, ``a.b[0].c``) are one node with all their links as children, however long.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jmespath import ast
from jmespath.exceptions import JMESPathError, LexerError, ParseError
from jmespath.parser import Parser

from scanner.expressions.errors import ExpressionError
from scanner.expressions.lexer import ExpressionLexer, Token

Node = dict[str, Any]

MAX_DEPTH = 150
"""How deep expressions may stand in one another: room for any reader, and for Python's stack."""

LONGEST = 500_000
"""How many characters an expression may have: jmespath reads them one by one."""

_WORDS = {
    "rbracket": "']'",
    "rparen": "')'",
    "rbrace": "'}'",
    "comma": "','",
    "colon": "':'",
    "star": "'*'",
    "assign": "'='",
    "eof": "the end",
}


def parse(text: str) -> Node:
    """The syntax tree of an expression.  Raises `ExpressionError`."""
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST:,} characters")
    try:
        tree = _ExpressionParser().tree(text)
    except LexerError as error:
        raise ExpressionError(
            error.message.replace("Unknown token", "unexpected"), error.lexer_position
        ) from None
    except ParseError as error:
        raise ExpressionError(error.msg, error.lex_position) from None
    except JMESPathError:
        raise ExpressionError("the expression is empty") from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply") from None
    except ValueError as error:
        raise ExpressionError("a number in it is too long") from error
    if _depth(tree) > MAX_DEPTH:
        raise ExpressionError("the expression is nested too deeply")
    return tree


def _depth(tree: Node) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in node["children"] if isinstance(child, dict)]
    return depth


_HINTS = {
    "=": "; two values are compared with '=='",
    "and": "; it is written '&&'",
    "or": "; it is written '||'",
    "not": "; it is written '!'",
}


class _ExpressionParser(Parser):  # type: ignore[misc]  # jmespath carries no types
    BINDING_POWER = {**Parser.BINDING_POWER, "variable": 0, "assign": 0}  # noqa: RUF012 - as the base class

    def tree(self, text: str) -> Node:
        self._nested = 0
        self._tokens = list(ExpressionLexer().tokenize(text))
        self._index = 0
        node = self._expression()
        if self._current_token() != "eof":
            self._error_nud_token(self._lookahead_token(0))
        return node

    def _expression(self, binding_power: int = 0) -> Node:
        token = self._lookahead_token(0)
        self._nested += 1
        if self._nested > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply here", token["start"])
        self._advance()
        prefix = getattr(self, f"_token_nud_{token['type']}", self._error_nud_token)
        left: Node = prefix(token)
        left.setdefault("offset", token["start"])
        following = self._current_token()
        while binding_power < self.BINDING_POWER[following]:
            infix = getattr(self, f"_token_led_{following}", None)
            if infix is None:
                self._error_nud_token(self._lookahead_token(0))
            self._advance()
            left = infix(left)
            left.setdefault("offset", token["start"])
            following = self._current_token()
        self._nested -= 1
        return left

    def _token_nud_literal(self, token: Token) -> Node:
        node: Node = ast.literal(token["value"])
        if "bare" in token:
            node["bare"] = True
        return node

    def _token_nud_quoted_identifier(self, token: Token) -> Node:
        if self._current_token() == "lparen":
            raise ExpressionError("the name of a function is written without quotes", token["start"])
        return {**ast.field(token["value"]), "quoted": True}

    def _token_nud_variable(self, token: Token) -> Node:
        return {"type": "variable", "children": [], "value": token["value"]}

    def _token_nud_unquoted_identifier(self, token: Token) -> Node:
        if token["value"] == "let" and self._current_token() == "variable":
            return self._let()
        node: Node = ast.field(token["value"])
        return node

    def _let(self) -> Node:
        names, children = [], []
        while True:
            names.append(self._lookahead_token(0)["value"])
            self._match("variable")
            self._match("assign")
            children.append(self._expression())
            if self._current_token() != "comma":
                break
            self._advance()
        following = self._lookahead_token(0)
        if following["type"] != "unquoted_identifier" or following["value"] != "in":
            raise ExpressionError("'let' wants ',' and another variable, or 'in', here", following["start"])
        self._advance()
        children.append(self._expression())
        return {"type": "let", "children": children, "value": tuple(names)}

    def _token_led_or(self, left: Node) -> Node:
        return self._chain("or", "or_expression", left)

    def _token_led_and(self, left: Node) -> Node:
        return self._chain("and", "and_expression", left)

    def _token_led_pipe(self, left: Node) -> Node:
        return self._chain("pipe", "pipe", left)

    def _chain(self, token_type: str, node_type: str, left: Node) -> Node:
        right = self._expression(self.BINDING_POWER[token_type])
        if left["type"] == node_type:
            left["children"].append(right)
            return left
        return {"type": node_type, "children": [left, right]}

    def _token_led_dot(self, left: Node) -> Node:
        if self._current_token() == "star" or left["type"] != "index_expression":
            node: Node = super()._token_led_dot(left)
            return node
        left["children"].append(self._parse_dot_rhs(self.BINDING_POWER["dot"]))
        left["type"] = "subexpression"
        return left

    def _project_if_slice(self, left: Node, right: Node) -> Node:
        if left["type"] != "subexpression" or right["type"] == "slice":
            node: Node = super()._project_if_slice(left, right)
            return node
        left["children"].append(right)
        left["type"] = "index_expression"
        return left

    def _raise_parse_error_for_token(self, token: Token, reason: str) -> NoReturn:
        del reason  # jmespath's words are for those who know its tokens
        if token["type"] == "eof":
            raise ExpressionError("it ends too early", token["start"])
        hint = _HINTS.get(str(token["value"]).lower(), "")
        raise ExpressionError(f"'{token['value']}' cannot stand here{hint}", token["start"])

    def _raise_parse_error_maybe_eof(self, expected_type: Any, token: Token) -> NoReturn:
        wanted = _WORDS.get(expected_type, "a name") if isinstance(expected_type, str) else "a name"
        found = "the end" if token["type"] == "eof" else f"'{token['value']}'"
        raise ExpressionError(f"{wanted} is missing before {found}", token["start"])

    def _error_nud_token(self, token: Token) -> NoReturn:
        self._raise_parse_error_for_token(token, "")
