"""Where an expression stands: in which module, file and loop; and where values were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from scanner.model import Place
from scanner.sources.arm.errors import Spent
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import Node
from scanner.values import Unknown

MOST_STEPS = 200_000
"""Expressions that may be evaluated for one configuration."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value was written: the offset in the file of ``env``, and its expression there."""

    env: Env
    at: int
    node: Node

    @property
    def place(self) -> Place:
        """The place in the file."""
        return self.env.source.place(self.at)


class Spots:
    """What was written where.  Everything it was told of is kept alive, so that identities are unique."""

    def __init__(self) -> None:
        self._spots: dict[int, dict[Any, Spot]] = {}
        self._held: list[Any] = []

    def mark(self, container: Any, key: Any, env: Env, at: int, node: Node) -> None:
        """Say where the value of a key was written; with key None, where the container itself was."""
        spots = self._spots.get(id(container))
        if spots is None:
            spots = self._spots[id(container)] = {}
            self._held.append(container)
        spots[key] = Spot(env, at, node)

    def of(self, container: Any, key: Any = None) -> Spot | None:
        """Where the value of a key was written; None where nobody has said."""
        spots = self._spots.get(id(container))
        return spots.get(key) if spots is not None else None

    def copied(self, new: Any, old: Any) -> None:
        """Give a container that was made of another one the spots of its values."""
        spots = self._spots.get(id(old))
        if spots is not None and new is not old:
            if id(new) not in self._spots:
                self._held.append(new)
            self._spots.setdefault(id(new), {}).update(spots)

    def handed(self, new: Any, key: Any, old: Any, old_key: Any) -> None:
        """Give one value of a new container the spot that it had in another one."""
        spot = self.of(old, old_key)
        if spot is not None:
            self.mark(new, key, spot.env, spot.at, spot.node)


@dataclass(slots=True)
class Run:
    """What is shared by all expressions of one configuration: bounds, and where values were written.

    ``twins`` are all members of the objects that have a name twice, of which the last counts, by the
    identity of the object.
    """

    spots: Spots = field(default_factory=Spots)
    twins: dict[int, list[tuple[str, Any, Spot]]] = field(default_factory=dict)
    left: int = MOST_STEPS
    depth: int = 0

    def spend(self, count: int = 1) -> None:
        """Count work.  Raises `Spent` where it is more than any configuration needs."""
        self.left -= count
        if self.left < 0:
            raise Spent


class Names(Protocol):
    """A module, as far as expressions ask it for things by name."""

    @property
    def key(self) -> str:
        """What addresses inside it begin with."""
        ...

    def named(self, name: str) -> Any:
        """What the first name of a traversal stands for.  Raises `Failure` where that is nothing."""
        ...

    def read_file(self, path: str) -> bytes | None:
        """The bytes of a file inside the root, None where it is not there; raises `Failure` for any other."""
        ...

    def files_below(self, path: str) -> list[str]:
        """The paths of the files in a folder and below it, seen from there.  Raises `Failure`."""
        ...


@dataclass(frozen=True, slots=True)
class Env:
    """Where an expression stands: in which module and file, and inside which loops.

    ``holders`` are the container and the key there that a variable of a loop has its value from; ``doubts``
    is where something else stands ready for what would end in an error, None anywhere else: what may
    end in one, and was taken for what it is if it does not.
    """

    run: Run
    names: Names
    source: Source
    variables: Mapping[str, Any] = field(default_factory=dict)
    holders: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    doubts: list[Unknown] | None = None

    def doubt(self, value: Unknown) -> None:
        """Note that a value was taken for known which may be none, since what it rests on is open."""
        if self.doubts is not None:
            self.doubts.append(value)

    def inside(
        self, variables: Mapping[str, Any], holders: Mapping[str, tuple[Any, Any]] | None = None
    ) -> Env:
        """The same place inside a loop."""
        return replace(
            self,
            variables={**self.variables, **variables},
            holders={**self.holders, **(holders or {})},
        )

    def within(self, source: Source) -> Env:
        """The same place in another file: that of a block which overrides another in part."""
        return self if source is self.source else replace(self, source=source)


Evaluate = Callable[[Node, Env], Any]
"""Gives the value of an expression where it stands."""
