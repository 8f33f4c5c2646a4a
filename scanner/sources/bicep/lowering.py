"""Turns the expressions of Bicep into those of templates, as the compiler does.

Objects and lists that stand as values become those of the template, so that each of their members keeps
its place; the rest becomes a `Leaf`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.places import Key
from scanner.sources.arm.syntax import Call, Inline, Leaf, Literal, Loop, Member, Node, Open, OpenKey
from scanner.sources.bicep import syntax
from scanner.sources.bicep.names import Names, Target

if TYPE_CHECKING:
    from scanner.sources.bicep.linker import Linker

LONGEST = 300
"""Characters of an expression that are kept to be shown."""

DEEPEST = 200
"""Members of members in one expression."""

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
_NAMESPACES = frozenset(("az", "sys"))
_OF_RESOURCES = frozenset(("id", "type", "apiVersion"))


class Lowering:
    """Lowers expressions; ``linker`` finds what stands in other files."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._marks = linker.marks
        self._open: set[str] = set()
        self._by_type: dict[type, Callable[[Any, Names], Node]] = {
            syntax.Literal: self._literal,
            syntax.Interpolation: self._interpolation,
            syntax.Name: self._name,
            syntax.Call: self._call,
            syntax.Access: self._access,
            syntax.Index: self._access,
            syntax.Nested: self._name,
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

    def text(self, value: syntax.Expression | syntax.Spread, names: Names) -> str:
        """An expression as its author wrote it, cut where it is long."""
        end = min(value.end, value.start + LONGEST)
        return names.file.text[value.start : end] + ("…" if end < value.end else "")

    @staticmethod
    def unknown(key: str, reason: str, text: str) -> Node:
        """An expression whose value nobody knows."""
        return Open(key, reason, text)

    def object(self, value: syntax.Object, names: Names) -> dict[str, Any]:
        """An object of the template."""
        return self.members(value.members, value.start, names)

    def members(
        self, members: list[syntax.Property | syntax.Spread], start: int, names: Names
    ) -> dict[str, Any]:
        """An object of some members; spreads are left out."""
        made: dict[str, Any] = {}
        offsets: dict[Key, int] = {None: start}
        for each in members:
            if isinstance(each, syntax.Spread):
                continue
            key = self._key(each.key, names)
            if key in made:
                self._linker.problem("duplicate-key", f"duplicate key '{each.key}'", names.file, each.start)
            made[key] = inner = self.raw(each.value, names)
            offsets[key] = each.start
            if isinstance(inner, (dict, list)):
                self._marks.begin(inner, each.start)
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
        local: dict[str, Node | Target] = {
            name: Call("lambdavariables", (Literal(name, name),), name.rstrip("#"))
            for name in (value.item, index)
        }
        items = self.raw(value.source, names)
        body = value.body
        if isinstance(body, syntax.If):
            self._linker.problem("syntax", "only resources have conditions in loops", names.file, body.start)
            body = body.body
        return Loop(items, value.item, index, self.raw(body, names.within(local)), self.text(value, names))

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
        local: dict[str, Node | Target] = {
            name: Call("lambdavariables", (Literal(name, name),), name) for name in value.names
        }
        body = self.node(value.body, names.within(local))
        if value.body.end - value.body.start > LONGEST:
            # What a lambda is known by is its whole text.
            body = replace(body, text=names.file.text[value.body.start : value.body.end])
        variables = tuple(Literal(name, name) for name in value.names)
        return Call("lambda", (*variables, body), self.text(value, names))

    def _name(self, value: syntax.Name | syntax.Nested, names: Names) -> Node:
        text = self.text(value, names)
        if isinstance(value, syntax.Name) and isinstance(node := names.local.get(value.name), Node):
            return node
        target = self.target(value, names)
        if target is not None:
            return self._state(target, text, full=True)
        if isinstance(value, syntax.Nested):
            return self.unknown(f"bicep({value.start})", f"'{value.name}' is not declared", text)
        return self._linker.named(value.name, names, text)

    def target(self, value: syntax.Expression, names: Names) -> Target | None:
        """The resource or module that an expression names; None where it names something else."""
        if isinstance(value, syntax.Name):
            local = names.local.get(value.name)
            if local is not None:
                return local if isinstance(local, Target) else None
            return self._linker.target(value.name, names)
        if isinstance(value, syntax.Index):
            base = self.target(value.base, names)
            if base is None or not base.whole:
                return None
            pattern = Literal(f"{base.key}[{{0}}]", base.key)
            symbol = Call("format", (pattern, self.node(value.key, names)), self.text(value, names))
            return Target(base.declaration, base.key, symbol, base.names)
        if isinstance(value, syntax.Nested):
            base = self.target(value.base, names)
            return self._linker.nested(base, value.name) if base is not None else None
        return self.target(value.base, names) if isinstance(value, syntax.NotNull) else None

    def _access(self, value: syntax.Access | syntax.Index, names: Names) -> Node:
        """A member of something, however many members deep: what stands behind ``.?`` is looked for."""
        text = self.text(value, names)
        steps: list[syntax.Access | syntax.Index] = []
        base: syntax.Expression = value
        found: Node | None = None
        while isinstance(base, (syntax.Access, syntax.Index)):
            steps.append(base)
            found = self._known(base, names)
            if found is not None:
                break
            base = base.base
        node = found if found is not None else self.node(base, names)
        if found is not None:
            steps.pop()
        if len(steps) > DEEPEST:
            return self.unknown(f"bicep({value.start})", f"more than {DEEPEST} members deep", text)
        wanted: list[Node] = []
        for step in reversed(steps):
            key = self._step(step, names)
            if wanted or step.safe:
                wanted.append(key)
            elif isinstance(step, syntax.Index) and step.from_end:
                node = Call("indexfromend", (node, key), self.text(step, names))
            else:
                node = Member(node, key, self.text(step, names))
        return Call("tryget", (node, *wanted), text) if wanted else node

    def _step(self, step: syntax.Access | syntax.Index, names: Names) -> Node:
        if isinstance(step, syntax.Access):
            return Literal(step.name, step.name)
        return self.node(step.key, names)

    def _known(self, value: syntax.Access | syntax.Index, names: Names) -> Node | None:
        """A member of a resource, a module or a namespace; None for one of any other value."""
        text = self.text(value, names)
        if isinstance(value.base, syntax.Name) and isinstance(value, syntax.Access):
            imported = self._linker.imported(value.base.name, value.name, names, text)
            if imported is not None:
                return imported
        output = self._output(value, names, text)
        if output is not None:
            return output
        target = self.target(value.base, names)
        if target is None or target.whole:
            return None
        step = self._step(value, names)
        if not isinstance(step, Literal) or not isinstance(step.value, str):
            return None
        node = self._of_target(target, step.value, text)
        return self._if_deployed(target, node) if value.safe else node

    def _output(self, value: syntax.Access | syntax.Index, names: Names, text: str) -> Node | None:
        """An output of a module; None for a member of anything else."""
        base = value.base
        if not isinstance(base, syntax.Access) or base.name != "outputs":
            return None
        module = self.target(base.base, names)
        if module is None or not isinstance(module.declaration, syntax.Module):
            return None
        outputs = Member(self._state(module, text), Literal("outputs", "outputs"), text)
        made = Member(Member(outputs, self._step(value, names), text), Literal("value", "value"), text)
        return self._if_deployed(module, made) if base.safe else made

    def _if_deployed(self, target: Target, node: Node) -> Node:
        """A member behind ``.?``: null where the condition of the resource or module is false."""
        body = target.declaration.body
        if not isinstance(body, syntax.If):
            return node
        return Call("if", (self.node(body.condition, target.names), node, Literal(None, "null")), node.text)

    def _of_target(self, target: Target, name: str, text: str) -> Node:
        info = Call("resourceinfo", (target.symbol,), text)
        if name in _OF_RESOURCES:
            return Member(info, Literal(name, name), text)
        if name == "name":
            return self.own_name(target, text)
        if isinstance(target.declaration, syntax.Module):
            return Member(self._state(target, text), Literal(name, name), text)
        if name == "properties":
            return self._state(target, text)
        return Member(self._state(target, text, full=True), Literal(name, name), text)

    def own_name(self, target: Target, text: str) -> Node:
        """The name of a resource as its block says it: without those of its parents."""
        own = {
            each.key: each.value
            for each in (target.block.members if target.block else ())
            if isinstance(each, syntax.Property) and isinstance(each.key, str)
        }
        if "name" in own and not isinstance(target.declaration.body, syntax.For):
            if target.key in self._open:
                return self.unknown(
                    f"name({target.key})", f"the name of '{target.key}' depends on itself", text
                )
            self._open.add(target.key)
            try:
                return self.node(own["name"], target.names)
            finally:
                self._open.discard(target.key)
        full = Member(Call("resourceinfo", (target.symbol,), text), Literal("name", "name"), text)
        if "::" not in target.key and "parent" not in own:
            return full
        return Call("last", (Call("split", (full, Literal("/", "'/'")), text),), text)

    def _state(self, target: Target, text: str, *, full: bool = False) -> Node:
        """What ``reference()`` gives for a resource or module."""
        if not full or isinstance(target.declaration, syntax.Module):
            return Call("reference", (target.symbol,), text)
        arguments = (target.symbol, Literal("", ""), Literal("full", "full"))
        return Call("reference", arguments, text)

    def _call(self, value: syntax.Call, names: Names) -> Node:
        text = self.text(value, names)
        base = value.base
        if base is not None:
            is_namespace = isinstance(base, syntax.Name) and base.name in _NAMESPACES
            if not (is_namespace and base.name not in names.file.names):  # type: ignore[union-attr]
                return self._method(value, base, names, text)
        elif (own := self._linker.function(value.name, names)) is not None:
            arguments = tuple(self.node(each, names) for each in value.arguments)
            return Call(own, arguments, text)
        special = self._linker.special(value, names, text)
        if special is not None:
            return special
        return Call(value.name.lower(), tuple(self.node(each, names) for each in value.arguments), text)

    def _method(self, value: syntax.Call, base: syntax.Expression, names: Names, text: str) -> Node:
        """A function of an import, or one that only a deployed resource answers."""
        arguments = tuple(self.node(each, names) for each in value.arguments)
        if isinstance(base, syntax.Name):
            own = self._linker.imported_function(base.name, value.name, names)
            if own is not None:
                return Call(own, arguments, text)
        target = self.target(base, names)
        if target is not None and (value.name.startswith("list") or value.name == "getSecret"):
            info = Call("resourceinfo", (target.symbol,), text)
            return Call(value.name.lower(), (Member(info, Literal("id", "id"), text), *arguments), text)
        return self.unknown(
            f"bicep({value.start})", f"{value.name}() is known only when it is deployed", text
        )


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
