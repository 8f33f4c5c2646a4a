"""Function calls where arguments, or what they hold, are not known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jmespath.exceptions import JMESPathTypeError

from scanner.expressions.open_functions import AT_ONCE, DECIDING
from scanner.expressions.parser import Node
from scanner.expressions.runtime import (
    LONG_TEXT,
    STANDARD,
    arity_fits,
    irregular,
    raise_arity,
    standard,
)
from scanner.expressions.signatures import elements_fit, signature
from scanner.expressions.state import Rule, State, Variables, reference
from scanner.expressions.unknowns import KINDS, cause_of, derived, kinds, may_be_null
from scanner.functions.registry import Function
from scanner.values import Touched, Unknown

Build = Callable[[Node], Rule]

_BY_KEY = frozenset({"max_by", "min_by", "sort_by"})


def call(node: Node, make: Build, functions: Mapping[str, Function]) -> Rule:
    """The closure of a function call."""
    name = node["value"]
    rules = [_argument(child, make, keys=name in _BY_KEY) for child in node["children"]]
    function = functions.get(name)
    if function is not None:
        return _call_ours(function, rules)
    at_once = AT_ONCE.get((name, len(rules)))

    def evaluate(state: State, value: Any, variables: Variables) -> Any:
        arguments = [rule(state, value, variables) for rule in rules]
        _charge(state, arguments)
        if at_once is not None:
            answer = at_once(*arguments)
            if answer is not NotImplemented:
                return answer
        return _standard(state, name, arguments)

    return evaluate


def _call_ours(function: Function, rules: Sequence[Rule]) -> Rule:
    """The closure of a call of a function of the table."""
    wanted = _wanted(function.arguments, nulls=function.nulls) if arity_fits(function, len(rules)) else None
    call = function.call

    def evaluate(state: State, value: Any, variables: Variables) -> Any:
        arguments = [rule(state, value, variables) for rule in rules]
        _charge(state, arguments)
        if wanted is None:
            return _ours(state, function, arguments)
        for argument, types in zip(arguments, wanted, strict=False):
            if type(argument) not in types:
                return _ours(state, function, arguments)
        try:
            return call(*arguments)
        except Touched as touched:
            return derived(touched.unknown)

    return evaluate


@functools.cache
def _wanted(accepted: tuple[tuple[str, ...], ...], *, nulls: bool) -> tuple[frozenset[type], ...]:
    """The types of arguments that a function is called with as they are."""
    return tuple(
        frozenset(
            kind
            for kind, name in KINDS.items()
            if (name in names or "any" in names) and (nulls or name != "null")
        )
        for names in accepted
    )


def _argument(node: Node, make: Build, *, keys: bool) -> Rule:
    if node["type"] != "expref":
        return make(node)
    rule = make(node["children"][0])
    return lambda state, value, variables: reference(rule, state, variables, keys=keys)  # noqa: ARG005


def _charge(state: State, arguments: Sequence[Any]) -> None:
    """What a function reads counts as work."""
    for argument in arguments:
        if type(argument) is list:
            state.spend(len(argument))
        elif type(argument) is str:
            state.spend(len(argument) // LONG_TEXT)


def _standard(state: State, name: str, arguments: list[Any]) -> Any:
    shape = signature(name)
    if shape is None or not shape.takes(len(arguments)):
        return STANDARD.call_function(name, arguments)
    cause = None
    if name != "contains":
        try:
            return standard(name, *arguments)
        except Touched as touched:
            cause = touched.unknown
    sure = name not in _BY_KEY
    for position, argument in enumerate(arguments):
        accepted = shape.accepted(position)
        fit = elements_fit(argument, accepted)
        if fit is False and position < len(shape.arguments):
            _raise_type(name, argument, accepted)
        sure = sure and fit is True
    cause = cause_of(cause, *arguments)
    decide = DECIDING.get(name)
    result = decide(state, arguments) if decide is not None else NotImplemented
    if result is NotImplemented:
        result = derived(cause)
    return _doubtful(state, result, None if sure else cause)


def _doubtful(state: State, result: Any, cause: Unknown | None) -> Any:
    """A result that might be an error instead because of a cause, if there is one."""
    if cause is not None:
        state.doubted(cause)
    return result


def _raise_type(name: str, argument: Any, accepted: Sequence[str]) -> None:
    """The types of an argument are surely wrong."""
    found = ", ".join(sorted(kinds(argument)))
    raise JMESPathTypeError(
        name, argument if not isinstance(argument, Unknown) else None, found, list(accepted)
    )


def _ours(state: State, function: Function, arguments: list[Any]) -> Any:
    """A call of a function of the table."""
    if not arity_fits(function, len(arguments)):
        raise_arity(function.name, len(function.arguments), len(arguments))
    unknown = [argument for argument in arguments if isinstance(argument, Unknown)]
    if not unknown:
        return _called(function, arguments, direct=False)
    sure = True
    for argument, accepted in zip(arguments, function.arguments, strict=False):
        possible = kinds(argument)
        wanted = {*accepted, "null"} | (_PLAIN if "any" in accepted else frozenset())
        if not possible & wanted:
            _raise_type(function.name, argument, accepted)
        sure = sure and possible <= wanted
    nullable = next((argument for argument in unknown if may_be_null(argument)), None)
    if not function.nulls and any(argument is None for argument in arguments):
        result = None
    elif unknown and (not function.partials or (nullable is not None and not function.nulls)):
        result = derived(unknown[0] if nullable is None else nullable)
    else:
        result = _called(function, arguments, direct=True)
    return _doubtful(state, result, None if sure else unknown[0])


_PLAIN = frozenset({"string", "number", "boolean", "array", "object", "null"})


def _called(function: Function, arguments: list[Any], *, direct: bool) -> Any:
    try:
        return function.call(*arguments) if direct else irregular(function, arguments)
    except Touched as touched:
        return derived(touched.unknown)
