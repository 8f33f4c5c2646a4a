"""Puts a policy together out of its data and its expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scanner import schema
from scanner.expressions import Expression, Template
from scanner.model import Control, Document, PolicyCard, Reference, Severity
from scanner.policy import Example, Parameter, Policy


class Expressions(NamedTuple):
    """The compiled expressions of a policy."""

    when: Expression | None
    each: Expression | None
    require: Expression
    message: Template


def roots_of(data: Document) -> tuple[str, ...]:
    """The names that the expressions of a policy may see; ``item`` only in ``require`` and ``message``."""
    outside = ("hub", "params", "before") if data.get("transition") is True else ("hub", "params")
    return (*outside, "item") if isinstance(data.get("each"), str) else outside


def default_message(data: Document) -> str:
    """The message of a policy that has none: its title, whose braces are no expressions."""
    return str(data.get("title", "")).replace("{", "{{").replace("}", "}}")


def build(data: Document, path: str, expressions: Expressions, parameters: Mapping[str, Parameter]) -> Policy:
    """The policy of data that has been checked."""
    return Policy(
        card=_card(data),
        path=path,
        require=expressions.require,
        message=expressions.message,
        when=expressions.when,
        each=expressions.each,
        needs=tuple(data.get("needs", ())),
        transition=data.get("transition") is True,
        parameters=parameters,
        examples=tuple(_examples(data.get("examples", {}))),
    )


def declared(entries: Any) -> dict[str, Parameter]:
    """The parameters that a policy declares, those left out whose declaration makes no sense."""
    parameters = {}
    for name, entry in (entries if isinstance(entries, dict) else {}).items():
        if not isinstance(entry, dict) or not schema.is_type(entry.get("type")):
            continue
        allowed = entry.get("allowedValues")
        parameters[name] = Parameter(
            type=entry["type"],
            value=entry.get("default"),
            default=entry.get("default"),
            description=str(entry.get("description", "")),
            allowed=tuple(allowed) if isinstance(allowed, list) else (),
        )
    return parameters


def _card(data: Document) -> PolicyCard:
    return PolicyCard(
        id=data["id"],
        title=data["title"],
        severity=Severity(data["severity"]),
        category=data.get("category", "custom"),
        description=str(data.get("description", data["title"])),
        applies_to=tuple(data.get("applies_to", ("Hub",))),
        remediation=dict(data.get("remediation", {})),
        references=tuple(Reference(**entry) for entry in data.get("references", ())),
        controls=tuple(
            Control(
                framework=entry["framework"], version=str(entry["version"]), control=str(entry["control"])
            )
            for entry in data.get("controls", ())
        ),
        yields_to=tuple(data.get("yields_to", ())),
    )


_BESIDE_HUB = ("expect", "params", "today", "before")


def _examples(examples: Mapping[str, Any]) -> Iterator[Example]:
    for verdict, entries in examples.items():
        for index, entry in enumerate(entries):
            settings = {key: entry[key] for key in _BESIDE_HUB if key in entry}
            rest = {key: value for key, value in entry.items() if key not in settings}
            # A hub may stand alone, or under `hub` with its collections beside it.
            document = {**rest.pop("hub"), **rest} if isinstance(rest.get("hub"), dict) else rest
            expect = settings.pop("expect", None)
            yield Example(
                verdict=verdict,
                index=index,
                document=document,
                expect=tuple(map(str, expect)) if isinstance(expect, list) else None,
                settings=settings,
            )
