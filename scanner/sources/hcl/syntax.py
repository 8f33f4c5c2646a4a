"""What configuration consists of.  ``at`` is the offset a thing begins at, ``end`` the one behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.sources.hcl.source import Source


@dataclass(slots=True)
class Literal:
    """A number, a boolean, null, or a text without anything to fill in."""

    value: Any
    at: int
    end: int


@dataclass(slots=True)
class Template:
    """A text with expressions in it: ``parts`` are texts, expressions and directives."""

    parts: list[Part]
    at: int
    end: int


@dataclass(slots=True)
class TemplateIf:
    """``%{if}`` of a template: the parts that stand there if it holds, and those if it does not."""

    condition: Node
    then: list[Part]
    otherwise: list[Part]


@dataclass(slots=True)
class TemplateFor:
    """``%{for}`` of a template: the parts that stand there once for each member."""

    key: str | None
    value: str
    collection: Node
    body: list[Part]


@dataclass(slots=True)
class Name:
    """The first name of a traversal: ``var``, a resource type, the variable of a loop."""

    name: str
    at: int
    end: int


@dataclass(slots=True)
class Member:
    """``base.name``."""

    base: Node
    name: str
    at: int
    end: int


@dataclass(slots=True)
class Index:
    """``base[key]``."""

    base: Node
    key: Node
    at: int
    end: int


@dataclass(slots=True)
class Splat:
    """``base[*]`` and what is asked of each member: ``each`` begins at a `Name` that is empty."""

    base: Node
    each: Node
    at: int
    end: int


@dataclass(slots=True)
class Call:
    """A call of a function; ``spread`` tells that its last argument holds the arguments from there on."""

    name: str
    arguments: list[Node]
    spread: bool
    at: int
    end: int


@dataclass(slots=True)
class Unary:
    """``!`` or ``-``."""

    sign: str
    operand: Node
    at: int
    end: int


@dataclass(slots=True)
class Binary:
    """An operation on two values."""

    sign: str
    left: Node
    right: Node
    at: int
    end: int


@dataclass(slots=True)
class Conditional:
    """``condition ? yes : no``."""

    condition: Node
    yes: Node
    no: Node
    at: int
    end: int


@dataclass(slots=True)
class ListOf:
    """``[a, b]``."""

    items: list[Node]
    at: int
    end: int


@dataclass(slots=True)
class Item:
    """One member of an object: its key, its value, and where the key stands."""

    key: Node
    value: Node
    at: int


@dataclass(slots=True)
class ObjectOf:
    """``{a = b}``."""

    items: list[Item]
    at: int
    end: int


@dataclass(slots=True)
class For:
    """``[for v in c : x]`` and ``{for k, v in c : x => y...}``: with a ``result_key`` it makes an object."""

    key: str | None
    value: str
    collection: Node
    result_key: Node | None
    result: Node
    condition: Node | None
    grouped: bool
    at: int
    end: int


Node = (
    Literal
    | Template
    | Name
    | Member
    | Index
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | ListOf
    | ObjectOf
    | For
)
Part = str | Node | TemplateIf | TemplateFor


@dataclass(slots=True)
class Attribute:
    """``name = value``, in a file."""

    name: str
    value: Node
    at: int
    source: Source


@dataclass(slots=True)
class Block:
    """``kind "label" { … }``, in a file; ``merged`` are the blocks that override it in part."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    at: int
    end: int
    source: Source
    merged: list[Block] = field(default_factory=list)

    def holds(self, source: Source, at: int) -> bool:
        """Whether an offset of a file lies in it."""
        if self.source is source and self.at <= at < max(self.end, self.at + 1):
            return True
        return any(other.holds(source, at) for other in self.merged)


@dataclass(slots=True)
class Body:
    """What stands in a file or between the braces of a block."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def blocks_of(self, kind: str) -> list[Block]:
        """The inner blocks of a kind."""
        return [block for block in self.blocks if block.kind == kind]
