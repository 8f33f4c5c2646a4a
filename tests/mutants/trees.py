"""The mutants of an expression: trees with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mutants.writing import shown

Node = dict[str, Any]
Mutant = tuple[str, Node]
"""What was changed, as text before and after, and the tree that came of it."""

TURNED = {"eq": "ne", "ne": "eq", "lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
_OTHER = {"and_expression": "or_expression", "or_expression": "and_expression"}
TRUE: Node = {"type": "literal", "value": True, "children": []}


def mutants(tree: Node) -> Iterator[Mutant]:
    """Every mutant of a tree, which shares with it what is not changed.

    The whole is denied; a comparison or an operator is turned; an operand, a negation or a filter is left out; a
    literal is replaced, or a member of a list of literals left out; null, which says "not known" where it is no
    side of a comparison, becomes true.
    """
    yield f"denied: {shown(tree)}", {"type": "not_expression", "children": [tree]}
    yield from _within(tree, lambda node: node)


def changed(node: Node, **changes: Any) -> Node:
    """A copy of a part with some of it changed, and without what was noted of it."""
    return {
        key: node[key] for key in ("type", "value", "children", "quoted", "bare") if key in node
    } | changes


def _within(node: Node, put: Callable[[Node], Node], beside: str = "") -> Iterator[Mutant]:
    """The mutants of a part and of what is in it.  ``put`` makes the whole tree of one of this part."""
    for before, after, new in _changes(node, beside):
        yield f"{before} → {after}", put(new)
    for at, child in enumerate(node["children"]):
        if isinstance(child, dict):
            yield from _within(child, lambda new, at=at: put(_with(node, at, new)), node["type"])


def _with(node: Node, at: int, child: Node) -> Node:
    children = node["children"]
    return changed(node, children=[*children[:at], child, *children[at + 1 :]])


def _changes(node: Node, beside: str) -> Iterator[tuple[str, str, Node]]:
    """What is changed in one part itself: its text before, its text after, and the part that came of it."""
    children = node["children"]
    match node["type"]:
        case "comparator":
            yield _told(node, changed(node, value=TURNED[node["value"]]))
        case "and_expression" | "or_expression":
            for at in range(len(children)):
                yield f"{shown(node)}", f"without {shown(children[at])}", _chain(node, _without(children, at))
            for at in range(1, len(children)):
                yield f"{shown(node)}", f"turned before {shown(children[at])}", _turned(node, at)
        case "not_expression":
            yield _told(node, children[0])
        case "filter_projection":
            yield f"[?{shown(children[2])}]", "[]", _with(node, 2, TRUE)
        case "literal" if isinstance(node["value"], list):
            for at, member in enumerate(node["value"]):
                left = changed(node, value=_without(node["value"], at))
                yield shown(node), f"without {shown(changed(node, value=member))}", left
        case "literal" if _is_replaced(node["value"], beside):
            yield _told(node, changed(node, value=_other(node["value"])))


def _told(node: Node, new: Node) -> tuple[str, str, Node]:
    return shown(node), shown(new), new


def _without(children: Sequence[Any], at: int) -> list[Any]:
    return [*children[:at], *children[at + 1 :]]


def _chain(node: Node, children: list[Node]) -> Node:
    return changed(node, children=children) if len(children) > 1 else children[0]


def _turned(node: Node, at: int) -> Node:
    """A chain of which one operator is the other one, which binds as it does."""
    children, other = node["children"], _OTHER[node["type"]]
    if node["type"] == "and_expression":
        return changed(node, type=other, children=[_chain(node, children[:at]), _chain(node, children[at:])])
    pair = changed(node, type=other, children=children[at - 1 : at + 1])
    return _chain(node, [*children[: at - 1], pair, *children[at + 1 :]])


def _is_replaced(value: Any, beside: str) -> bool:
    return beside != "comparator" if value is None else bool(value != "" and not isinstance(value, dict))


def _other(value: Any) -> Any:
    """What may stand in the place of a literal: another one of its type, true for null."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return "other"
    return True
