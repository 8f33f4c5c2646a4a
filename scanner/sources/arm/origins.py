"""Where a value was written that an expression only hands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from scanner.model import Place
from scanner.places import Key
from scanner.sources.arm.errors import BadExpression
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.parser import is_expression, parse
from scanner.sources.arm.places import Called
from scanner.sources.arm.run import Run
from scanner.sources.arm.syntax import Call, Leaf, Literal, Member, Node

_DEEPEST = 20


class Written(Protocol):
    """A value that a parameter is given, and where that is written: see `template.Given`."""

    @property
    def holder(self) -> Any:
        """The object or list of a file that it stands in."""
        ...

    @property
    def key(self) -> Key:
        """The key it stands at."""
        ...

    @property
    def frame(self) -> Names | None:
        """The template whose expressions it is written in; None for a parameter file."""
        ...


class Names(Protocol):
    """A template, as far as it is asked what its names mean."""

    @property
    def run(self) -> Run:
        """The deployment that it is part of."""
        ...

    @property
    def given(self) -> Mapping[str, Written]:
        """The values of its parameters, by their names in lower case."""
        ...

    def declared(self, section: str, name: str) -> tuple[Any, str | None]:
        """A section of the template, and its key that a name means; None where it has none."""
        ...


def origin(frame: Names, expression: str | Node, *, near: bool = False) -> Place | None:
    """The place where the value of an expression was written: its first parameter or variable.

    ``near`` asks for the first place on the way there that people edit, which is not one inside of a
    module that only its call stands for.
    """
    node = _parsed(expression) if isinstance(expression, str) else expression
    if node is None:
        return None
    for kind, name, keys in _names(node):
        place = written(frame, kind, name, keys, near=near)
        if place is not None:
            return place
    return None


def written(
    frame: Names, kind: str, name: str, keys: Sequence[Any] = (), depth: int = 0, *, near: bool = False
) -> Place | None:
    """The place where the value of a parameter or variable was written, or of a member of it."""
    declared, own = frame.declared(kind, name)
    if own is None or depth > _DEEPEST:
        return None
    holder: Any = declared
    key: Any = own
    writer: Names | None = frame
    if kind == "parameters":
        given = frame.given.get(own.lower())
        if given is not None:
            holder, key, writer = given.holder, given.key, given.frame
        elif isinstance(declared[own], dict) and "defaultValue" in declared[own]:
            holder, key = declared[own], "defaultValue"
        else:
            # It has no value: where it asks for one is all there is.
            return frame.run.places.written(declared, own)
    for step in keys:
        inner = holder[key] if isinstance(holder, (dict, list)) else None
        if not (isinstance(inner, dict) and isinstance(step, str) and spelled(inner, step)):
            break
        holder, key = inner, spelled(inner, step)
    node = _node(holder[key])
    place = frame.run.places.written(holder, key) if near else None
    if writer is not None and node is not None and (place is None or type(place) is Called):
        deeper = _deeper(writer, node, depth + 1, near=near)
        if deeper is not None:
            return deeper
    return place or frame.run.places.written(holder, key)


def _node(value: Any) -> Node | None:
    """The expression that a value of a file is; None where it is none."""
    if isinstance(value, Leaf):
        return value.node
    return _parsed(value) if isinstance(value, str) and value.startswith("[") else None


def _parsed(text: str) -> Node | None:
    try:
        return parse(text) if is_expression(text) else None
    except BadExpression:
        return None


def _deeper(frame: Names, node: Node, depth: int, *, near: bool) -> Place | None:
    """The place behind an expression that only passes a value on."""
    names = list(_names(node))
    base = node
    while isinstance(base, Member):
        base = base.base
    if len(names) != 1 or not isinstance(base, Call) or base.name not in ("parameters", "variables"):
        return None
    return written(frame, *names[0], depth, near=near)


def _names(node: Node, keys: tuple[Any, ...] = ()) -> Iterator[tuple[str, str, list[Any]]]:
    """The parameters and variables in an expression, with the members that are asked of them."""
    if isinstance(node, Member):
        step = node.key.value if isinstance(node.key, Literal) else None
        yield from _names(node.base, (step, *keys))
        if not isinstance(node.key, Literal):
            yield from _names(node.key)
    elif isinstance(node, Call):
        first = node.arguments[0] if node.arguments else None
        if node.name in ("parameters", "variables") and isinstance(first, Literal):
            yield node.name, str(first.value), list(keys)
        else:
            for argument in node.arguments:
                yield from _names(argument)
