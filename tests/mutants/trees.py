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
    """Every mutant of a tree, none twice.

    The whole is denied; a comparison or an operator is turned; an operand, a negation or a filter is left out; a
    literal is replaced, or a member of a list of literals left out; null, which says "not known" where it is no
    side of a comparison, becomes true.
    """
    seen = [bare(tree)]
    for what, mutant in ((f"denied: {shown(tree)}", negated(tree)), *_within(tree, lambda node: node)):
        plain = bare(mutant)
        if plain not in seen:
            seen.append(plain)
            yield what, mutant


def bare(node: Any) -> Any:
    """A tree without what was noted in it: a copy to which nobody else holds."""
    if not isinstance(node, dict):
        return node
    kept = {key: node[key] for key in ("type", "value", "quoted", "bare") if key in node}
    return {**kept, "children": [bare(child) for child in node["children"]]}


def negated(node: Node) -> Node:
    """The denial of a part."""
    return {"type": "not_expression", "children": [node]}


def _within(node: Node, put: Callable[[Node], Node], beside: str = "") -> Iterator[Mutant]:
    """The mutants of a part and of what is in it.  ``put`` makes the whole tree of one of this part."""
    for before, after, changed in _changes(node, beside):
        yield f"{before} → {after}", bare(put(changed))
    for at, child in enumerate(node["children"]):
        if isinstance(child, dict):
            yield from _within(child, lambda new, at=at: put(_with(node, at, new)), node["type"])  # type: ignore[misc]


def _with(node: Node, at: int, child: Node) -> Node:
    children = node["children"]
    return {**node, "children": [*children[:at], child, *children[at + 1 :]]}


def _changes(node: Node, beside: str) -> Iterator[tuple[str, str, Node]]:
    """What is changed in one part itself: its text before, its text after, and the part that came of it."""
    children = node["children"]
    match node["type"]:
        case "comparator":
            yield _told(node, {**node, "value": TURNED[node["value"]]})
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
                part = {**node, "value": member}
                yield shown(node), f"without {shown(part)}", {**node, "value": _without(node["value"], at)}
        case "literal" if node["value"] is not None or beside != "comparator":
            yield _told(node, {**node, "value": _other(node["value"])})


def _told(node: Node, changed: Node) -> tuple[str, str, Node]:
    return shown(node), shown(changed), changed


def _without(children: Sequence[Any], at: int) -> list[Any]:
    return [*children[:at], *children[at + 1 :]]


def _chain(node: Node, children: list[Node]) -> Node:
    return {**node, "children": children} if len(children) > 1 else children[0]


def _turned(node: Node, at: int) -> Node:
    """A chain of which one operator is the other one, which binds as it does."""
    children, other = node["children"], _OTHER[node["type"]]
    if node["type"] == "and_expression":
        return {**node, "type": other, "children": [_chain(node, children[:at]), _chain(node, children[at:])]}
    pair = {**node, "type": other, "children": children[at - 1 : at + 1]}
    return _chain(node, [*children[: at - 1], pair, *children[at + 1 :]])


def _other(value: Any) -> Any:
    """What may stand in the place of a literal."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return "other" if value else value
        case _:
            return True if value is None else value
