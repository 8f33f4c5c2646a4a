"""Turns the expressions of Bicep into those of templates, as the compiler does.

Objects and lists that stand as values become those of the template, so that each of their members keeps
its place; the rest becomes a `Leaf`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.places import Key
from scanner.sources.arm.syntax import Call, Inline, Leaf, Literal, Loop, Node, OpenKey
from scanner.sources.bicep import syntax
from scanner.sources.bicep.accesses import LONGEST, Accesses
from scanner.sources.bicep.names import Names, Target, apart

if TYPE_CHECKING:
    from scanner.sources.bicep.linker import Linker

_OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
    "==": "equals",
    "<": "less",
    "<=": "lessorequals",
    ">": "greater",
    ">=": "greaterorequals",
    "&&": "and",
    "||": "or",
    "??": "coalesce",
}
_CHAINED = frozenset(("&&", "||", "??"))


class Lowering(Accesses):
    """Lowers expressions; ``linker`` finds what stands in other files."""

    def __init__(self, linker: Linker) -> None:
        super().__init__(linker)
        self._marks = linker.marks
        self._by_type: dict[type, Callable[[Any, Names], Node]] = {
            syntax.Literal: self._literal,
            syntax.Interpolation: self._interpolation,
            syntax.Name: self.named,
            syntax.Call: self.call,
            syntax.Access: self.access,
            syntax.Index: self.access,
            syntax.Nested: self.named,
            syntax.NotNull: lambda value, names: self.node(value.base, names),
            syntax.Unary: self._unary,
            syntax.Binary: self._binary,
            syntax.Ternary: self._ternary,
            syntax.Array: self._array,
            syntax.Object: self._object,
            syntax.For: self._inline,
            syntax.Lambda: self._lambda,
        }

    def raw(self, value: syntax.Expression, names: Names) -> Any:
        """What stands in the template for an expression that stands as a value."""
        kind = type(value)
        if kind is syntax.Literal:
            return _escaped(value.value)  # type: ignore[union-attr]
        if kind is syntax.Object and not any(type(each) is syntax.Spread for each in value.members):  # type: ignore[union-attr]
            return self.object(value, names)  # type: ignore[arg-type]
        if kind is syntax.Array and not any(type(each) is syntax.Spread for each in value.items):  # type: ignore[union-attr]
            return self._list(value, names)  # type: ignore[arg-type]
        if kind is syntax.For:
            return self._loop(value, names)  # type: ignore[arg-type]
        if kind is syntax.Unary and value.sign == "-" and type(value.value) is syntax.Literal:  # type: ignore[union-attr]
            number = value.value.value  # type: ignore[union-attr]
            if isinstance(number, int):
                return -number
        try:
            node = self.node(value, names)
        except RecursionError:
            self._linker.problem("too-deep", "an expression that goes too deep", names.file, value.start)
            text = self.text(value, names)
            node = self.unknown(f"bicep({value.start})", "it goes too deep", text)
        return self.leaf(value, node, names)

    def leaf(self, value: syntax.Expression, node: Node, names: Names) -> Leaf:
        """An expression as a value, with its place."""
        return Leaf(node, self.text(value, names), names.file, value.start, value.end)

    def node(self, value: syntax.Expression, names: Names) -> Node:
        """The expression of a template that an expression means."""
        return self._by_type[type(value)](value, names)

    def object(self, value: syntax.Object, names: Names) -> dict[str, Any]:
        """An object of the template."""
        return self.members(value.members, value.start, names)

    def members(
        self, members: list[syntax.Property | syntax.Spread], start: int, names: Names
    ) -> dict[str, Any]:
        """An object of some members; spreads are left out."""
        made: dict[str, Any] = {}
        offsets: dict[Key, int] = {None: start}
        every: list[tuple[str, Any]] = []
        for each in members:
            if isinstance(each, syntax.Spread):
                continue
            key = self._key(each.key, names)
            if key in made:
                self._linker.problem("duplicate-key", f"duplicate key '{each.key}'", names.file, each.start)
            made[key] = inner = self.raw(each.value, names)
            offsets[key if key not in offsets else len(every)] = each.start
            every.append((key, inner))
            if isinstance(inner, (dict, list)):
                self._marks.begin(inner, each.start)
        if len(made) < len(every):
            self._marks.duplicates[id(made)] = every
        self._marks.mark(made, names.file, offsets)
        return made

    def _key(self, key: str | syntax.Interpolation, names: Names) -> str:
        if isinstance(key, str):
            return f"[{key}" if key.startswith("[") else key
        text = self.text(key, names)
        made = OpenKey(f"[{text}]")
        made.leaf = self.leaf(key, self._interpolation(key, names), names)
        return made

    def _list(self, value: syntax.Array, names: Names) -> list[Any]:
        made = [self.raw(each, names) for each in value.items if not isinstance(each, syntax.Spread)]
        offsets: dict[Key, int] = {index: each.start for index, each in enumerate(value.items)}
        offsets[None] = value.start
        self._marks.mark(made, names.file, offsets)
        return made

    def _loop(self, value: syntax.For, names: Names) -> Loop:
        index = value.index or f"{value.item}#"
        local = self._local((value.item, index), names)
        items = self.raw(value.source, names)
        body = value.body
        if isinstance(body, syntax.If):
            self._linker.problem("syntax", "only resources have conditions in loops", names.file, body.start)
            body = body.body
        item, index = (apart(name, names.local) for name in (value.item, index))
        return Loop(items, item, index, self.raw(body, names.within(local)), self.text(value, names))

    @staticmethod
    def _local(variables: Iterable[str], names: Names) -> dict[str, Node | Target]:
        """What the variables of a loop or lambda mean within it."""
        found: dict[str, Node | Target] = {}
        for name in variables:
            shown = name.rstrip("#")
            found[name] = Call("lambdavariables", (Literal(apart(name, names.local), shown),), shown)
        return found

    def _inline(self, value: syntax.Expression, names: Names) -> Node:
        return Inline(self.raw(value, names), self.text(value, names))

    def _literal(self, value: syntax.Literal, names: Names) -> Node:
        return Literal(value.value, self.text(value, names))

    def _interpolation(self, value: syntax.Interpolation, names: Names) -> Node:
        pattern = value.texts[0].replace("{", "{{").replace("}", "}}")
        for number, text in enumerate(value.texts[1:]):
            pattern += f"{{{number}}}" + text.replace("{", "{{").replace("}", "}}")
        values = [self.node(each, names) for each in value.values]
        return Call("format", (Literal(pattern, pattern), *values), self.text(value, names))

    def _unary(self, value: syntax.Unary, names: Names) -> Node:
        inner = self.node(value.value, names)
        if value.sign == "!":
            return Call("not", (inner,), self.text(value, names))
        return inner if value.sign == "+" else Call("sub", (Literal(0, "0"), inner), self.text(value, names))

    def _binary(self, value: syntax.Binary, names: Names) -> Node:
        sign, text = value.sign, self.text(value, names)
        if sign in _CHAINED:
            return Call(_OPERATORS[sign], tuple(self._chain(value, sign, names)), text)
        left, right = self.node(value.left, names), self.node(value.right, names)
        if sign in ("=~", "!~"):
            left, right = Call("tolower", (left,), left.text), Call("tolower", (right,), right.text)
        if sign in ("!=", "!~", "=~"):
            same = Call("equals", (left, right), text)
            return same if sign == "=~" else Call("not", (same,), text)
        return Call(_OPERATORS[sign], (left, right), text)

    def _chain(self, value: syntax.Expression, sign: str, names: Names) -> list[Node]:
        """The values of one operator after another, from left to right."""
        found: list[Node] = []
        while isinstance(value, syntax.Binary) and value.sign == sign:
            found.append(self.node(value.right, names))
            value = value.left
        return [self.node(value, names), *reversed(found)]

    def _ternary(self, value: syntax.Ternary, names: Names) -> Node:
        parts = (value.condition, value.yes, value.no)
        return Call("if", tuple(self.node(part, names) for part in parts), self.text(value, names))

    def _array(self, value: syntax.Array, names: Names) -> Node:
        parts: list[Node] = []
        text = self.text(value, names)
        for plain, each in _stretches(value.items):
            if each is not None:
                parts.append(self.node(each.value, names))
            else:
                stretch = syntax.Array(value.start, value.end, plain)
                parts.append(Inline(self._list(stretch, names), text))
        if len(parts) == 1 and isinstance(parts[0], Inline):
            return parts[0]
        return (
            Call("flatten", (Call("createarray", tuple(parts), text),), text) if parts else Inline([], text)
        )

    def _object(self, value: syntax.Object, names: Names) -> Node:
        parts: list[Node] = []
        text = self.text(value, names)
        for plain, each in _stretches(value.members):
            if each is not None:
                parts.append(self.node(each.value, names))
            else:
                parts.append(Inline(self.members(plain, plain[0].start, names), text))
        if len(parts) == 1 and isinstance(parts[0], Inline):
            return parts[0]
        return (
            Call("shallowmerge", (Call("createarray", tuple(parts), text),), text)
            if parts
            else Inline({}, text)
        )

    def _lambda(self, value: syntax.Lambda, names: Names) -> Node:
        local = self._local(value.names, names)
        body = self.node(value.body, names.within(local))
        if value.body.end - value.body.start > LONGEST:
            # What a lambda is known by is its whole text.
            body = replace(body, text=names.file.text[value.body.start : value.body.end])
        variables = tuple(Literal(apart(name, names.local), name) for name in value.names)
        return Call("lambda", (*variables, body), self.text(value, names))


def _escaped(value: Any) -> Any:
    """A literal as it stands in a template, where a text in brackets is an expression."""
    return f"[{value}" if isinstance(value, str) and value.startswith("[") else value


def _stretches(members: list[Any]) -> list[tuple[list[Any], syntax.Spread | None]]:
    """Members of a list or object: stretches of plain ones, and each spread by itself."""
    found: list[tuple[list[Any], syntax.Spread | None]] = []
    plain: list[Any] = []
    for each in members:
        if isinstance(each, syntax.Spread):
            if plain:
                found.append((plain, None))
                plain = []
            found.append(([], each))
        else:
            plain.append(each)
    if plain:
        found.append((plain, None))
    return found
