"""Checks of arguments that several functions share.  Each raises `Failure`."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import bounded, bounded_list, bounded_text
from scanner.sources.arm.keys import key_of
from scanner.sources.files.json_text import noun
from scanner.sources.hcl.values import SetOf, number_of, open_value, text_of
from scanner.values import Unknown

__all__ = [
    "array",
    "bounded",
    "bounded_list",
    "bounded_text",
    "mapping",
    "number",
    "opened",
    "ordered",
    "text",
    "whole",
]


def text(value: Any) -> str:
    """The argument as a text: numbers and booleans have one."""
    shown = text_of(value)
    if not isinstance(shown, str):
        raise Failure(f"a text is needed, not {noun(value)}")
    return shown


def number(value: Any) -> int | float:
    """The argument as a number."""
    known = number_of(value)
    if not isinstance(known, (int, float)):
        raise Failure(f"a number is needed, not {noun(value)}")
    return known


def whole(value: Any) -> int:
    """The argument as a whole number."""
    known = number(value)
    if isinstance(known, float) and not known.is_integer():
        raise Failure(f"a whole number is needed, not {known}")
    return int(known)


def array(value: Any) -> list[Any]:
    """The argument, a list or a set."""
    if not isinstance(value, list):
        raise Failure(f"a list is needed, not {noun(value)}")
    return value


def ordered(value: Any) -> list[Any]:
    """The argument, a list: the members of a set have no order."""
    if isinstance(value, SetOf):
        raise Failure("a list is needed, not a set")
    return array(value)


def mapping(value: Any) -> dict[str, Any]:
    """The argument, an object."""
    if not isinstance(value, dict):
        raise Failure(f"an object is needed, not {noun(value)}")
    return value


def opened(name: str, *arguments: Any) -> Any:
    """What is not known where one of some arguments as a whole is not; None where all are."""
    unknown = next((one for one in arguments if isinstance(one, Unknown)), None)
    return (
        open_value(f"{name}({','.join(map(key_of, arguments))})", unknown.reason)
        if unknown is not None
        else None
    )
