"""The outbound rules that code declares: those of the network's map and those that are resources."""

from __future__ import annotations

from operator import is_
from typing import Any

from scanner.model import Document
from scanner.sources.code.ledger import Ledger
from scanner.sources.documents.members import RULES
from scanner.sources.documents.rules import listed_rules
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown

Members = list[tuple[Any, bool]]


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
        members = [
            ({"name": getattr(name, "value", name), "properties": properties}, True)
            for name, properties in rules.items()
        ]
        ledger.named([rule for rule, _ in members], rules)
        return tidied(members, ledger, written)
    if isinstance(rules, list):
        return tidied([(rule, True) for rule in rules], ledger, written)
    return [(Unknown(f"{RULES} is {noun(rules)}, not an object"), False)]


def tidied(members: Members, ledger: Ledger, written: dict[str, str]) -> Members:
    """Rules in the form ``{name, properties}`` and in ARM's spelling; what is not known stays as it is."""
    known = [index for index, (rule, _) in enumerate(members) if not isinstance(rule, Unknown)]
    before = [members[index][0] for index in known]
    after = listed_rules(list(before), written) or []
    if all(map(is_, before, after)):
        return members
    result = list(members)
    for index, old, new in zip(known, before, after, strict=True):
        if new is not old:
            ledger.copied(new, old)
        result[index] = (new, members[index][1])
    return result


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
