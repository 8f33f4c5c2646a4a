"""The outbound rules of a hub, out of the places where they are written, as one list.

Azure writes rules twice: as a map inside the workspace and as a list of child resources.  A saved
estate may have either or both, and people flatten them (catalogue, C0 item 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

from scanner.model import Document
from scanner.sources.documents.members import RULES
from scanner.sources.documents.spelling import CATEGORIES, RULE_TYPES, canonical, clipped, is_open
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Partial, Touched, Unknown

_TYPES = frozenset(RULE_TYPES.values())
_CATEGORIES = frozenset((None, *CATEGORIES.values()))
_ENVELOPE = frozenset({"id", "name", "location", "tags", "systemData", "resourceGroup"})
_OF_A_RULE = frozenset({"type", "category", "destination", "status"})
_DESTINATION = {
    "service_resource_id": "serviceResourceId",
    "subresource_target": "subresourceTarget",
    "sub_resource_target": "subresourceTarget",
    "spark_enabled": "sparkEnabled",
    "service_tag": "serviceTag",
    "port_ranges": "portRanges",
    "address_prefixes": "addressPrefixes",
}
"""The keys of destinations in the spellings of YAML and Terraform."""
_BY_CASE = {name.lower(): name for name in (*_OF_A_RULE, "fqdns", *_DESTINATION.values())}
"""The names in a rule as ARM writes them, by the same in lower case."""
_AS_ARM_WRITES = frozenset(
    (
        *_OF_A_RULE,
        "fqdns",
        "parentRuleNames",
        "errorInformation",
        *_DESTINATION.values(),
        "protocol",
        "action",
    )
)

_TEXT = frozenset({str})
_NAME, _PROPERTIES, _TYPE = map(itemgetter, ("name", "properties", "type"))
_ODD = (KeyError, TypeError, AttributeError, Touched)
"""What is raised where a rule is not as plain as a quick look takes it to be."""


def unite(document: Document, inline: Any, written: dict[str, str]) -> None:
    """Make ``document["outboundRules"]`` the union of the listed and the inline rules.

    A rule that stands in both places with the same content is there once; with different content it
    stays twice, the inline one after the listed ones: which of them holds is not ours to say.  Where
    neither place is there, nothing is put in.  Spellings of type and category that were changed are
    recorded in ``written``.
    """
    listed = document.get(RULES)
    if isinstance(listed, Unknown) or (listed is None and inline is None):
        return
    rules = listed_rules(listed, written) if listed is not None else []
    within: list[Any] | None = []
    if inline is not None:
        within = listed_rules(_unseen(inline, rules), written) if rules else listed_rules(inline, written)
    if rules is None or within is None:
        what = noun(inline if within is None else listed)
        document[RULES] = Unknown(f"{RULES} is {what}, not a list of rules")
    elif rules and within:
        # Once more: what was spelled otherwise may be the same now.
        document[RULES] = rules + _unseen(within, rules)
    else:
        document[RULES] = rules or within


def listed_rules(rules: Any, written: dict[str, str]) -> list[Any] | None:
    """Rules as a list of ``{name, properties}``, in ARM's spelling; None where they are neither list nor map.

    It is the same list where all of it is as ARM writes it.  Spellings that were changed are recorded in
    ``written``.
    """
    if isinstance(rules, dict):
        listed = [{"name": name, "properties": properties} for name, properties in rules.items()]
        return listed if are_as_arm_writes(rules) else _tidied_where_odd(listed, written)
    if not isinstance(rules, list):
        return None
    try:
        plain = _are_plain(map(_NAME, rules), [*map(_PROPERTIES, rules)])
    except _ODD:
        plain = False
    return rules if plain else _tidied_where_odd(rules, written)


def are_as_arm_writes(rules: dict[Any, Any]) -> bool:
    """Whether the rules of a map are all as ARM writes them, and none is null or not known."""
    try:
        return _are_plain(rules, [*rules.values()])
    except _ODD:
        return False


def _are_plain(names: Iterable[Any], every: list[Any]) -> bool:
    """The same of their names and what they are.  Asked of all at once: nearly all rules are.

    Raises what `_ODD` lists.
    """
    inner = [one for one in map(dict.get, every, repeat("destination")) if type(one) is dict]
    return (
        _TEXT.issuperset(map(type, names))
        and _TYPES.issuperset(map(_TYPE, every))
        and _CATEGORIES.issuperset(map(dict.get, every, repeat("category")))
        and _AS_ARM_WRITES.issuperset(set().union(*every, *inner))
    )


def _tidied_where_odd(rules: list[Any], written: dict[str, str]) -> list[Any]:
    """Rules in ARM's spelling: the same list where all of them are."""
    tidied = rules
    for index, rule in enumerate(rules):
        try:
            properties = rule["properties"]
            destination = properties.get("destination")
            if (
                properties["type"] in _TYPES
                and properties.get("category") in _CATEGORIES
                and isinstance(rule["name"], str)
                and _AS_ARM_WRITES.issuperset(properties)
                and (type(destination) is not dict or _AS_ARM_WRITES.issuperset(destination))
            ):
                continue
        except _ODD:
            pass
        if tidied is rules:
            tidied = rules.copy()
        tidied[index] = _tidied(rule, index, written)
    return tidied


