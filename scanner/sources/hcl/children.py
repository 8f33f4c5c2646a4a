"""The expressions that stand directly in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.sources.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    For,
    Index,
    ListOf,
    Member,
    Node,
    ObjectOf,
    Part,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Unary,
)


def children(node: Node) -> list[Node]:
    """The expressions in an expression, in their order."""
    inner = _BY_TYPE.get(type(node))
    return inner(node) if inner else []


def _loop(node: For) -> list[Node]:
    every = (node.collection, node.result_key, node.result, node.condition)
    return [one for one in every if one is not None]


def _filled(part: Part) -> list[Node]:
    """The expressions in one part of a template."""
    if isinstance(part, str):
        return []
    if isinstance(part, TemplateIf):
        return [part.condition, *(inner for one in (*part.then, *part.otherwise) for inner in _filled(one))]
    if isinstance(part, TemplateFor):
        return [part.collection, *(inner for one in part.body for inner in _filled(one))]
    return [part]


_BY_TYPE: Mapping[type, Callable[[Any], list[Node]]] = {
    Template: lambda node: [inner for part in node.parts for inner in _filled(part)],
    Call: lambda node: node.arguments,
    ListOf: lambda node: node.items,
    ObjectOf: lambda node: [one for item in node.items for one in (item.key, item.value)],
    Member: lambda node: [node.base],
    Splat: lambda node: [node.base],
    Index: lambda node: [node.base, node.key],
    Unary: lambda node: [node.operand],
    Binary: lambda node: [node.left, node.right],
    Conditional: lambda node: [node.condition, node.yes, node.no],
    For: _loop,
}
