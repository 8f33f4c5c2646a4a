"""The second way to evaluate: closures that know values which are not known.

It answers as generated code does where all is known.  Where something is not, it computes what holds
whatever that turns out to be, and `Unknown` where nothing does.  It also serves where an expression
is nested too deeply for Python's compiler.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from scanner.expressions import open_calls, open_lists
from scanner.expressions.equality import compare_counts, same
from scanner.expressions.parser import Node
from scanner.expressions.runtime import ORDERED, weigh
from scanner.expressions.state import Rule, State, Variables, reference
from scanner.expressions.syntax import can_fail
from scanner.expressions.unknowns import (
    SCALARS,
    cause_of,
    derived,
    field_of_unknown,
    first_unknown,
    kinds,
    may_be_null,
    truth,
)
from scanner.functions.registry import Function
from scanner.values import Unknown

Build = Callable[[Node], Rule]


def build(tree: Node, functions: Mapping[str, Function]) -> Rule:
    """The closure that evaluates a tree."""

    def make(node: Node) -> Rule:
        if node["type"] == "function_expression":
            return open_calls.call(node, make, functions)
        maker = _MAKERS[node["type"]]
        return maker(node, make)

    return make(tree)


def _field(node: Node, make: Build) -> Rule:
    del make
    name = node["value"]

    def field(state: State, value: Any, variables: Variables) -> Any:
        del state, variables
        if type(value) is dict:
            return value.get(name)
        return field_of_unknown(value) if isinstance(value, Unknown) else None

    return field


def _path(names: list[str]) -> Rule:
    """Fields of one another: what is no object has none of them."""

    def path(state: State, value: Any, variables: Variables) -> Any:
        del state, variables
        for name in names:
            if type(value) is dict:
                value = value.get(name)
            elif isinstance(value, Unknown):
                value = field_of_unknown(value)
            else:
                return None
        return value

    return path


def _sequence(node: Node, make: Build) -> Rule:
    links: list[Rule] = []
    for kind, children in groupby(node["children"], itemgetter("type")):
        if kind == "field":
            links.append(_path([child["value"] for child in children]))
        else:
            links += map(make, children)
    if len(links) == 1:
        return links[0]
    if len(links) == 2 and node["children"][0]["type"] == "variable":
        return _from_variable(node["children"][0]["value"], links[1])

    def sequence(state: State, value: Any, variables: Variables) -> Any:
        for link in links:
            value = link(state, value, variables)
        return value

    return sequence


def _from_variable(name: str, follow: Rule) -> Rule:
    return lambda state, value, variables: follow(state, variables[name], variables)  # noqa: ARG005 - a rule takes all three


def _current(node: Node, make: Build) -> Rule:
    del node, make
    return lambda state, value, variables: value  # noqa: ARG005 - a rule takes all three


def _literal(node: Node, make: Build) -> Rule:
    del make
    literal = node["value"]
    return lambda state, value, variables: literal  # noqa: ARG005 - a rule takes all three


def _variable(node: Node, make: Build) -> Rule:
    del make
    name = node["value"]
    return lambda state, value, variables: variables[name]  # noqa: ARG005 - a rule takes all three


def _fact(node: Node, make: Build) -> Rule:
    del make
    number = node["value"]

    def fact(state: State, value: Any, variables: Variables) -> Any:
        del value, variables
        assert state.facts is not None, "an expression that was taken apart is asked with the facts of a hub"
        return state.facts.openly(number, state)

    return fact


def _let(node: Node, make: Build) -> Rule:
    *bindings, body = [make(child) for child in node["children"]]
    names = node["value"]

    def let(state: State, value: Any, variables: Variables) -> Any:
        bound = [binding(state, value, variables) for binding in bindings]
        return body(state, value, {**variables, **dict(zip(names, bound, strict=True))})

    return let


def _reference(node: Node, make: Build) -> Rule:
    rule = make(node["children"][0])
    return lambda state, value, variables: reference(rule, state, variables)  # noqa: ARG005 - as above


def _not(node: Node, make: Build) -> Rule:
    rule = make(node["children"][0])

    def negation(state: State, value: Any, variables: Variables) -> Any:
        result = rule(state, value, variables)
        known = result if type(result) is bool else truth(result)
        return derived(result, boolean=True) if known is None else not known

    return negation


def _or(node: Node, make: Build) -> Rule:
    return _chain([make(child) for child in node["children"]], decisive=True)


def _and(node: Node, make: Build) -> Rule:
    return _chain([make(child) for child in node["children"]], decisive=False)


def _chain(links: list[Rule], *, decisive: bool) -> Rule:
    """``a || b || c`` (True decides) or ``a && b && c`` (False does)."""

    def chain(state: State, value: Any, variables: Variables) -> Any:
        opened: list[Unknown] = []
        for link in links:
            if opened:
                result = state.attempt(link, value, variables, opened[0])
            else:
                result = link(state, value, variables)
            known = result if type(result) is bool else truth(result)
            if known is decisive:
                break
            if known is None:
                opened.append(result)
        return _joined(opened, result, decisive=decisive) if opened else result

    return chain


def _joined(opened: list[Unknown], last: Any, *, decisive: bool) -> Any:
    """The value of a chain: that of one of the links that are open, or of the last that was looked at."""
    if last is opened[-1] and len(opened) == 1:
        return last
    boolean = all(kinds(value) == {"boolean"} for value in (*opened, last))
    return derived(opened[0], truth=decisive if truth(last) is decisive else None, boolean=boolean)


_ORDERINGS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "lt": ("<", operator.lt),
    "lte": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gte": (">=", operator.ge),
}


def _comparator(node: Node, make: Build) -> Rule:
    one, other = node["children"]
    kind = node["value"]
    if kind in ("eq", "ne"):
        return _equality(one, other, make, wanted=kind == "eq")
    left, right = make(one), make(other)

    def ordering(state: State, value: Any, variables: Variables) -> Any:
        return _order(state, kind, left(state, value, variables), right(state, value, variables))

    return ordering


def _equality(one: Node, other: Node, make: Build, *, wanted: bool) -> Rule:
    left = make(one)
    if other["type"] == "literal" and type(other["value"]) is str:
        return _equals_text(left, other["value"], wanted=wanted)
    right = make(other)

    def equality(state: State, value: Any, variables: Variables) -> Any:
        return _equal(state, left(state, value, variables), right(state, value, variables), wanted=wanted)

    return equality


def _equals_text(left: Rule, text: str, *, wanted: bool) -> Rule:
    def equality(state: State, value: Any, variables: Variables) -> Any:
        found = left(state, value, variables)
        if type(found) is str:
            return (found == text) is wanted
        return _equal(state, found, text, wanted=wanted)

    return equality


def _equal(state: State, one: Any, other: Any, *, wanted: bool) -> Any:
    if (type(one) is str or one is None) and type(other) in SCALARS:
        return (one == other) is wanted
    if one is not other and (type(one) is list or type(one) is dict):
        weigh(one, state.steps)
    answer = same(one, other)
    if answer is None:
        return derived(cause_of(one, other), boolean=True)
    return answer is wanted


def _order(state: State, kind: str, left: Any, right: Any) -> Any:
    """``<`` and the like: null unless both are numbers or strings, an error for one of each."""
    comparable = {"number", "string"}
    both = kinds(left), kinds(right)
    if any(not side & comparable for side in both):
        return None
    symbol, compare = _ORDERINGS[kind]
    cause = first_unknown([left, right])
    if cause is None:
        return compare(left, right) if type(left) in ORDERED and type(right) in ORDERED else None
    if all(side <= comparable for side in both) and not both[0] & both[1]:
        raise TypeError(f"'{symbol}' cannot compare a string with a number")
    if both[0] == both[1] == {"number"}:
        answer = compare_counts(symbol, left, right)
        return derived(cause, boolean=True) if answer is None else answer
    return derived(cause, boolean=True) if both[0] == both[1] == {"string"} else state.doubted(cause)


def _multi_select_list(node: Node, make: Build) -> Rule:
    rules = [make(child) for child in node["children"]]

    def select(state: State, value: Any, variables: Variables) -> Any:
        return [rule(state, value, variables) for rule in rules]

    return _selected(node, select)


def _multi_select_dict(node: Node, make: Build) -> Rule:
    rules = [(child["value"], make(child["children"][0])) for child in node["children"]]

    def select(state: State, value: Any, variables: Variables) -> Any:
        return {name: rule(state, value, variables) for name, rule in rules}

    return _selected(node, select)


def _selected(node: Node, select: Rule) -> Rule:
    """A multi-select: null where the current value is null."""

    def selected(state: State, value: Any, variables: Variables) -> Any:
        if value is None:
            return None
        if not may_be_null(value):
            return select(state, value, variables)
        return state.doubted(value) if can_fail(node) else derived(value)

    return selected


_MAKERS: dict[str, Callable[[Node, Build], Rule]] = {
    **open_lists.MAKERS,
    "field": _field,
    "subexpression": _sequence,
    "index_expression": _sequence,
    "pipe": _sequence,
    "current": _current,
    "identity": _current,
    "literal": _literal,
    "variable": _variable,
    "fact": _fact,
    "let": _let,
    "expref": _reference,
    "not_expression": _not,
    "or_expression": _or,
    "and_expression": _and,
    "comparator": _comparator,
    "multi_select_list": _multi_select_list,
    "multi_select_dict": _multi_select_dict,
}
