"""Regular expressions, in work that is bounded.

The language's patterns never go back; Python's do.  So the ways there are to go through a pattern are
counted before it is tried, and one with too many is not.
"""

from __future__ import annotations

import math
import re
import warnings
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import bounded_list, bounded_text, text
from scanner.sources.hcl.registry import ALWAYS, Unread, function

LONGEST_PATTERN = 500

_MOST_DOUBTS = math.log(50_000_000)
_SIGNS = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY)

_SIGN = re.compile(
    r"\\.|\[:\w+:\]|\[\^?\]?|[\]$]|\(\?(?:<[=!]|P?<|P=|#|-?[imsU]+|.)|(?:[*+?]|\{\d+(?:,\d*)?\})\+", re.DOTALL
)
"""What Python takes for something else, or not at all, inside classes and out of them."""

_FOREIGN = re.compile(r"\\[1-9Z]|\(\?(?:<?[=!]|P=|#|[(>axLu])|[^\\(\[].*\+", re.DOTALL)
"""What only Python has: the language's patterns look neither back nor ahead."""

_OTHERWISE = {r"\z": r"\Z", "$": r"\Z", "(?<": "(?P<"}

_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_CLASSES = {
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": r"\s",
    "[:word:]": r"\w",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:xdigit:]": "0-9A-Fa-f",
}


@function("regex", 2)
def regex(pattern: Any, value: Any) -> Any:
    """The first match: a text, a list of its groups, or an object of those with names."""
    match = _capturing(pattern, value).search(text(value))
    if match is None:
        raise Failure("the pattern matches nothing")
    return _captured(match)


@function("regexall", 2, typed=ALWAYS)
def regexall(pattern: Any, value: Any) -> Any:
    """All matches, each as `regex` gives it."""
    found = _capturing(pattern, value).finditer(text(value))
    return bounded_list([_captured(match) for match in found], "regexall")


def substituted(pattern: str, replacement: str, value: str) -> str:
    """A text with all matches of a pattern replaced; ``$1`` and ``${name}`` stand for groups."""
    compiled = _compiled(pattern, value)

    def group(match: re.Match[str], name: str) -> str:
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    def filled(match: re.Match[str]) -> str:
        return re.sub(
            r"\$(?:(\w+)|\{(\w+)\}|(\$))",
            lambda found: "$" if found[3] else group(match, found[1] or found[2]),
            replacement,
        )

    if len(value) * (len(replacement) + 1) > 1 << 24:
        raise Failure("replace() gives a text that is too long")
    return bounded_text(compiled.sub(filled, value), "replace")


def _capturing(pattern: Any, value: Any) -> re.Pattern[str]:
    """The pattern, whose groups have all of them names, or none of them."""
    compiled = _compiled(text(pattern), text(value))
    if 0 < len(compiled.groupindex) < compiled.groups:
        raise Failure("a pattern of which some groups have names and others have none")
    return compiled


def _captured(match: re.Match[str]) -> Any:
    named = match.groupdict()
    if named:
        return dict(named)
    return list(match.groups()) if match.re.groups else match[0]


def _compiled(pattern: str, value: str) -> re.Pattern[str]:
    """The pattern for Python.  Raises `Failure` for one that is none, `Unread` for one that is not tried."""
    if len(pattern) > LONGEST_PATTERN:
        raise Unread("a pattern that is too long to be tried")
    adapted = _adapted(pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parser.parse(adapted, re.ASCII)
            compiled = re.compile(adapted, re.ASCII)
    except (re.error, RecursionError, OverflowError):
        raise Unread("a pattern that is not read") from None
    if _doubts(parsed, len(value)) > _MOST_DOUBTS:
        raise Unread("a pattern that takes too much work to be tried")
    return compiled


def _adapted(pattern: str) -> str:
    """A pattern as Python writes it.  Raises `Failure` where it has what the language's have not."""
    inside = False
    by_line = re.search(r"\(\?[isU]*m", pattern) is not None

    def adapted(found: re.Match[str]) -> str:
        nonlocal inside
        sign = found[0]
        if sign[0] == "[" and not sign.startswith("[:"):
            if inside:
                inside = not sign.endswith("]")
                return "\\" + sign
            inside = True
        elif sign == "]":
            inside = False
        elif inside:
            return _CLASSES.get(sign, sign)
        elif _FOREIGN.fullmatch(sign):
            raise Failure("a pattern that is none")
        return _OTHERWISE.get(sign, sign) if sign != "$" or not by_line else sign

    return _SIGN.sub(adapted, pattern)


def _doubts(parsed: Any, length: int) -> float:
    """The logarithm of how many ways there are to go through a pattern, at most."""
    total = 0.0
    pieces = list(parsed)
    for index, (code, argument) in enumerate(pieces):
        if code in _REPEATS:
            least, most, body = argument
            times = min(int(most), length + 1)
            if not _ends_itself(body, pieces[index + 1 : index + 2]):
                total += math.log(max(times - least, 0) + 1)
            total += _doubts(body, length) * times
            continue
        if code is _constants.BRANCH:
            total += math.log(len(argument[1]))
        total += sum(_doubts(body, length) for body in _bodies(argument))
    return total


def _ends_itself(body: Any, following: list[Any]) -> bool:
    """Whether a repeated sign is never the one that stands behind, so that there is one way to repeat it."""
    if (
        len(body) != 1
        or body[0][0] not in _SIGNS
        or not following
        or following[0][0] is not _constants.LITERAL
    ):
        return False
    return _compiler.compile(body).fullmatch(chr(following[0][1])) is None


def _bodies(argument: Any) -> list[Any]:
    """The patterns inside one piece of a pattern."""
    waiting, found = [argument], []
    while waiting:
        one = waiting.pop()
        if isinstance(one, _parser.SubPattern):
            found.append(one)
        elif isinstance(one, (list, tuple)):
            waiting += one
    return found
