"""Composite formats in the way of .NET: ``{0}``, ``{1,8}``, ``{0:D3}``."""

from __future__ import annotations

import re
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.code.symbols import Symbol
from scanner.values import Unknown

_ITEM = regex(
    r"\{\{|\}\}|\{\s*(?P<index>[0-9]{1,4})\s*(?:,\s*(?P<width>-?[0-9]{1,4})\s*)?(?::(?P<form>[^{}]*))?\}|[{}]"
)


def stretches(pattern: str, values: tuple[Any, ...]) -> list[Any]:
    """The stretches of a formatted text: texts, and what is not known.  Raises `Failure`."""
    result: list[Any] = []
    at = 0
    for item in _ITEM.finditer(pattern):
        result.append(pattern[at : item.start()])
        at = item.end()
        if item[0] in ("{{", "}}"):
            result.append(item[0][0])
        elif item["index"] is None:
            raise Failure(f"format() cannot read '{pattern[:60]}'")
        elif int(item["index"]) >= len(values):
            raise Failure(f"format() has no value for {item[0]}")
        else:
            result.append(_shown(values[int(item["index"])], item["width"], item["form"]))
    result.append(pattern[at:])
    return result


def plain(value: Any) -> str:
    """A value as .NET writes it without a form."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def _shown(value: Any, width: str | None, form: str | None) -> Any:
    if isinstance(value, Unknown):
        if width or form:
            return Symbol(f"format({key_of(value)},{width},{form})", value.reason, text=value.text)
        return value
    if isinstance(value, (dict, list)):
        raise Failure("format() takes no lists and no objects")
    text = _formed(value, form) if form and not isinstance(value, (str, bool, type(None))) else plain(value)
    if width:
        count = int(width)
        return text.rjust(count) if count > 0 else text.ljust(-count)
    return text


def _formed(value: float, form: str) -> str:
    """A number in one of the standard numeric forms."""
    letter, digits = form[:1].upper(), form[1:]
    if not re.fullmatch(r"[0-9]{0,2}", digits):
        letter = digits = ""
    count = int(digits) if digits else None
    if letter == "D" and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value):0{count or 1}d}"
    if letter == "X" and isinstance(value, int) and value >= 0:
        return f"{value:0{count or 1}{'X' if form[0] == 'X' else 'x'}}"
    if letter == "N":
        return f"{value:,.{2 if count is None else count}f}"
    if letter == "F":
        return f"{value:.{2 if count is None else count}f}"
    if letter == "P":
        return f"{value * 100:,.{2 if count is None else count}f} %"
    if re.fullmatch("0{1,20}", form) and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value):0{len(form)}d}"
    raise Failure(f"format() knows no form '{form[:20]}'")
