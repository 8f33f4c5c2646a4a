"""What a template allows the values of its parameters to be."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.combine import MOST_OPTIONS
from scanner.sources.arm.keys import same
from scanner.sources.arm.openness import Allowed
from scanner.sources.arm.types import chain
from scanner.sources.code.symbols import Symbol
from scanner.values import Touched, Unknown

_SHOWN = 3
_LONGEST = 40


def refused(value: Any, declaration: dict[str, Any], definitions: Any) -> str | None:
    """Why Azure refuses a value of a parameter, as the end of a sentence; None where it takes it.

    What is not known is not refused.  The value itself is not told.
    """
    if isinstance(value, Unknown):
        return None
    for block in chain(declaration, definitions):
        options = block.get("allowedValues")
        if isinstance(options, list) and options and not _is_among(value, options):
            return f"none of those that it may be: {listed(options)}"
        if isinstance(value, (str, list)):
            size = "characters" if isinstance(value, str) else "members"
            if (least := _number(block, "minLength")) is not None and len(value) < least:
                return f"shorter than {least:g} {size}"
            if (most := _number(block, "maxLength")) is not None and len(value) > most:
                return f"longer than {most:g} {size}"
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if (least := _number(block, "minValue")) is not None and value < least:
                return f"less than {least:g}"
            if (most := _number(block, "maxValue")) is not None and value > most:
                return f"more than {most:g}"
    return None


def narrowed(value: Any, declaration: dict[str, Any], definitions: Any) -> Any:
    """A value that is not known, with the few that it may be."""
    if type(value) is not Symbol:
        return value
    for block in chain(declaration, definitions):
        options = block.get("allowedValues")
        if isinstance(options, list) and options and block.get("type") not in ("array", "object"):
            return among(options, value)
    return value


def among(options: list[Any], symbol: Symbol) -> Any:
    """One of some plain values; just the symbol where they are too many, or objects or lists.

    Azure takes texts in any case, so that even a single one is not known to the letter.
    """
    if len(options) > MOST_OPTIONS or any(isinstance(one, (dict, list, Unknown)) for one in options):
        return symbol
    distinct: list[Any] = []
    for option in options:
        if not any(same(option, other) for other in distinct):
            distinct.append(option)
    if len(distinct) == 1 and not isinstance(distinct[0], str):
        return distinct[0]
    return Allowed(tuple(distinct), symbol)


def listed(options: Any) -> str:
    """Some values as people read them, not too many of them."""
    shown = ", ".join(_word(option)[:_LONGEST] for option in options[:_SHOWN])
    return f"{shown}, ..." if len(options) > _SHOWN else shown


def _word(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _is_among(value: Any, options: list[Any]) -> bool:
    """Whether a value is one that is allowed; of a list each member may be.  Texts compare without case."""
    if any(_alike(value, option) for option in options):
        return True
    return isinstance(value, list) and all(
        any(_alike(member, option) for option in options) for member in value
    )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    try:
        return same(one, other)
    except Touched:
        return True


def _number(block: dict[str, Any], key: str) -> int | float | None:
    value = block.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
