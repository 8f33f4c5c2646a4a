"""Many facts found by one function, one after the other: what several of them look at is looked at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from scanner.expressions.compiler import begun, executed
from scanner.expressions.expression import STEPS
from scanner.expressions.facts import STOPPED, Fact, Facts
from scanner.expressions.loops import Loop, together
from scanner.expressions.parser import Node
from scanner.expressions.sharing import Shared
from scanner.expressions.syntax import can_fail, nodes
from scanner.expressions.writer import Operand, Scope, Writer
from scanner.functions.registry import Function

_T = TypeVar("_T")

_PARAMETERS = ("hub", "limit", "facts")
_ITEMS = ("items", *_PARAMETERS)


def fused(facts: Sequence[Fact], usual: Collection[int]) -> Callable[[Facts], None]:
    """What finds the ``usual`` ones of some facts of a hub.

    Where one of them raises one of `STOPPED` it raises that, and those that follow are not found yet.
    Raises `TooNested` where a function cannot hold them all.
    """
    chosen = [number for number in _ordered(facts, usual) if not _sees_params(facts[number].node)]
    functions = _callable(facts[number].functions for number in chosen)
    writer = begun(functions, ("hub",), _PARAMETERS)
    writer.writes_out = True
    scope = Scope(Operand("", "root"), {"hub": Operand("hub")})
    for loops in _over_one_list([facts[number].node for number in chosen], functions):
        _with_steps(writer, functools.partial(together, writer, loops, scope))
    for number in chosen:
        value = writer.keep(("facts", number), _emitted(writer, facts[number].node, scope))
        writer.line(f"facts[{number:d}] = {value.code}")
    writer.line("return")
    run = executed(writer.source(_PARAMETERS), writer.constants)
    return lambda found: run(found.hub, STEPS, found)


Doubt = Callable[[Sequence[Any], Facts], list[Any]]
"""Those of some items of which not every requirement is surely true."""


def doubtful(requirements: Sequence[Shared]) -> Doubt | None:
    """What finds the items that do not plainly meet some requirements; None where it is not to be had.

    Raises `TooNested` where a function cannot hold them all.
    """
    if any(_sees_params(one.node) for one in requirements):
        return None
    functions = _callable(part.expression.known_functions for part in requirements)
    writer = begun(functions, ("hub", "item"), _ITEMS)
    scope = Scope(Operand("", "root"), {"hub": Operand("hub"), "item": Operand("item")})
    writer.constants["STOPPED"] = STOPPED
    writer.line("doubts = []")
    with writer.block("for item in items:", loop=True):
        with writer.block("try:"):
            for one in requirements:
                value = writer.atom(_emitted(writer, one.node, scope))
                with writer.block(f"if {value} is not True:"):
                    writer.line("doubts.append(item)")
                    writer.line("continue")
        with writer.block("except STOPPED:"):
            writer.line("doubts.append(item)")
    writer.line("return doubts")
    run = executed(writer.source(_ITEMS), writer.constants)
    return lambda items, found: run(items, found.hub, STEPS, found)


def _callable(tables: Iterable[Mapping[str, Function]]) -> Mapping[str, Function]:
    """The functions that several expressions may call: nearly always those of one table."""
    known = list({id(table): table for table in tables}.values())
    return known[0] if len(known) == 1 else {name: one for table in known for name, one in table.items()}


def _emitted(writer: Writer, node: Node, scope: Scope) -> Operand:
    """The value of a node."""
    return _with_steps(writer, lambda: writer.emit(node, scope))


def _with_steps(writer: Writer, write: Callable[[], _T]) -> _T:
    """Write something that has steps of its own."""
    begins, counts, writer.counts = len(writer.lines), writer.counts, False
    value = write()
    if writer.counts:
        writer.lines.insert(begins, f"{' ' * writer.indent}steps[0] = limit")
    writer.counts |= counts
    return value


def _over_one_list(every: Sequence[Node], functions: Collection[str]) -> Iterator[list[Loop]]:
    """The loops over a list of the hub that are gone through in any case, where there are several over it.

    None of them can fail: what one of many facts could not be found for would be missing for all.
    """
    found: dict[int, list[Loop]] = {}
    for node in every:
        for loop in _loops(node, functions):
            found.setdefault(loop.node["children"][0]["value"], []).append(loop)
    return (loops for loops in found.values() if len(loops) > 1)


def _loops(node: Node, functions: Collection[str]) -> Iterator[Loop]:
    kind, children = node["type"], node["children"]
    if kind in ("comparator", "not_expression"):
        for child in children:
            yield from _loops(child, functions)
    elif kind == "function_expression" and node["value"] == "length" and "length" not in functions:
        yield from (Loop(child, counted=True) for child in children if _is_plain_loop(child))
    elif _is_plain_loop(node):
        yield Loop(node, counted=False)


def _is_plain_loop(node: Node) -> bool:
    if node["type"] not in ("projection", "filter_projection") or can_fail(node):
        return False
    base: Node = node["children"][0]
    return base["type"] == "fact" and "path" in base


def _ordered(facts: Sequence[Fact], usual: Collection[int]) -> Iterator[int]:
    """Facts, each after those that it is made of."""
    seen: set[int] = set()

    def visit(number: int) -> Iterator[int]:
        if number not in seen:
            seen.add(number)
            for node in nodes(facts[number].node):
                if node["type"] == "fact":
                    yield from visit(node["value"])
            if number in usual:
                yield number

    for number in sorted(usual):
        yield from visit(number)


def _sees_params(node: Node) -> bool:
    return any(inner["type"] in ("variable", "field") and inner["value"] == "params" for inner in nodes(node))
