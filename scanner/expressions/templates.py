"""Messages with expressions in braces: ``rule '{item.name}' reaches {item.properties.destination}``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from scanner.expressions.display import NOT_KNOWN, display
from scanner.expressions.errors import EvaluationError, ExpressionError, Problem
from scanner.expressions.expression import Expression, compile_expression
from scanner.expressions.shapes import Schema, Shape
from scanner.expressions.syntax import Path
from scanner.functions.registry import Function
from scanner.records import dataclass

_QUOTED = r"(?s)'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`"
"""A string, quoted name or literal of an expression: braces in it are none of ours."""

_BRACE = r"\{\{|\}\}|[{}]"


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled message.  ``parts`` are literal text and expressions, in order."""

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in it, in order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths that its expressions follow, each once."""
        return tuple(dict.fromkeys(path for expression in self.expressions for path in expression.paths))

    def render(self, scope: Mapping[str, Any]) -> str:
        """The message for values of the roots: hub, item, params, before.

        An expression without a value reads ``(not known)``: a message never fails.
        """
        return "".join(part if isinstance(part, str) else _rendered(part, scope) for part in self.parts)


def _rendered(expression: Expression, scope: Mapping[str, Any]) -> str:
    values = {root: scope.get(root) for root in expression.offered}
    try:
        return display(expression.evaluate(**values))
    except EvaluationError:
        return NOT_KNOWN


def compile_template(
    text: str,
    *,
    roots: Sequence[str] = ("hub", "params"),
    functions: Mapping[str, Function] | None = None,
    parameters: Collection[str] | Mapping[str, Any] | None = None,
    schema: Mapping[str, Schema | Shape] | None = None,
) -> Template:
    """Parse a message; everything but the text is as for an expression.

    ``{{`` and ``}}`` stand for braces.  Raises `ExpressionError` with all that is wrong, at places in
    the message.
    """
    parts: list[str | Expression] = []
    problems: list[Problem] = []
    try:
        for offset, piece, literal in _pieces(text):
            if literal:
                parts.append(piece)
                continue
            try:
                parts.append(
                    compile_expression(
                        piece, roots=roots, functions=functions, parameters=parameters, schema=schema
                    )
                )
            except ExpressionError as error:
                problems.extend(
                    problem._replace(offset=problem.offset + offset) for problem in error.problems
                )
    except ExpressionError as error:
        problems.extend(error.problems)
    if problems:
        raise ExpressionError.of(problems)
    return Template(text, tuple(parts))


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    """Where each piece begins, its text, and whether it is literal."""
    position, braces = 0, re.compile(_BRACE)
    while brace := braces.search(text, position):
        start = brace.start()
        yield position, text[position:start], True
        position = brace.end()
        if len(brace.group()) == 2:
            yield start, brace.group()[0], True
        elif brace.group() == "}":
            raise ExpressionError("'}' without a '{' before it; a brace is written '}}'", start)
        else:
            end = _closing(text, position)
            if not text[position:end].strip():
                raise ExpressionError("there is no expression between these braces", start)
            yield position, text[position:end], False
            position = end + 1
    yield position, text[position:], True


def _closing(text: str, start: int) -> int:
    """Where the expression that begins at a place ends: at the brace that closes it."""
    depth, position, strings = 0, start, re.compile(_QUOTED)
    while position < len(text):
        quoted = strings.match(text, position)
        if quoted:
            position = quoted.end()
            continue
        if text[position] == "}" and depth == 0:
            return position
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    raise ExpressionError("'{' is not closed; a brace is written '{{'", start - 1)
