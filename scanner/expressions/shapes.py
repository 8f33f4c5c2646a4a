"""What is known of a value before any document is there: its types, its fields, its members.

Schemas are JSON Schema, of which ``type``, ``properties``, ``additionalProperties``, ``items``,
``enum``, ``examples``, ``anyOf`` and ``$ref`` into ``$defs`` count.  An object without
``additionalProperties: false`` may have any field; so may all beneath ``x-free: true``, and no schema
speaks of fields called ``x-…``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any

from scanner.expressions.unknowns import KINDS
from scanner.records import dataclass

Schema = Mapping[str, Any]

ALL = frozenset({"string", "number", "boolean", "array", "object", "null", "expref"})
_CONTAINERS = frozenset({"array", "object"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be.

    ``kinds`` are its JMESPath types, leaving out that almost anything may be null.  ``label`` is how
    people call it, such as ``hub.tags``.  ``fields`` are those it surely or maybe has; it has no
    others where it is ``closed``, and where it is not, each other one is like ``rest``.
    """

    kinds: frozenset[str] = ALL
    label: str = ""
    schema: Schema = field(default_factory=dict)
    definitions: Schema = field(default_factory=dict)
    own_fields: Mapping[str, Shape] | None = None
    own_member: Shape | None = None
    literal: Any = ...

    @property
    def closed(self) -> bool:
        """Whether an object of this shape has only the fields that are known."""
        if self.own_fields is not None:
            return True
        return self.schema.get("additionalProperties") is False

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that are known."""
        return tuple(self.own_fields if self.own_fields is not None else self.schema.get("properties", ()))

    def field(self, name: str) -> Shape:
        """The shape of a field; any shape where nothing is known of it."""
        if self.own_fields is not None:
            return self.own_fields.get(name, ANYTHING)
        inner = self.schema.get("properties", {}).get(name, self.schema.get("additionalProperties", True))
        label = f"{self.label}.{name}" if self.label else name
        return (
            shape(inner, label, self.definitions)
            if isinstance(inner, Mapping)
            else replace(ANYTHING, label=label)
        )

    def member(self) -> Shape:
        """The shape of a member of the list."""
        if self.own_member is not None:
            return self.own_member
        label = f"{self.label}[]" if self.label else ""
        inner = self.schema.get("items", True)
        return (
            shape(inner, label, self.definitions)
            if isinstance(inner, Mapping)
            else replace(ANYTHING, label=label)
        )

    def value(self) -> Shape:
        """The shape of what the fields of an object hold."""
        return union(self.field(name) for name in self.fields) if self.closed and self.fields else _rest(self)

    def may_be(self, *names: str) -> bool:
        """Whether it may be of one of some types."""
        return not self.kinds.isdisjoint(names)

    def described(self) -> str:
        """What it is, in words: "'hub.tags' (an object)"."""
        return f"'{self.label}' ({named(self.kinds)})" if self.label else named(self.kinds)


ANYTHING = Shape()
BOOLEAN = Shape(frozenset({"boolean"}))


def _rest(shape_: Shape) -> Shape:
    inner = shape_.schema.get("additionalProperties", True)
    return (
        shape(inner, "", shape_.definitions) if isinstance(inner, Mapping) and not shape_.fields else ANYTHING
    )


def shape(schema: Schema, label: str = "", definitions: Schema | None = None) -> Shape:
    """The shape that a schema describes."""
    known = definitions if definitions is not None else schema.get("$defs", {})
    followed = 0
    while "$ref" in schema and followed < 10:
        schema = known.get(str(schema["$ref"]).rpartition("/")[2], {})
        followed += 1
    if schema.get("x-free"):
        return replace(ANYTHING, label=label)
    if "anyOf" in schema:
        options = (shape(option, label, known) for option in schema["anyOf"])
        return replace(union(option for option in options if option.kinds), label=label)
    types = schema.get("type", ())
    written = [types] if isinstance(types, str) else types
    names = {"number" if name == "integer" else name for name in written}
    return Shape(frozenset(names - {"null"}) if names else ALL, label, schema, known)


def typed(names: Iterable[str], label: str = "") -> Shape:
    """A shape of which only the types are known; any where ``any`` is among them, or none."""
    kinds = frozenset(names)
    if not kinds or "any" in kinds:
        return replace(ANYTHING, label=label)
    return Shape(kinds - {"null"}, label)


def literal(value: Any) -> Shape:
    """The shape of a literal value."""
    return Shape(frozenset({KINDS[type(value)]}), literal=value)


def listing(member: Shape) -> Shape:
    """A list of members of a shape."""
    return Shape(frozenset({"array"}), own_member=member)


def union(shapes: Iterable[Shape]) -> Shape:
    """A value that is of one of some shapes: what is inside is known where one of them alone has it."""
    options = list(shapes)
    if not options:
        return ANYTHING
    kinds = frozenset[str]().union(*(option.kinds for option in options))
    inside = [option for option in options if option.may_be("array", "object") and not _empty(option)]
    if len(inside) == 1:
        return replace(inside[0], kinds=kinds, literal=...)
    return Shape(kinds)


def _empty(option: Shape) -> bool:
    return option.literal in ([], {})


def named(kinds: Iterable[str]) -> str:
    """Types in words: "a string or a number"."""
    words = {"array": "a list", "object": "an object", "null": "null", "expref": "an expression reference"}
    return " or ".join(words.get(kind, f"a {kind}") for kind in sorted(kinds))


def suggestion(word: str, known: Iterable[str], near: float = 0.6) -> str | None:
    """The hint "did you mean 'x'?" where one of the known words is near, otherwise None."""
    import difflib  # noqa: PLC0415 - only where somebody mistyped

    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=near)
    return f"did you mean '{by_lower[found[0]]}'?" if found else None
