"""Parses the expressions of Bicep."""

from __future__ import annotations

from abc import ABC, abstractmethod

from scanner.sources.bicep.cursor import DEEPEST, Cursor
from scanner.sources.bicep.errors import BadBicep
from scanner.sources.bicep.syntax import (
    Access,
    Array,
    Binary,
    Call,
    Expression,
    For,
    If,
    Index,
    Interpolation,
    Lambda,
    Literal,
    Name,
    Nested,
    NotNull,
    Object,
    Property,
    Resource,
    Spread,
    Ternary,
    Unary,
)

_BINDS = {
    **dict.fromkeys(("*", "/", "%"), 100),
    **dict.fromkeys(("+", "-"), 90),
    **dict.fromkeys((">", ">=", "<", "<="), 80),
    **dict.fromkeys(("==", "!=", "=~", "!~"), 70),
    "&&": 50,
    "||": 40,
    "??": 30,
}
_LARGEST = (1 << 64) - 1
_WORDS = {"true": True, "false": False, "null": None}
_POSTFIX = frozenset((".", "[", "::", "!"))
_PLAIN = frozenset(("name", "text", "true", "false", "null"))
_CLOSING = frozenset((",", ")", "]", "}", "middle", "right"))
_GOES_ON = frozenset(("?", "&&", "||", "??"))
"""What goes on with an expression on the next line."""

_LITERALS = frozenset(("true", "false", "null"))


