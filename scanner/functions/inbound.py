"""Inbound network security rules."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.ports import ports_cover
from scanner.functions.registry import function
from scanner.values import OpenList, Touched, Unknown

_EVERYBODY = frozenset({"*", "any", "0.0.0.0/0", "internet", "azurecloud"})
_RULES = "/securityrules/"
_LAST = 65_500


@function("array", "string", "number", returns="string|null", partials=True)
def inbound_denial(rules: Any, source: Any, port: Any) -> str | None:
    """The network security rule that keeps a service tag from a TCP port, by its name; null where none does.

    Of each network security group, which the ids of rules tell apart, the first inbound rule in the order
    of priorities decides that is about TCP, the port, and the tag or all of Azure or the internet. Rules are
    in the shape of ARM, with or without ``properties``; one without a name answers as ``priority N``. Where
    what a rule does, its ports or a priority that matters cannot be read, the answer is not known.

    inbound_denial([{"name": "deny", "properties": {"direction": "Inbound", "access": "Deny",
      "protocol": "*", "priority": 200, "sourceAddressPrefix": "*", "destinationPortRange": "*"}}],
      "AzureMachineLearning", 44224) -> "deny"
    inbound_denial([{"direction": "Inbound", "access": "Allow", "priority": 100,
      "sourceAddressPrefix": "AzureMachineLearning", "destinationPortRange": "44224"},
      {"direction": "Inbound", "access": "Deny", "priority": 200, "sourceAddressPrefix": "*"}],
      "AzureMachineLearning", 44224) -> null
    """
    found = known(rules) if not isinstance(rules, OpenList) else list(rules.certain())
    groups: dict[str, list[Ranked]] = {}
    doubt: Unknown | None = rules if isinstance(rules, OpenList) else None
    for rule in found:
        body = peek(rule, "properties")
        body = known(rule if body is None else body)
        if isinstance(body, dict) and _is_about(body, known(source).lower(), known(port)):
            groups.setdefault(_group(rule), []).append(_ranked(rule, body))
    for members in groups.values():
        odd = _odd(members)
        rank, name, access = min(members, key=_place)
        if odd is None and access == "deny":
            return name or f"priority {rank}"
        doubt = doubt or odd
    if doubt is not None:
        raise Touched(doubt)
    return None


Ranked = tuple[float, str, str]
"""The priority of a rule, its name, and what it does."""


def _ranked(rule: Any, body: dict[str, Any]) -> Ranked:
    priority, name = known(peek(body, "priority")), peek(rule, "name")
    if isinstance(priority, str) and priority.strip().isdecimal():
        priority = int(priority)
    rank = priority if isinstance(priority, int | float) else _LAST if priority is None else math.nan
    return rank, name if isinstance(name, str) else "", _word(body, "access")


def _place(member: Ranked) -> tuple[bool, float, bool]:
    """Where a rule comes in its group: by its priority, and where two have the same, what denies first."""
    rank, _, access = member
    return math.isnan(rank), rank, access != "deny"


def _odd(members: list[Ranked]) -> Unknown | None:
    """Why nobody knows what the rules of a group do, if so."""
    if len({access for _, _, access in members}) > 1 and any(math.isnan(rank) for rank, _, _ in members):
        return Unknown("the priority of a network security rule is no number")
    if any(access not in ("allow", "deny") for _, _, access in members):
        return Unknown("a network security rule says neither Allow nor Deny")
    return None


def _group(rule: Any) -> str:
    identifier = peek(rule, "id")
    if not isinstance(identifier, str):
        return ""
    lower = identifier.lower().replace("/defaultsecurityrules/", _RULES)
    return lower.partition(_RULES)[0]


def _word(body: Any, name: str) -> str:
    value = known(peek(body, name))
    return value.strip().lower() if isinstance(value, str) else ""


def _is_about(body: Any, source: str, port: int) -> bool:
    """Whether a rule is about inbound TCP traffic of a service tag to a port."""
    if _word(body, "direction") != "inbound" or _word(body, "protocol") not in ("", "*", "any", "tcp"):
        return False
    prefixes = set(_texts(body, "sourceAddressPrefix", "sourceAddressPrefixes"))
    if source not in prefixes and not prefixes & _EVERYBODY:
        return False
    covered = [
        ports_cover(text, port) for text in _texts(body, "destinationPortRange", "destinationPortRanges")
    ]
    if None in covered and True not in covered:
        raise Touched(Unknown("the ports of a network security rule cannot be read"))
    return not covered or True in covered


def _texts(body: Any, one: str, many: str) -> Iterator[str]:
    """The texts of a property that stands in the singular or in the plural."""
    several = known(peek(body, many))
    for value in (peek(body, one), *(several if isinstance(several, list) else ())):
        if isinstance(value, Unknown):
            raise Touched(value)
        if isinstance(value, str | int) and value != "":
            yield str(value).strip().lower()
