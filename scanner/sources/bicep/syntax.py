"""The syntax of Bicep, as a tree.  Everything says where it begins and ends, counted in characters from 0."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Literal:
    """A text without expressions, a whole number, a boolean, or null."""

    start: int
    end: int
    value: str | int | bool | None


@dataclass(slots=True)
class Interpolation:
    """A text with expressions: its stretches in turn, of which every second is an expression."""

    start: int
    end: int
    texts: list[str]
    values: list[Expression]


@dataclass(slots=True)
class Name:
    """A name: of a parameter, a variable, a resource, a module, or something around."""

    start: int
    end: int
    name: str


@dataclass(slots=True)
class Call:
    """A function call.  ``base`` is what stands before the dot: a namespace, an import, a resource."""

    start: int
    end: int
    name: str
    arguments: list[Expression]
    base: Expression | None = None


@dataclass(slots=True)
class Access:
    """A member: ``base.name``, or ``base.?name``, which is null where there is none."""

    start: int
    end: int
    base: Expression
    name: str
    safe: bool = False


@dataclass(slots=True)
class Index:
    """An entry or member: ``base[key]``, ``base[?key]``, ``base[^key]`` counted from the end."""

    start: int
    end: int
    base: Expression
    key: Expression
    safe: bool = False
    from_end: bool = False


@dataclass(slots=True)
class Nested:
    """A resource that stands in the block of another: ``base::name``."""

    start: int
    end: int
    base: Expression
    name: str


@dataclass(slots=True)
class NotNull:
    """``base!``: the author says that it is not null."""

    start: int
    end: int
    base: Expression


@dataclass(slots=True)
class Unary:
    """``!value``, ``-value`` or ``+value``."""

    start: int
    end: int
    sign: str
    value: Expression


@dataclass(slots=True)
class Binary:
    """Two values with an operator between them."""

    start: int
    end: int
    sign: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Ternary:
    """``condition ? yes : no``."""

    start: int
    end: int
    condition: Expression
    yes: Expression
    no: Expression


@dataclass(slots=True)
class Spread:
    """``...value`` in a list or an object."""

    start: int
    end: int
    value: Expression


@dataclass(slots=True)
class Array:
    """A list."""

    start: int
    end: int
    items: list[Expression | Spread]


@dataclass(slots=True)
class Property:
    """A member of an object, with its key."""

    start: int
    end: int
    key: str | Interpolation
    value: Expression


@dataclass(slots=True)
class Object:
    """An object; that of a resource may hold resources, too."""

    start: int
    end: int
    members: list[Property | Spread]
    resources: list[Resource]


@dataclass(slots=True)
class For:
    """``[for item in source: body]``, with the index where it has a name."""

    start: int
    end: int
    item: str
    index: str | None
    source: Expression
    body: Expression | If


@dataclass(slots=True)
class If:
    """``if (condition) body``: what a resource or module depends on."""

    start: int
    end: int
    condition: Expression
    body: Object


@dataclass(slots=True)
class Lambda:
    """``(one, other) => body``."""

    start: int
    end: int
    names: list[str]
    body: Expression


Expression = (
    Literal
    | Interpolation
    | Name
    | Call
    | Access
    | Index
    | Nested
    | NotNull
    | Unary
    | Binary
    | Ternary
    | Array
    | Object
    | For
    | Lambda
)


@dataclass(slots=True)
class Type:
    """A type, as far as values are held to it.

    ``kind`` is ``name``, ``literal``, ``union``, ``array``, ``tuple``, ``object``, ``member`` (of another
    type) or ``generic``; ``name`` is that of the first and the last two, ``value`` that of a literal.
    ``parts`` are the types it is made of.
    """

    start: int
    end: int
    kind: str
    name: str = ""
    parts: list[Type] = field(default_factory=list)
    value: str | int | bool | None = None
    nullable: bool = False


@dataclass(slots=True)
class Declaration:
    """What all statements share: where they stand, their name, and their decorators by name."""

    start: int
    end: int
    name: str
    decorators: dict[str, Call]


@dataclass(slots=True)
class Parameter(Declaration):
    """``param name type = default``."""

    type: Type
    default: Expression | None


@dataclass(slots=True)
class Variable(Declaration):
    """``var name = value``."""

    value: Expression


@dataclass(slots=True)
class Output(Declaration):
    """``output name type = value``."""

    type: Type
    value: Expression


@dataclass(slots=True)
class Resource(Declaration):
    """``resource name 'type@version' = body``.  The type of one in the block of another may be short."""

    type: Literal | Interpolation
    existing: bool
    body: Object | If | For


@dataclass(slots=True)
class Module(Declaration):
    """``module name 'path' = body``."""

    path: Literal | Interpolation
    body: Object | If | For


@dataclass(slots=True)
class TypeAlias(Declaration):
    """``type name = type``."""

    type: Type


@dataclass(slots=True)
class Function(Declaration):
    """``func name(parameters) type => body``."""

    parameters: list[tuple[str, Type]]
    result: Type
    body: Expression


@dataclass(slots=True)
class Import(Declaration):
    """``import {a, b as c} from 'path'``, or ``import * as name from 'path'``, which has no symbols.

    ``symbols`` maps a name in this file to that in the other.
    """

    symbols: dict[str, str]
    path: Literal | Interpolation


@dataclass(slots=True)
class Using(Declaration):
    """``using 'path'`` of a file of parameters (None: ``using none``), or ``extends 'path'``."""

    path: Literal | Interpolation | None


@dataclass(slots=True)
class Assignment(Declaration):
    """``param name = value`` of a file of parameters."""

    value: Expression


@dataclass(slots=True)
class Other(Declaration):
    """A statement that says nothing of what is deployed: metadata, assert, test, extension.

    ``value`` is that of a ``targetScope``.
    """

    keyword: str
    value: Expression | None = None


Statement = (
    Parameter
    | Variable
    | Output
    | Resource
    | Module
    | TypeAlias
    | Function
    | Import
    | Using
    | Assignment
    | Other
)
