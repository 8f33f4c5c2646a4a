"""The policy of one YAML file, or every reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scanner import positions, schema
from scanner.expressions import Expression, ExpressionError, Template, compile_expression, compile_template
from scanner.policies.building import Expressions, build, declared, default_message, roots_of
from scanner.policies.files import is_named, stem_of
from scanner.policy import Parameter, Policy
from scanner.positions import KeyPath, Positioned, Problem

_WORKSPACES = {kind.lower(): kind for kind in ("Default", "Hub", "Project", "FeatureStore")}


def parse(document: Positioned) -> tuple[Policy | None, list[Problem]]:
    """The policy of one file, and all that is wrong with it: one of the two is always there."""
    problems = [*document.problems, *_shape_problems(document)]
    data = document.data
    if not isinstance(data, dict) or any(problem.message.startswith("the file") for problem in problems):
        return None, problems
    problems.extend((*_name_problems(document), *_kind_problems(document)))
    parameters = _parameters(document, problems)
    compiled = _Compiler(document, parameters, problems)
    roots = roots_of(data)
    outside = tuple(name for name in roots if name != "item")
    when = compiled.expression("when", outside)
    each = compiled.expression("each", outside)
    if each is not None:
        compiled.shapes["item"] = each.result.member()
    require = compiled.expression("require", roots)
    problems.extend(_useless(document, {"when": when, "each": each, "require": require}))
    message = compiled.template("message", roots, default=default_message(data))
    if problems or require is None or message is None:
        return None, problems
    expressions = Expressions(when=when, each=each, require=require, message=message)
    return build(data, document.name, expressions, parameters), []


def compiled_only(document: Positioned) -> Policy:
    """The policy of a file that is known to be in order.  Raises `ExpressionError` where it is not."""
    data = document.data
    roots = roots_of(data)
    outside = tuple(name for name in roots if name != "item")
    expressions = Expressions(
        when=compile_expression(data["when"], roots=outside) if "when" in data else None,
        each=compile_expression(data["each"], roots=outside) if "each" in data else None,
        require=compile_expression(data["require"], roots=roots),
        message=compile_template(data.get("message", default_message(data)), roots=roots),
    )
    return build(data, document.name, expressions, declared(data.get("parameters")))


_WANTED = {
    "when": ("boolean", "never true: no hub would be judged"),
    "each": ("array", "never a list"),
    "require": ("boolean", "never true or false"),
}


def _useless(document: Positioned, expressions: Mapping[str, Expression | None]) -> Iterator[Problem]:
    """A problem for each expression that cannot give what its key is there for."""
    for key, expression in expressions.items():
        wanted, otherwise = _WANTED[key]
        if expression is not None and not expression.result.may_be(wanted):
            yield document.problem((key,), f"'{key}' gives {expression.result.described()}, {otherwise}")


class _Compiler:
    """Compiles the expressions of one file and places their errors in it."""

    def __init__(
        self, document: Positioned, parameters: Mapping[str, Parameter], problems: list[Problem]
    ) -> None:
        self.document = document
        self.parameters = {name: parameter.schema for name, parameter in parameters.items()}
        self.problems = problems
        hub = schema.published("hub-v1")
        self.shapes: dict[str, Any] = {"hub": hub, "before": hub}

    def expression(self, key: str, roots: tuple[str, ...]) -> Expression | None:
        text = self.document.data.get(key)
        if not isinstance(text, str):
            return None
        compiled: Expression | None = self._compile(key, text, compile_expression, roots)
        return compiled

    def template(self, key: str, roots: tuple[str, ...], default: str) -> Template | None:
        text = self.document.data.get(key, default)
        if not isinstance(text, str):
            return None
        compiled: Template | None = self._compile(key, text, compile_template, roots)
        return compiled

    def _compile(self, key: str, text: str, compiler: Callable[..., Any], roots: tuple[str, ...]) -> Any:
        try:
            return compiler(text, roots=roots, parameters=self.parameters, schema=self.shapes)
        except ExpressionError as error:
            for offset, message, hint in error.problems:
                mark = _place(self.document, (key,), text, offset)
                self.problems.append(Problem(self.document.name, mark, f"'{key}': {message}", hint))
            return None


def _place(document: Positioned, path: KeyPath, text: str, offset: int) -> positions.Mark:
    """Where a character of an expression stands in the file.

    Exact for plain and quoted text on one line and for literal blocks (`|`); for folded text, whose
    line ends YAML removes, it is the place where the text begins.
    """
    start = document.mark(path)
    source = document.lines[start.line - 1][start.column - 1 :] if start.line <= len(document.lines) else ""
    if source.startswith("|"):
        before = text[:offset]
        row = before.count("\n")
        line = start.line + 1 + row
        indent = len(document.lines[start.line]) - len(document.lines[start.line].lstrip(" "))
        return positions.Mark(line, indent + offset - (before.rfind("\n") + 1) + 1)
    if source.startswith(text):
        return positions.Mark(start.line, start.column + offset)
    if source[1 : len(text) + 1] == text:
        return positions.Mark(start.line, start.column + 1 + offset)
    return start


def _shape_problems(document: Positioned) -> Iterator[Problem]:
    for mismatch in schema.mismatches(schema.published("policy-v1"), document.data):
        yield document.problem(mismatch.path, mismatch.message, mismatch.hint, key=mismatch.key)


def _kind_problems(document: Positioned) -> Iterator[Problem]:
    """A kind that is nearly one that Azure has; any other may be one that it has tomorrow."""
    kinds = document.data.get("applies_to")
    for index, kind in enumerate(kinds if isinstance(kinds, list) else ()):
        if isinstance(kind, str) and kind.lower() not in _WORKSPACES:
            hint = schema.suggestion(kind, _WORKSPACES.values())
            if hint:
                yield document.problem(("applies_to", index), f"'{kind}' is no kind of workspace", hint)


def _name_problems(document: Positioned) -> Iterator[Problem]:
    name = document.data.get("id")
    if isinstance(name, str) and not is_named(name, document.name):
        stem = stem_of(document.name)
        yield document.problem(
            ("id",), f"id is '{name}', yet the file is called '{stem}'", "they must be the same"
        )


def _parameters(document: Positioned, problems: list[Problem]) -> dict[str, Parameter]:
    parameters = declared(document.data.get("parameters"))
    for name, parameter in parameters.items():
        if "default" in document.data["parameters"][name]:
            wrong = parameter.mismatch(parameter.default)
            if wrong:
                place = ("parameters", name, "default")
                problems.append(document.problem(place, f"the default of '{name}' {wrong}"))
        for index, value in enumerate(parameter.allowed):
            wrong = replace(parameter, allowed=()).mismatch(value)
            if wrong:
                problems.append(
                    document.problem(
                        ("parameters", name, "allowedValues", index), f"a value of '{name}' {wrong}"
                    )
                )
    return parameters