class Expressions(Cursor, ABC):
    """Reads expressions where the cursor stands."""

    @abstractmethod
    def nested_resource(self) -> Resource:
        """A resource in the block of another, from its decorators on.  Raises `BadBicep`."""

    def expression(self) -> Expression:
        """Any expression.  Raises `BadBicep`."""
        if self.kind in _PLAIN and self.depth < DEEPEST and self._stands_alone():
            return self._primary()
        self.deeper()
        start = self.start
        value = self._binary(0)
        if self.kind == "?" or (self.kind == "newline" and self.ahead() == "?"):
            self.newlines()
            self.next()
            self.newlines()
            yes = self.expression()
            self.newlines()
            self.expect(":")
            self.newlines()
            value = Ternary(start, 0, value, yes, self.expression())
            value.end = self.last
        self.depth -= 1
        return value

    def _stands_alone(self) -> bool:
        """Whether the token here is a whole expression, as most are: nothing behind it goes on with it."""
        kinds = self._kinds
        at = self.at + 1
        if kinds[at] != "newline":
            return kinds[at] in _CLOSING
        while kinds[at] == "newline":
            at += 1
        return kinds[at] not in _GOES_ON

    def _binary(self, binds: int) -> Expression:
        start = self.start
        left = self._unary()
        while True:
            sign = self.kind
            if sign == "newline" and self.ahead() in ("&&", "||", "??"):
                self.newlines()
                sign = self.kind
            power = _BINDS.get(sign, 0)
            if power <= binds:
                return left
            self.next()
            self.newlines()
            right = self._binary(power)
            left = Binary(start, self.last, sign, left, right)

    def _unary(self) -> Expression:
        sign = self.kind
        if sign not in ("!", "-", "+"):
            return self._member()
        start = self.start
        self.next()
        self.deeper()
        value = self._unary()
        self.depth -= 1
        return Unary(start, self.last, sign, value)

    def _member(self) -> Expression:
        start = self.start
        value = self._primary()
        while self.kind in _POSTFIX:
            sign = self.kind
            self.next()
            if sign == ".":
                value = self._dotted(start, value)
            elif sign == "[":
                safe = self.skip("?")
                from_end = self.skip("^")
                self.newlines()
                key = self.expression()
                self.newlines()
                self.expect("]")
                value = Index(start, self.last, value, key, safe, from_end)
            elif sign == "::":
                name = self.name("the name of a resource")
                value = Nested(start, self.last, value, name)
            else:
                value = NotNull(start, self.last, value)
        return value

    def _dotted(self, start: int, base: Expression) -> Expression:
        safe = self.skip("?")
        name = self.any_name("the name of a member")
        if self.kind == "(":
            return Call(start, self.last, name, self._arguments(), base)
        return Access(start, self.last, base, name, safe)

    def _primary(self) -> Expression:
        kind, start = self.kind, self.start
        if kind == "name":
            return self._named(start)
        if kind in ("text", "left"):
            return self.text()
        if kind == "number":
            value = int(self.word) if len(self.word) <= 20 else _LARGEST + 1
            if value > _LARGEST:
                raise BadBicep("a number that is too large", start)
            self.next()
            return Literal(start, self.last, value)
        if kind in _LITERALS:
            self.next()
            return Literal(start, self.last, _WORDS[kind])
        if kind == "{":
            return self.object()
        if kind == "[":
            return self.for_() if self.word_ahead() == "for" and self.ahead() == "name" else self._array()
        if kind == "(":
            return self._parenthesised()
        return self.fail("a value")

    def _named(self, start: int) -> Expression:
        name = self.word
        self.next()
        if self.kind == "(":
            call = Call(start, 0, name, self._arguments())
            call.end = self.last
            return call
        if self.kind == "=>":
            return self._lambda(start, [name])
        return Name(start, self.last, name)

    def _lambda(self, start: int, names: list[str]) -> Lambda:
        self.expect("=>")
        self.newlines()
        body = self.expression()
        return Lambda(start, self.last, names, body)

    def _parenthesised(self) -> Expression:
        start = self.start
        self.next()
        self.newlines()
        values: list[Expression] = []
        while self.kind != ")":
            values.append(self.expression())
            self.newlines()
            if not self.skip(","):
                break
            self.newlines()
        self.expect(")")
        if self.kind == "=>" and all(type(value) is Name for value in values):
            return self._lambda(start, [value.name for value in values if isinstance(value, Name)])
        if len(values) != 1:
            raise BadBicep("expected one value in parentheses", start)
        return values[0]

    def _arguments(self) -> list[Expression]:
        """The arguments of a call, with their parentheses."""
        self.expect("(")
        self.newlines()
        values: list[Expression] = []
        if self.kind != ")":
            values.append(self.expression())
            self.newlines()
            while self.skip(","):
                self.newlines()
                values.append(self.expression())
                self.newlines()
        self.expect(")", "',' or ')'")
        return values

    def text(self) -> Literal | Interpolation:
        """A text, with expressions or without.  Raises `BadBicep`."""
        start = self.start
        if self.kind == "text":
            value = self.word
            self.next()
            return Literal(start, self.last, value)
        if self.kind != "left":
            self.fail("a text in single quotes")
        texts, values = [self.word], []
        self.next()
        while True:
            self.newlines()
            values.append(self.expression())
            self.newlines()
            if self.kind not in ("middle", "right"):
                self.fail("'}'")
            texts.append(self.word)
            ends = self.kind == "right"
            self.next()
            if ends:
                return Interpolation(start, self.last, texts, values)

    def _array(self) -> Array:
        start = self.start
        self.next()
        self.newlines()
        items: list[Expression | Spread] = []
        while self.kind != "]":
            items.append(self._spread() if self.kind == "..." else self.expression())
            self.separator("]")
        self.next()
        return Array(start, self.last, items)

    def _spread(self) -> Spread:
        start = self.start
        self.next()
        value = self.expression()
        return Spread(start, self.last, value)

    def separator(self, closing: str) -> None:
        """Go over what stands between the members of a list, an object, or a type of them."""
        if self.kind == "newline" or self.skip(","):
            self.newlines()
        elif self.kind != closing:
            self.fail(f"',', a new line or '{closing}'")

    def object(self, *, of_resource: bool = False) -> Object:
        """An object; ``of_resource`` one that may hold resources.  Raises `BadBicep`."""
        start = self.start
        self.expect("{")
        self.newlines()
        members: list[Property | Spread] = []
        resources: list[Resource] = []
        while self.kind != "}":
            if self.kind == "...":
                members.append(self._spread())
            elif of_resource and (self.kind == "@" or self._is_resource()):
                resources.append(self.nested_resource())
            else:
                members.append(self._property())
            self.separator("}")
        self.next()
        return Object(start, self.last, members, resources)

    def _is_resource(self) -> bool:
        return self.is_word("resource") and self.behind() == "name"

    def _property(self) -> Property:
        start = self.start
        key: str | Interpolation
        if self.kind == "name" and self._kinds[self.at + 1] == ":":
            key = self.word
            self.next()
        elif self.kind in ("text", "left"):
            text = self.text()
            key = text if isinstance(text, Interpolation) else str(text.value)
        else:
            key = self.any_name("'}'" if self.kind == "end" else "the name of a member")
        self.expect(":")
        value = self.expression()
        return Property(start, self.last, key, value)

    def for_(self, *, of_resource: bool | None = None) -> For:
        """A loop; ``of_resource`` tells one of resources (True) or modules (False).  Raises `BadBicep`."""
        start = self.start
        self.deeper()
        self.expect("[")
        self.newlines()
        self.keyword("for")
        item, index = self._loop_names()
        self.keyword("in")
        source = self.expression()
        self.expect(":")
        body: Expression | If
        if of_resource is None and not (self.is_word("if") and self.behind() == "("):
            body = self.expression()
        else:
            body = self.if_(of_resource=bool(of_resource))
        self.newlines()
        self.expect("]")
        self.depth -= 1
        return For(start, self.last, item, index, source, body)

    def _loop_names(self) -> tuple[str, str | None]:
        if self.kind != "(":
            return self.name("the name of the loop's item"), None
        self.next()
        self.newlines()
        item = self.name("the name of the loop's item")
        self.newlines()
        self.expect(",")
        self.newlines()
        index = self.name("the name of the loop's index")
        self.newlines()
        self.expect(")")
        return item, index

    def if_(self, *, of_resource: bool) -> If | Object:
        """The block of a resource or module, with its condition where it has one.  Raises `BadBicep`."""
        start = self.start
        if not self.is_word("if"):
            if self.kind != "{":
                self.fail("'{', '[' or 'if'")
            return self.object(of_resource=of_resource)
        self.next()
        self.expect("(")
        self.newlines()
        condition = self.expression()
        self.newlines()
        self.expect(")")
        self.newlines()
        body = self.object(of_resource=of_resource)
        return If(start, self.last, condition, body)
