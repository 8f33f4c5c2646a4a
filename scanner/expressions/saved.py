"""Checked expressions as JSON, and back: who has them need neither parse nor check them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.expressions.expression import STEPS, Expression
from scanner.expressions.parser import MAX_DEPTH, Node
from scanner.expressions.templates import Template
from scanner.functions import table

_NAMED = frozenset({"field", "variable", "function_expression", "key_val_pair", "comparator"})
_SHAPED = frozenset({"subexpression", "index_expression", "pipe", "current", "identity", "literal", "let"})
_SHAPED |= {"index", "slice", "projection", "filter_projection", "value_projection", "flatten", "expref"}
_SHAPED |= {"or_expression", "and_expression", "not_expression", "multi_select_list", "multi_select_dict"}
_KINDS = _NAMED | _SHAPED
_COMPARATORS = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})


def dump(part: Expression | str) -> Any:
    """What is to be kept of an expression, or of a literal part of a template."""
    return part if isinstance(part, str) else {"text": part.text, "tree": part.tree}


def load(saved: Any, roots: Sequence[str]) -> Expression:
    """The expression that was kept.  Raises ValueError, KeyError or TypeError for what is none."""
    text, tree = saved["text"], _node(saved["tree"], 0)
    if not isinstance(text, str):
        raise TypeError("no text")
    return Expression(text, tree, roots, table(), STEPS)


def load_template(text: str, saved: Any, roots: Sequence[str]) -> Template:
    """The template whose parts were kept.  Raises ValueError, KeyError or TypeError for what is none."""
    return Template(text, tuple(part if isinstance(part, str) else load(part, roots) for part in saved))


def _node(node: Any, depth: int) -> Node:
    """A syntax tree out of JSON, made sure to be one: its words end up in compiled code."""
    if not isinstance(node, dict) or node.get("type") not in _KINDS or depth > MAX_DEPTH:
        raise ValueError("no node")
    kind, value, children = node["type"], node.get("value"), node.get("children")
    if not isinstance(children, list) or type(node.get("offset", 0)) is not int:
        raise ValueError("no node")
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
