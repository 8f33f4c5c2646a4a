"""Source for what walks over lists: projections, filters, flattening.

A chain of them is one nest of loops that never makes the lists in between, as long as only one of
its links can fail: with two, which of them fails first would depend on the order.
"""

from __future__ import annotations

from collections.abc import Callable

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
    result = writer.store("[]")
    stream(
        writer,
        node,
        scope,
        lambda element: writer.line(f"{result.code}.append({writer.atom(element)})"),
        lambda value: writer.line(f"{result.code} = nothing({value})"),
    )
    return result


def counted(writer: Writer, node: Node, scope: Scope) -> Operand:
    """The length of the list that a projection yields, without the list."""
    result = writer.store("0", "number")
    length = writer.constant("length")
    stream(
        writer,
        node,
        scope,
        lambda _: writer.line(f"{result.code} += 1"),
        lambda value: writer.line(f"{result.code} = standard({length}, nothing({value}))"),
    )
    return result


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
