"""The expressions of templates, parsed: ``[concat(parameters('a'), '-b').c[0]]``.

Bicep is read into the same expressions.  What JSON has no form for is a value of its own there: an
expression with its place (`Leaf`), a loop over values (`Loop`), a key that is an expression (`OpenKey`).
"""

from __future__ import annotations

from typing import Any, Protocol

from scanner.model import Place
from scanner.records import dataclass


@dataclass(slots=True)
class Literal:
    """A text or a number."""

    value: Any
    text: str


@dataclass(slots=True)
class Call:
    """A function call.  ``name`` is in lower case, with the namespace of a user's own function."""

    name: str
    arguments: tuple[Node, ...]
    text: str


@dataclass(slots=True)
class Member:
    """A member of an object (``.name``), or an entry of a list or object (``[index]``)."""

    base: Node
    key: Node
    text: str


@dataclass(slots=True)
class Inline:
    """An object or list that is written out in the middle of an expression."""

    raw: Any
    text: str


@dataclass(slots=True)
class Open:
    """An expression that has no value before it is deployed.  ``key`` names it within its template."""

    key: str
    reason: str
    text: str


Node = Literal | Call | Member | Inline | Open
"""Any expression.  ``text`` is its source."""


class File(Protocol):
    """A file, as far as it tells where its characters stand."""

    def at(self, offset: int) -> Place:
        """The place of a character."""
        ...


@dataclass(slots=True)
class Leaf:
    """An expression that stands as a value, from one character of a file to another."""

    node: Node
    text: str
    file: File
    start: int
    end: int


@dataclass(slots=True)
class Loop:
    """A list that has a member for each one of another list; ``body`` may name the item and the index."""

    items: Any
    item: str
    index: str
    body: Any
    text: str


class OpenKey(str):
    """A key that is an expression; as a text it begins with ``[`` as those of JSON do."""

    __slots__ = ("leaf",)
    leaf: Leaf


@dataclass(slots=True)
class Absent:
    """Stands for the template of a nested deployment that cannot be read.

    ``message`` says why, ``code`` and ``reason`` are those of its gap; without a message it is no gap.
    """

    code: str
    message: str
    reason: str
