"""Functions that make a value of another type, and say what they know of it."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.files.json_text import noun
from scanner.sources.hcl.functions.arguments import bounded
from scanner.sources.hcl.registry import function
from scanner.sources.hcl.values import (
    SetOf,
    TypedList,
    UniqueList,
    boolean_of,
    number_of,
    open_value,
    set_of,
    text_of,
    unified,
)
from scanner.values import OpenList, Unknown


@function("tostring", 1, takes_open=True)
def tostring(value: Any) -> Any:
    """A value as a text; null stays null."""
    return None if value is None else text_of(value)


@function("tonumber", 1, takes_open=True)
def tonumber(value: Any) -> Any:
    """A value as a number; null stays null."""
    if value is None:
        return None
    return (
        open_value(f"tonumber({key_of(value)})", value.reason)
        if isinstance(value, Unknown)
        else number_of(value)
    )


@function("tobool", 1, takes_open=True)
def tobool(value: Any) -> Any:
    """A value as a boolean; null stays null."""
    return None if value is None else boolean_of(value)


@function("tolist", 1, takes_open=True)
def tolist(value: Any) -> Any:
    """A set as a list."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return UniqueList(value) if isinstance(value, SetOf) else TypedList(unified(value))
    raise Failure(f"tolist() takes a list or a set, not {noun(value)}")


@function("toset", 1, takes_open=True)
def toset(value: Any) -> Any:
    """A list as a set."""
    if value is None or isinstance(value, OpenList):
        return value
    if isinstance(value, Unknown):
        return open_value(f"toset({key_of(value)})", value.reason)
    if isinstance(value, list):
        return value if isinstance(value, SetOf) else set_of(bounded(value, "toset"))
    raise Failure(f"toset() takes a list or a set, not {noun(value)}")


@function("tomap", 1, takes_open=True)
def tomap(value: Any) -> Any:
    """An object as a map."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        made = unified(list(value.values()))
        is_so = all(one is other for one, other in zip(made, value.values(), strict=True))
        return value if is_so else dict(zip(value, made, strict=True))
    raise Failure(f"tomap() takes an object, not {noun(value)}")


@function("type", 1)
def type_(value: Any) -> str:
    """The name of a value's type."""
    names = (
        (bool, "bool"),
        (str, "string"),
        ((int, float), "number"),
        (SetOf, "set"),
        (list, "tuple"),
        (dict, "object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "dynamic")


@function("sensitive", 1, takes_open=True)
def sensitive(value: Any) -> Any:
    """A value that must not be shown, and so is not known to any report."""
    return open_value(f"sensitive({key_of(value)})", "it is sensitive")


@function("nonsensitive", 1, takes_open=True)
def nonsensitive(value: Any) -> Any:
    """The value itself."""
    return value


@function("issensitive", 1, takes_open=True)
def issensitive(value: Any) -> Any:
    """Whether a value must not be shown, which is not looked at."""
    return open_value(
        f"issensitive({key_of(value)})", "it is not known which values are sensitive", boolean=True
    )
