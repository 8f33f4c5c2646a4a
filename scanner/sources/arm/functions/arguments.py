"""Checks of arguments that several functions share.  Each raises `Failure`."""

from __future__ import annotations

from typing import Any, TypeGuard

from scanner.sources.arm.errors import Failure
from scanner.sources.files.json_text import noun

LONGEST_TEXT = 1 << 20
LONGEST_LIST = 10_000
"""What a result may grow to; Azure has smaller bounds for both."""


def text(value: Any, name: str) -> str:
    """The argument, which must be a text."""
    if not isinstance(value, str):
        raise Failure(f"{name}() takes a text, not {noun(value)}")
    return value


def number(value: Any, name: str) -> int:
    """The argument, which must be a whole number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not is_number(value):
        raise Failure(f"{name}() takes a number, not {noun(value)}")
    return value


def is_number(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def array(value: Any, name: str) -> list[Any]:
    """The argument, which must be a list."""
    if not isinstance(value, list):
        raise Failure(f"{name}() takes a list, not {noun(value)}")
    return value


def mapping(value: Any, name: str) -> dict[str, Any]:
    """The argument, which must be an object."""
    if not isinstance(value, dict):
        raise Failure(f"{name}() takes an object, not {noun(value)}")
    return value


def boolean(value: Any, name: str) -> bool:
    """The argument, which must be a boolean."""
    if not isinstance(value, bool):
        raise Failure(f"{name}() takes a boolean, not {noun(value)}")
    return value


def bounded(value: Any, name: str) -> Any:
    """A value that is not too large to be looked at whole: one list may stand in it a million times."""
    count = 0
    waiting = [value]
    while waiting:
        node = waiting.pop()
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        count += len(inner)
        if count > LONGEST_TEXT >> 2:
            raise Failure(f"{name}() of a value that is too large")
        waiting.extend(entry for entry in inner if isinstance(entry, (dict, list)))
    return value


def bounded_text(value: str, name: str) -> str:
    """A result that is not too long."""
    if len(value) > LONGEST_TEXT:
        raise Failure(f"{name}() gives a text of more than {LONGEST_TEXT} characters")
    return value


def bounded_list(value: list[Any], name: str) -> list[Any]:
    """A result that has not too many members."""
    if len(value) > LONGEST_LIST:
        raise Failure(f"{name}() gives a list of more than {LONGEST_LIST} members")
    return value
