"""The documentation of the functions, made from their docstrings."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from scanner.functions.registry import Function

_INTRODUCTION = """\
# Functions

Policies may call these functions beside those that the JMESPath specification has. Where an argument is
null the answer is null, unless the function accepts null; where an argument is not known the answer is
not known, unless what is known decides it. An argument of a wrong type is an error, and so an unknown
verdict. The examples write arguments and answers as JSON; in an expression text stands in single quotes
and any other JSON between backticks.
"""


def page(functions: Iterable[Function]) -> str:
    """The Markdown page of functions, under the title of the module that defines them."""
    chapters = [_INTRODUCTION]
    for module, members in groupby(functions, key=lambda function: function.call.__module__):
        title = (sys.modules[module].__doc__ or module).splitlines()[0].rstrip(".")
        chapters += [f"## {title}\n", *map(_section, members)]
    return "\n".join(chapters)


def _section(function: Function) -> str:
    prose, examples = _parts(function)
    lines = [f"### {function.name}\n", f"`{signature(function)}`\n", f"{prose}\n"]
    if examples:
        lines += ["```text", *examples, "```\n"]
    return "\n".join(lines)


def signature(function: Function) -> str:
    """The name, arguments and result of a function, with their JMESPath types."""
    names = inspect.signature(function.call).parameters
    arguments = [f"{name}: {'|'.join(types)}" for name, types in zip(names, function.arguments, strict=True)]
    required = len(arguments) - function.optional
    text = ", ".join(arguments[:required]) + "".join(f"[, {argument}]" for argument in arguments[required:])
    return f"{function.name}({text}) -> {function.returns}"


def examples(function: Function) -> Iterator[tuple[str, str]]:
    """The examples of a function: a call and its answer, arguments and answer as JSON."""
    for example in "\n".join(_parts(function)[1]).split(f"\n{function.name}("):
        call, _, answer = " ".join(example.split()).rpartition(" -> ")
        yield call.removeprefix(f"{function.name}(").removesuffix(")"), answer


def _parts(function: Function) -> tuple[str, list[str]]:
    """The prose of a docstring, and the lines of the examples at its end."""
    lines = function.doc.splitlines()
    start = next(
        (place for place, line in enumerate(lines) if line.startswith(f"{function.name}(")), len(lines)
    )
    return "\n".join(lines[:start]).strip(), lines[start:]
