"""What configuration says will be there: the instances of its resources, with what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.model import Place
from scanner.sources.code.symbols import written
from scanner.sources.code.terraform import azurerm, declared, defaults, templates
from scanner.sources.code.terraform.blocks import values_of
from scanner.sources.code.terraform.folder import Address
from scanner.sources.code.terraform.instance import Instanced
from scanner.sources.code.terraform.module import Module
from scanner.sources.code.terraform.origins import nearest, origin
from scanner.sources.code.terraform.plan import Instance
from scanner.sources.hcl.scope import Spot
from scanner.sources.hcl.source import Embedded
from scanner.sources.hcl.syntax import Conditional, Index, Literal, Member, Name, Node
from scanner.sources.hcl.texts import together
from scanner.values import Unknown

MAX_MODULES = 30
"""Modules inside one another that are followed."""

MOST_MODULES = 3_000
"""Instances of modules in one configuration."""


class Configured:
    """The state that a root module, and all it calls, describe."""

    def __init__(self, root: Module) -> None:
        self._instanced: dict[int, Instanced] = {}
        self.instances: list[Instance] = []
        self._modules = 0
        self._gather(root)

    def known(self, instance: Instance) -> dict[str, Any]:
        """The values of an instance."""
        return instance.values or {}

    def type_of(self, instance: Instance) -> str | None:
        """The type of ARM that an instance has, None where it says nothing of hubs."""
        return declared.type_of(self._instanced[id(instance)])

    def of(self, instance: Instance) -> Any:
        """The id of an instance."""
        return self._ask(instance, "id")

    def one(self, instance: Instance, path: Sequence[str | int], wanted: str) -> None:
        """Nothing: what an attribute refers to is its value."""

    def target(self, patch: Instance) -> Any:
        """The id of the resource that a patch names."""
        kind = azurerm.kind_of(patch.type)
        named = (patch.values or {}).get((kind.patches if kind else None) or "resource_id")
        return named if named is not None else self._ask(patch, "id")

    def full_name(self, instance: Instance, kind: str, name: Any) -> Any:
        """A name with those of its parents, as far as it is known whose child it is."""
        levels = kind.count("/") - 1
        parent = written(declared.parent(self._instanced[id(instance)])) if levels else None
        if parent is None or parent.count("/") < 2 * levels:
            return name
        above = "/".join(parent.split("/")[-2 * levels + 1 :: 2])
        full = together([f"{above}/", name], getattr(name, "text", None) or instance.address)
        if isinstance(full, Unknown) and isinstance(name, Unknown):
            full.place = full.place or name.place
        return full

    def where(self, instance: Instance, path: Sequence[str | int]) -> tuple[Place, Place | None]:
        """Where an attribute stands, or the block that it is missing from; and where its value was written.

        What stands in the block itself has its own place there; what it hands on from elsewhere has that
        of the attribute, and an origin.
        """
        block = self._instanced[id(instance)].block
        spots = self._instanced[id(instance)].env.run.spots
        place = block.source.place(block.at)
        here: Spot | None = None
        away: Spot | None = None
        node: Any = instance.values
        for step in path:
            spot = spots.of(node, step)
            if spot is not None and away is None and block.holds(spot.env.source, spot.at):
                here, place = spot, spot.place
            elif spot is not None:
                away = spot
            node = _below(node, step)
        if isinstance(block.source, Embedded):
            return _within(here, away, place)
        return place, self._origin(here, away)

    def _origin(self, here: Spot | None, away: Spot | None) -> Place | None:
        if away is not None:
            handed_on = isinstance(away.node, (Member, Index, Name, Conditional))
            return (handed_on and origin(away.node, away.env)) or away.place
        return None if here is None or _is_literal(here.node) else origin(here.node, here.env)

    def _ask(self, instance: Instance, name: str) -> Any:
        return self._instanced[id(instance)].ask(name)

    def _gather(self, module: Module) -> None:
        self._modules += 1
        if self._modules > MOST_MODULES:
            return
        for address, blocks in module.folder.resources.items():
            if _is_read(address):
                for block in blocks:
                    for member in module.expansion(block).members:
                        self._add(Instanced(module, address, block, member), module)
        if len(module.steps) < MAX_MODULES:
            for child in _children(module):
                self._gather(child)

    def _add(self, one: Instanced, module: Module) -> None:
        mode, kind, name = one.address
        values = values_of(one)
        if mode == "managed":
            defaults.filled(kind, values)
        instance = Instance(
            address=one.key,
            modules=module.steps,
            mode=mode,
            type=kind,
            name=name,
            key=one.member.suffix[1:-1],
            actions=(),
            values=values,
            before=None,
            certain=one.certain,
            guards=one.guards,
        )
        self._instanced[id(instance)] = one
        self.instances.append(instance)


def _within(here: Spot | None, away: Spot | None, call: Place) -> tuple[Place, Place | None]:
    """The place in the call of a module that is known without its files: the argument that decides."""
    spot = away or here
    while spot is not None and isinstance(spot.env.source, Embedded):
        spot = nearest(spot.node, spot.env)
    if spot is None:
        return call, None
    behind = origin(spot.node, spot.env)
    return spot.place, behind if behind != spot.place else None


def _children(module: Module) -> Iterator[Module]:
    for name, block in module.folder.calls.items():
        for member in module.expansion(block).members:
            child = module.child(name, member)
            if child is not None:
                yield child


def _is_read(address: Address) -> bool:
    """Whether a resource may say something of hubs."""
    kind = address[1]
    return kind in declared.AZAPI or kind in templates.KINDS or azurerm.kind_of(kind) is not None


def _below(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step) if not isinstance(node.get(step), Unknown) else None
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def _is_literal(node: Node) -> bool:
    return isinstance(node, Literal)
