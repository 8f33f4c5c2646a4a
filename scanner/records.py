"""Data classes that cost next to nothing until one is made.

The standard library looks into a data class, and writes its methods as text and compiles them, when the
class is defined: half a millisecond a class, which adds up to most of the start of a short scan.  Here a
class is the same, but its fields are described to whoever asks for them, each method is written when it
is first called, and the one that makes objects once it has made `FEW`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **traits: bool) -> Any:
        """Make a data class; ``traits`` are ``frozen``, ``slots`` and ``kw_only`` of the standard library."""
        return _made(cls, **traits) if cls is not None else lambda given: _made(given, **traits)


__all__ = ["FEW", "dataclass"]

FEW = 50
"""How many objects of a class are made field by field: to write a function that does costs as much."""

_COMPARING = ("__repr__", "__eq__", "__hash__")
_FIELDS, _PARAMS = "__dataclass_fields__", "__dataclass_params__"
_OF_THE_FIRST = ("__dict__", "__weakref__")
"""What Python puts into a class for its own objects, and puts anew into one that takes its place."""


class _Entry(NamedTuple):
    """A field: what it is where nobody says, whether it is an argument, and whether only by its name."""

    name: str
    default: Any
    factory: Any
    init: bool
    kw_only: bool


class _Described:
    """Stands for the description of the fields of a class until somebody asks for it."""

    def __init__(self, given: dict[str, Any], kw_only: bool) -> None:  # noqa: FBT001 - a trait
        self.given = given
        self.kw_only = kw_only
        self.made: Any = None

    def __get__(self, instance: object, owner: type) -> Any:
        """The fields as the standard library describes them, which are there from now on."""
        made = self.made
        body = {
            "__module__": made.__module__,
            "__annotations__": made.__annotations__,
            # The standard library makes one of the signature where there is none, which takes long.
            "__doc__": made.__doc__ or made.__name__,
            **self.given,
        }
        describe: Any = dataclasses.dataclass(
            init=False, repr=False, eq=False, match_args=False, kw_only=self.kw_only
        )
        described = describe(type(made.__name__, made.__bases__, body))
        for name in (_PARAMS, _FIELDS):
            setattr(made, name, getattr(described, name))
        return getattr(described, _FIELDS)


def _made(cls: type, *, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> type:
    """A data class without methods, and in their place what writes them."""
    names = list(cls.__annotations__)
    body = {name: value for name, value in vars(cls).items() if name not in _OF_THE_FIRST}
    own = {name for name in _COMPARING if name in body}
    described = _Described({name: body.pop(name) for name in names if name in body}, kw_only)
    entries = _entries(cls, names, described)
    if slots:
        inherited = {name for base in cls.__mro__[1:] for name in vars(base).get("__slots__", ())}
        body["__slots__"] = tuple(entry.name for entry in entries if entry.name not in inherited)
    else:
        body |= {
            entry.name: entry.default
            for entry in entries
            if entry.name in described.given and entry.default is not MISSING
        }
    made: Any = type(cls)(cls.__name__, cls.__bases__, {**body, _FIELDS: described, "__entries__": entries})
    made.__qualname__ = cls.__qualname__
    described.made = made
    made.__init__ = _few(made, entries, frozen=frozen)
    comparing = [name for name in _COMPARING if name not in own]
    _write_late(made, comparing, lambda: _compared(made, frozen=frozen))
    if frozen:
        made.__setattr__ = made.__delattr__ = _refuse
        made.__getstate__, made.__setstate__ = _state, _restore
    elif "__hash__" in comparing:
        made.__hash__ = None
    return made  # type: ignore[no-any-return]


def _entries(cls: type, names: list[str], described: _Described) -> tuple[_Entry, ...]:
    """The fields of a class, those of the classes under it first."""
    found: dict[str, _Entry] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= {entry.name: entry for entry in vars(base).get("__entries__", ())}
    for name in names:
        given = described.given.get(name, MISSING)
        if isinstance(given, dataclasses.Field):
            named = described.kw_only if given.kw_only is MISSING else bool(given.kw_only)
            found[name] = _Entry(name, given.default, given.default_factory, given.init, named)
        else:
            found[name] = _Entry(name, given, MISSING, True, described.kw_only)  # noqa: FBT003 - an argument
    return tuple(found.values())


def _few(made: Any, entries: tuple[_Entry, ...], *, frozen: bool) -> Callable[..., None]:
    """The method that makes the first objects, and leaves wrong calls to the one that is written."""
    in_order = [entry.name for entry in entries if entry.init and not entry.kw_only]
    left = FEW

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807 - what a call of it is told of
        nonlocal left
        left -= 1
        if left < 0 or not _filled(self, entries, in_order, arguments, named):
            made.__init__ = _init(made, entries, frozen=frozen)
            made.__init__(self, *arguments, **named)
        elif hasattr(self, "__post_init__"):
            self.__post_init__()

    return __init__


def _filled(
    one: Any,
    entries: tuple[_Entry, ...],
    in_order: list[str],
    arguments: tuple[Any, ...],
    named: dict[str, Any],
) -> bool:
    """Set the fields of an object; False where the arguments are not those that it takes."""
    given = dict(zip(in_order, arguments, strict=False))
    if len(given) < len(arguments) or not given.keys().isdisjoint(named):
        return False
    given |= named
    for name, default, factory, init, _ in entries:
        if init and name in given:
            value = given.pop(name)
        elif factory is not MISSING:
            value = factory()
        elif default is not MISSING:
            value = default
        elif init:
            return False
        else:
            continue
        object.__setattr__(one, name, value)
    return not given


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


def _init(made: type, entries: tuple[_Entry, ...], *, frozen: bool) -> Any:
    """The method that takes a value for each field, by name or in their order."""
    known: dict[str, Any] = {"put": object.__setattr__, "MISSING": MISSING}
    takes: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for entry in entries:
        name, value = entry.name, _value(entry, known)
        if entry.init:
            takes[entry.kw_only].append(name + _default(entry))
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


def _value(entry: _Entry, known: dict[str, Any]) -> str | None:
    """What a field is set to, as code; None where it is left alone."""
    name = entry.name
    if entry.factory is not MISSING:
        known[f"make_{name}"] = entry.factory
        return f"make_{name}() if {name} is MISSING else {name}" if entry.init else f"make_{name}()"
    if entry.default is not MISSING:
        known[f"else_{name}"] = entry.default
        return name if entry.init else f"else_{name}"
    return name if entry.init else None


def _default(entry: _Entry) -> str:
    """What stands after the name of an argument."""
    if entry.factory is not MISSING:
        return "=MISSING"
    return "" if entry.default is MISSING else f"=else_{entry.name}"


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
