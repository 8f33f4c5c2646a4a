"""Checks paths: that fields are there, and that lists are lists."""

from __future__ import annotations

from scanner.expressions.inference import Checker, Rule, Variables
from scanner.expressions.parser import Node
from scanner.expressions.shapes import ANYTHING, BOOLEAN, Shape, listing, literal, suggestion, union

_ROOTS = {
    "item": "'item' is there only where 'each' is given",
    "before": "'before' is there only in transition policies",
}


def _field(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del variables
    name = node["value"]
    if not current.may_be("object"):
        if "negated" in node:
            hint = "'!a.b' means '(!a).b'; write '!(a.b)'"
            checker.problem(node, f"'.{name}' after '!' is null for every input", hint)
        else:
            checker.problem(node, f"{current.described()} has no fields: '{name}' of it is always null")
        return ANYTHING
    if current is checker.root and name not in current.fields:
        checker.problem(node, _ROOTS.get(name, f"'{name}' is unknown here"), _root_hint(node, current))
        return ANYTHING
    if (
        current.closed
        and current.kinds == {"object"}
        and name not in current.fields
        and not name.startswith("x-")
    ):
        whose = f"'{current.label}'" if current.label else "this object"
        what = "a declared parameter" if current.label == "params" else f"a field of {whose}"
        checker.problem(node, f"'{name}' is not {what}", _field_hint(name, current))
        return ANYTHING
    return current.field(name)


def _root_hint(node: Node, root: Shape) -> str | None:
    name = node["value"]
    if name in _ROOTS:
        return None
    if name in ("true", "false", "null"):
        return f"the value is written `{name}`"
    if "quoted" in node:
        return f"a string is written '{name}'"
    return suggestion(name, root.fields) or f"there is {', '.join(root.fields)}"


def _field_hint(name: str, whole: Shape) -> str | None:
    """What may have been meant by a field that is not there; ARM keeps most of them in ``properties``."""
    if "properties" in whole.fields and name in whole.field("properties").fields:
        return f"did you mean 'properties.{name}'?"
    return suggestion(name, whole.fields)


def _sequence(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    children = node["children"]
    for before, child in zip([None, *children], children, strict=False):
        negated = before is not None and before["type"] == "not_expression" and node["type"] != "pipe"
        current = checker.infer({**child, "negated": True} if negated else child, current, variables)
    return current


def _current(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del checker, node, variables
    return current


def _literal(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del current, variables
    if "bare" in node:
        text = node["value"]
        checker.problem(
            node, f"`{text}` is not JSON", f"a string is written '{text}', a field without backticks"
        )
    return literal(node["value"])


def _variable(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del checker, current
    return variables.get(node["value"], ANYTHING)


def _let(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    *bindings, body = node["children"]
    bound = [checker.infer(child, current, variables) for child in bindings]
    return checker.infer(body, current, {**variables, **dict(zip(node["value"], bound, strict=True))})


def _listed(checker: Checker, node: Node, base: Shape, what: str) -> None:
    """What an operation on lists is used on must be able to be a list."""
    if base.may_be("array"):
        return
    hint = None
    if base.may_be("object") and base is not checker.root:
        hint = "an object is no list: its values are 'values(x)' or 'x.*'"
    checker.problem(node, f"{what} on {base.described()} is always null", hint)


def _index(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del variables
    _listed(checker, node, current, f"[{node['value']}]")
    return current.member() if current.may_be("array") else ANYTHING


def _slice(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del variables
    _listed(checker, node, current, "a slice")
    if node["children"][2] == 0:
        checker.problem(node, "a slice cannot go on by steps of 0")
    return current


def _projection(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    source = node["children"][0]
    base = checker.infer(source, current, variables)
    sliced = source["type"] == "index_expression" and source["children"][-1]["type"] == "slice"
    if source["type"] != "flatten" and not sliced:
        _listed(checker, node, base, "[*]")
    return listing(checker.infer(node["children"][1], base.member(), variables))


def _filter(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    base, right, condition = node["children"]
    elements = checker.infer(base, current, variables)
    _listed(checker, node, elements, "a filter")
    member = elements.member()
    checker.infer(condition, member, variables)
    return listing(checker.infer(right, member, variables))


def _value_projection(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    base = checker.infer(node["children"][0], current, variables)
    if not base.may_be("object"):
        checker.problem(
            node, f"'.*' on {base.described()} is always null", "the members of a list are 'x[*]'"
        )
    return listing(checker.infer(node["children"][1], base.value(), variables))


def _flatten(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    base = checker.infer(node["children"][0], current, variables)
    _listed(checker, node, base, "[]")
    member = base.member()
    if not member.may_be("array"):
        return listing(member)
    return listing(member.member() if member.kinds == {"array"} else ANYTHING)


def _chain(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    return union([checker.infer(child, current, variables) for child in node["children"]])


def _not(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    checker.infer(node["children"][0], current, variables)
    return BOOLEAN


def _multi_select_list(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    return listing(_chain(checker, node, current, variables))


def _multi_select_dict(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    fields = {
        child["value"]: checker.infer(child["children"][0], current, variables) for child in node["children"]
    }
    return Shape(frozenset({"object"}), own_fields=fields)


def _reference(checker: Checker, node: Node, current: Shape, variables: Variables) -> Shape:
    del current
    checker.infer(node["children"][0], ANYTHING, variables)
    checker.problem(node, "'&' stands only before an argument of map, sort_by, min_by or max_by")
    return ANYTHING


RULES: dict[str, Rule] = {
    "field": _field,
    "subexpression": _sequence,
    "index_expression": _sequence,
    "pipe": _sequence,
    "current": _current,
    "identity": _current,
    "literal": _literal,
    "variable": _variable,
    "let": _let,
    "index": _index,
    "slice": _slice,
    "projection": _projection,
    "filter_projection": _filter,
    "value_projection": _value_projection,
    "flatten": _flatten,
    "or_expression": _chain,
    "and_expression": _chain,
    "not_expression": _not,
    "multi_select_list": _multi_select_list,
    "multi_select_dict": _multi_select_dict,
    "expref": _reference,
}
