"""Logical and comparison functions.  What a condition leaves open goes on in both of its branches."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.combine import chosen, either, not_null
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import evaluate, symbol
from scanner.sources.arm.functions.arguments import boolean, bounded, is_number
from scanner.sources.arm.keys import same
from scanner.sources.arm.openness import Choice, OpenObject, may_be_null
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.syntax import Call
from scanner.sources.code.symbols import Text
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown


@function("if", 3, takes=Takes.SCOPE)
def if_(scope: Scope, call: Call) -> Any:
    """One of two values; only the one that is taken is evaluated, both where nobody knows which."""
    condition = evaluate(call.arguments[0], scope)
    if not isinstance(condition, Unknown):
        taken = call.arguments[1] if boolean(condition, "if") else call.arguments[2]
        return evaluate(taken, scope)
    branches = []
    for argument in call.arguments[1:]:
        try:
            branches.append(evaluate(argument, scope))
        except Failure:
            # The condition may be there to keep this from being evaluated.
            continue
    if not branches:
        raise Failure("both values of if() fail")
    if len(branches) == 1:
        return branches[0]
    result = either(condition, *branches)
    if isinstance(result, (dict, OpenObject)):
        scope.frame.merged(result, branches)
    return result


@function("and", 2, None, takes=Takes.SCOPE)
def and_(scope: Scope, call: Call) -> Any:
    """Whether all are true: false as soon as one is false."""
    return _decided(scope, call, decisive=False)


@function("or", 2, None, takes=Takes.SCOPE)
def or_(scope: Scope, call: Call) -> Any:
    """Whether any is true."""
    return _decided(scope, call, decisive=True)


def _decided(scope: Scope, call: Call, *, decisive: bool) -> Any:
    opened: list[Any] = []
    failure: Failure | None = None
    for argument in call.arguments:
        try:
            value = evaluate(argument, scope)
        except Failure as error:
            if not opened:
                raise
            failure = error
            continue
        if isinstance(value, Unknown):
            opened.append(value)
        elif boolean(value, call.name) is decisive:
            return decisive
    if opened:
        return symbol(call.name, opened, call.text, opened[0].reason)
    if failure:
        raise failure
    return not decisive


@function("not", 1)
def not_(value: Any) -> bool:
    """The opposite."""
    return not boolean(value, "not")


@function("true", 0)
def true() -> bool:
    """True."""
    return True


@function("false", 0)
def false() -> bool:
    """False."""
    return False


@function("null", 0)
def null() -> None:
    """Null."""


@function("bool", 1)
def bool_(value: Any) -> bool:
    """A text or a number as a boolean."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    if is_number(value):
        return value != 0
    raise Failure(f"bool() cannot convert {noun(value)}")


@function("equals", 2, takes=Takes.OPEN)
def equals(one: Any, other: Any) -> Any:
    """Whether two values are equal; texts with their case."""
    for value, against in ((one, other), (other, one)):
        if isinstance(value, Choice) and not isinstance(against, Unknown):
            options = [same(option, against) for option in value.options]
            return chosen(options, f"{value.condition}={against!r}", value.reason)
        if isinstance(value, (OpenObject, OpenList)) and not isinstance(against, (Unknown, dict, list)):
            if against is None and getattr(value, "optional", False):
                raise Touched(value)
            return False
    return same(bounded(one, "equals"), bounded(other, "equals"))


@function("less", 2)
def less(one: Any, other: Any) -> bool:
    """Whether the first is smaller."""
    return _compared(one, other, "less") < 0


@function("lessOrEquals", 2)
def less_or_equals(one: Any, other: Any) -> bool:
    """Whether the first is not larger."""
    return _compared(one, other, "lessOrEquals") <= 0


@function("greater", 2)
def greater(one: Any, other: Any) -> bool:
    """Whether the first is larger."""
    return _compared(one, other, "greater") > 0


@function("greaterOrEquals", 2)
def greater_or_equals(one: Any, other: Any) -> bool:
    """Whether the first is not smaller."""
    return _compared(one, other, "greaterOrEquals") >= 0


def _compared(one: Any, other: Any, name: str) -> int:
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)) and not isinstance(one, bool):
        return (one > other) - (one < other)
    raise Failure(f"{name}() compares two numbers or two texts, not {noun(one)} and {noun(other)}")


@function("coalesce", 1, None, takes=Takes.SCOPE)
def coalesce(scope: Scope, call: Call) -> Any:
    """The first value that is not null."""
    opened: list[Any] = []
    for argument in call.arguments:
        value = evaluate(argument, scope)
        if value is None:
            continue
        opened.append(value)
        known = isinstance(value, (Text, OpenList, OpenObject, Choice)) and not may_be_null(value)
        if known or not isinstance(value, Unknown):
            break
    if not opened:
        return None
    result = opened[-1]
    for value in reversed(opened[:-1]):
        if may_be_null(value):
            result = not_null(value, result)
        else:
            result = symbol(call.name, [value, result], call.text, value.reason)
    return result


@function("fail", 1)
def fail(message: Any) -> Any:
    """Make the deployment fail."""
    raise Failure(f"the template fails on purpose: {message}")
