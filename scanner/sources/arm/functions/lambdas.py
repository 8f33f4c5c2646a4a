"""Lambda expressions, and the functions that call them."""

from __future__ import annotations

import functools
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import apply, evaluate
from scanner.sources.arm.functions.arguments import array, boolean, mapping
from scanner.sources.arm.keys import member_name
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Lambda, Scope
from scanner.sources.arm.syntax import Call, Literal
from scanner.values import OpenList, Touched, Unknown


@function("lambda", 1, None, takes=Takes.SCOPE)
def lambda_(scope: Scope, call: Call) -> Lambda:
    """A function of its own: the names of its variables, then its body."""
    *names, body = call.arguments
    given = tuple(name.value for name in names if isinstance(name, Literal))
    if len(given) != len(names):
        raise Failure("lambda() takes the names of its variables as texts")
    return Lambda(given, body, scope)


@function("lambdaVariables", 1, takes=Takes.SCOPE)
def lambda_variables(scope: Scope, call: Call) -> Any:
    """The value of a variable of the lambda around."""
    name = evaluate(call.arguments[0], scope)
    if not isinstance(name, str) or name.lower() not in scope.lambdas:
        raise Failure(f"no lambda has the variable {name!r}")
    return scope.lambdas[name.lower()]


@function("map", 2, takes=Takes.OPEN)
def map_(values: Any, change: Any) -> Any:
    """A list with every member changed."""
    if isinstance(values, OpenList):
        members = tuple(
            (_call(change, value, index), sure) for index, (value, sure) in enumerate(values.members)
        )
        return OpenList(members, values.reason)
    return [_call(change, value, index) for index, value in enumerate(_array(values, "map"))]


@function("filter", 2, takes=Takes.OPEN)
def filter_(values: Any, test: Any) -> Any:
    """The members of a list that pass a test."""
    members = values.members if isinstance(values, OpenList) else None
    if members is None:
        members = tuple((value, True) for value in _array(values, "filter"))
    kept: list[tuple[Any, bool]] = []
    reason = values.reason if isinstance(values, OpenList) else ""
    for index, (value, sure) in enumerate(members):
        passed = _call(test, value, index)
        if isinstance(passed, Unknown):
            kept.append((value, False))
            reason = reason or passed.reason
        elif boolean(passed, "filter"):
            kept.append((value, sure))
    if all(sure for _, sure in kept):
        return [value for value, _ in kept]
    return OpenList(tuple(kept), reason)


@function("reduce", 3, takes=Takes.OPEN)
def reduce(values: Any, initial: Any, step: Any) -> Any:
    """One value out of the members of a list, one after another."""
    result = initial
    for index, value in enumerate(_array(values, "reduce")):
        result = _call(step, result, value, index)
    return result


@function("sort", 2)
def sort(values: Any, before: Any) -> list[Any]:
    """A list in the order in which one member comes before another."""

    def compare(one: Any, other: Any) -> int:
        if _true(_call(before, one, other)):
            return -1
        return 1 if _true(_call(before, other, one)) else 0

    return sorted(array(values, "sort"), key=functools.cmp_to_key(compare))


@function("toObject", 2, 3, takes=Takes.OPEN)
def to_object(values: Any, name: Any, value: Any = None) -> dict[str, Any]:
    """An object out of a list, by the key and the value that each member gives."""
    return {
        member_name(_call(name, entry)): entry if value is None else _call(value, entry)
        for entry in _array(values, "toObject")
    }


@function("groupBy", 2)
def group_by(values: Any, name: Any) -> dict[str, list[Any]]:
    """The members of a list, by the key that each of them gives."""
    groups: dict[str, list[Any]] = {}
    for entry in array(values, "groupBy"):
        groups.setdefault(member_name(_call(name, entry)), []).append(entry)
    return groups


@function("mapValues", 2)
def map_values(value: Any, change: Any) -> dict[str, Any]:
    """An object with every value changed."""
    return {name: _call(change, inner) for name, inner in mapping(value, "mapValues").items()}


def _array(values: Any, name: str) -> list[Any]:
    if isinstance(values, Unknown):
        raise Touched(values)
    return array(values, name)


def _call(function_: Any, *arguments: Any) -> Any:
    if not isinstance(function_, Lambda):
        raise Failure("a lambda is missing")
    function_.scope.spend(1)
    return apply(function_, arguments)


def _true(value: Any) -> bool:
    if isinstance(value, Unknown):
        raise Touched(value)
    return boolean(value, "sort")
