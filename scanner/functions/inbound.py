"""Inbound network security rules."""

from __future__ import annotations

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
    in the shape of ARM, with or without ``properties``; one without a name answers as ``priority N``.

    inbound_denial([{"name": "deny", "properties": {"direction": "Inbound", "access": "Deny",
      "protocol": "*", "priority": 200, "sourceAddressPrefix": "*", "destinationPortRange": "*"}}],
      "AzureMachineLearning", 44224) -> "deny"
    inbound_denial([{"direction": "Inbound", "access": "Allow", "priority": 100,
      "sourceAddressPrefix": "AzureMachineLearning", "destinationPortRange": "44224"},
      {"direction": "Inbound", "access": "Deny", "priority": 200, "sourceAddressPrefix": "*"}],
      "AzureMachineLearning", 44224) -> null
    """
    found = known(rules) if not isinstance(rules, OpenList) else list(rules.certain())
    groups: dict[str, list[tuple[float, str, Any]]] = {}
    for rule in found:
        body = peek(rule, "properties")
        body = known(rule if body is None else body)
        if isinstance(body, dict) and _is_about(body, known(source).lower(), known(port)):
            priority = known(peek(body, "priority"))
            rank = priority if isinstance(priority, int | float) else _LAST
            groups.setdefault(_group(rule), []).append((rank, _name(rule, rank), body))
    for members in groups.values():
        _, name, body = min(members, key=lambda member: member[0])
        if _word(body, "access") == "deny":
            return name
    if isinstance(rules, OpenList):
        raise Touched(rules)
    return None


def _group(rule: Any) -> str:
    identifier = peek(rule, "id")
    if not isinstance(identifier, str):
        return ""
    lower = identifier.lower().replace("/defaultsecurityrules/", _RULES)
    return lower.partition(_RULES)[0]


def _name(rule: Any, rank: float) -> str:
    name = peek(rule, "name")
    return name if isinstance(name, str) and name else f"priority {rank}"


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
    ranges = list(_texts(body, "destinationPortRange", "destinationPortRanges"))
    return not ranges or any(ports_cover(text, port) for text in ranges)


def _texts(body: Any, one: str, many: str) -> Iterator[str]:
    """The texts of a property that stands in the singular or in the plural."""
    several = known(peek(body, many))
    for value in (peek(body, one), *(several if isinstance(several, list) else ())):
        if isinstance(value, Unknown):
            raise Touched(value)
        if isinstance(value, str | int) and value != "":
            yield str(value).strip().lower()
