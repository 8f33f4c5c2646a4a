"""What the declared types of Bicep are in a template."""

from __future__ import annotations

from typing import Any

from scanner.sources.bicep import syntax
from scanner.sources.bicep.linker import Linker
from scanner.sources.bicep.names import Names

_BASE = {"string": "string", "int": "int", "bool": "bool", "object": "object", "array": "array"}
_SECURE = {"string": "securestring", "object": "secureobject"}
_DEEPEST = 20


def declaration(linker: Linker, statement: syntax.Parameter | syntax.Output, names: Names) -> dict[str, Any]:
    """The declaration of a parameter or output of a template: its type, and whether it may be null."""
    kind, nullable, secure = _kind(linker, statement.type, names, 0)
    made: dict[str, Any] = {}
    if kind is not None:
        made["type"] = _SECURE.get(kind, kind) if secure or "secure" in statement.decorators else kind
    elif secure or "secure" in statement.decorators:
        made["type"] = "secureobject"
    if nullable:
        made["nullable"] = True
    return made


_Kind = tuple[str | None, bool, bool]
"""A base type (None: any), whether null is a value of it, and whether it is secret."""


def _kind(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    if depth > _DEEPEST:
        return None, False, False
    if kind.kind == "name":
        found = _named(linker, kind, names, depth)
    elif kind.kind == "literal":
        found = _of_literal(kind), False, False
    elif kind.kind == "union":
        found = _union(linker, kind, names, depth)
    elif kind.kind == "member":
        found = _member(linker, kind, names, depth)
    else:
        base = {"array": "array", "tuple": "array", "object": "object"}.get(kind.kind)
        found = base, False, False
    return found[0], found[1] or kind.nullable, found[2]


def _of_literal(kind: syntax.Type) -> str | None:
    if isinstance(kind.value, bool):
        return "bool"
    if isinstance(kind.value, int):
        return "int"
    return "string" if isinstance(kind.value, str) else None


def _union(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    parts = [_kind(linker, part, names, depth + 1) for part in kind.parts]
    bases = {base for (base, _, _), part in zip(parts, kind.parts, strict=True) if not _is_null(part)}
    nullable = any(each[1] for each in parts)
    return (bases.pop() if len(bases) == 1 else None), nullable, any(each[2] for each in parts)


def _is_null(kind: syntax.Type) -> bool:
    return kind.kind == "literal" and kind.value is None


def _named(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    found = linker.find(kind.name, names, quiet=True)
    if found is None:
        return _BASE.get(kind.name), False, False
    return _alias(linker, found, depth)


def _alias(linker: Linker, found: tuple[syntax.Statement, Names], depth: int) -> _Kind:
    statement, names = found
    if not isinstance(statement, syntax.TypeAlias):
        return None, False, False
    base, nullable, secure = _kind(linker, statement.type, names, depth + 1)
    return base, nullable, secure or "secure" in statement.decorators


def _member(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    """A type of a namespace, of an import, or of a member of another type."""
    (owner,) = kind.parts
    if owner.kind == "name":
        if owner.name == "sys" and owner.name not in names.file.names:
            return _BASE.get(kind.name), False, False
        found = linker.member(owner.name, kind.name, names, quiet=True)
        if found is not None:
            return _alias(linker, found, depth)
    # A member of another type may be anything: values are not held to it.
    return None, False, False
