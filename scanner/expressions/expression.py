"""One expression, ready to evaluate: parsed when it is made, compiled when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from scanner.expressions.errors import EvaluationError, ExpressionError
from scanner.expressions.open import build
from scanner.expressions.ours import OURS
from scanner.expressions.parser import Node, parse
from scanner.expressions.reasons import failure_reason
from scanner.expressions.runtime import Reference
from scanner.expressions.shapes import ANYTHING, Schema, Shape
from scanner.expressions.state import FAILURES, Rule, State
from scanner.expressions.syntax import ROOTS, Path, nodes, paths, undefined
from scanner.functions.registry import Function
from scanner.values import Touched

STEPS = 2_000_000
"""How many steps one evaluation may take: each member of a list that is looked at is one."""

COLD = 64
"""How often an expression is evaluated before it is compiled: for a scan of a hub or two, it never pays."""


class Kept(Protocol):
    """A syntax tree that was kept by an earlier run, and perhaps is none."""

    def rough(self) -> Node:
        """What was kept, as it is: only fit to be looked at.  Raises one of `BROKEN`."""
        ...

    def sound(self) -> Node:
        """The tree, which is surely one."""
        ...


class Expression:
    """A compiled expression.  It keeps nothing between evaluations and may be shared by threads.

    ``offered`` are the roots it may see.  ``result`` is what it may yield, as far as was checked:
    ``result.member()`` is the shape of ``item`` where a policy judges each member of it.
    ``known_functions`` are the functions it may call.  Its tree may be given as one that was kept.
    """

    __slots__ = (
        "_cold",
        "_document",
        "_limit",
        "_open",
        "_paths",
        "_run",
        "_tree",
        "known_functions",
        "offered",
        "result",
        "text",
    )

    def __init__(
        self,
        text: str,
        tree: Node | Kept,
        roots: Sequence[str],
        functions: Mapping[str, Function],
        limit: int,
    ) -> None:
        self.text = text
        self.offered = tuple(roots)
        self.result: Shape = ANYTHING
        self._tree = tree
        self.known_functions = functions
        self._limit = limit
        self._run: Callable[..., Any] = self._warm_up
        self._cold = COLD
        self._document: Callable[..., Any] | None = None
        self._open: Rule | None = None
        self._paths: tuple[Path, ...] | None = None

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    @property
    def tree(self) -> Node:
        """Its syntax tree, to which nobody writes."""
        if not isinstance(self._tree, dict):
            self._tree = self._tree.sound()
        return self._tree

    @property
    def paths(self) -> tuple[Path, ...]:
        """The longest chains of fields that the expression follows from a root, such as ("hub", "kind")."""
        if self._paths is None:
            self._paths = paths(self.tree, self.offered)
        return self._paths

    @property
    def roots(self) -> frozenset[str]:
        """The roots that the value rests on."""
        return frozenset(path[0] for path in self.paths)

    @property
    def functions(self) -> frozenset[str]:
        """The names of the functions that the expression calls."""
        return frozenset(node["value"] for node in nodes(self.tree) if node["type"] == "function_expression")

    def evaluate(self, hub: Any = None, item: Any = None, params: Any = None, before: Any = None) -> Any:
        """The value: JSON, or an `Unknown` of any kind where it cannot be told.

        Raises `EvaluationError` where there is no value, such as a function called on a wrong type.
        What is returned may be part of what was given: nobody writes into it.
        """
        return explained(lambda: self._answer(hub, item, params, before))

    def search(self, document: Any) -> Any:
        """The value for a document of any shape, whose fields are also the variables of the roots.

        It raises what jmespath raises, and `EvaluationError` where it takes too many steps.
        """
        from scanner.expressions.compiler import compile_tree  # noqa: PLC0415 - see `COLD`
        from scanner.expressions.writer import TooNested  # noqa: PLC0415

        try:
            if self._document is None:
                self._document = compile_tree(self.tree, self.known_functions, self.offered, document=True)
            return self._document(document, self._limit)
        except (Touched, TooNested):
            return self._search_openly(document)

    def _search_openly(self, document: Any) -> Any:
        fields = document if isinstance(document, dict) else {}
        return self._evaluate_openly(document, {root: fields.get(root) for root in self.offered})

    def _warm_up(self, *arguments: Any) -> Any:
        self._cold -= 1
        return self._run_openly(*arguments) if self._cold >= 0 else self._compile_and_run(*arguments)

    def _compile_and_run(self, *arguments: Any) -> Any:
        from scanner.expressions.compiler import compile_tree  # noqa: PLC0415 - see `COLD`
        from scanner.expressions.writer import TooNested  # noqa: PLC0415

        try:
            self._run = compile_tree(self.tree, self.known_functions, self.offered)
        except TooNested:
            self._run = self._run_openly
        return self._run(*arguments)

    def _run_openly(self, *arguments: Any) -> Any:
        values = dict(zip(ROOTS, arguments, strict=False))
        document = {root: values[root] for root in self.offered}
        return self._evaluate_openly(document, document)

    def _answer(self, *arguments: Any) -> Any:
        try:
            return self._run(*arguments, self._limit)
        except Touched:
            return self._run_openly(*arguments)

    def _evaluate_openly(self, document: Any, variables: Mapping[str, Any]) -> Any:
        if self._open is None:
            self._open = self._opened()
        return State([self._limit, self._limit]).answer(self._open, document, variables)

    def _opened(self) -> Rule:
        if not isinstance(self._tree, dict):
            try:
                return build(self._tree.rough(), self.known_functions)
            except BROKEN:
                pass
        return build(self.tree, self.known_functions)


def explained(answer: Callable[[], Any]) -> Any:
    """The answer of an expression.  Raises `EvaluationError`, which says to people why there is none."""
    try:
        value = answer()
    except (*FAILURES, RecursionError) as error:
        raise EvaluationError(failure_reason(error)) from error
    if type(value) is Reference:
        raise EvaluationError("it yields an expression reference, which is no value")
    return value


BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What may be raised where something is taken for a syntax tree that is none."""


def compile_expression(
    text: str,
    *,
    roots: Sequence[str] = ("hub", "params"),
    functions: Mapping[str, Function] | None = None,
    limit: int = STEPS,
    parameters: Collection[str] | Mapping[str, Any] | None = None,
    schema: Mapping[str, Schema | Shape] | None = None,
) -> Expression:
    """Parse an expression.  Raises `ExpressionError` with all that is wrong with it.

    ``roots`` are the names out of hub, item, params and before that it may see; ``functions`` are
    those beside JMESPath's own, by default the whole table.  With ``parameters`` (their names, or
    their types or JSON Schemas by name) or ``schema`` (JSON Schemas or shapes by root) it is also
    checked against what there is to see (`scanner.expressions.checker`).
    """
    known = OURS if functions is None else functions
    tree = parse(text)
    wrong = list(undefined(tree, roots))
    expression = Expression(text, tree, roots, known, limit)
    if parameters is not None or schema is not None:
        # A policy that was checked by an earlier run has no use for the checker.
        from scanner.expressions.checker import check  # noqa: PLC0415
        from scanner.expressions.inference import Check  # noqa: PLC0415

        expression.result, found = check(tree, Check.of(roots, known, parameters, schema))
        wrong.extend(found)
    if wrong:
        raise ExpressionError.of(wrong)
    return expression
