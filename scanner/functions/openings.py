"""What outbound rules open, in a form in which it can be compared: shared by functions, offering none.

A comparison of all rules with all others would take the square of their number, and a hub may have
thousands.  What is known is therefore looked up; only what is not known is compared one by one, and
where that is too much it may be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from scanner.functions.documents import peek
from scanner.functions.fqdn import fqdn_hosts
from scanner.functions.holes import encoded, fits
from scanner.functions.holes import read as with_holes
from scanner.functions.hosts import hosts
from scanner.functions.ids import normal
from scanner.functions.memory import per_hub
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG, is_platform
from scanner.functions.ports import merged, port_ranges
from scanner.functions.rules import rules
from scanner.functions.tags import service_tag
from scanner.values import OpenList, Partial, Unknown

BUDGET = 100_000
"""How many pairs are compared one by one."""

Key = tuple[Any, ...]
"""What is opened, in parts that are equal where the same is: the type of the rule first; a part may be an
Unknown."""


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
    """What a hub's rules open, in their order, and why something may be missing, None where nothing is."""

    members: tuple[Opening, ...]
    doubt: Unknown | None


@per_hub
def openings(hub: dict[str, Any]) -> Openings:
    """Everything that the outbound rules of a hub open, those of the platform included."""
    members: list[Opening] = []
    doubts: list[Unknown | None] = []
    for kind, read_rule in ((FQDN, None), (SERVICE_TAG, _tag), (PRIVATE_ENDPOINT, _endpoint)):
        found, doubt = sure(rules(hub, kind))
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


def lowered(value: Unknown) -> Unknown:
    """A text that is not known, in lower case where some of it is."""
    if not isinstance(value, Partial):
        return value
    found = with_holes(encoded(value).lower(), value)
    return found if isinstance(found, Unknown) else value


def sure(found: Any) -> tuple[Sequence[Any], Unknown | None]:
    """The members of a list that are surely there and known, and why there may be more."""
    if not isinstance(found, OpenList):
        return found, None
    return [member for member, certain in found.members if certain], Unknown(found.reason)


def is_open(key: Key) -> bool:
    """Whether a part of a key is not known."""
    return any(isinstance(part, Unknown) for part in key)


def doubt_among(open_keys: Sequence[Key], known_keys: Sequence[Key]) -> Unknown | None:
    """Why a key that is not known may be equal to another key; None where none may."""
    budget = BUDGET
    for index, key in enumerate(open_keys):
        others: Iterable[Key] = (*known_keys, *open_keys[:index])
        budget -= len(known_keys) + index
        if budget < 0 or any(_may_equal(key, other) for other in others):
            return next(part for part in key if isinstance(part, Unknown))
    return None


def _may_equal(one: Key, other: Key) -> bool:
    return len(one) == len(other) and all(map(_may_be, one, other))


def _may_be(one: Any, other: Any) -> bool:
    if isinstance(one, Partial) and isinstance(other, Partial):
        return _agree(one.prefix, other.prefix) and _agree(one.suffix[::-1], other.suffix[::-1])
    for partial, whole in ((one, other), (other, one)):
        if isinstance(partial, Partial) and isinstance(whole, str):
            return fits(encoded(partial), whole)
    return isinstance(one, Unknown) or isinstance(other, Unknown) or bool(one == other)


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def first(*doubts: Unknown | None) -> Unknown | None:
    """The first doubt that there is: an Unknown is neither true nor false, so `or` cannot tell."""
    return next((doubt for doubt in doubts if doubt is not None), None)


def listed(found: Sequence[Any], doubt: Unknown | None) -> Any:
    """The answer: a list, open where there is a doubt or a member is not known."""
    doubt = first(doubt, *(member for member in found if isinstance(member, Unknown)))
    if doubt is None:
        return list(found)
    members = [(member, True) for member in found if not isinstance(member, Unknown)]
    return OpenList((*members, (Unknown(doubt.reason), False)), doubt.reason)
