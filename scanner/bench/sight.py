"""Whether a policy looks at hubs by the names of fields alone: then a document can tell what it was asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scanner.expressions.facts import Ledger
from scanner.expressions.parser import Node
from scanner.expressions.sharing import take_apart
from scanner.policy import Policy


class _Whole(Exception):  # noqa: N818 - a signal, caught in this module
    """A hub is looked at as a whole."""


def by_names(policy: Policy, ledger: Ledger) -> bool:
    """Whether a policy takes fields of a hub alone, itself or in functions of this program.

    Those look at no field that they do not name.
    """
    expressions = (policy.when, policy.each, policy.require, *policy.message.expressions)
    try:
        for one in expressions:
            if one is None or ("hub",) not in one.paths:
                continue
            # What asks for everything there is asks for all parameters, too.
            if ("params",) in one.paths:
                return False
            part = take_apart(one, policy.params, ledger, policy.card.id)
            if _Flow(ledger, one.known_functions).yields(part.node, {}):
                return False
    except _Whole:
        return False
    return True


class _Flow:
    """Where the hub itself may come to in an expression."""

    def __init__(self, ledger: Ledger, functions: Collection[str]) -> None:
        self.functions = functions
        self._ledger = ledger

    def yields(self, node: Node, variables: Mapping[str, bool]) -> bool:
        """Whether a node may yield the hub.  Raises `_Whole` where something looks at all of it."""
        kind = node["type"]
        children = [child for child in node["children"] if isinstance(child, dict)]
        if kind == "variable":
            return variables.get(node["value"], node["value"] == "hub")
        if kind == "field":
            # Where a variable hides the root, its name as a field still means the root.
            return bool(node["value"] == "hub")
        if kind == "fact":
            return self.yields(self._ledger.facts[node["value"]].node, {})
        if kind == "let":
            *bindings, body = children
            found = [self.yields(child, variables) for child in bindings]
            return self.yields(body, {**variables, **dict(zip(node["value"], found, strict=True))})
        yielding = [self.yields(child, variables) for child in children]
        if kind in ("or_expression", "and_expression"):
            return any(yielding)
        if kind == "subexpression":
            return self._step(children, yielding)
        is_ours = kind == "function_expression" and node["value"] in self.functions
        if any(yielding) and not is_ours and kind != "not_expression":
            raise _Whole
        return False

    def _step(self, children: list[Node], yielding: list[bool]) -> bool:
        followed = zip(yielding, children[1:], strict=False)
        if any(is_hub and child["type"] != "field" for is_hub, child in followed):
            raise _Whole
        return yielding[-1]
