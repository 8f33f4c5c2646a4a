"""One instance of a declared resource, which is asked for its attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from scanner.sources.code.symbols import Symbol
from scanner.sources.code.terraform import declared
from scanner.sources.code.terraform.expansion import Member
from scanner.sources.code.terraform.folder import Address, shown
from scanner.sources.hcl.calls import rendered
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.scope import Env
from scanner.sources.hcl.syntax import Block
from scanner.sources.hcl.values import Handle

_TEMPLATE_FILE = ("data", "template_file")
"""What was there before the function ``templatefile``, and is still about."""


class Owner(Protocol):
    """The instance of a module that a resource is declared in."""

    @property
    def key(self) -> str:
        """What addresses inside it begin with."""
        ...

    @property
    def is_certain(self) -> bool:
        """Whether it is surely there."""
        ...

    @property
    def guards(self) -> frozenset[str]:
        """The open conditions that all hold where it is there."""
        ...

    def env(self, block: Block, member: Member) -> Env:
        """Where the attributes of a block stand, seen from one of its instances."""
        ...

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        """A value that is found out once."""
        ...


@dataclass(frozen=True, slots=True)
class Instanced:
    """One instance of a resource, in its module."""

    module: Owner
    address: Address
    block: Block
    member: Member

    @property
    def key(self) -> str:
        """Its full address."""
        return f"{self.module.key}{shown(self.address)}{self.member.suffix}"

    @property
    def certain(self) -> bool:
        """Whether it is surely there."""
        return self.module.is_certain and self.member.sure

    @property
    def guards(self) -> frozenset[str]:
        """The open conditions that all hold where it is there."""
        return self.module.guards | self.member.guards

    @property
    def env(self) -> Env:
        """Where its attributes stand."""
        return self.module.env(self.block, self.member)

    def handle(self) -> Handle:
        """What a reference to it stands for."""
        return Handle(self.key, _later(self.key), self.ask)

    def ask(self, name: str) -> Any:
        """The value of an attribute: as it is written, else as Azure will tell."""
        return self.module.once(f"{self.key}.{name}", lambda: self._found(name))

    def attribute(self, name: str) -> Any:
        """The value of an attribute, None for one that is not written."""
        return self.ask(name) if name in self.block.body.attributes else None

    def _found(self, name: str) -> Any:
        attribute = self.block.body.attributes.get(name)
        if name == "id":
            known = declared.identifier(self)
            if known is not None:
                return known
        elif attribute is not None:
            return evaluate(attribute.value, self.env.within(attribute.source))
        elif name == "rendered" and self.address[:2] == _TEMPLATE_FILE:
            return self._rendered()
        told = declared.told(self.address, name)
        if told is not None:
            return told
        what = f"{self.key}.{name}"
        if name == "output" and self.address[1] in declared.AZAPI:
            return Handle(what, _later(what), self._answered)
        inner = self.block.body.blocks_of(name)
        if inner:
            return [self._inner(block, f"{what}[{index}]") for index, block in enumerate(inner)]
        found = _open(what)
        # Whatever it will be: nothing is there without an id.
        found.truth = True if name == "id" else None
        return found

    def _rendered(self) -> Any:
        """The text that a ``template_file`` makes of its template."""
        template, given = self.attribute("template"), self.attribute("vars")
        if template is None:
            return _open(f"{self.key}.rendered")
        return rendered([template, {} if given is None else given], self.env, evaluate)

    def _answered(self, name: str) -> Any:
        """A member of what Azure answers to an azapi resource."""
        return self.ask(name) if name in ("id", "name", "location") else _open(f"{self.key}.output.{name}")

    def _inner(self, block: Block, key: str) -> Handle:
        """An inner block, of which some attributes are written and others come from Azure."""

        def ask(name: str) -> Any:
            attribute = block.body.attributes.get(name)
            env = self.env.within(block.source)
            return _open(f"{key}.{name}") if attribute is None else evaluate(attribute.value, env)

        return Handle(key, _later(key), ask)


def _open(what: str) -> Symbol:
    return Symbol(what, _later(what), text=what)


def _later(what: str) -> str:
    return f"{what} is known only after apply"
