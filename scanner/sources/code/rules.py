"""The outbound rules that code declares: those of the network's map and those that are resources."""

from __future__ import annotations

from itertools import repeat
from typing import Any

from scanner.model import Document
from scanner.sources.arm.openness import OrNull
from scanner.sources.code.ledger import Ledger
from scanner.sources.documents.members import RULES
from scanner.sources.documents.rules import are_as_arm_writes, listed_rules
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown

Members = list[tuple[Any, bool]]

_OBJECT = frozenset({dict})
_TYPED = frozenset({str, type(None)})
"""What the type of a rule is that cannot be null in its place."""


def inline(rules: Any, ledger: Ledger, written: dict[str, str]) -> Members:
    """The rules of the map ``outboundRules``, each with whether it is surely there.

    A map that is not known gives one rule that is not known and may not be there.
    """
    if rules is None:
        return []
    if isinstance(rules, OpenList):
        return tidied(list(rules.members), ledger, written)
    if isinstance(rules, Unknown):
        return [(rules, False)] if rules.truth is not False else []
    if isinstance(rules, dict):
        rules, unsure = _without_nulls(rules, ledger)
        made = _mapped(rules, ledger, written)
        return [(rule, name not in unsure) for name, rule in zip(rules, made, strict=True)]
    if isinstance(rules, list):
        return tidied([(rule, True) for rule in rules], ledger, written)
    return [(Unknown(f"{RULES} is {noun(rules)}, not an object"), False)]


def mapped(rules: Any, ledger: Ledger, written: dict[str, str]) -> list[Any] | None:
    """The rules of a map of which none is null or may be, as in most workspaces; None for anything else."""
    plain = isinstance(rules, dict) and are_as_arm_writes(rules)
    return _mapped(rules, ledger, written, plain=plain) if plain or are_there(rules) else None


def _mapped(
    rules: dict[Any, Any], ledger: Ledger, written: dict[str, str], *, plain: bool = False
) -> list[Any]:
    """The rules of a map whose keys are all known to be there; ``plain`` tells that all are as ARM writes."""
    made = [
        {"name": name if type(name) is str else getattr(name, "value", name), "properties": properties}
        for name, properties in rules.items()
    ]
    ledger.named(made, rules)
    return made if plain else _spelled(made, ledger, written)


def are_there(rules: Any) -> bool:
    """Whether a value is a map of rules, none of which is null or may be."""
    if not isinstance(rules, dict):
        return False
    every = rules.values()
    # Asked of all at once: nearly every map is of plain objects.
    if _OBJECT.issuperset(map(type, every)) and _TYPED.issuperset(
        map(type, map(dict.get, every, repeat("type")))
    ):
        return True
    return not any(properties is None or _may_be_null(properties) for properties in every)


def _without_nulls(rules: dict[Any, Any], ledger: Ledger) -> tuple[dict[Any, Any], set[Any]]:
    """The rules of a map that are not null, and the names of those that may be."""
    if are_there(rules):
        return rules, set()
    kept = {name: properties for name, properties in rules.items() if properties is not None}
    unsure = {name for name, properties in kept.items() if _may_be_null(properties)}
    for name in unsure:
        kept[name] = _set(kept[name], ledger)
    ledger.copied(kept, rules)
    return kept, unsure


def _may_be_null(properties: Any) -> bool:
    return isinstance(properties, dict) and isinstance(properties.get("type"), OrNull)


def _set(value: Any, ledger: Ledger) -> Any:
    """What a value is where null does not stand in place of all of it."""
    if isinstance(value, OrNull):
        return value.options[0]
    if not isinstance(value, dict):
        return value
    made = {key: _set(inner, ledger) for key, inner in value.items()}
    ledger.copied(made, value)
    return made


def tidied(members: Members, ledger: Ledger, written: dict[str, str]) -> Members:
    """Rules in the form ``{name, properties}`` and in ARM's spelling; what is not known stays as it is."""
    if not members:
        return members
    known = [index for index, (rule, _) in enumerate(members) if not isinstance(rule, Unknown)]
    before = [members[index][0] for index in known]
    after = _spelled(before, ledger, written)
    if after is before:
        return members
    result = list(members)
    for index, new in zip(known, after, strict=True):
        result[index] = (new, members[index][1])
    return result


def _spelled(rules: list[Any], ledger: Ledger, written: dict[str, str]) -> list[Any]:
    """Rules in the form and the spelling of ARM: the same list where all of them are."""
    after = listed_rules(rules, written) or []
    if after is rules:
        return rules
    for old, new in zip(rules, after, strict=True):
        if new is not old:
            ledger.copied(new, old)
    return after


def united(children: Members, within: Members) -> Members:
    """All rules; one that stands in both places with the same content is there once."""
    if not children:
        return within
    by_name: dict[str, list[Document]] = {}
    for rule, sure in children:
        if sure and isinstance(rule, dict) and isinstance(rule["name"], str):
            by_name.setdefault(rule["name"].lower(), []).append(rule["properties"])
    return children + [(rule, sure) for rule, sure in within if not _known(rule, by_name)]


def _known(rule: Any, by_name: dict[str, list[Document]]) -> bool:
    if not by_name or not isinstance(rule, dict) or not isinstance(rule["name"], str):
        return False
    try:
        return rule["properties"] in by_name.get(rule["name"].lower(), ())
    except Touched:
        return False
