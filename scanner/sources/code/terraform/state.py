"""What is asked of whoever says what will be there: a plan, or configuration itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from scanner.model import Place
from scanner.sources.code.terraform.plan import Instance


class State(Protocol):
    """What a plan, or configuration itself, says will be there: instances, their values, ids and places."""

    @property
    def instances(self) -> Sequence[Instance]:
        """The instances that are there."""
        ...

    def known(self, instance: Instance) -> dict[str, Any]:
        """The values of an instance, without those that nobody set."""
        ...

    def type_of(self, instance: Instance) -> str | None:
        """The type of ARM that an instance has, None where it says nothing of hubs."""
        ...

    def of(self, instance: Instance) -> Any:
        """The id of an instance, as far as it is known."""
        ...

    def one(self, instance: Instance, path: Sequence[str | int], wanted: str) -> Any:
        """The id of the one resource of the wanted type that an attribute can mean; None where it is open."""
        ...

    def target(self, patch: Instance) -> Any:
        """The id of the resource that a patch names."""
        ...

    def full_name(self, instance: Instance, kind: str, name: Any) -> Any:
        """A name with those of its parents."""
        ...

    def where(self, instance: Instance, path: Sequence[str | int]) -> tuple[Place, Place | None]:
        """Where an attribute stands, or the block that lacks it; and where its value was written."""
        ...
