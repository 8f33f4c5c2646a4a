"""Parses expressions: one method for each level of the grammar, operators by how strongly they bind."""

from __future__ import annotations

from scanner.sources.hcl import templates
from scanner.sources.hcl.lexer import Lexer
from scanner.sources.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    For,
    Index,
    Item,
    ListOf,
    Literal,
    Member,
    Name,
    Node,
    ObjectOf,
    Splat,
    Unary,
)

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
        return self._steps(self._primary())

    def _primary(self) -> Node:
        lexer = self.lexer
        kind, word, at = lexer.kind, lexer.word, lexer.at
        if kind == "name":
            return self._named(word, at)
        if kind == "number":
            end = lexer.end
            lexer.advance()
            return Literal(float(word) if set(word) & set(".eE") else _whole(word), at, end)
        if kind == "heredoc":
            return templates.heredoc(self)
        if word == '"':
            return templates.quoted(self)
        if word == "(":
            return self._inside("(", ")")
        if word == "[":
            return self._list()
        if word == "{":
            return self._object()
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
            return self._call(word, at)
        if word in _WORDS:
            return Literal(_WORDS[word], at, end)
        return Name(word, at, end)

    def _inside(self, opening: str, closing: str) -> Node:
        lexer = self.lexer
        lines, lexer.over_lines = lexer.over_lines, True
        lexer.expect(opening)
        node = self.expression()
        lexer.over_lines = lines
        lexer.expect(closing)
        return node

    def _call(self, name: str, at: int) -> Node:
        lexer = self.lexer
        lines, lexer.over_lines = lexer.over_lines, True
        lexer.advance()
        arguments: list[Node] = []
        spread = False
        while not lexer.is_sign(")"):
            arguments.append(self.expression())
            if lexer.is_sign("..."):
                spread = True
                lexer.advance()
                if lexer.is_sign(","):
                    lexer.advance()
                break
            if not lexer.is_sign(","):
                break
            lexer.advance()
        end = self._close(")", lines, "',' or ')' behind the argument")
        return Call(name, arguments, spread, at, end)

    def _close(self, sign: str, lines: bool, what: str) -> int:  # noqa: FBT001 - the lexer's own state
        """Leave a closing sign behind; what follows it is read as before the opening one."""
        lexer = self.lexer
        if not lexer.is_sign(sign):
            raise lexer.expected(what)
        end = lexer.end
        lexer.over_lines = lines
        lexer.advance()
        return end

    def _list(self) -> Node:
        lexer = self.lexer
        at = lexer.at
        lines, lexer.over_lines = lexer.over_lines, True
        lexer.advance()
        if lexer.kind == "name" and lexer.word == "for":
            return self._for("]", at, lines)
        items: list[Node] = []
        while not lexer.is_sign("]"):
            items.append(self.expression())
            if not lexer.is_sign(","):
                break
            lexer.advance()
        end = self._close("]", lines, "',' or ']' behind the member")
        return ListOf(items, at, end)

    def _object(self) -> Node:
        lexer = self.lexer
        at = lexer.at
        lexer.enter()
        lines, lexer.over_lines = lexer.over_lines, False
        lexer.advance()
        lexer.skip_lines()
        if lexer.kind == "name" and lexer.word == "for" and self._is_loop():
            lexer.over_lines = True
            lexer.depth -= 1
            return self._for("}", at, lines)
        items: list[Item] = []
        while not lexer.is_sign("}"):
            items.append(self._item())
            if lexer.is_sign(","):
                lexer.advance()
            elif not (lexer.is_sign("\n") or lexer.is_sign("}")):
                raise lexer.expected("',', the end of the line or '}' behind the member")
            lexer.skip_lines()
        lexer.depth -= 1
        end = self._close("}", lines, "'}'")
        return ObjectOf(items, at, end)

    def _is_loop(self) -> bool:
        """Whether ``for`` begins a loop: as the name of a member it has a sign behind it."""
        text, at = self.lexer.text, self.lexer.end
        following = text[at : at + 40].lstrip()[:1]
        return following not in ("=", ":")

    def _item(self) -> Item:
        lexer = self.lexer
        at = lexer.at
        key: Node
        if lexer.kind == "name":
            key = self.expression()
            if isinstance(key, Name):
                key = Literal(key.name, key.at, key.end)
            elif isinstance(key, Literal) and not isinstance(key.value, str):
                key = Literal(lexer.text[key.at : key.end], key.at, key.end)
        else:
            key = self.expression()
        if not (lexer.is_sign("=") or lexer.is_sign(":")):
            raise lexer.expected("'=' or ':' behind the key")
        lexer.advance()
        value = self.expression()
        return Item(key, value, at)

    def _for(self, closing: str, at: int, lines: bool) -> Node:  # noqa: FBT001 - the lexer's own state
        lexer = self.lexer
        lexer.enter()
        lexer.advance()
        key, value = templates.loop_names(lexer)
        collection = self.expression()
        lexer.expect(":", " behind what the loop goes over")
        result = self.expression()
        result_key = None
        grouped = False
        if closing == "}":
            lexer.expect("=>", " behind the key")
            result_key, result = result, self.expression()
            if lexer.is_sign("..."):
                grouped = True
                lexer.advance()
        condition = None
        if lexer.kind == "name" and lexer.word == "if":
            lexer.advance()
            condition = self.expression()
        lexer.depth -= 1
        end = self._close(closing, lines, f"'if' or '{closing}' at the end of the loop")
        return For(key, value, collection, result_key, result, condition, grouped, at, end)

    def _steps(self, node: Node) -> Node:
        """A value, and what is asked of it: ``.name``, ``[key]``, ``.*`` and ``[*]``."""
        lexer = self.lexer
        while lexer.kind == "sign" and lexer.word in ".[":
            if lexer.word == ".":
                lexer.advance()
                node = self._splat(node, full=False) if lexer.is_sign("*") else self._member(node)
            else:
                lines, lexer.over_lines = lexer.over_lines, True
                lexer.advance()
                if lexer.is_sign("*"):
                    lexer.advance()
                    lexer.over_lines = lines
                    if not lexer.is_sign("]"):
                        raise lexer.expected("']'")
                    node = self._splat(node, full=True)
                else:
                    key = self.expression()
                    end = self._close("]", lines, "']' behind the index")
                    node = Index(node, key, node.at, end)
        return node

    def _member(self, node: Node) -> Node:
        lexer = self.lexer
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

    def _splat(self, base: Node, *, full: bool) -> Node:
        """What follows is asked of each member; behind ``.*`` names alone are."""
        lexer = self.lexer
        end = lexer.end
        lexer.enter()
        lexer.advance()
        each: Node = Name("", end, end)
        if full:
            each = self._steps(each)
        else:
            while lexer.is_sign("."):
                lexer.advance()
                each = self._member(each)
        lexer.depth -= 1
        return Splat(base, each, base.at, max(end, each.end))


def _whole(word: str) -> int | float:
    return int(word) if len(word) < 400 else float(word)
