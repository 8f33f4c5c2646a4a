"""The types that parameters declare, as far as values are held to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.sources.arm.openness import Choice, OpenObject
from scanner.sources.code.symbols import Text
from scanner.values import OpenList, Unknown

BASE = {
    "string": "a text",
    "securestring": "a text",
    "int": "a number",
    "bool": "a boolean",
    "object": "an object",
    "secureobject": "an object",
    "array": "a list",
}
"""The base types in lower case, with what each of them is called in a sentence."""

_DEEPEST = 20

_TRUTHS = {
    **dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False),
}
"""The words for true and false in the language that the Azure Developer CLI is written in."""


def chain(declaration: dict[str, Any], definitions: Any) -> Iterator[dict[str, Any]]:
    """A declaration, and the definitions that it refers to one after another."""
    for _ in range(_DEEPEST):
        yield declaration
        reference = declaration.get("$ref")
        if not isinstance(reference, str):
            return
        name = reference.rpartition("/")[2]
        inner = definitions.get(name) if isinstance(definitions, dict) else None
        if not isinstance(inner, dict):
            return
        declaration = inner


def base_type(declaration: dict[str, Any], definitions: Any) -> tuple[str | None, bool]:
    """The base type of a parameter in lower case (None: any), and whether null is a value of it."""
    nullable = False
    for declaration in chain(declaration, definitions):  # noqa: B020, PLR1704 - the last one tells the type
        nullable = nullable or declaration.get("nullable") is True
    kind = None if isinstance(declaration.get("$ref"), str) else declaration.get("type")
    lower = kind.lower() if isinstance(kind, str) else None
    return (lower if lower in BASE else None), nullable


class Filled(str):
    """A text of a parameter file into which variables of the environment were put."""

    __slots__ = ()

    def as_a(self, kind: str | None) -> Any:
        """What the Azure Developer CLI gives a parameter of a base type; None where it gives it nothing.

        It makes numbers and booleans of texts, and leaves out what is none (`armParameterFileValue` in its
        provider for Bicep).
        """
        if kind == "bool":
            return _TRUTHS.get(self)
        if kind == "int":
            return int(self) if re.fullmatch("[+-]?[0-9]{1,19}", self) else None
        return str(self)


def fits(value: Any, kind: str | None) -> bool:
    """Whether a value may be of a base type; what is not known may be of any."""
    if kind is None:
        return True
    if isinstance(value, Unknown):
        return _fits_open(value, kind)
    if kind == "string":
        return isinstance(value, str)
    if kind == "int":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, float) and value.is_integer()
        )
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, list if kind == "array" else dict)


def _fits_open(value: Unknown, kind: str) -> bool:
    if isinstance(value, Text):
        return kind == "string"
    if isinstance(value, OpenList):
        return kind == "array"
    if isinstance(value, OpenObject):
        return kind == "object"
    if isinstance(value, Choice):
        return any(fits(option, kind) for option in value.options)
    return True
