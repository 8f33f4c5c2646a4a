"""Data classes that cost next to nothing until one is made.

The standard library writes the methods of a data class as text and compiles them, one by one, when the
class is defined: half a millisecond a class, which adds up to most of the start of a short scan.  Here
a class has the same methods, but each is written when it is first called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **traits: bool) -> Any:
        """Make a data class; ``traits`` are ``frozen``, ``slots`` and ``kw_only`` of the standard library."""
        return _made(cls, **traits) if cls is not None else lambda given: _made(given, **traits)


__all__ = ["dataclass"]

_COMPARING = ("__repr__", "__eq__", "__hash__")


def _made(cls: type, *, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> type:
    """A data class without methods, and in their place what writes them."""
    own = set(vars(cls))
    bare: Any = dataclasses.dataclass(
        init=False, repr=False, eq=False, match_args=False, slots=slots, kw_only=kw_only
    )
    made: Any = bare(cls)
    comparing = [name for name in _COMPARING if name not in own]
    _write_late(made, ["__init__"], lambda: {"__init__": _init(made, frozen=frozen)})
    _write_late(made, comparing, lambda: _compared(made, frozen=frozen))
    if frozen:
        made.__setattr__ = made.__delattr__ = _refuse
        made.__getstate__, made.__setstate__ = _state, _restore
    elif "__hash__" in comparing:
        made.__hash__ = None
    return made  # type: ignore[no-any-return]


def _write_late(made: Any, names: list[str], write: Callable[[], dict[str, Any]]) -> None:
    """Give a class methods that put the written ones in their place when the first of them is called."""

    def method_of(name: str) -> Any:
        def method(self: Any, *arguments: Any, **named: Any) -> Any:
            written = write()
            for other in names:
                setattr(made, other, written[other])
            return written[name](self, *arguments, **named)

        return method

    for name in names:
        setattr(made, name, method_of(name))


def _init(made: type, *, frozen: bool) -> Any:
    """The method that takes a value for each field, by name or in their order."""
    known: dict[str, Any] = {"put": object.__setattr__, "MISSING": dataclasses.MISSING}
    takes: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for entry in dataclasses.fields(made):
        name, value = entry.name, _value(entry, known)
        if entry.init:
            takes[bool(entry.kw_only)].append(name + _default(entry))
        if value is None:
            continue
        if not frozen:
            lines.append(f"self.{name} = {value}")
        elif "__slots__" in vars(made):
            known[f"put_{name}"] = getattr(made, name).__set__
            lines.append(f"put_{name}(self, {value})")
        else:
            lines.append(f"put(self, {name!r}, {value})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    named = ["*", *takes[True]] if takes[True] else []
    head = f"def __init__({', '.join(['self', *takes[False], *named])}):"
    exec("\n ".join([head, *(lines or ["pass"])]), known)  # noqa: S102 - of names of fields alone
    return known["__init__"]


def _value(entry: dataclasses.Field[Any], known: dict[str, Any]) -> str | None:
    """What a field is set to, as code; None where it is left alone."""
    name = entry.name
    if entry.default_factory is not dataclasses.MISSING:
        known[f"make_{name}"] = entry.default_factory
        return f"make_{name}() if {name} is MISSING else {name}" if entry.init else f"make_{name}()"
    if entry.default is not dataclasses.MISSING:
        known[f"else_{name}"] = entry.default
        return name if entry.init else f"else_{name}"
    return name if entry.init else None


def _default(entry: dataclasses.Field[Any]) -> str:
    """What stands after the name of an argument."""
    if entry.default_factory is not dataclasses.MISSING:
        return "=MISSING"
    return "" if entry.default is dataclasses.MISSING else f"=else_{entry.name}"


def _compared(made: type, *, frozen: bool) -> dict[str, Any]:
    """The methods that look at all fields, as the standard library writes them."""
    body: dict[str, Any] = {
        "__module__": made.__module__,
        "__qualname__": made.__qualname__,
        "__annotations__": {entry.name: entry.type for entry in dataclasses.fields(made)},
    }
    for entry in dataclasses.fields(made):
        body[entry.name] = dataclasses.field(
            default=None, repr=entry.repr, hash=entry.hash, compare=entry.compare
        )
    write: Any = dataclasses.dataclass(init=False, frozen=frozen, match_args=False)
    return dict(vars(write(type(made.__name__, (), body))))


def _refuse(self: Any, name: str, *_: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r} of {type(self).__name__}")


def _state(self: Any) -> list[Any]:
    """What is kept of a frozen object that is sent to another process."""
    return [getattr(self, entry.name) for entry in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for entry, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, entry.name, value)
