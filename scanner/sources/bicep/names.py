"""What the names in an expression mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scanner.sources.arm.syntax import Node
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.syntax import For, If, Module, Object, Resource


@dataclass(frozen=True, slots=True)
class Target:
    """A resource or module that an expression names.

    ``key`` is its symbolic name in the template, ``symbol`` the expression that gives it together with
    the turn of its loop; ``names`` is what names mean in its block.  ``whole`` tells a loop of which no
    turn was chosen.
    """

    declaration: Resource | Module
    key: str
    symbol: Node
    names: Names
    whole: bool = False

    @property
    def block(self) -> Object | None:
        """Its block, without its loop and condition."""
        return block(self.declaration)


@dataclass(frozen=True, slots=True)
class Names:
    """Where an expression stands: in which file, in which loops, lambdas and blocks.

    ``prefix`` is what the names of the file are written with in the template: empty for its own file.
    """

    file: BicepFile
    prefix: str = ""
    local: Mapping[str, Node | Target] = field(default_factory=dict)

    def within(self, local: Mapping[str, Node | Target]) -> Names:
        """The same further within, where some more names mean something."""
        return replace(self, local={**self.local, **local})

    @property
    def outside(self) -> Names:
        """The same outside of all loops, lambdas and blocks."""
        return replace(self, local={}) if self.local else self


def apart(name: str, others: Iterable[str]) -> str:
    """A name as templates know it, where another one may differ from it in nothing but case."""
    lower = name.lower()
    if any(other != name and other.lower() == lower for other in others):
        return f"{name}~{sum(1 << index for index, letter in enumerate(name) if letter.isupper()):x}"
    return name


def block(declaration: Resource | Module) -> Object | None:
    """The block of a resource or module, without its loop and condition."""
    body = declaration.body
    inner = body.body if isinstance(body, For) else body
    inner = inner.body if isinstance(inner, If) else inner
    return inner if isinstance(inner, Object) else None
