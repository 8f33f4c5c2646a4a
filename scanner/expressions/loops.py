"""Source for what walks over lists: projections, filters, flattening.

A chain of them is one nest of loops that never makes the lists in between, as long as only one of
its links can fail: with two, which of them fails first would depend on the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from scanner.expressions.parser import Node
from scanner.expressions.syntax import can_fail
from scanner.expressions.writer import Operand, Rule, Scope, Writer

Consume = Callable[[Operand], None]
"""Writes what happens to each element."""

Otherwise = Callable[[str], None]
"""Writes what happens where there is no list; is given the value that is there instead."""

LOOPING = frozenset({"projection", "filter_projection", "value_projection", "flatten"})


def listed(writer: Writer, node: Node, scope: Scope) -> Operand:
    """The list that a projection yields, or null."""
    base = node["children"][0]
    if node["type"] == "flatten" and (base["type"] not in LOOPING or can_fail(base)):
        flat = _flat(writer, base, scope)
        return writer.store(f"{flat} if type({flat}) is list else nothing({flat})")
    return _result(writer, node, scope, _List)


def counted(writer: Writer, node: Node, scope: Scope) -> Operand:
    """The length of the list that a projection yields, without the list."""
    return _result(writer, node, scope, _Length)


class _List:
    """What becomes of a list in the source, element by element."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.value = writer.store("[]")

    def consume(self, element: Operand) -> None:
        """Write what happens to each element."""
        self.writer.line(f"{self.value.code}.append({self.writer.atom(element)})")

    def otherwise(self, value: str) -> None:
        """Write what happens where there is no list."""
        self.writer.line(f"{self.value.code} = nothing({value})")


class _Length:
    """The same for a length."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.value = writer.store("0", "number")
        self._name = writer.constant("length")

    def consume(self, element: Operand) -> None:
        """Write what happens to each element."""
        del element
        self.writer.line(f"{self.value.code} += 1")

    def otherwise(self, value: str) -> None:
        """Write what happens where there is no list."""
        self.writer.line(f"{self.value.code} = standard({self._name}, nothing({value}))")


def _result(writer: Writer, node: Node, scope: Scope, kind: type[_List | _Length]) -> Operand:
    found = writer.known(("loop", id(node)))
    if found is not None:
        return found
    result = kind(writer)
    stream(writer, node, scope, result.consume, result.otherwise)
    return result.value


class Loop(NamedTuple):
    """A projection or filter of a list, of which the length alone is ``counted`` or all is listed."""

    node: Node
    counted: bool


def together(writer: Writer, loops: Sequence[Loop], scope: Scope) -> None:
    """Write several loops over one list as one.  What they yield is known from there on."""
    results = [(loop.node, (_Length if loop.counted else _List)(writer)) for loop in loops]

    def each(element: Operand) -> None:
        for node, result in results:
            _STAGES[node["type"]](writer, node["children"][1:], scope.at(element), result.consume)

    def otherwise(value: str) -> None:
        for _, result in results:
            result.otherwise(value)

    base = loops[0].node["children"][0]
    _loop(writer, writer.atom(writer.emit(base, scope)), "list", each, otherwise)
    for node, result in results:
        writer.keep(("loop", id(node)), result.value)


def stream(writer: Writer, node: Node, scope: Scope, consume: Consume, otherwise: Otherwise) -> None:
    """Write the loops that visit each element a node yields."""
    base, *rest = node["children"]

    def each(element: Operand) -> None:
        _STAGES[node["type"]](writer, rest, scope.at(element), consume)

    if node["type"] == "value_projection":
        _loop(writer, writer.atom(writer.emit(base, scope)), "dict", each, otherwise)
    elif base["type"] in LOOPING and not can_fail(base):
        stream(writer, base, scope, each, otherwise)
    elif node["type"] == "flatten":
        _loop(writer, _flat(writer, base, scope), "list", consume, otherwise)
    else:
        _loop(writer, writer.atom(writer.emit(base, scope)), "list", each, otherwise)


def _flat(writer: Writer, base: Node, scope: Scope) -> str:
    writer.counts = True
    return writer.store(f"flattened({writer.atom(writer.emit(base, scope))}, steps)").code


def _loop(writer: Writer, atom: str, wanted: str, each: Consume, otherwise: Otherwise) -> None:
    with writer.block(f"if type({atom}) is {wanted}:"):
        writer.count(f"len({atom})")
        element = writer.name()
        values = f"{atom}.values()" if wanted == "dict" else atom
        with writer.block(f"for {element} in {values}:", loop=True):
            each(Operand(element))
    with writer.block("else:"):
        otherwise(atom)


def _project(writer: Writer, rest: list[Node], scope: Scope, consume: Consume) -> None:
    result = writer.emit(rest[0], scope)
    there = writer.there(result)
    if there is None:
        consume(result)
    else:
        with writer.block(f"if {there}:"):
            consume(result)


def _filter(writer: Writer, rest: list[Node], scope: Scope, consume: Consume) -> None:
    right, condition = rest
    with writer.block(f"if {writer.truth(writer.emit(condition, scope))}:"):
        _project(writer, [right], scope, consume)


def _flatten(writer: Writer, rest: list[Node], scope: Scope, consume: Consume) -> None:
    element = writer.atom(scope.value)
    inner = writer.store(f"{element} if type({element}) is list else single({element})")
    writer.count(f"len({inner.code})")
    member = writer.name()
    with writer.block(f"for {member} in {inner.code}:", loop=True):
        consume(Operand(member))
    del rest  # a flattening has nothing but its list


_STAGES: dict[str, Callable[[Writer, list[Node], Scope, Consume], None]] = {
    "projection": _project,
    "value_projection": _project,
    "filter_projection": _filter,
    "flatten": _flatten,
}

RULES: dict[str, Rule] = dict.fromkeys(LOOPING, listed)


def mapped(writer: Writer, expression: Node, elements: str, scope: Scope) -> str:
    """The list of what an expression yields for each element of a list, nulls kept."""
    result = writer.store("[]").code
    writer.count(f"len({elements})")
    element = writer.name()
    with writer.block(f"for {element} in {elements}:", loop=True):
        value = writer.emit(expression, scope.at(Operand(element)))
        writer.line(f"{result}.append({writer.atom(value)})")
    return result
