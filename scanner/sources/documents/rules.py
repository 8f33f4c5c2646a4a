"""The outbound rules of a hub, out of the places where they are written, as one list.

Azure writes rules twice: as a map inside the workspace and as a list of child resources.  A saved
estate may have either or both, and people flatten them (catalogue, C0 item 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.model import Document
from scanner.sources.documents.members import RULES
from scanner.sources.documents.spelling import CATEGORIES, RULE_TYPES, canonical, clipped
from scanner.sources.files.json_text import noun
from scanner.values import Touched, Unknown

_TYPES = frozenset(RULE_TYPES.values())
_CATEGORIES = frozenset(CATEGORIES.values())
_ENVELOPE = frozenset({"id", "name", "location", "tags", "systemData", "resourceGroup"})
_OF_A_RULE = frozenset({"type", "category", "destination", "status"})


def unite(document: Document, inline: Any, written: dict[str, str]) -> None:
    """Make ``document["outboundRules"]`` the union of the listed and the inline rules.

    A rule that stands in both places with the same content is there once; with different content it
    stays twice, the inline one after the listed ones: which of them holds is not ours to say.  Where
    neither place is there, nothing is put in.  Spellings of type and category that were changed are
    recorded in ``written``.
    """
    listed = document.get(RULES)
    if isinstance(listed, Unknown):
        return
    if listed is None and inline is None:
        return
    rules = _listed(listed, written) if listed is not None else []
    within = _listed(inline, written) if inline is not None else []
    if rules is None or within is None:
        what = noun(inline if within is None else listed)
        document[RULES] = Unknown(f"{RULES} is {what}, not a list of rules")
        return
    document[RULES] = [*rules, *_unseen(within, rules)] if rules and within else rules or within


def _listed(rules: Any, written: dict[str, str]) -> list[Any] | None:
    """Rules as a list of ``{name, properties}``; None where they are neither a list nor a map."""
    if isinstance(rules, list):
        for index, rule in enumerate(rules):
            if not _is_canonical(rule):
                rules[index] = _tidied(rule, index, written)
        return rules
    if isinstance(rules, dict):
        named = [{"name": name, "properties": properties} for name, properties in rules.items()]
        return _listed(named, written)
    return None


def _is_canonical(rule: Any) -> bool:
    """Whether a rule is as ARM writes it.  Nearly all are: this is what a scan spends on each."""
    if not isinstance(rule, dict) or not isinstance(rule.get("name"), str):
        return False
    properties = rule.get("properties")
    if not isinstance(properties, dict):
        return False
    kind = properties.get("type")
    category = properties.get("category")
    return (
        isinstance(kind, str)
        and kind in _TYPES
        and (category is None or (isinstance(category, str) and category in _CATEGORIES))
    )


def _tidied(rule: Any, index: int, written: dict[str, str]) -> Document:
    if not isinstance(rule, dict):
        name = f"{RULES}[{index}]"
        return {"name": name, "properties": Unknown(f"{name} is {noun(rule)}, not an object")}
    name = _name(rule, index)
    properties = rule.get("properties")
    if properties is None and "properties" not in rule and not _OF_A_RULE.isdisjoint(rule):
        properties = {key: value for key, value in rule.items() if key not in _ENVELOPE}
        rule = {key: value for key, value in rule.items() if key in _ENVELOPE}
    if isinstance(properties, dict):
        _spell(properties, name, written)
    elif not isinstance(properties, Unknown):
        lack = f"is {noun(properties)}, not an object" if "properties" in rule else "has no properties"
        properties = Unknown(f"rule '{clipped(name)}' {lack}")
    return {**rule, "name": name, "properties": properties}


def _name(rule: Document, index: int) -> str:
    name = rule.get("name")
    if isinstance(name, str):
        return name
    if name is not None and not isinstance(name, (dict, list)):
        return str(name)
    identifier = rule.get("id")
    last = identifier.rstrip("/").rpartition("/")[2] if isinstance(identifier, str) else ""
    return last or f"{RULES}[{index}]"


def _spell(properties: Document, name: str, written: dict[str, str]) -> None:
    kind = properties.get("type")
    if not isinstance(kind, (str, Unknown)):
        what = "missing" if kind is None else noun(kind)
        properties["type"] = Unknown(f"the type of rule '{clipped(name)}' is {what}")
    for key, table in (("type", RULE_TYPES), ("category", CATEGORIES)):
        word = properties.get(key)
        if isinstance(word, str):
            spelled = canonical(word, table)
            if spelled != word:
                properties[key] = spelled
                written[f"{RULES}.{name}.{key}"] = word


def _unseen(within: Iterable[Document], rules: Iterable[Document]) -> Iterator[Document]:
    known: dict[str, list[Any]] = {}
    for rule in rules:
        known.setdefault(rule["name"].lower(), []).append(rule["properties"])
    for rule in within:
        if not any(_same(rule["properties"], other) for other in known.get(rule["name"].lower(), ())):
            yield rule


def _same(one: Any, other: Any) -> bool:
    try:
        return isinstance(one, dict) and isinstance(other, dict) and one == other
    except Touched:
        return False
