"""Builds the ARM document of one planned resource, row by row, with the place of every value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Place
from scanner.places import Places
from scanner.sources.code.terraform.azurerm import Kind, Row
from scanner.values import Unknown

Where = Callable[[Sequence[str | int]], tuple[Place, Place | None]]
"""The place of an attribute, or of the block that it is missing from, and where its value was written."""

ABSENT = object()


@dataclass(slots=True)
class Builder:
    """A document that grows; what holds a value has the place of the block that it stands in."""

    places: Places
    where: Where
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places.mark(self.document, None, self.where(())[0])

    def build(self, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
        """The document of a resource of the azurerm provider."""
        self.put("properties", {}, ())
        for target, value in (kind.fixed or {}).items():
            self.put(target, value, ())
        for row in kind.rows:
            self._row(row, values)
        return self.document

    def put(self, target: str, value: Any, source: Sequence[str | int]) -> None:
        """Set a property.  Where something above it is not known, it stays not known."""
        place, origin = self.where(source)
        *above, last = target.split(".")
        node = self.document
        for name in above:
            inner = node.get(name)
            if isinstance(inner, Unknown):
                return
            if not isinstance(inner, dict):
                inner = node[name] = {}
                block = self.where(source[:-1])[0]
                self.places.mark(node, name, block)
                self.places.mark(inner, None, block)
            node = inner
        if isinstance(value, dict) and isinstance(node.get(last), dict):
            return
        node[last] = value
        self._place(value, place)
        self.places.mark(node, last, place, origin)
        self._mark_inside(value, place)

    def copy(self, value: Any, path: tuple[str | int, ...]) -> Any:
        """A value that is in ARM's shape already, with the place of each part of it."""
        if isinstance(value, dict):
            result: dict[str, Any] = {}
            self.places.mark(result, None, self.where(path)[0])
            for key, inner in value.items():
                result[key] = self.copy(inner, (*path, key))
                place, origin = self.where((*path, key))
                self._place(inner, place)
                self.places.mark(result, key, place, origin)
            return result
        if isinstance(value, list):
            members = [self.copy(inner, (*path, index)) for index, inner in enumerate(value)]
            self.places.mark(members, None, self.where(path)[0])
            return members
        return value

    def _row(self, row: Row, values: dict[str, Any]) -> None:
        source, target, how = row
        path = steps(source)
        value = reached(values, path)
        if value is ABSENT or value is None:
            return
        self.put(target, how(value), path)

    @staticmethod
    def _place(value: Any, place: Place) -> None:
        if isinstance(value, Unknown) and value.place is None:
            value.place = place

    def _mark_inside(self, value: Any, place: Place) -> None:
        """Objects that a conversion made stand where their value does."""
        waiting = [value]
        while waiting:
            node = waiting.pop()
            if isinstance(node, (dict, list)):
                self.places.mark(node, None, place)
                waiting += _children(node)


def _children(node: dict[str, Any] | list[Any]) -> Iterator[Any]:
    yield from node.values() if isinstance(node, dict) else node


def steps(source: str) -> tuple[str | int, ...]:
    """The steps of a path that a table of attributes writes with dots."""
    return tuple(int(step) if step.isdigit() else step for step in source.split("."))


def reached(values: Any, path: Sequence[str | int]) -> Any:
    """The value at a path; `ABSENT` where there is none, an `Unknown` where a step to it is not known."""
    node = values
    for step in path:
        if isinstance(node, Unknown):
            return node
        if isinstance(step, int):
            if not (isinstance(node, list) and step < len(node)):
                return ABSENT
            node = node[step]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return ABSENT
    return node
