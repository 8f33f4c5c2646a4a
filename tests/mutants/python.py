"""The mutants of a Python module: one thing changed in one of its functions."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import CodeType

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SUMS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
_WORDS_FOR_PEOPLE = {
    "Unknown",
    "Partial",
    "OpenList",
    "Gap",
    "Touched",
    "EvaluationError",
    "function",
    "cast",
}
"""Calls in which a text is told to people, or to a type checker: what it says changes no verdict."""

LONGEST = 60


@dataclass(frozen=True)
class Mutant:
    """One change: where, and the function that it makes of the outermost one around it.

    ``name`` says what is changed, and stays while the text around it does.
    """

    line: int
    name: str
    function: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.line}: {self.name}"


def sample(path: Path, count: int) -> list[Mutant]:
    """Some mutants of a module, the same ones every time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = list(_places(tree))
    chosen = places if len(places) <= count else Random(path.stem).sample(places, count)
    return [_made(tree, path, place) for place in sorted(chosen, key=lambda one: (one.line, one.at))]


def names(path: Path) -> list[str]:
    """The names of all mutants of a module."""
    return [place.name for place in _places(ast.parse(path.read_text(encoding="utf-8")))]


@dataclass(frozen=True)
class _Place:
    """A change that has not been made: the how manieth of a function it is."""

    line: int
    at: int
    function: str
    name: str


def _places(tree: ast.AST) -> Iterator[_Place]:
    seen = Counter[str]()
    for function, node in _functions(tree):
        for at, (line, what, _) in enumerate(_changes(node)):
            name = f"{function}: {what}"
            seen[name] += 1
            yield _Place(line, at, function, f"{name} #{seen[name]}" if seen[name] > 1 else name)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, Function]]:
    """The outermost functions of a module and the methods of its classes, by qualified name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{within}{node.name}.")


def _made(tree: ast.Module, path: Path, place: _Place) -> Mutant:
    changed = copy.deepcopy(tree)
    _, _, change = list(_changes(dict(_functions(changed))[place.function]))[place.at]
    change()
    ast.fix_missing_locations(changed)
    code = compile(changed, str(path), "exec")
    return Mutant(place.line, place.name, place.function, _code(code, place.function))


def _code(code: CodeType, name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == name:
                return constant
            if name.startswith(f"{constant.co_qualname}."):
                return _code(constant, name)
    raise LookupError(name)


Change = tuple[int, str, Callable[[], None]]


def _changes(function: Function) -> Iterator[Change]:
    """Where, what, and how to do it to the tree."""
    for node in function.body:
        yield from _within(node, told=False)


def _within(node: ast.AST, *, told: bool) -> Iterator[Change]:
    told = told or _is_told(node)
    yield from _of(node, told=told)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _within(child, told=told)


def _is_told(node: ast.AST) -> bool:
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Assert)):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        called = node.func
        return getattr(called, "id", getattr(called, "attr", "")) in _WORDS_FOR_PEOPLE
    return False


def _of(node: ast.AST, *, told: bool) -> Iterator[Change]:  # noqa: C901 - one case for each kind of part
    match node:
        case ast.Compare(ops=ops):
            for at, one in enumerate(ops):
                yield _set(node, "ops", [*ops[:at], _TURNED[type(one)](), *ops[at + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _set(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
            for at in range(len(values)):
                left = [*values[:at], *values[at + 1 :]]
                yield _set(node, "values", left, f"{_text(node)} → without {_text(values[at])}")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _set(node, "op", ast.Not(), f"{_text(node)} → {_text(operand)}", operand)
        case ast.BinOp(op=op) if type(op) in _SUMS and not told:
            yield _set(node, "op", _SUMS[type(op)]())
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
                yield _set(node, "test", ast.UnaryOp(ast.Not(), test), f"{_text(test)} → not {_text(test)}")
        case ast.Return(value=ast.expr() as value):
            if not isinstance(value, ast.Constant):
                yield _set(node, "value", ast.Constant(None))
        case ast.Constant(value=bool() | int() as value) if not told:
            yield _set(node, "value", (not value) if isinstance(value, bool) else value + 1)
        case ast.Constant(value=str() as value) if value and not told:
            yield _set(node, "value", f"{value}?")


def _set(
    node: ast.AST, name: str, value: object, what: str | None = None, instead: ast.expr | None = None
) -> Change:
    def change() -> None:
        if instead is not None:
            _become(node, instead)
        else:
            setattr(node, name, value)
            if isinstance(node, ast.BoolOp) and len(node.values) == 1:
                _become(node, node.values[0])

    if what is None:
        after = copy.copy(node)
        setattr(after, name, value)
        what = f"{_text(node)} → {_text(after)}"
    return getattr(node, "lineno", 0), what, change


def _become(node: ast.AST, other: ast.AST) -> None:
    """Make a node another one where it stands."""
    node.__class__ = other.__class__
    node.__dict__ = other.__dict__


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
