"""Objects of the model out of parsed JSON, each as the type hints of its fields say.

What is wrong is told by its path; where that is, is found out only when somebody must be told.
"""

from __future__ import annotations

import enum
import functools
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

_KEYS = {"failing": "severities", "unknown": "unknown_severities"}
"""What fields are called in JSON, where that is not their name."""

_KINDS = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    types.NoneType: "null",
}


class UnfitError(ValueError):
    """A value that no result has at some place.  ``str()`` says where and why."""

    def __init__(self, template: str, path: str = "") -> None:
        super().__init__(template, path)
        self._template = template
        self._path = path

    def within(self, step: str) -> UnfitError:
        """The same, seen from outside: ``step`` is a key, or an index in brackets."""
        dot = "." if self._path and not self._path.startswith("[") else ""
        return UnfitError(self._template, f"{step}{dot}{self._path}")

    def of_a_key(self) -> UnfitError:
        """The same of a key of what stands there."""
        return UnfitError(f"a key of {self._template}")

    def __str__(self) -> str:
        return self._template.format(path=self._path)


Decoder = Callable[[Any], Any]
"""Makes the object of the model that some JSON stands for.  Raises UnfitError where it stands for none."""


def decode(kind: Any, value: Any, path: str) -> Any:
    """The value as a type: plain JSON, an enumeration, a dataclass, or what is made of these.

    ``path`` is what the value is called where it is no such thing; then UnfitError is raised.
    """
    try:
        return _decoder(kind)(value)
    except UnfitError as problem:
        raise (problem.within(path) if path else problem) from None


@functools.cache
def _decoder(kind: Any) -> Decoder:
    """How values of a type are decoded: found out once, since a result may have a million of them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return _as_it_is
    if origin is types.UnionType:
        return _optional(_decoder(arguments[0]))
    if origin in (tuple, Iterable):
        return _tuple(_decoder(arguments[0]))
    if origin is Mapping:
        return _mapping(_decoder(arguments[0]), _decoder(arguments[1]))
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, enum.Enum):
        return _word(kind)
    return _plain(kind)


def _as_it_is(value: Any) -> Any:
    return value


def _plain(kind: type) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            raise _unfit(kind, value)
        return value

    return decode


def _optional(member: Decoder) -> Decoder:
    return lambda value: None if value is None else member(value)


def _tuple(member: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not list:
            raise _unfit(list, value)
        try:
            return tuple(map(member, value))
        except UnfitError:
            # Where it stands is found out only when somebody must be told.
            for index, one in enumerate(value):
                _at(f"[{index}]", member, one)
            raise

    return decode


def _mapping(name: Decoder, member: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not dict:
            raise _unfit(dict, value)
        try:
            names = [name(key) for key in value]
        except UnfitError as problem:
            raise problem.of_a_key() from None
        members = (_at(f"[{key[:40]!r}]", member, one) for key, one in value.items())
        return dict(zip(names, members, strict=True))

    return decode


def _at(step: str, member: Decoder, value: Any) -> Any:
    try:
        return member(value)
    except UnfitError as problem:
        raise problem.within(step) from None


def _object(kind: Any) -> Decoder:
    declared: list[tuple[str, str, Decoder, bool]] = []

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            raise _unfit(dict, value)
        if not declared:
            declared.extend(_declared(kind))
        found = {}
        for name, key, member, needed in declared:
            if key in value:
                try:
                    found[name] = member(value[key])
                except UnfitError as problem:
                    raise problem.within(key) from None
            elif needed:
                raise UnfitError("{path} is missing", key)
        return kind(**found)

    return decode


def _declared(kind: Any) -> Iterator[tuple[str, str, Decoder, bool]]:
    """Name, key, decoder, and whether it must be given, of each field."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        needed = field.default is MISSING and field.default_factory is MISSING
        yield field.name, _KEYS.get(field.name, field.name), _decoder(hints[field.name]), needed


def _word(kind: type[enum.Enum]) -> Decoder:
    words = {word.value: word for word in kind}

    def decode(value: Any) -> Any:
        if type(value) is not str:
            raise _unfit(str, value)
        if value not in words:
            given = repr(value[:40]).replace("{", "{{").replace("}", "}}")
            raise UnfitError(f"{{path}}: one of {', '.join(words)} was expected, not {given}")
        return words[value]

    return decode


def _unfit(kind: type, value: object) -> UnfitError:
    return UnfitError(f"{{path}}: {_KINDS[kind]} was expected, not {_KINDS[type(value)]}")
