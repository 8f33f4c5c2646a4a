"""Writes the source of one Python function, a statement at a time.

Nothing that a user wrote ever stands in that source: names are made here (``v3``, ``k7``), and every
text, number and function of an expression is a constant that the source names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import Any, NamedTuple

from scanner.expressions.parser import Node
from scanner.expressions.runtime import HELPERS
from scanner.functions.registry import Function
from scanner.records import dataclass

MAX_INDENT = 80
MAX_LOOPS = 15
"""Python allows 100 levels of indentation and 20 loops in one another; some are kept in reserve."""


class TooNested(Exception):  # noqa: N818 - a signal, caught where the other way to evaluate is chosen
    """An expression is nested so deeply that Python would not compile its source."""


class Operand(NamedTuple):
    """A piece of source that stands for a value.

    ``kind`` is what is known of the value: ``boolean``, ``array``, ``string``, ``number``, ``object``
    (it is surely that), ``null``, ``root`` (the object of all roots, which has no name in the source)
    or ``any``.  ``atom`` is True for a name, which may be written many times.
    """

    code: str
    kind: str = "any"
    atom: bool = True


NULL = Operand("NULL", "null")


class Scope(NamedTuple):
    """Where an expression is evaluated: the current value, and the variables in sight."""

    value: Operand
    variables: Mapping[str, Operand]

    def at(self, value: Operand) -> Scope:
        """The same variables around another value."""
        return self._replace(value=value)


Rule = Callable[["Writer", Node, Scope], Operand]


@dataclass(slots=True)
class Writer:
    """The function being written, and how to write each kind of node."""

    rules: Mapping[str, Rule]
    functions: Mapping[str, Function]
    roots: Sequence[str]
    outer: set[str]
    """Names that have their value before the first statement: the function's parameters."""
    constants: dict[str, Any] = field(default_factory=lambda: dict(HELPERS))
    lines: list[str] = field(default_factory=list)
    preface: list[str] = field(default_factory=list)
    counts: bool = False
    writes_out: bool = False
    """Whether what is asked of the hub is written out unless it was found before, rather than asked for."""
    indent: int = 1
    loops: int = 0
    _names: int = 0
    _shared: dict[Any, str] = field(default_factory=dict)
    _found: list[dict[tuple[str, Any], Operand]] = field(default_factory=lambda: [{}])

    def emit(self, node: Node, scope: Scope) -> Operand:
        """Write what computes a node, and say what stands for its value."""
        return self.rules[node["type"]](self, node, scope)

    def line(self, code: str) -> None:
        """One statement."""
        self.lines.append(" " * self.indent + code)

    @contextmanager
    def block(self, header: str, *, loop: bool = False) -> Iterator[None]:
        """Statements under a header such as ``if x:``.  Raises `TooNested`."""
        self.line(header)
        self.indent += 1
        self.loops += loop
        if self.indent > MAX_INDENT or self.loops > MAX_LOOPS:
            raise TooNested
        self._found.append({})
        yield
        self._found.pop()
        self.indent -= 1
        self.loops -= loop

    def name(self) -> str:
        """A new variable."""
        self._names += 1
        return f"v{self._names}"

    def store(self, code: str, kind: str = "any") -> Operand:
        """A new variable with the value of some code."""
        name = self.name()
        self.line(f"{name} = {code}")
        return Operand(name, kind)

    def atom(self, operand: Operand) -> str:
        """A name for the value of an operand."""
        if operand.kind == "root":
            fields = ", ".join(f"{self.constant(root)}: {root}" for root in self.roots)
            return self.store(f"{{{fields}}}").code
        return operand.code if operand.atom else self.store(operand.code, operand.kind).code

    def constant(self, value: Any) -> str:
        """The name under which the source finds a value."""
        key = (type(value), value if isinstance(value, str) else id(value))
        if key not in self._shared:
            name = self._shared[key] = f"k{len(self._shared)}"
            self.constants[name] = value
        return self._shared[key]

    def count(self, amount: str) -> None:
        """Take steps, and stop where there are none left."""
        self.counts = True
        self.line(f"steps[0] -= {amount}")
        self.line("if steps[0] < 0: spent(steps)")

    def field(self, value: str, name: str) -> Operand:
        """A field of a value, looked up once in a block and those within it.

        Within a loop, what hangs on the function's parameters alone is found before all else.
        """
        known = self.known((value, name))
        if known is not None:
            return known
        key = self.constant(name)
        code = (
            f"{value}.get({key}) if type({value}) is dict else None if {value} is None else absent({value})"
        )
        if self.loops and value in self.outer:
            result = Operand(self.name())
            self.outer.add(result.code)
            self.preface.append(f" {result.code} = {code}")
            self._found[0][value, name] = result
            return result
        return self.keep((value, name), self.store(code))

    def keep(self, key: tuple[str, Any], operand: Operand) -> Operand:
        """Keep a value under a key that says what it is, for the rest of a block and those within it."""
        kept = Operand(self.atom(operand), "object" if operand.kind == "root" else operand.kind)
        self._found[-1][key] = kept
        return kept

    def known(self, key: tuple[str, Any]) -> Operand | None:
        """What is kept under a key."""
        return next((found[key] for found in self._found if key in found), None)

    def once(self, key: tuple[str, Any], code: str) -> Operand:
        """The value of some code, found once in a block and those within it; ``key`` says what it is."""
        return self.known(key) or self.keep(key, self.store(code))

    def truth(self, operand: Operand) -> str:
        """Code for a condition: whether JMESPath takes the value for true."""
        if operand.kind in ("boolean", "array", "string", "object", "null"):
            return operand.code
        if operand.kind in ("number", "root"):
            return "True"
        atom = self.atom(operand)
        return f"({atom} or type({atom}) in NUMBERS)"

    def there(self, operand: Operand) -> str | None:
        """Code for a condition: whether the value is not null; None where it surely is not.

        It asks for Python's truth first, which stops at a value that is not known.
        """
        if operand.kind == "any":
            atom = self.atom(operand)
            return f"{atom} or {atom} is not None"
        return "False" if operand.kind == "null" else None

    def source(self, parameters: Sequence[str]) -> str:
        """The whole function, called ``evaluate``, with its parameters; ``limit`` is a number of steps."""
        head = [f"def evaluate({', '.join(parameters)}):"]
        if self.counts:
            head.append(" steps = [limit, limit]")
        return "\n".join((*head, *self.preface, *self.lines, ""))