def spell(document: Document, written: dict[str, str]) -> None:
    """Put the types and categories of rules that are in their list already into ARM's spelling."""
    listed = document.get(RULES)
    if isinstance(listed, list):
        listed_rules(listed, written)


def widen(document: Document) -> None:
    """Say that code whose managed network is not resolved may have further rules in it."""
    listed, properties = document.get(RULES), document.get("properties")
    network = properties.get("managedNetwork") if isinstance(properties, dict) else properties
    if isinstance(network, Unknown) and isinstance(listed, list):
        certain = tuple((rule, True) for rule in listed)
        document[RULES] = OpenList((*certain, (network, False)), network.reason)


def _tidied(rule: Any, index: int, written: dict[str, str]) -> Document:
    if not isinstance(rule, dict):
        name = f"{RULES}[{index}]"
        unknown = rule if isinstance(rule, Unknown) else Unknown(f"{name} is {noun(rule)}, not an object")
        return {"name": name, "properties": unknown}
    name = _name(rule, index)
    properties = rule.get("properties")
    if properties is None and "properties" not in rule and _is_flat(rule):
        properties = {key: value for key, value in rule.items() if key not in _ENVELOPE}
        rule = {key: value for key, value in rule.items() if key in _ENVELOPE}
    if isinstance(properties, dict):
        _name_as_arm(properties)
        _spell(properties, name if isinstance(name, str) else f"[{index}]", written)
        destination = properties.get("destination")
        if isinstance(destination, dict) and not _AS_ARM_WRITES.issuperset(destination):
            _name_as_arm(destination)
    elif not isinstance(properties, Unknown):
        lack = f"is {noun(properties)}, not an object" if "properties" in rule else "has no properties"
        which = f"rule '{clipped(name)}'" if isinstance(name, str) else f"{RULES}[{index}]"
        properties = Unknown(f"{which} {lack}")
    return {**rule, "name": name, "properties": properties}


def _is_flat(rule: Document) -> bool:
    """Whether a rule has what it says beside its name; ARM's envelope has the type of a resource there."""
    kind = rule.get("type")
    return not _OF_A_RULE.isdisjoint(rule) and not (isinstance(kind, str) and "/" in kind)


def _name_as_arm(holder: Document) -> None:
    """Give what a rule or its destination holds the names of ARM, in place and in its order."""
    if _AS_ARM_WRITES.issuperset(holder):
        return
    members = list(holder.items())
    holder.clear()
    for key, value in members:
        name = _DESTINATION.get(key) or _BY_CASE.get(str(key).lower(), key)
        holder[name] = Unknown(f"'{name}' is written twice, in two spellings") if name in holder else value


def _name(rule: Document, index: int) -> Any:
    name = rule.get("name")
    if isinstance(name, (str, Partial)):
        return name
    if isinstance(name, (int, float)):
        return str(name)
    identifier = rule.get("id")
    last = identifier.rstrip("/").rpartition("/")[2] if isinstance(identifier, str) else ""
    return last or f"{RULES}[{index}]"


def _spell(properties: Document, name: str, written: dict[str, str]) -> None:
    for key, table in (("type", RULE_TYPES), ("category", CATEGORIES)):
        word = properties.get(key)
        if isinstance(word, str):
            spelled = canonical(word, table)
            if spelled != word:
                properties[key] = spelled
                written[f"{RULES}.{name}.{key}"] = word
        elif isinstance(word, Partial) and is_open(word, table):
            properties[key] = Unknown(word.reason, text=word.text, place=word.place)


def _unseen(inline: Any, rules: list[Any]) -> Any:
    """Of the inline rules, those that are not listed with the same content: in the form they came in."""
    known: dict[str, list[Any]] = {}
    for rule in rules:
        if isinstance(rule["name"], str):
            known.setdefault(rule["name"].lower(), []).append(rule["properties"])
    if isinstance(inline, dict):
        return {
            name: properties
            for name, properties in inline.items()
            if not _is_any(properties, known.get(name.lower(), ()))
        }
    if not isinstance(inline, list):
        return inline
    return [
        rule
        for rule in inline
        if not (
            isinstance(rule, dict)
            and isinstance(rule.get("name"), str)
            and _is_any(rule.get("properties"), known.get(rule["name"].lower(), ()))
        )
    ]


def _is_any(properties: Any, others: Sequence[Any]) -> bool:
    """Whether a rule is one of some; what is not known is never the same."""
    try:
        return isinstance(properties, dict) and properties in others
    except Touched:
        return False
