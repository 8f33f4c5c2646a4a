"""One policy, compiled: what the loader makes and the engine judges by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from scanner import schema
from scanner.errors import ConfigError
from scanner.expressions import EvaluationError, Expression, Template
from scanner.model import Document, PolicyCard
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.values import Unknown

_MAY_REST_ON_PARAMS = regex(r"params|\\|@|(?<!\[)\*")
"""How an expression comes to its parameters: by name, by escapes in a name, or by asking for all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter as the policy declares it.  ``value`` is the one in force."""

    type: str
    value: Any
    default: Any
    description: str
    allowed: tuple[Any, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """What its values are, as JSON Schema."""
        return {"type": self.type, "enum": list(self.allowed)} if self.allowed else {"type": self.type}

    def mismatch(self, value: Any) -> str | None:
        """Why a value does not fit this parameter, as the end of a sentence; None where it fits."""
        if any(schema.mismatches({"type": self.type}, value)):
            return f"must be of type {self.type}, not {schema.type_name(value)}"
        if self.allowed and value not in self.allowed:
            return f"must be one of {', '.join(map(str, self.allowed))}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A hub and what the policy must say of it.

    ``expect`` names the members that fail, None where the author does not say.  ``settings`` are the
    keys beside the hub that stand for options of a scan (``params``, ``today``), and the hub in the state
    ``before`` for a policy of transitions.
    """

    verdict: str
    index: int
    document: Document
    expect: tuple[str, ...] | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy ready to judge: its card, its compiled expressions, and the parameters in force."""

    card: PolicyCard
    path: str
    require: Expression
    message: Template
    when: Expression | None = None
    each: Expression | None = None
    needs: tuple[str, ...] = ()
    transition: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @cached_property
    def params(self) -> dict[str, Any]:
        """The parameters in force, by name: what expressions see as ``params``."""
        return {name: parameter.value for name, parameter in self.parameters.items()}

    @property
    def unset(self) -> tuple[str, ...]:
        """The parameters that have no default and were given no value."""
        return tuple(name for name, parameter in self.parameters.items() if parameter.value is None)

    @cached_property
    def own(self) -> frozenset[str]:
        """Texts of its expressions that may rest on its parameters: no other policy shares their values."""
        expressions = (expression for expression in (self.when, self.each) if expression is not None)
        return frozenset(one.text for one in expressions if _MAY_REST_ON_PARAMS.search(one.text))

    @cached_property
    def evidence(self) -> tuple[tuple[str, ...], ...]:
        """The paths of values that a finding shows: what the condition and the message speak of."""
        paths = dict.fromkeys((*self.require.paths, *self.message.paths))
        return tuple(path for path in paths if len(path) > 1 and path[0] != "params")

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of workspace it judges, in lower case."""
        return frozenset(kind.lower() for kind in self.card.applies_to)

    @cached_property
    def needs_before(self) -> bool:
        """Whether it judges transitions alone, and so no hub of which there is but one state."""
        if not self.transition or self.when is None:
            return self.transition
        try:
            applies = self.when.evaluate(hub=Unknown("it may be any hub"), params=self.params)
        except EvaluationError:
            return False
        return applies is not True and not isinstance(applies, Unknown)

    def with_params(self, values: Mapping[str, Any], origin: str) -> Policy:
        """This policy with other parameter values.

        Raises `ConfigError` for a parameter that it has not, or a value of another type; ``origin``
        says who asked.
        """
        parameters = dict(self.parameters)
        for name, value in values.items():
            if name not in parameters:
                hint = schema.suggestion(name, parameters)
                raise ConfigError(
                    f"{origin}: {self.card.id} has no parameter '{name}'{f' ({hint})' if hint else ''}"
                )
            wrong = parameters[name].mismatch(value)
            if wrong:
                raise ConfigError(f"{origin}: {self.card.id}.{name} {wrong}")
            parameters[name] = replace(parameters[name], value=value)
        return replace(self, parameters=parameters)
