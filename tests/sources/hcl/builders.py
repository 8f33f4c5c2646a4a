"""Expressions to evaluate, in a module that knows nothing but its variables."""

from __future__ import annotations

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.parser import expression, parse
from scanner.sources.hcl.scope import Env, Run
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.values import Handle, open_value


class Names:
    """A module in which every name is open: ``var.x`` has no value."""

    key = ""

    def __init__(self, files=None):
        self.files = files or {}

    def named(self, name):
        return Handle(
            name, f"{name} is no value", lambda one: open_value(f"{name}.{one}", f"{name}.{one} is open")
        )

    def read_file(self, path):
        if path.startswith("/"):
            raise Failure("it lies outside of what may be read")
        return self.files.get(path)

    def files_below(self, path):
        start = "" if path == "." else f"{path}/"
        return sorted(name.removeprefix(start) for name in self.files if name.startswith(start))


def value_of(text, *, files=None, steps=100_000, **variables):
    """The value of an expression; raises `Failure` where it has none."""
    source = Source(text, "main.tf")
    return evaluate(expression(source), Env(Run(left=steps), Names(files), source, variables))


def parsed(text):
    """The body of a file without a flaw."""
    body, errors = parse(Source(text, "main.tf"))
    assert errors == []
    return body


def flaws(text):
    """What is wrong with a file: line, column and message of each flaw."""
    source = Source(text, "main.tf")
    _, errors = parse(source)
    places = [(source.place(error.at), str(error)) for error in errors]
    return [(place.line, place.column, message) for place, message in places]
