"""Checked expressions as JSON, and back: who has them need neither parse nor check them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from scanner.expressions.expression import BROKEN, STEPS, Expression
from scanner.expressions.ours import OURS
from scanner.expressions.parser import MAX_DEPTH, Node, parse
from scanner.expressions.templates import Template

_NAMED = frozenset({"field", "variable", "function_expression", "key_val_pair", "comparator"})
_SHAPED = frozenset({"subexpression", "index_expression", "pipe", "current", "identity", "literal", "let"})
_SHAPED |= {"index", "slice", "projection", "filter_projection", "value_projection", "flatten", "expref"}
_SHAPED |= {"or_expression", "and_expression", "not_expression", "multi_select_list", "multi_select_dict"}
_KINDS = _NAMED | _SHAPED
_COMPARATORS = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})


def dump(expression: Expression) -> str:
    """What is to be kept of an expression beside its text.  Raises TypeError where JSON cannot hold it."""
    return orjson.dumps(plain(expression.tree)).decode()


def plain(tree: Node) -> Node:
    """A syntax tree without what only its check wanted to know."""
    children = [plain(child) if isinstance(child, dict) else child for child in tree["children"]]
    node: Node = {"type": tree["type"], "children": children}
    if "value" in tree:
        node["value"] = tree["value"]
    return node


def load(text: str, saved: Any, roots: Sequence[str]) -> Expression:
    """The expression of a text whose tree was kept.  Raises TypeError for what is none."""
    if not isinstance(text, str) or not isinstance(saved, str):
        raise TypeError("no expression")
    return Expression(text, Kept(text, saved), roots, OURS, STEPS)


def load_template(text: str, saved: Any, roots: Sequence[str]) -> Template:
    """The template whose parts were kept.  Raises TypeError or LookupError for what is none."""
    parts = (part if isinstance(part, str) else load(part[0], part[1], roots) for part in saved)
    return Template(text, tuple(parts))


class Kept:
    """The syntax tree of a text as JSON, read when it is needed."""

    __slots__ = ("_saved", "_text")

    def __init__(self, text: str, saved: str) -> None:
        self._text = text
        self._saved = saved

    def rough(self) -> Node:
        """What was kept, whatever it is.  Raises ValueError where it is no JSON."""
        node: Node = orjson.loads(self._saved)
        return node

    def sound(self) -> Node:
        """The tree that was kept; where that is none, the one that the text says."""
        try:
            return _node(orjson.loads(self._saved), 0)
        except BROKEN:
            return parse(self._text)


def _node(node: Any, depth: int) -> Node:
    """A syntax tree out of JSON, made sure to be one: its words end up in compiled code."""
    if not isinstance(node, dict) or node.get("type") not in _KINDS or depth > MAX_DEPTH:
        raise ValueError("no node")
    kind, value, children = node["type"], node.get("value"), node.get("children")
    if not isinstance(children, list):
        raise TypeError("no node")
    if kind in _NAMED and not isinstance(value, str):
        raise ValueError("no name")
    if (kind == "comparator" and value not in _COMPARATORS) or (kind == "index" and type(value) is not int):
        raise ValueError("no operator")
    if kind == "slice":
        if len(children) != 3 or not all(child is None or type(child) is int for child in children):
            raise ValueError("no slice")
        return node
    node["children"] = [_node(child, depth + 1) for child in children]
    if kind == "let":
        names = value if isinstance(value, list) else []
        if len(names) + 1 != len(children) or not all(isinstance(name, str) for name in names):
            raise ValueError("no let")
        node["value"] = tuple(names)
    return node
