"""The text of a part of an expression, for people: what a mutant changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

Node = dict[str, Any]

LONGEST = 70
"""How many characters of a part are shown; of a longer one its beginning and its end."""

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_JOINED = {"or_expression": " || ", "and_expression": " && ", "pipe": " | "}
_WEAK = (*_JOINED, "let")
_LED = {"subexpression", "index_expression", "projection", "value_projection", "filter_projection", "flatten"}


def shown(node: Node) -> str:
    """The text of a part, shortened."""
    text = written(node)
    return text if len(text) <= LONGEST else f"{text[:40]}…{text[-29:]}"


def written(node: Node) -> str:
    """The text of a part: an expression that reads as the same tree."""
    kind, children = node["type"], node["children"]
    if kind in ("subexpression", "index_expression"):
        return _base(children[0]) + "".join(map(_step, children[1:]))
    if kind in ("projection", "filter_projection", "value_projection"):
        return _projection(node)
    if kind in _JOINED:
        return _JOINED[kind].join(_grouped(child, _WEAK) for child in children)
    if kind == "comparator":
        left, right = (_grouped(child, (*_WEAK, "comparator")) for child in children)
        return f"{left} {_SIGNS[node['value']]} {right}"
    if kind == "let":
        *bound, body = children
        named = (
            f"${name} = {_grouped(child, ('let',))}" for name, child in zip(node["value"], bound, strict=True)
        )
        return f"let {', '.join(named)} in {written(body)}"
    return _leaf(kind, node, children)


def _leaf(kind: str, node: Node, children: Sequence[Any]) -> str:  # noqa: C901 - one case for each kind
    match kind:
        case "identity":
            return ""
        case "current":
            return "@"
        case "field":
            return str(node["value"]) if str(node["value"]).isidentifier() else json.dumps(node["value"])
        case "variable":
            return f"${node['value']}"
        case "literal":
            value = node["value"]
            return f"'{value}'" if isinstance(value, str) else f"`{json.dumps(value)}`"
        case "index":
            return f"[{node['value']}]"
        case "slice":
            return f"[{':'.join('' if part is None else str(part) for part in children)}]"
        case "flatten":
            return f"{_base(children[0])}[]"
        case "not_expression":
            return f"!{_grouped(children[0], (*_WEAK, 'comparator', *_LED))}"
        case "expref":
            return f"&{_grouped(children[0], (*_WEAK, 'comparator'))}"
        case "key_val_pair":
            return f"{node['value']}: {written(children[0])}"
        case "multi_select_dict":
            return f"{{{', '.join(map(written, children))}}}"
        case "multi_select_list":
            return f"[{', '.join(map(written, children))}]"
        case "function_expression":
            return f"{node['value']}({', '.join(map(written, children))})"
    raise ValueError(f"no words for {kind}")


def _projection(node: Node) -> str:
    left, right = node["children"][:2]
    over = _base(left)
    if node["type"] == "filter_projection":
        over = f"{over}[?{written(node['children'][2])}]"
    elif node["type"] == "value_projection":
        over = f"{over}.*" if over else "*"
    elif left["type"] not in ("flatten", "slice") and not _sliced(left):
        over = f"{over}[*]"
    return over + _step(right)


def _sliced(node: Node) -> bool:
    return node["type"] == "index_expression" and node["children"][-1]["type"] == "slice"


def _step(node: Node) -> str:
    first = node
    while first["type"] in _LED:
        first = first["children"][0]
    return written(node) if first["type"] in ("identity", "index", "slice") else f".{written(node)}"


def _base(node: Node) -> str:
    return _grouped(node, (*_WEAK, "comparator", "not_expression"))


def _grouped(node: Node, weak: Collection[str]) -> str:
    return f"({written(node)})" if node["type"] in weak else written(node)
