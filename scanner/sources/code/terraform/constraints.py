"""Types of variables: what a value becomes when a variable of that type is given it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.sources.arm.combine import Distinct
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.openness import OpenArray, OpenObject
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.parser import expression
from scanner.sources.hcl.scope import Env, Spots
from scanner.sources.hcl.source import BadSyntax, Embedded
from scanner.sources.hcl.syntax import Call, ListOf, Literal, Name, Node, ObjectOf
from scanner.sources.hcl.values import (
    SetOf,
    TypedList,
    TypedMap,
    UniqueList,
    boolean_of,
    number_of,
    set_of,
    text_of,
)
from scanner.values import OpenList, Unknown

_WORDS = {"string": text_of, "number": number_of, "bool": boolean_of}
_DEEPEST = 60


def converted(value: Any, type_: Node, env: Env, depth: int = 0) -> Any:
    """A value as a type has it: with the defaults of what it lacks, and without what the type lacks.

    Raises `Failure` for a value that is not of the type.
    """
    if value is None or depth > _DEEPEST:
        return value
    env.run.spend()
    if isinstance(type_, Literal) and isinstance(type_.value, str):
        return _as_told(value, Embedded(type_.value, env.source.place(type_.at)), env, depth + 1)
    if isinstance(type_, Name):
        return _WORDS[type_.name](value) if type_.name in _WORDS else value
    if not isinstance(type_, Call) or not type_.arguments:
        return value
    inner = type_.arguments[0]
    if type_.name == "optional":
        return converted(value, inner, env, depth + 1)
    made = value
    if type_.name in ("list", "set"):
        made = _list(value, type_.name, inner, env, depth + 1)
    elif type_.name == "map":
        made = _map(value, inner, env, depth + 1)
    elif type_.name == "object" and isinstance(inner, ObjectOf):
        made = _object(value, inner, env, depth + 1)
    elif type_.name == "tuple" and isinstance(inner, ListOf) and isinstance(value, list):
        pairs = zip(value, inner.items, strict=False)
        made = [converted(member, one, env, depth + 1) for member, one in pairs]
    _keep_spots(made, value, env.run.spots)
    return made


def _keep_spots(made: Any, value: Any, spots: Spots) -> None:
    """What has another type now stands where it stood; a member of a set is its own key."""
    if not isinstance(made, SetOf):
        spots.copied(made, value)
        return
    for index, member in enumerate(value if isinstance(value, list) else ()):
        if isinstance(member, str):
            spots.handed(made, member, value, member if isinstance(value, SetOf) else index)


def _as_told(value: Any, type_: Embedded, env: Env, depth: int) -> Any:
    """A value as a type has it that is the text of a type: in JSON they all are."""
    try:
        return converted(value, expression(type_), env.within(type_), depth)
    except BadSyntax:
        return value


def _list(value: Any, kind: str, inner: Node, env: Env, depth: int) -> Any:
    if isinstance(value, OpenList):
        members = tuple((converted(member, inner, env, depth), sure) for member, sure in value.members)
        return OpenArray(members, getattr(value, "condition", ""), value.reason)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        raise Failure("a list is needed")
    members_of = [converted(member, inner, env, depth) for member in value]
    if kind == "set":
        return set_of(members_of)
    return (UniqueList if isinstance(value, Distinct) else TypedList)(members_of)


def _map(value: Any, inner: Node, env: Env, depth: int) -> Any:
    if isinstance(value, OpenObject):
        members = {
            name: (converted(one, inner, env, depth), sure) for name, (one, sure) in value.members.items()
        }
        return OpenObject(members, value.condition, value.reason, optional=value.optional)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise Failure("a map is needed")
    return TypedMap((name, converted(one, inner, env, depth)) for name, one in value.items())


def _object(value: Any, type_: ObjectOf, env: Env, depth: int) -> Any:
    declared = {str(item.key.value): item.value for item in type_.items if isinstance(item.key, Literal)}
    if isinstance(value, OpenObject):
        members = {
            name: (converted(value.members[name][0], one, env, depth), value.members[name][1])
            if name in value.members
            else (_default(one, env, depth), True)
            for name, one in declared.items()
        }
        return OpenObject(members, value.condition, value.reason, optional=value.optional)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise Failure("an object is needed")
    return _filled(value, declared, env, depth)


def _filled(value: dict[str, Any], declared: Mapping[str, Node], env: Env, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, one in declared.items():
        given = value.get(name)
        made[name] = _default(one, env, depth) if given is None else converted(given, one, env, depth)
        if given is None and (default := _written_default(one)) is not None:
            env.run.spots.mark(made, name, env, default.at, default)
    return made


def _written_default(type_: Node) -> Node | None:
    if isinstance(type_, Call) and type_.name == "optional" and len(type_.arguments) == 2:
        return type_.arguments[1]
    return None


def _default(type_: Node, env: Env, depth: int) -> Any:
    """What a member has that is not given: its default, and null without one."""
    written = _written_default(type_)
    if written is None or not isinstance(type_, Call):
        return None
    return converted(evaluate(written, env), type_.arguments[0], env, depth + 1)
