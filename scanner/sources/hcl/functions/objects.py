"""Functions of objects."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of, member_name
from scanner.sources.arm.openness import OpenObject, Overlaid
from scanner.sources.hcl.functions.arguments import mapping, opened
from scanner.sources.hcl.registry import ALIKE, function
from scanner.sources.hcl.values import Handle, first_open, open_value, sorted_items, text_of
from scanner.values import Unknown


@function("merge", 0, None, takes_open=True)
def merge(*objects: Any) -> Any:
    """The members of objects; the last of a name counts."""
    members: dict[str, tuple[Any, bool]] = {}
    conditions: list[str] = []
    reason = ""
    below: Unknown | None = None
    for one in objects:
        if one is None:
            continue
        if isinstance(one, OpenObject):
            conditions.append(key_of(one))
            reason = reason or one.reason
            for name, (value, sure) in one.members.items():
                certain = sure and not one.optional
                if not certain and name in members:
                    return open_value(_merging(objects), one.reason)
                members[name] = (value, certain)
        elif isinstance(one, Unknown):
            # It may have any key, and so replace what came before it.
            below, members = one, dict(one.members) if isinstance(one, Overlaid) else {}
        else:
            members.update({name: (value, True) for name, value in mapping(one).items()})
    if below is not None:
        return Overlaid(members, _merging(objects), below.reason) if members else opened("merge", *objects)
    if conditions:
        return OpenObject(members, ",".join(conditions), reason)
    return {name: value for name, (value, _) in members.items()}


def _merging(objects: tuple[Any, ...]) -> str:
    return f"merge({','.join(map(key_of, objects))})"


@function("keys", 1, takes_open=True, typed=ALIKE)
def keys(value: Any) -> Any:
    """The names of an object's members."""
    if (unknown := opened("keys", value)) is not None:
        return unknown
    return [getattr(key, "value", key) for key in sorted(mapping(value))]


@function("values", 1, takes_open=True, typed=ALIKE)
def values(value: Any) -> Any:
    """The values of an object's members, by their names."""
    if (unknown := opened("values", value)) is not None:
        return unknown
    return [inner for _, inner in sorted_items(mapping(value))]


@function("lookup", 2, 3, takes_open=True)
def lookup(value: Any, key: Any, *default: Any) -> Any:
    """A member of an object, or what stands in for it."""
    if isinstance(value, (OpenObject, dict)) and not isinstance(key, Unknown):
        name = text_of(key)
        if isinstance(value, dict):
            if name in value:
                return value[name]
            hidden = next((one for one in value if isinstance(getattr(one, "value", None), Unknown)), None)
            if hidden is None and default:
                return default[0]
            if hidden is None:
                raise Failure(f"lookup() of '{name[:40]}', which the object lacks")
        elif name in value.members and value.members[name][1] and not value.optional:
            return value.members[name][0]
        elif name not in value.members and default:
            return default[0]
        return open_value(f"lookup({key_of(value)},{name})", first_reason(value))
    if isinstance(value, Handle) and isinstance(key, str):
        return value.ask(key)
    unknown = opened("lookup", value, key)
    if unknown is None:
        raise Failure("lookup() takes an object")
    return unknown


def first_reason(value: Any) -> str:
    """Why something in a value is not known."""
    unknown = first_open(value)
    return unknown.reason if unknown is not None else "its key is not known"


@function("map", 0, None, takes_open=True)
def map_(*arguments: Any) -> Any:
    """An object of keys and values in turn; the language itself has dropped it."""
    if len(arguments) % 2:
        raise Failure("map() takes keys and values in turn")
    return {
        member_name(text_of(key)): value for key, value in zip(arguments[::2], arguments[1::2], strict=True)
    }


@function("list", 0, None, takes_open=True)
def list_(*arguments: Any) -> list[Any]:
    """A list of the arguments; the language itself has dropped it."""
    return list(arguments)


@function("defaults", 2, takes_open=True)
def defaults(value: Any, fallback: Any) -> Any:
    """An object, with what stands in for members that are null; the language itself has dropped it."""
    if (unknown := opened("defaults", value, fallback)) is not None:
        return unknown
    known = mapping(value)
    return {**known, **{name: other for name, other in mapping(fallback).items() if known.get(name) is None}}
