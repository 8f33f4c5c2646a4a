"""Lowers names, members and calls: what they mean depends on what they name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from scanner.sources.arm.syntax import Call, Literal, Member, Node, Open
from scanner.sources.bicep import syntax
from scanner.sources.bicep.names import Names, Target

if TYPE_CHECKING:
    from scanner.sources.bicep.linker import Linker

LONGEST = 300
"""Characters of an expression that are kept to be shown."""

DEEPEST = 200
"""Members of members in one expression."""

_NAMESPACES = frozenset(("az", "sys"))
_OF_RESOURCES = frozenset(("id", "type", "apiVersion"))


class Accesses(ABC):
    """Lowers what names something; ``linker`` finds what stands in other files."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._open: set[str] = set()

    @abstractmethod
    def node(self, value: syntax.Expression, names: Names) -> Node:
        """The expression of a template that an expression means."""

    def text(self, value: syntax.Expression | syntax.Spread, names: Names) -> str:
        """An expression as its author wrote it, cut where it is long."""
        start, end = value.start, value.end
        if end - start <= LONGEST:
            return names.file.text[start:end]
        return f"{names.file.text[start : start + LONGEST]}…"

    @staticmethod
    def unknown(key: str, reason: str, text: str) -> Node:
        """An expression whose value nobody knows."""
        return Open(key, reason, text)

    def named(self, value: syntax.Name | syntax.Nested, names: Names) -> Node:
        """What a name stands for."""
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

    def access(self, value: syntax.Access | syntax.Index, names: Names) -> Node:
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

    def call(self, value: syntax.Call, names: Names) -> Node:
        """A call: of a function of templates, of the user's own, or of what the compiler answers."""
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
