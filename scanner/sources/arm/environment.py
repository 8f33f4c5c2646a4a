"""Parameter files with placeholders, which somebody replaces before the template is deployed.

The Azure Developer CLI puts in the values of environment variables, ``${NAME}`` and ``${NAME=default}``;
pipelines have ``$(name)``, ``#{name}#`` and ``{{name}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.sources.arm.texts import joined
from scanner.sources.arm.types import Filled
from scanner.sources.code.symbols import Symbol

if TYPE_CHECKING:
    from scanner.sources.arm.template import Given

Environment = Mapping[str, str | None]
"""The variables that may be read, with their values; None for one that is not set."""

_PLACEHOLDER = re.compile(
    r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:=([^}]*))?\}"
    r"|\$\(([^()]{1,200})\)"
    r"|((?:\$\{\{|\{\{)[^{}]{1,200}\}\}|#\{[^{}#]{1,200}\}#?)"
)
_DEEPEST = 100

NOTHING: Environment = {}
"""No variable that may be read."""


def replaced(given: dict[str, Given], environment: Environment) -> dict[str, Given]:
    """The values of a parameter file with its placeholders replaced; those of no known value are open."""
    return {name: replace(one, value=_later(one, environment)) for name, one in given.items()}


def unset(name: str) -> Symbol:
    """The value of a variable of the environment that is not read."""
    reason = f"the environment variable {name} is not read without --env {name}"
    return Symbol(f"readEnvironmentVariable('{name}')", reason, text=f"${{{name}}}")


def _later(given: Given, environment: Environment) -> Any:
    def later() -> Any:
        value = given.value()
        found = _value(value, environment, 0)
        return Filled(found) if type(found) is str and found is not value else found

    return later


def _value(value: Any, environment: Environment, depth: int) -> Any:
    if isinstance(value, str):
        return _text(value, environment) if "$" in value or "{" in value else value
    if depth > _DEEPEST or not isinstance(value, (dict, list)):
        return value
    found = value.items() if isinstance(value, dict) else enumerate(value)
    made = [(key, _value(inner, environment, depth + 1)) for key, inner in found]
    if all(inner is value[key] for key, inner in made):
        return value
    return dict(made) if isinstance(value, dict) else [inner for _, inner in made]


def _text(text: str, environment: Environment) -> Any:
    stretches: list[Any] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        stretches += [text[at : match.start()], _of(match, environment)]
        at = match.end()
    return joined([*stretches, text[at:]], text) if stretches else text


def _of(match: re.Match[str], environment: Environment) -> Any:
    name, default, command, token = match.groups()
    if token is not None:
        return Symbol(f"placeholder({token})", f"{token} is not filled in", text=token)
    if command is not None:
        return Symbol(
            f"$({command})", f"what '{command}' gives is known only when it is deployed", text=match[0]
        )
    if name not in environment:
        return unset(name)
    return environment[name] or default or ""
