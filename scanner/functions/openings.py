"""What outbound rules open, in a form in which it can be compared: shared by functions, offering none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from scanner.functions.documents import peek
from scanner.functions.doubts import Key, first, lowered, sure
from scanner.functions.fqdn import fqdn_hosts
from scanner.functions.hosts import hosts
from scanner.functions.ids import normal
from scanner.functions.memory import per_hub
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG, is_platform
from scanner.functions.ports import merged, port_ranges
from scanner.functions.rules import rules
from scanner.functions.tags import service_tag
from scanner.records import dataclass
from scanner.values import Unknown


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that a rule opens: a host, a tag or an endpoint.

    ``text`` is how people know it, and ``host`` the same for a host, else None.
    """

    rule: Any
    name: Any
    key: Key
    text: str
    host: str | None
    is_system: bool

    def same_rule(self, other: Opening) -> bool:
        """Whether both are of one rule, or of rules of one name, whatever its case."""
        if self.rule is other.rule:
            return True
        one, two = self.name, other.name
        return isinstance(one, str) and isinstance(two, str) and one.lower() == two.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How a host or tag is covered: ``by`` what, None where by nothing that is surely there.

    ``is_broader`` where that allows more, ``is_later`` where it is the same in a later rule of the user;
    ``doubt`` is why something that is not known may cover it.
    """

    by: Opening | None = None
    is_broader: bool = False
    is_later: bool = False
    doubt: Unknown | None = None


class Covers(Protocol):
    """What some openings of one type cover."""

    def cover(self, part: Opening) -> Cover:
        """What covers one of them: never what its own rule opens."""
        ...


@dataclass(frozen=True, slots=True)
class Openings:
    """What a hub's rules open, by their names, and why something may be missing, None where nothing is."""

    members: tuple[Opening, ...]
    doubt: Unknown | None


@per_hub
def openings(hub: dict[str, Any]) -> Openings:
    """Everything that the outbound rules of a hub open, those of the platform included."""
    members: list[Opening] = []
    doubts: list[Unknown | None] = []
    for kind, read_rule in ((FQDN, None), (SERVICE_TAG, _tag), (PRIVATE_ENDPOINT, _endpoint)):
        found, doubt = sure(rules(hub, kind))
        found = sorted(found, key=_by_name)
        doubts.append(doubt)
        by_rule = _hosts(hub) if kind == FQDN else {}
        for rule in found:
            is_system = is_platform(hub, rule)
            if read_rule is None:
                members += _platform_hosts(rule) if is_system else by_rule.get(id(rule), ())
            elif (read := read_rule(peek(rule, "properties", "destination"))) is not None:
                key, text = read
                members.append(Opening(rule, peek(rule, "name"), key, text, None, is_system))
    return Openings(tuple(members), first(*doubts))


def _by_name(rule: Any) -> tuple[bool, str, str]:
    """An order of rules that does not depend on where they stand: ARM keeps them in none."""
    name = peek(rule, "name")
    return (False, name.lower(), name) if isinstance(name, str) else (True, "", "")


def _hosts(hub: dict[str, Any]) -> dict[int, list[Opening]]:
    """The hosts of the user's rules, by the identity of the rule."""
    found, _ = sure(fqdn_hosts(hub))
    by_rule: dict[int, list[Opening]] = {}
    for member in found:
        host, token = member["host"], member["key"]
        if isinstance(host, Unknown) or host:
            opening = Opening(
                member["rule"], member["name"], (FQDN, host), token or "?", token, is_system=False
            )
            by_rule.setdefault(id(member["rule"]), []).append(opening)
    return by_rule


def _platform_hosts(rule: Any) -> Iterator[Opening]:
    destination = peek(rule, "properties", "destination")
    if isinstance(destination, str):
        for host in hosts(destination):
            key, text = (FQDN, host["host"]), host["text"]
            yield Opening(rule, peek(rule, "name"), key, text, text, is_system=True)


def _tag(destination: Any) -> tuple[Key, str] | None:
    if isinstance(destination, Unknown):
        return (SERVICE_TAG, *[destination] * 5), "?"
    tag = peek(destination, "serviceTag")
    if not isinstance(tag, str | Unknown):
        return None
    protocol, ports = peek(destination, "protocol"), peek(destination, "portRanges")
    key = (
        SERVICE_TAG,
        service_tag(tag)["name"] if isinstance(tag, str) else lowered(tag),
        _word(protocol, "*"),
        _ports(ports),
        _prefixes(peek(destination, "addressPrefixes")),
        _word(peek(destination, "action"), "allow"),
    )
    known = (str(part) for part in (tag, protocol, ports) if isinstance(part, str | int) and part != "")
    return key, " ".join(known) or "?"


def _endpoint(destination: Any) -> tuple[Key, str] | None:
    if isinstance(destination, Unknown):
        return (PRIVATE_ENDPOINT, destination, destination), "?"
    target = peek(destination, "serviceResourceId")
    if isinstance(target, Unknown):
        part: Any = lowered(target)
    elif isinstance(target, str) and normal(target):
        part = normal(target)
    else:
        return None
    subresource = peek(destination, "subresourceTarget")
    text = " ".join(piece for piece in (target, subresource) if isinstance(piece, str))
    return (PRIVATE_ENDPOINT, part, _word(subresource, "")), text or "?"


def _word(value: Any, default: str) -> Any:
    if isinstance(value, Unknown):
        return lowered(value)
    return value.strip().lower() or default if isinstance(value, str) else default


def _ports(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    ranges = port_ranges(value)
    if ranges is not None:
        return tuple(map(tuple, merged(ranges)))
    return value.strip() if isinstance(value, str) else None


def _prefixes(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    members = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    doubt = next((member for member in members if isinstance(member, Unknown)), None)
    return (
        doubt
        if doubt is not None
        else tuple(sorted(member.strip() for member in members if isinstance(member, str)))
    )
