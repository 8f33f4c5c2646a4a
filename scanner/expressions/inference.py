"""Infers what each part of an expression may yield, and gathers what cannot be meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.expressions.errors import Problem
from scanner.expressions.parser import Node
from scanner.expressions.shapes import Schema, Shape, shape
from scanner.functions.registry import Function

Variables = Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Check:
    """What an expression may use: the roots with their shapes, and functions."""

    roots: Mapping[str, Shape]
    functions: Mapping[str, Function]

    @classmethod
    def of(
        cls,
        roots: Sequence[str],
        functions: Mapping[str, Function],
        parameters: Collection[str] | Mapping[str, Any] | None,
        schema: Mapping[str, Schema | Shape] | None,
    ) -> Check:
        """From the names of roots, the schemas or shapes of some, and the declared parameters."""
        shapes = {name: _root_shape((schema or {}).get(name, {}), name) for name in roots}
        if parameters is not None and "params" in shapes:
            shapes["params"] = shape(_parameters_schema(parameters), "params")
        return cls(shapes, functions)


def _root_shape(known: Schema | Shape, name: str) -> Shape:
    return replace(known, label=name) if isinstance(known, Shape) else shape(known, name)


def _parameters_schema(parameters: Collection[str] | Mapping[str, Any]) -> Schema:
    given = parameters if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    properties = {
        name: {"type": entry} if isinstance(entry, str) else entry if isinstance(entry, Mapping) else {}
        for name, entry in given.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


@dataclass(slots=True)
class Checker:
    """One walk through one tree.  ``rules`` say how to infer each kind of node."""

    rules: Mapping[str, Rule]
    functions: Mapping[str, Function]
    root: Shape
    found: list[Problem] = field(default_factory=list)
    _offset: int = 0

    def problem(self, node: Node, message: str, hint: str | None = None) -> None:
        """Note something that is wrong with a node."""
        self.found.append(Problem(node.get("offset", self._offset), message, hint))

    def infer(self, node: Node, current: Shape, variables: Variables) -> Shape:
        """The shape of what a node yields for a current value of some shape."""
        outer, self._offset = self._offset, node.get("offset", self._offset)
        result = self.rules[node["type"]](self, node, current, variables)
        self._offset = outer
        return result


Rule = Callable[[Checker, Node, Shape, Variables], Shape]
