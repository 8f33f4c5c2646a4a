"""What the declared types of Bicep are in a template, and what they allow."""

from __future__ import annotations

from typing import Any

from scanner.sources.bicep import syntax
from scanner.sources.bicep.linker import Linker
from scanner.sources.bicep.names import Names

_BASE = frozenset(("string", "int", "bool", "object", "array"))
_SECURE = {"string": "securestring", "object": "secureobject"}
_LIMITS = ("minLength", "maxLength", "minValue", "maxValue")
_HIDDEN = "@secure"
_DEEPEST = 20

_Kind = dict[str, Any]
"""The declaration of a type in a template; without a ``type`` it is any."""


def declaration(linker: Linker, statement: syntax.Parameter | syntax.Output, names: Names) -> _Kind:
    """The declaration of a parameter or output of a template: its type, and what values it takes."""
    made = _decorated(_kind(linker, statement.type, names, 0), statement.decorators)
    if made.pop(_HIDDEN, False):
        base = made.get("type", "object")
        made["type"] = _SECURE.get(base, base)
    return made


def _decorated(kind: _Kind, decorators: dict[str, syntax.Call]) -> _Kind:
    """A type with what the decorators of its statement say of it."""
    found = dict(kind)
    if not decorators:
        return found
    if "secure" in decorators:
        found[_HIDDEN] = True
    allowed = _argument(decorators, "allowed")
    if isinstance(allowed, syntax.Array):
        options = [_plain(item) for item in allowed.items]
        if _OPEN not in options:
            found["allowedValues"] = options
    for name in _LIMITS:
        limit = _plain(_argument(decorators, name))
        if isinstance(limit, int) and not isinstance(limit, bool):
            found[name] = limit
    return found


def _argument(decorators: dict[str, syntax.Call], name: str) -> syntax.Expression | None:
    call = decorators.get(name)
    return call.arguments[0] if call is not None and len(call.arguments) == 1 else None


_OPEN = object()


def _plain(value: syntax.Expression | syntax.Spread | None) -> Any:
    """The value of a literal; a mark for anything else."""
    if isinstance(value, syntax.Unary) and value.sign == "-":
        inner = _plain(value.value)
        return -inner if isinstance(inner, int) else _OPEN
    return value.value if isinstance(value, syntax.Literal) else _OPEN


def _kind(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    found: _Kind = {}
    if depth > _DEEPEST:
        return found
    if kind.kind == "name":
        found = _named(linker, kind, names, depth)
    elif kind.kind == "literal":
        found = _literal(kind)
    elif kind.kind == "union":
        found = _union([_kind(linker, part, names, depth + 1) for part in kind.parts])
    elif kind.kind == "member":
        found = _member(linker, kind, names, depth)
    elif kind.kind in ("array", "tuple"):
        found = {"type": "array"}
    elif kind.kind == "object":
        found = {"type": "object"}
    return {**found, "nullable": True} if kind.nullable else found


def _literal(kind: syntax.Type) -> _Kind:
    value = kind.value
    if isinstance(value, (bool, int)):
        return {"type": "bool" if isinstance(value, bool) else "int", "allowedValues": [value]}
    return {"type": "string", "allowedValues": [value]} if isinstance(value, str) else {}


def _union(parts: list[_Kind]) -> _Kind:
    """One of some types: what all of them have in common, but for null."""
    kinds = [part for part in parts if part != {"nullable": True}]
    found: _Kind = {}
    if len({part.get("type") for part in kinds}) == 1 and "type" in kinds[0]:
        found["type"] = kinds[0]["type"]
        if all("allowedValues" in part for part in kinds):
            found["allowedValues"] = [value for part in kinds for value in part["allowedValues"]]
    if any("nullable" in part for part in parts):
        found["nullable"] = True
    if any(_HIDDEN in part for part in parts):
        found[_HIDDEN] = True
    return found


def _named(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    found = linker.find(kind.name, names, quiet=True)
    if found is None:
        return {"type": kind.name} if kind.name in _BASE else {}
    return _alias(linker, found, depth)


def _alias(linker: Linker, found: tuple[Any, Names], depth: int) -> _Kind:
    statement, names = found
    if not isinstance(statement, syntax.TypeAlias):
        return {}
    known = linker.aliases.get(id(statement))
    if known is None:
        # One that is made of itself may be anything.
        linker.aliases[id(statement)] = {}
        kind = _kind(linker, statement.type, names, depth + 1)
        known = linker.aliases[id(statement)] = _decorated(kind, statement.decorators)
    return known


def _member(linker: Linker, kind: syntax.Type, names: Names, depth: int) -> _Kind:
    """A type of a namespace, of an import, or of a member of another type."""
    (owner,) = kind.parts
    if owner.kind == "name":
        if owner.name == "sys" and owner.name not in names.file.names:
            return {"type": kind.name} if kind.name in _BASE else {}
        found = linker.member(owner.name, kind.name, names, quiet=True)
        if found is not None:
            return _alias(linker, found, depth)
    # A member of another type may be anything: values are not held to it.
    return {}
