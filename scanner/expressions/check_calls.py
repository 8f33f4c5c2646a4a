"""Checks function calls: that the function is there and takes what it is given."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.expressions.inference import Checker, Rule, Variables
from scanner.expressions.parser import Node
from scanner.expressions.runtime import STANDARD, arity_fits
from scanner.expressions.shapes import ANYTHING, Shape, listing, named, shape, suggestion, typed
from scanner.expressions.signatures import Signature, signature
from scanner.functions.registry import Function

_KEEPING = frozenset({"reverse", "sort", "sort_by", "to_array"})
"""Functions whose list has the members of the list they are given."""


def _call(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    name = node["value"]
    arguments = _arguments(checker, node, current, variables)
    function = checker.functions.get(name)
    if function is not None:
        _ours(checker, node, function, arguments)
        if function.schema is None:
            return typed(function.returns.split("|"), f"{name}()")
        hub = checker.root.field("hub")
        return shape(function.schema, f"{name}()", hub.definitions)
    standard = signature(name)
    if standard is None:
        hint = suggestion(name, (*checker.functions, *STANDARD.FUNCTION_TABLE))
        checker.problem(node, f"there is no function '{name}'", hint)
        return ANYTHING
    if not standard.takes(len(arguments)):
        least = "at least " if standard.variadic else ""
        _arity(checker, node, f"{least}{len(standard.arguments)}")
        return ANYTHING
    for position in range(len(arguments)):
        _argument(checker, node, arguments, position, standard.accepted(position))
    return _standard_result(standard, arguments)


def _arguments(checker: Checker, node: Node, current: Shape, variables: Variables) -> list[Shape]:
    """The shapes of the arguments; that of ``&x`` is what x yields, called an expression reference."""
    plain = [
        None if child["type"] == "expref" else checker.infer(child, current, variables)
        for child in node["children"]
    ]
    lists = [known for known in plain if known is not None and known.may_be("array")]
    element = lists[0].member() if lists else ANYTHING
    shapes = []
    for child, known in zip(node["children"], plain, strict=True):
        if known is None:
            inner = checker.infer(child["children"][0], element, variables)
            shapes.append(Shape(frozenset({"expref"}), own_member=inner))
        else:
            shapes.append(known)
    return shapes


def _ours(checker: Checker, node: Node, function: Function, arguments: list[Shape]) -> None:
    most = len(function.arguments)
    if not arity_fits(function, len(arguments)):
        _arity(checker, node, f"{most - function.optional} to {most}" if function.optional else str(most))
        return
    for position in range(len(arguments)):
        _argument(checker, node, arguments, position, (*function.arguments[position], "null"))
        given, words = arguments[position].literal, function.words.get(position)
        if words and isinstance(given, str) and given.lower() not in map(str.lower, words):
            hint = suggestion(given, words) or f"it is one of {', '.join(words)}"
            checker.problem(node["children"][position], f"{node['value']}() knows no '{given}'", hint)


def _arity(checker: Checker, node: Node, wanted: str) -> None:
    plural = "" if wanted == "1" else "s"
    checker.problem(node, f"{node['value']}() takes {wanted} argument{plural}, not {len(node['children'])}")


def _argument(
    checker: Checker, node: Node, arguments: list[Shape], position: int, accepted: Sequence[str]
) -> None:
    kinds = {name.partition("-")[0] for name in accepted}
    given = arguments[position]
    if not kinds or (kinds & {"any"} and given.kinds != {"expref"}) or given.may_be(*kinds):
        if "expref" in kinds and node["children"][position]["type"] != "expref":
            checker.problem(
                node["children"][position], f"{node['value']}() wants an expression here", "write '&x'"
            )
        return
    wanted = named(kinds - {"null"} or kinds)
    checker.problem(
        node["children"][position], f"{node['value']}() wants {wanted} here, not {given.described()}"
    )


def _standard_result(standard: Signature, arguments: list[Shape]) -> Shape:
    name = standard.name
    if name in _KEEPING and arguments[0].kinds == {"array"}:
        return listing(arguments[0].member())
    if name == "map" and arguments[0].own_member is not None:
        return listing(arguments[0].own_member)
    if name in ("max_by", "min_by"):
        return arguments[0].member()
    if name == "values":
        return listing(arguments[0].value())
    if name == "keys":
        return listing(typed(["string"]))
    return typed(standard.returns)


RULES: dict[str, Rule] = {"function_expression": _call}
