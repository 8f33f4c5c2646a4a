"""Numeric functions.  Whole numbers have 64 bits."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import number
from scanner.sources.arm.registry import function
from scanner.sources.files.json_text import noun

_LARGEST = 1 << 63


@function("add", 2)
def add(one: Any, other: Any) -> int:
    """The sum of two whole numbers."""
    return _fits(number(one, "add") + number(other, "add"))


@function("sub", 2)
def sub(one: Any, other: Any) -> int:
    """The first less the second."""
    return _fits(number(one, "sub") - number(other, "sub"))


@function("mul", 2)
def mul(one: Any, other: Any) -> int:
    """The product of two whole numbers."""
    return _fits(number(one, "mul") * number(other, "mul"))


@function("div", 2)
def div(one: Any, other: Any) -> int:
    """The whole part of a quotient."""
    dividend, divisor = number(one, "div"), number(other, "div")
    if divisor == 0:
        raise Failure("div() by zero")
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


@function("mod", 2)
def mod(one: Any, other: Any) -> int:
    """What a division leaves, with the sign of the dividend."""
    dividend, divisor = number(one, "mod"), number(other, "mod")
    if divisor == 0:
        raise Failure("mod() by zero")
    rest = abs(dividend) % abs(divisor)
    return rest if dividend >= 0 else -rest


@function("int", 1)
def int_(value: Any) -> int:
    """A text or a number as a whole number."""
    if isinstance(value, str):
        try:
            return _fits(int(value.strip()[:40]))
        except ValueError:
            raise Failure(f"int() cannot convert '{value[:40]}'") from None
    if isinstance(value, float):
        return _fits(int(value))
    return number(value, "int")


@function("float", 1)
def float_(value: Any) -> float:
    """A text or a number as a number with a fraction."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise Failure(f"float() cannot convert {noun(value)}")


@function("max", 1, None)
def max_(*values: Any) -> int:
    """The largest of some whole numbers, or of a list of them."""
    return max(_numbers(values, "max"))


@function("min", 1, None)
def min_(*values: Any) -> int:
    """The smallest of some whole numbers, or of a list of them."""
    return min(_numbers(values, "min"))


def _numbers(values: tuple[Any, ...], name: str) -> list[int]:
    several = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    if not several:
        raise Failure(f"{name}() of nothing")
    return [number(value, name) for value in several]


def _fits(value: int) -> int:
    if not -_LARGEST <= value < _LARGEST:
        raise Failure("a number beyond 64 bits")
    return value
