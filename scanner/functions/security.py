"""Network security rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.ports import HIGHEST, port_ranges
from scanner.functions.registry import function
from scanner.values import OpenList, Touched, Unknown

_EVERYWHERE = frozenset({"*", "any", "0.0.0.0/0", "::/0", "virtualnetwork"})
_WORKSPACE = "azuremachinelearning"
_OTHERS = frozenset({"internet", "azurecloud"})

Outcome = tuple[str | None, Unknown | None]
"""What rules do with a port, None where none speaks of it, and why that is not sure."""


@function("array", "any", returns="string", partials=True)
def security_access(rules: Any, ports: Any) -> str:
    """What network security rules do with outbound TCP traffic from the virtual network to a workspace.

    ``allowed`` where rules allow each of some ports, ``denied`` where they deny one, ``partial`` where
    they allow some and say nothing of others. A rule of a lower priority number comes first. Rules are
    in the shape of ARM, with or without ``properties``. Where no rule speaks of any of the ports, or
    where a rule that may or may not be about this traffic would change the answer (addresses of which
    nothing is known), the answer is not known.

    security_access([{"properties": {"direction": "Outbound", "access": "Allow", "protocol": "Tcp",
      "priority": 200, "destinationPortRange": "8000-9000"}}], "8704-8710") -> "allowed"
    security_access([{"direction": "Outbound", "access": "Allow", "priority": 200,
      "destinationPortRanges": ["8704-8706"]}], "8704-8710") -> "partial"
    """
    wanted = port_ranges(known(ports))
    if wanted is None:
        raise Touched(Unknown("the ports to look for cannot be read"))
    ordered = _ordered(known(rules) if not isinstance(rules, OpenList) else _certain(rules))
    outcomes = [_outcome(ordered, port) for port in _corners(ordered, wanted)]
    said = {access for access, doubt in outcomes if doubt is None}
    if "deny" in said:
        return "denied"
    doubt = next((doubt for _, doubt in outcomes if doubt is not None), None)
    if doubt is not None:
        raise Touched(doubt)
    if None not in said:
        return "allowed"
    if said == {None}:
        raise Touched(Unknown("no network security rule speaks of these ports"))
    return "partial"


def _certain(rules: OpenList) -> Any:
    if not all(sure for _, sure in rules.members):
        raise Touched(rules)
    return [rule for rule, _ in rules.members]


Ranked = tuple[float, str, list[list[int]], Unknown | None]
"""Priority, access, port ranges, and why the rule may not be about the traffic."""


def _ordered(rules: list[Any]) -> list[Ranked]:
    """The rules that are, or may be, about outbound TCP traffic to the workspace, first things first."""
    found = []
    for rule in rules:
        inner = peek(rule, "properties")
        fields = rule if inner is None else inner
        if isinstance(fields, Unknown):
            raise Touched(fields)
        ranked = _ranked(fields) if isinstance(fields, dict) else None
        if ranked is not None:
            found.append(ranked)
    return sorted(found, key=lambda ranked: ranked[0])


def _ranked(fields: dict[str, Any]) -> Ranked | None:
    direction, access = _word(fields, "direction"), _word(fields, "access")
    if direction == "inbound" or _word(fields, "protocol", "*") not in ("*", "tcp", "any"):
        return None
    if direction != "outbound" or access not in ("allow", "deny"):
        raise Touched(
            Unknown(f"a network security rule has the direction '{direction}' and access '{access}'")
        )
    doubt = _doubt(fields)
    priority = known(fields.get("priority"))
    if not isinstance(priority, int | float):
        raise Touched(Unknown(f"the priority of a network security rule is {described(priority)}"))
    return None if isinstance(doubt, bool) else (float(priority), access, _ports(fields), doubt)


def _word(fields: dict[str, Any], name: str, default: str = "") -> str:
    value = known(fields.get(name))
    return value.strip().lower() if isinstance(value, str) else default


def _ports(fields: dict[str, Any]) -> list[list[int]]:
    several = known(fields.get("destinationPortRanges"))
    values = [*(several if isinstance(several, list) else ()), known(fields.get("destinationPortRange"))]
    texts = [known(value) for value in values if value is not None and value != ""]
    ranges = [port_ranges(text) for text in texts]
    if not ranges or None in ranges:
        raise Touched(Unknown("the ports of a network security rule cannot be read"))
    return [pair for found in ranges for pair in found or ()]


def _doubt(fields: dict[str, Any]) -> Unknown | bool | None:
    """None where a rule's addresses are surely about this traffic, False where not, else why not known."""
    doubt: Unknown | None = None
    for end in ("source", "destination"):
        prefixes = list(_prefixes(fields, end))
        if not prefixes or not _EVERYWHERE.isdisjoint(prefixes):
            continue
        if end == "destination" and any(text.partition(".")[0] == _WORKSPACE for text in prefixes):
            continue
        if any(_is_open(text, end) for text in prefixes):
            doubt = Unknown(f"it is not known whether the {end} '{prefixes[0]}' of a security rule is meant")
        else:
            return False
    return doubt


def _prefixes(fields: dict[str, Any], end: str) -> Iterator[str]:
    several = known(fields.get(f"{end}AddressPrefixes"))
    for value in (*(several if isinstance(several, list) else ()), fields.get(f"{end}AddressPrefix")):
        if isinstance(known(value), str) and value.strip():
            yield value.strip().lower()
    if known(fields.get(f"{end}ApplicationSecurityGroups")):
        yield "application security group"


def _is_open(prefix: str, end: str) -> bool:
    """Whether it may be about the traffic: an address, a group, a tag that holds the workspace's."""
    is_tag = prefix.partition(".")[0].isalpha()
    return not is_tag or (end == "destination" and prefix.partition(".")[0] in _OTHERS)


def _corners(rules: list[Ranked], wanted: list[list[int]]) -> Iterator[int]:
    """A port of each stretch of the wanted ones within which no rule begins or ends."""
    edges = {0}
    for _, _, ranges, _ in rules:
        for low, high in ranges:
            edges |= {low, min(high + 1, HIGHEST)}
    for low, high in wanted:
        yield from (port for port in sorted({low, *edges}) if low <= port <= high)


def _outcome(rules: list[Ranked], port: int) -> Outcome:
    doubts: list[tuple[str, Unknown]] = []
    decided = None
    for _, access, ranges, doubt in rules:
        if not any(low <= port <= high for low, high in ranges):
            continue
        if doubt is None:
            decided = access
            break
        doubts.append((access, doubt))
    unsure = next((doubt for access, doubt in doubts if access != decided), None)
    return decided, unsure
