"""Lowers resources and modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.places import Key
from scanner.sources.arm.blocks import NESTED
from scanner.sources.arm.syntax import Call, Leaf, Literal, Member, Node, Open
from scanner.sources.bicep import contents, syntax
from scanner.sources.bicep.linker import Linker, inside
from scanner.sources.bicep.names import Names, Target
from scanner.sources.bicep.scopes import place

_DEPLOYMENT = "Microsoft.Resources/deployments"
_OWN = frozenset(("name", "parent", "scope", "dependsOn"))


class Resources:
    """Lowers the resources and modules of a file into those of its template."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._lowering = linker.lowering

    def resource(self, target: Target, above: str = "") -> dict[str, Any]:
        """The resource of a template that a resource of Bicep means.

        ``above`` is the version of the API of the one around, which holds for what names none.
        """
        statement = target.declaration
        assert isinstance(statement, syntax.Resource)
        kind, _, version = str(getattr(statement.type, "value", "")).partition("@")
        version = version or above
        raw: dict[str, Any] = {"type": kind}
        if version:
            raw["apiVersion"] = version
        if statement.existing:
            raw["existing"] = True
        offsets: dict[Key, int] = {None: statement.start, "type": statement.type.start}
        offsets["apiVersion"] = statement.type.start
        block, names = self._unwrapped(target, raw, offsets)
        names = self._with_nested(target, block, names)
        own: dict[str, syntax.Property] = {}
        for each in block.members:
            if not isinstance(each, syntax.Property) or not isinstance(each.key, str):
                self._linker.problem("spread", "a resource takes no '...' here", names.file, each.start)
            elif each.key in _OWN:
                own[each.key] = each
                offsets[each.key] = each.start
            else:
                raw[each.key] = inner = self._lowering.raw(each.value, names)
                offsets[each.key] = each.start
                if isinstance(inner, (dict, list)):
                    self._linker.marks.begin(inner, each.start)
        self._place(raw, own, names)
        self._linker.marks.mark(raw, names.file, offsets)
        if kind.lower() in NESTED and not statement.existing:
            self._linker.template.texts += self._deployed(block, names)
        nested = {
            f"{target.key}::{inner.name}": self.resource(inside(self._at(target, names), inner), version)
            for inner in block.resources
        }
        if nested:
            raw["resources"] = nested
        return raw

    def _deployed(self, block: syntax.Object, names: Names) -> Iterator[str]:
        """The paths of the files with the template that a deployment in so many words has."""
        for name in ("properties", "template"):
            members = (one for one in block.members if isinstance(one, syntax.Property))
            value = next((one.value for one in members if one.key == name), None)
            if name == "template" and value is not None:
                yield from contents.templates(self._linker, value, names)
            if not isinstance(value, syntax.Object):
                return
            block = value

    @staticmethod
    def _at(target: Target, names: Names) -> Target:
        """A resource as the owner of those in its block: there its own names mean something, too."""
        return Target(target.declaration, target.key, target.symbol, names, target.whole)

    def _with_nested(self, target: Target, block: syntax.Object, names: Names) -> Names:
        """What names mean in a block: the resources in it are known by their names alone."""
        owner = self._at(target, names)
        return names.within({inner.name: inside(owner, inner) for inner in block.resources})

    def _unwrapped(
        self, target: Target, raw: dict[str, Any], offsets: dict[Key, int]
    ) -> tuple[syntax.Object, Names]:
        """The block of a resource or module; its loop and condition go into ``raw``."""
        body: syntax.Expression | syntax.If = target.declaration.body
        names = target.names
        if isinstance(body, syntax.For):
            names = self._looped(target, body, raw, offsets)
            body = body.body
        if isinstance(body, syntax.If):
            raw["condition"] = self._lowering.raw(body.condition, names)
            offsets["condition"] = body.start
            body = body.body
        if not isinstance(body, syntax.Object):
            self._linker.problem("syntax", "expected '{'", names.file, body.start)
            body = syntax.Object(body.start, body.end, [], [])
        return body, names

    def _looped(
        self, target: Target, loop: syntax.For, raw: dict[str, Any], offsets: dict[Key, int]
    ) -> Names:
        names, text = target.names, self._lowering.text(loop.source, target.names)
        items = self._lowering.node(loop.source, names)
        count = self._lowering.leaf(loop.source, Call("length", (items,), f"length({text})"), names)
        raw["copy"] = {"name": target.key, "count": count}
        offsets["copy"] = loop.start
        self._linker.marks.mark(raw["copy"], names.file, {None: loop.start, "count": loop.source.start})
        turn = Call("copyindex", (Literal(target.key, target.key),), loop.index or f"{loop.item}[…]")
        local: dict[str, Node | Target] = {loop.item: Member(items, turn, loop.item)}
        if loop.index is not None:
            local[loop.index] = turn
        return names.within(local)

    def _place(self, raw: dict[str, Any], own: dict[str, syntax.Property], names: Names) -> None:
        """The name of a resource, with that of its parent, and its scope."""
        name = own.get("name")
        raw["name"] = self._lowering.raw(name.value, names) if name is not None else None
        if "scope" in own:
            place(self._linker, raw, own["scope"].value, names, of_module=False)
        if "parent" not in own:
            return
        value = own["parent"].value
        text = self._lowering.text(value, names)
        parent = self._lowering.target(value, names)
        full: Node = self._lowering.unknown(f"parent({text})", "its parent is not declared", text)
        if parent is not None:
            info = Call("resourceinfo", (parent.symbol,), text)
            full = Member(info, Literal("name", "name"), text)
            self._inherit(raw, parent)
        if name is not None:
            node = self._lowering.node(name.value, names)
            joined = Call("format", (Literal("{0}/{1}", "{0}/{1}"), full, node), node.text)
            raw["name"] = self._lowering.leaf(name.value, joined, names)

    def _inherit(self, raw: dict[str, Any], parent: Target) -> None:
        """The scope of a parent that lies elsewhere is that of its children."""
        for each in parent.block.members if parent.block is not None else ():
            if not isinstance(each, syntax.Property) or each.key not in ("scope", "parent"):
                continue
            if each.key == "scope":
                if parent.whole or isinstance(parent.declaration.body, syntax.For):
                    raw["resourceGroup"] = self._open(
                        "the scope of its parent depends on a loop", each, parent
                    )
                else:
                    place(self._linker, raw, each.value, parent.names, of_module=False)
            elif (above := self._lowering.target(each.value, parent.names)) is not None and above != parent:
                self._inherit(raw, above)

    def _open(self, reason: str, each: syntax.Property, parent: Target) -> Leaf:
        text = self._lowering.text(each.value, parent.names)
        return self._lowering.leaf(each.value, Open(f"scope({text})", reason, text), parent.names)

    def module(self, target: Target, template: Any) -> dict[str, Any]:
        """The nested deployment that a module means; ``template`` is what stands in for its file."""
        statement = target.declaration
        raw: dict[str, Any] = {"type": _DEPLOYMENT}
        offsets: dict[Key, int] = {None: statement.start, "type": statement.start}
        block, names = self._unwrapped(target, raw, offsets)
        options = {"scope": "inner"}
        properties: dict[str, Any] = {"expressionEvaluationOptions": options, "template": template}
        for each in block.members:
            if not isinstance(each, syntax.Property) or not isinstance(each.key, str):
                self._linker.problem("spread", "a module takes no '...' here", names.file, each.start)
                continue
            offsets[each.key] = each.start
            if each.key == "name":
                raw["name"] = self._lowering.raw(each.value, names)
            elif each.key == "scope":
                place(self._linker, raw, each.value, names, of_module=True)
            elif each.key == "params":
                properties["parameters"] = self._parameters(each, names)
        raw.setdefault("name", self._default_name(target, names))
        raw["properties"] = properties
        self._linker.marks.mark(raw, names.file, offsets)
        self._linker.marks.mark(properties, names.file, {None: statement.start, "template": statement.start})
        return raw

    def _default_name(self, target: Target, names: Names) -> Any:
        """The name that the compiler gives a module without one: something of its own for each turn."""
        loop = target.declaration.body
        if not isinstance(loop, syntax.For):
            return target.key
        turn = Call("copyindex", (Literal(target.key, target.key),), target.key)
        node = Call("format", (Literal(f"{target.key}-{{0}}", target.key), turn), target.key)
        return self._lowering.leaf(loop, node, names)

    def _parameters(self, params: syntax.Property, names: Names) -> Any:
        """The parameters that a module is given."""
        value = params.value
        plain = isinstance(value, syntax.Object) and all(
            isinstance(each, syntax.Property) and isinstance(each.key, str) for each in value.members
        )
        if not plain:
            return self._lowering.raw(value, names)
        blocks: dict[str, Any] = {}
        offsets: dict[Key, int] = {None: params.start}
        for each in value.members:  # type: ignore[union-attr]
            if isinstance(each, syntax.Property) and isinstance(each.key, str):
                inner = self._lowering.raw(each.value, names)
                block = blocks[each.key] = {"value": inner}
                offsets[each.key] = each.start
                self._linker.marks.mark(block, names.file, {None: each.start, "value": each.start})
                if isinstance(inner, (dict, list)):
                    self._linker.marks.begin(inner, each.start)
        self._linker.marks.mark(blocks, names.file, offsets)
        return blocks
