"""Functions for objects, and those that unite or intersect lists and objects alike."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.combine import Distinct, either, open_object
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import evaluate, member, spelled
from scanner.sources.arm.functions.arguments import array, bounded, bounded_list, mapping
from scanner.sources.arm.keys import key_of, member_name, same
from scanner.sources.arm.openness import OpenObject, Overlaid
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Scope, State
from scanner.sources.arm.syntax import Call
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown


@function("createObject", 0, None, takes=Takes.OPEN)
def create_object(*values: Any) -> dict[str, Any]:
    """An object of keys and values in turn."""
    if len(values) % 2:
        raise Failure("createObject() takes keys and values in pairs")
    return {member_name(name): value for name, value in zip(values[::2], values[1::2], strict=True)}


@function("objectKeys", 1, takes=Takes.OPEN)
def object_keys(value: Any) -> list[Any]:
    """The keys of an object, sorted."""
    return [entry["key"] for entry in items(value)]


@function("items", 1, takes=Takes.OPEN)
def items(value: Any) -> Any:
    """The members of an object as a list of ``key`` and ``value``, sorted by key."""
    if isinstance(value, OpenObject) and not value.optional:
        members = tuple(
            ({"key": getattr(name, "value", name), "value": inner}, sure)
            for name, (inner, sure) in sorted(value.members.items())
        )
        return OpenList(members, value.reason)
    if isinstance(value, Unknown):
        raise Touched(value)
    return [
        {"key": getattr(name, "value", name), "value": inner}
        for name, inner in sorted(mapping(value, "items").items())
    ]


@function("tryGet", 1, None, takes=Takes.SCOPE)
def try_get(scope: Scope, call: Call) -> Any:
    """A member of a member of an object or list, null where any of them is missing."""
    value, *keys = (evaluate(argument, scope) for argument in call.arguments)
    for key in keys:
        if value is None:
            return None
        value = _gotten(value, key, call.text)
    return value


def _gotten(value: Any, key: Any, text: str) -> Any:
    if isinstance(value, State):
        return value.follow(key, text)
    if isinstance(value, OpenObject) and isinstance(key, str):
        name = spelled(value.members, key)
        if name is None:
            return None
        inner, sure = value.members[name]
        if sure and not value.optional:
            return inner
        return either(Symbol(value.condition, value.reason), inner, None)
    if isinstance(value, Unknown) or isinstance(key, Unknown):
        return member(value, key, text)
    if isinstance(value, dict) and isinstance(key, str):
        name = spelled(value, key)
        return None if name is None else value[name]
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if 0 <= key < len(value) else None
    raise Failure(f"tryGet() cannot look for {key!r} in {noun(value)}")


@function("union", 1, None, takes=Takes.OPEN)
def union(*values: Any) -> Any:
    """All members of some lists or objects; of two with one key the later, objects merged within."""
    return _merged(values, "union", deep=True)


@function("shallowMerge", 1, takes=Takes.OPEN)
def shallow_merge(values: Any) -> Any:
    """The members of the objects in a list; of two with one key the later."""
    if isinstance(values, OpenList):
        merged: Any = {}
        for value, sure in values.members:
            then = _merged((merged, value), "shallowMerge", deep=False)
            merged = then if sure else either(Symbol(key_of(values), values.reason), then, merged)
        return merged
    if isinstance(values, Unknown):
        raise Touched(values)
    return _merged(tuple(array(values, "shallowMerge")), "shallowMerge", deep=False) if values else {}


def _merged(values: tuple[Any, ...], name: str, *, deep: bool) -> Any:
    if any(isinstance(value, (list, OpenList)) for value in values):
        return _united_lists(values, name)
    members: dict[str, tuple[Any, bool]] = {}
    doubt: OpenObject | None = None
    below: Unknown | None = None
    for value in values:
        own = open_object(value)
        if own is None:
            if isinstance(value, Unknown):
                # It may have any key, and so replace what came before it.
                below, members = value, dict(value.members) if isinstance(value, Overlaid) else {}
                continue
            raise Failure(f"{name}() takes lists or objects, not {noun(value)}")
        if isinstance(value, OpenObject):
            doubt = value
        for key, (inner, sure) in own.items():
            _put(members, key, inner, value, sure=sure, deep=deep)
    if below is not None:
        return _overlaid(members, below, values, name, deep=deep)
    if doubt is None:
        return {key: inner for key, (inner, _) in members.items()}
    if all(sure for _, sure in members.values()):
        return {key: inner for key, (inner, _) in members.items()}
    return OpenObject(members, doubt.condition, doubt.reason)


def _overlaid(
    members: dict[str, tuple[Any, bool]], below: Unknown, values: tuple[Any, ...], name: str, *, deep: bool
) -> Overlaid:
    if not members:
        raise Touched(below)
    return Overlaid(members, f"{name}({','.join(map(key_of, values))})", below.reason, deep=deep)


def _put(
    members: dict[str, tuple[Any, bool]], key: str, inner: Any, origin: Any, *, sure: bool, deep: bool
) -> None:
    name = spelled(members, key) or key
    if name not in members:
        members[name] = (inner, sure)
        return
    before, certain = members[name]
    after = inner
    if deep and isinstance(before, (dict, OpenObject, Symbol)) and isinstance(inner, (dict, OpenObject)):
        after = _merged((before, inner), "union", deep=True)
    if not sure:
        after = either(Symbol(origin.condition, origin.reason), after, before)
    members[name] = (after, sure or certain)


def _united_lists(values: tuple[Any, ...], name: str) -> Any:
    result: list[tuple[Any, bool]] = []
    reason = ""
    for value in values:
        if isinstance(value, OpenList):
            reason = reason or value.reason
            entries = list(value.members)
        elif isinstance(value, list):
            entries = [(entry, True) for entry in value]
        elif value is None:
            continue
        elif isinstance(value, Unknown):
            reason = reason or value.reason
            entries = [(Unknown(value.reason, text=value.text), False)]
        else:
            raise Failure(f"{name}() takes lists or objects, not both")
        seen = {_plain(entry) for entry, sure in result if sure}
        for entry, sure in entries:
            if (key := _plain(entry)) is None or key not in seen:
                result.append((entry, sure))
                if sure:
                    seen.add(key)
    bounded_list(result, name)
    return OpenList(tuple(result), reason) if reason else Distinct(entry for entry, _ in result)


def _plain(value: Any) -> Any:
    """What two equal values have in common, None for a value that nobody can tell from others."""
    if isinstance(value, Unknown):
        return (Unknown, key_of(value)) if isinstance(value, (Symbol, Text)) else None
    return (type(value), value) if isinstance(value, (str, int, float)) else key_of(value)


@function("intersection", 1, None)
def intersection(*values: Any) -> Any:
    """What all of some lists or objects have in common."""
    bounded(list(values), "intersection")
    if all(isinstance(value, list) for value in values):
        first, *others = values
        return [entry for entry in first if all(any(same(entry, one) for one in other) for other in others)]
    first, *others = (mapping(value, "intersection") for value in values)
    return {
        key: inner
        for key, inner in first.items()
        if all(key in other and same(inner, other[key]) for other in others)
    }
