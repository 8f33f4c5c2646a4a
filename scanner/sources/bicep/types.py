"""Parses the types of Bicep, as far as values are held to them."""

from __future__ import annotations

from scanner.sources.bicep.errors import BadBicep
from scanner.sources.bicep.expressions import Expressions
from scanner.sources.bicep.syntax import Call, Literal, Type


class Types(Expressions):
    """Reads types where the cursor stands."""

    def type(self) -> Type:
        """Any type.  Raises `BadBicep`."""
        self.deeper()
        start = self.start
        leading = self._bar()
        first = self._postfix()
        parts = [first]
        while self._bar():
            parts.append(self._postfix())
        self.depth -= 1
        if len(parts) == 1 and not leading:
            return first
        return Type(start, self.last, "union", parts=parts)

    def _bar(self) -> bool:
        """Go over the bar between the members of a union, which may begin a line."""
        if self.kind == "|" or (self.kind == "newline" and self.ahead() == "|"):
            self.newlines()
            self.next()
            self.newlines()
            return True
        return False

    def _postfix(self) -> Type:
        start = self.start
        value = self._primary_type()
        while self.kind in ("?", "!", "[", "."):
            sign = self.kind
            self.next()
            if sign in ("?", "!"):
                value.nullable = sign == "?"
                value.end = self.last
            elif sign == "[":
                value = self._indexed(start, value)
            else:
                value = self._dotted_type(start, value)
        return value

    def _indexed(self, start: int, value: Type) -> Type:
        if self.skip("]"):
            return Type(start, self.last, "array", parts=[value])
        key = "*"
        if not self.skip("*"):
            index = self.expression()
            key = str(index.value) if isinstance(index, Literal) else "?"
        self.expect("]")
        return Type(start, self.last, "member", key, [value])

    def _dotted_type(self, start: int, value: Type) -> Type:
        if self.skip("*"):
            return Type(start, self.last, "member", "*", [value])
        name = self.any_name("the name of a type")
        if self.kind == "<":
            return Type(start, self.last, "generic", name, self._generic())
        return Type(start, self.last, "member", name, [value])

    def _primary_type(self) -> Type:
        start, kind = self.start, self.kind
        if kind == "name":
            return self._named_type(start)
        if kind == "{":
            return self._object_type()
        if kind == "[":
            return self._tuple_type()
        if kind == "(":
            self.next()
            self.newlines()
            value = self.type()
            self.newlines()
            self.expect(")")
            return value
        if kind in ("text", "left"):
            text = self.text()
            return Type(start, self.last, "literal", value=text.value if isinstance(text, Literal) else "")
        return self._literal_type()

    def _literal_type(self) -> Type:
        start = self.start
        if self.kind not in ("number", "true", "false", "null", "-", "+", "!"):
            self.fail("a type")
        value = self._unary()
        inner = value if isinstance(value, Literal) else getattr(value, "value", None)
        known = inner.value if isinstance(inner, Literal) else None
        return Type(
            start, self.last, "literal", value=known, nullable=self._tokens.texts[self.at - 1] == "null"
        )

    def _named_type(self, start: int) -> Type:
        name = self.name("a type")
        if name == "resource" and self.kind in ("text", "left"):
            self.text()
            return Type(start, self.last, "generic", "resource")
        if self.kind == "<":
            return Type(start, self.last, "generic", name, self._generic())
        return Type(start, self.last, "name", name)

    def _generic(self) -> list[Type]:
        """The arguments of a type, with their brackets."""
        self.expect("<")
        self.newlines()
        parts = []
        while self.kind != ">":
            parts.append(self.type())
            self.newlines()
            if not self.skip(","):
                break
            self.newlines()
        self.expect(">")
        return parts

    def _object_type(self) -> Type:
        start = self.start
        self.next()
        self.newlines()
        parts = []
        while self.kind != "}":
            self.decorators()
            name = "*"
            if self.kind in ("text", "left"):
                text = self.text()
                name = str(text.value) if isinstance(text, Literal) else "?"
            elif not self.skip("*"):
                name = self.any_name("the name of a member")
            self.expect(":")
            inner = self.type()
            parts.append(Type(inner.start, inner.end, "member", name, [inner]))
            self.separator("}")
        self.next()
        return Type(start, self.last, "object", parts=parts)

    def _tuple_type(self) -> Type:
        start = self.start
        self.next()
        self.newlines()
        parts = []
        while self.kind != "]":
            self.decorators(inside=True)
            parts.append(self.type())
            self.separator("]")
        self.next()
        return Type(start, self.last, "tuple", parts=parts)

    def decorators(self, *, inside: bool = False) -> dict[str, Call]:
        """The decorators that stand here, by their names without a namespace.  Raises `BadBicep`.

        ``inside`` is for those in a list of types, behind which a comma may stand.
        """
        found: dict[str, Call] = {}
        while self.kind == "@":
            self.next()
            start = self.start
            value = self._member()
            if not isinstance(value, Call):
                raise BadBicep("expected a decorator with its parentheses", start)
            found[value.name] = value
            if self.kind != "newline" and not (inside and self.skip(",")):
                self.fail("a new line")
            self.newlines()
        return found
