"""Functions of numbers."""

from __future__ import annotations

import math
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.files.json_text import noun
from scanner.sources.hcl.functions.arguments import number, whole
from scanner.sources.hcl.registry import function

_PREFIXES = {2: "0b", 8: "0o", 16: "0x"}
"""What Python passes over before the digits of a base, and Terraform does not."""

_DIGITS = regex(r"[+-]?[0-9a-zA-Z]+")


@function("abs", 1)
def abs_(value: Any) -> int | float:
    """A number without its sign."""
    return abs(number(value))


@function("ceil", 1)
def ceil(value: Any) -> int:
    """The next whole number."""
    return math.ceil(number(value))


@function("floor", 1)
def floor(value: Any) -> int:
    """The whole number before."""
    return math.floor(number(value))


@function("max", 1, None)
def max_(*values: Any) -> int | float:
    """The largest of some numbers."""
    return max(map(number, values))


@function("min", 1, None)
def min_(*values: Any) -> int | float:
    """The smallest of some numbers."""
    return min(map(number, values))


@function("pow", 2)
def pow_(base: Any, exponent: Any) -> int | float:
    """A power."""
    try:
        result = math.pow(number(base), number(exponent))
    except ValueError:
        raise Failure("pow() has no such number") from None
    return int(result) if result.is_integer() else result


@function("log", 2)
def log(value: Any, base: Any) -> int | float:
    """A logarithm."""
    try:
        result = math.log(number(value), number(base))
    except (ValueError, ZeroDivisionError):
        raise Failure("log() has no such number") from None
    return int(result) if result.is_integer() else result


@function("signum", 1)
def signum(value: Any) -> int:
    """-1, 0 or 1, as the sign of a number is."""
    known = whole(value)
    return (known > 0) - (known < 0)


@function("parseint", 2)
def parseint(value: Any, base: Any) -> int:
    """The number that digits of a base stand for."""
    if not isinstance(value, str):
        raise Failure(f"parseint() takes a text, not {noun(value)}")
    if len(value) > 200:
        raise Failure("parseint() of a text that is too long")
    if not _DIGITS.fullmatch(value) or value.lstrip("+-").lower().startswith(_PREFIXES.get(base, "_")):
        raise Failure("parseint() of a text that is no number")
    try:
        return int(value, whole(base))
    except ValueError:
        raise Failure("parseint() of a text that is no number") from None
