"""The expressions of templates, parsed: ``[concat(parameters('a'), '-b').c[0]]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number."""

    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function call.  ``name`` is in lower case, with the namespace of a user's own function."""

    name: str
    arguments: tuple[Node, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object (``.name``), or an entry of a list or object (``[index]``)."""

    base: Node
    key: Node
    text: str


Node = Literal | Call | Member
"""Any expression.  ``text`` is its source."""
