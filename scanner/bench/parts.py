"""Policies that ask for no more of the id of a hub than parts of it, such as its subscription."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scanner.expressions import STEPS, Expression, Template
from scanner.expressions.parser import Node
from scanner.functions.ids import arm_id
from scanner.policy import Policy

OFFERED = ("subscriptionId", "resourceGroup")
"""The parts of an id that many hubs have alike."""


def of(identifier: str) -> dict[str, Any] | None:
    """These parts of an id, None where it is no ARM id."""
    parts = arm_id(identifier)
    return None if parts is None else {name: parts[name] for name in OFFERED}


def written_out(policy: Policy, identifier: str) -> Policy:
    """A policy with parts of an id in place of where it asks the hub's own id for them.

    Where that one asks for no id, what the policy says of a hub of that id rests on these parts of it alone.
    """
    writer = _Writer(identifier)
    told = tuple(part if isinstance(part, str) else writer.expression(part) for part in policy.message.parts)
    return replace(
        policy,
        when=None if policy.when is None else writer.expression(policy.when),
        each=None if policy.each is None else writer.expression(policy.each),
        require=writer.expression(policy.require),
        message=Template(policy.message.text, told),
    )


class _Writer:
    def __init__(self, identifier: str) -> None:
        self._identifier = identifier

    def expression(self, given: Expression) -> Expression:
        """An expression with parts of the id in place of where it asks for them."""
        if ("hub", "id") not in given.paths:
            return given
        tree = self._node(given.tree)
        return Expression(given.text, tree, given.offered, given.known_functions, STEPS)

    def _node(self, node: Node) -> Node:
        children = [self._node(child) if isinstance(child, dict) else child for child in node["children"]]
        if node["type"] == "subexpression" and _is_taken_apart(children[0]):
            step = children[1]
            if step["type"] == "field" and step["value"] in OFFERED:
                children[0] = {"type": "literal", "children": [], "value": of(self._identifier)}
        return {**{key: value for key, value in node.items() if key != "fails"}, "children": children}


def _is_taken_apart(node: Node) -> bool:
    """Whether a node is what `arm_id` says of the id of the hub."""
    if node["type"] != "function_expression" or node["value"] != "arm_id":
        return False
    (inner,) = node["children"]
    if inner["type"] != "subexpression" or len(inner["children"]) != 2:
        return False
    root, step = inner["children"]
    is_hub = root["type"] in ("field", "variable") and root["value"] == "hub"
    return is_hub and step["type"] == "field" and step["value"] == "id"
