"""Careful steps into a document, in which any value may be unknown."""

from __future__ import annotations

from typing import Any

from scanner.values import OpenList, Touched, Unknown


def known(value: Any) -> Any:
    """The value; Touched where it is not known."""
    if isinstance(value, Unknown):
        raise Touched(value)
    return value


def field(document: Any, *path: str) -> Any:
    """The value at that path, null where a step is missing or null.

    Touched where a step is not known, or is of a kind that has no fields.
    """
    value = known(document)
    for index, name in enumerate(path):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Touched(Unknown(f"{'.'.join(path[:index]) or 'it'} is {described(value)}"))
        value = known(value.get(name))
    return value


def peek(document: Any, *path: str) -> Any:
    """The same without Touched: an Unknown where the value is not known, null where no field can be."""
    value = document
    for name in path:
        if type(value) is dict:
            value = value.get(name)
        else:
            return value if isinstance(value, Unknown) else None
    return value


ODD = (AttributeError, KeyError, TypeError, Touched)
"""What is raised where a document is not as plain as a quick look takes it to be."""


def described(value: Any) -> str:
    """What kind of value it is, for a reason that people read: "a number"."""
    kinds = (
        (bool, "a boolean"),
        (int | float, "a number"),
        (str, "text"),
        (list | OpenList, "a list"),
        (dict, "an object"),
    )
    return next((words for types, words in kinds if isinstance(value, types)), "null")
