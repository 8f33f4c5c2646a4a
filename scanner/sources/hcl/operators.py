"""The operators of the language."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from scanner.sources.arm.combine import chosen, combinations
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice
from scanner.sources.hcl.values import boolean_of, equal, number_of, open_value
from scanner.values import Unknown

_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_LARGEST = 1e300


def unary(sign: str, value: Any) -> Any:
    """``!`` and ``-``."""
    if sign == "!":
        value = boolean_of(value)
        if isinstance(value, Unknown):
            return _mapped(f"!{key_of(value)}", value, lambda known: not boolean_of(known), boolean=True)
        return not value
    value = number_of(value)
    return open_value(f"-{key_of(value)}", value.reason) if isinstance(value, Unknown) else -value


def _mapped(key: str, value: Unknown, how: Callable[[Any], Any], *, boolean: bool) -> Any:
    if isinstance(value, Choice):
        return chosen([how(option) for option in value.options], value.condition, value.reason)
    return open_value(key, value.reason, boolean=boolean)


def logical(sign: str, left: Any, right: Any) -> Any:
    """``&&`` and ``||``: decided by one side where that is enough."""
    decides = sign == "||"
    if left is decides or right is decides:
        return decides
    for value in (left, right):
        if isinstance(value, Unknown):
            if left is not value and not isinstance(left, Unknown):
                return value
            if right is not value and not isinstance(right, Unknown):
                return value
            return open_value(f"({key_of(left)} {sign} {key_of(right)})", value.reason, boolean=True)
    return not decides


def binary(sign: str, left: Any, right: Any) -> Any:
    """Comparison and arithmetic."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        pairs = combinations((left, right))
        if pairs is not None:
            choice = left if isinstance(left, Choice) else right
            results = [binary(sign, one, other) for one, other in pairs]
            if not any(isinstance(result, Unknown) for result in results):
                both = isinstance(left, Choice) and isinstance(right, Choice)
                depends = f"({key_of(left)} {sign} {key_of(right)})" if both else choice.condition
                return chosen(results, depends, choice.reason)
    if sign in ("==", "!="):
        same = equal(left, right)
        if same is None:
            return _open(sign, left, right, boolean=True)
        return same if sign == "==" else not same
    one, other = number_of(left), number_of(right)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _open(sign, one, other, boolean=sign in _COMPARED)
    if sign in _COMPARED:
        return _COMPARED[sign](one, other)
    return _calculated(sign, one, other)


def _open(sign: str, left: Any, right: Any, *, boolean: bool) -> Any:
    unknown = next((value for value in (left, right) if isinstance(value, Unknown)), None)
    reason = unknown.reason if unknown is not None else "a part of it is not known"
    return open_value(f"({key_of(left)} {sign} {key_of(right)})", reason, boolean=boolean)


def _calculated(sign: str, one: float, other: float) -> Any:
    if sign in "/%" and other == 0:
        raise Failure("a division by zero")
    if abs(one) > _LARGEST or abs(other) > _LARGEST:
        raise Failure("a number that is too large")
    result = _ARITHMETIC[sign](one, other)
    if not abs(result) <= _LARGEST:
        raise Failure("a number that is too large")
    return int(result) if sign == "/" and result.is_integer() else result


def _rest(one: float, other: float) -> float:
    """What a division leaves, with the sign of what is divided."""
    if isinstance(one, int) and isinstance(other, int):
        return abs(one) % abs(other) * (-1 if one < 0 else 1)
    return math.fmod(one, other)


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": _rest,
}
