"""Checks comparisons: that they can come out one way or the other."""

from __future__ import annotations

from scanner.expressions.inference import Checker, Rule, Variables
from scanner.expressions.parser import Node
from scanner.expressions.shapes import BOOLEAN, Shape, named, suggestion

_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_MISSPELT = 0.85
_ORDERED = frozenset({"number", "string"})


def _compare(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    left, right = (checker.infer(child, current, variables) for child in node["children"])
    if node["value"] in ("eq", "ne"):
        _equality(checker, node, left, right)
    else:
        _ordering(checker, node, left, right)
    return BOOLEAN


def _equality(checker: Checker, node: Node, left: Shape, right: Shape) -> None:
    always = "never true" if node["value"] == "eq" else "always true"
    if "null" in left.kinds | right.kinds:
        return
    if left.kinds.isdisjoint(right.kinds):
        sides = f"{left.described()} and {right.described()}"
        checker.problem(node, f"'{_SYMBOLS[node['value']]}' between {sides} is {always}")
        return
    for one, other in ((left, right), (right, left)):
        if other.literal is ...:
            continue
        allowed = one.schema.get("enum")
        if allowed is not None and other.literal not in allowed:
            hint = suggestion(str(other.literal), (str(value) for value in allowed))
            checker.problem(node, f"'{one.label}' is never '{other.literal}'", hint)
        # The words of an open list are all that is known today: only what is nearly one of them is wrong.
        known = one.schema.get("examples", ())
        if known and other.literal not in known:
            hint = suggestion(str(other.literal), known, near=_MISSPELT)
            if hint:
                checker.problem(node, f"'{one.label}' is hardly '{other.literal}'", hint)


def _ordering(checker: Checker, node: Node, left: Shape, right: Shape) -> None:
    symbol = _SYMBOLS[node["value"]]
    for side in (left, right):
        if side.kinds.isdisjoint(_ORDERED):
            wanted = named(_ORDERED)
            checker.problem(node, f"'{symbol}' with {side.described()} is always null: it compares {wanted}")
            return
    if (left.kinds & _ORDERED).isdisjoint(right.kinds):
        checker.problem(node, f"'{symbol}' cannot compare {left.described()} with {right.described()}")


RULES: dict[str, Rule] = {"comparator": _compare}
