"""What outbound rules are about: hosts, service tags, resources."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from scanner.functions.documents import described, known
from scanner.functions.egress import rule_tokens
from scanner.functions.holes import HOLE, fits, plain, tail
from scanner.functions.hosts import covers
from scanner.functions.ids import normal
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG
from scanner.functions.ports import ports_cover
from scanner.functions.rules import label
from scanner.functions.tags import service_tag
from scanner.functions.tokens import Token
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_MOST = 2_000_000
"""How many pairs of destinations are compared."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that a rule reaches: a host, a service tag on ports, a resource, for people as ``text``."""

    text: str
    host: Token | None = None
    tag: tuple[str, str | None, str, Any, frozenset[str]] | None = None


def targets_of(rule: Any, kind: str, destination: Any) -> tuple[tuple[Target, ...], bool]:
    """What a rule is about, and whether it denies that."""
    if kind == FQDN:
        return _hosts(rule), False
    if kind not in (SERVICE_TAG, PRIVATE_ENDPOINT):
        raise Touched(Unknown(f"the type of {label(rule)} is not known"))
    fields = _fields(rule, destination)
    if kind == PRIVATE_ENDPOINT:
        return (_endpoint(fields),), False
    return (_tag(fields),), str(known(fields.get("action"))).lower() == "deny"


def _hosts(rule: Any) -> tuple[Target, ...]:
    tokens, holed, unknown = rule_tokens(rule)
    doubt = unknown if unknown is not None else holed[0][1] if holed else None
    if doubt is not None:
        raise Touched(doubt)
    return tuple(Target(token.host, host=token) for token in tokens if token.kind != "empty")


def _fields(rule: Any, destination: Any) -> dict[str, Any]:
    if isinstance(destination, dict):
        return destination
    if isinstance(destination, Unknown):
        raise Touched(destination)
    kind = "missing" if destination is None else described(destination)
    raise Touched(Unknown(f"the destination of {label(rule)} is {kind}"))


def _tag(destination: dict[str, Any]) -> Target:
    tag = known(destination.get("serviceTag"))
    protocol = str(known(destination.get("protocol")) or "*").upper()
    ports = known(destination.get("portRanges"))
    several = known(destination.get("addressPrefixes"))
    prefixes = [str(known(prefix)) for prefix in several] if isinstance(several, list) else []
    if not isinstance(tag, str):
        tag = ""
    parts = service_tag(tag)
    what = ", ".join(prefixes) if prefixes else tag
    text = f"{what} {protocol} {'*' if ports in (None, '') else ports}"
    return Target(text, tag=(parts["base"], parts["region"], protocol, ports, frozenset(prefixes)))


def _endpoint(destination: dict[str, Any]) -> Target:
    target, part = known(destination.get("serviceResourceId")), known(destination.get("subresourceTarget"))
    identifier = normal(target) if isinstance(target, str) else "a resource that is not named"
    return Target(f"{identifier} ({part.lower() if isinstance(part, str) else 'no subresource'})")


def beyond(targets: Iterable[Target], others: Iterable[Target]) -> list[Target]:
    """Those of some targets that no other reaches, too."""
    rest = list(others)
    same = {target.text for target in rest}
    wider = [target for target in rest if target.host is None or not _is_plain(target.host)]
    left = [target for target in targets if target.text not in same]
    if len(left) * len(wider) > _MOST:
        raise Touched(Unknown("there are too many destinations to compare"))
    return [target for target in left if not any(_covers(other, target) for other in wider)]


def may_be(one: Target, other: Target) -> bool:
    """Whether two resources may be the same: where code leaves an id open it has a name in braces there."""
    if one.host is not None or one.tag is not None or other.host is not None or other.tag is not None:
        return False
    mine, theirs = (_NAMED.sub(HOLE, plain(target.text)) for target in (one, other))
    if HOLE in mine and HOLE in theirs:
        first, last = (mine.partition(HOLE)[0], theirs.partition(HOLE)[0]), (tail(mine), tail(theirs))
        return _agree(*first) and _agree(last[0][::-1], last[1][::-1])
    return fits(mine, theirs) or fits(theirs, mine)


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


_NAMED = regex(r"\{[^/{}]*\}")


def _is_plain(token: Token) -> bool:
    """Whether a host covers nothing but itself."""
    return token.base is None and token.kind != "any"


def _covers(a: Target, b: Target) -> bool:
    """Whether one thing holds another of another text: a resource is nothing but itself."""
    if a.host is not None and b.host is not None:
        return covers(a.host, b.host) is True
    if a.tag is not None and b.tag is not None:
        return _tag_covers(a.tag, b.tag)
    return False


def _tag_covers(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    (base, region, protocol, ports, prefixes), (other, within, wanted, needed, others) = a, b
    if bool(prefixes) != bool(others):
        return False
    if prefixes:
        if not all(any(_prefix_covers(one, other) for one in prefixes) for other in others):
            return False
    elif base != other or region not in (None, within):
        return False
    return protocol in ("*", wanted) and (ports == needed or ports_cover(ports, needed) is True)


def _prefix_covers(a: str, b: str) -> bool:
    try:
        one, other = ipaddress.ip_network(a, strict=False), ipaddress.ip_network(b, strict=False)
    except ValueError:
        return a == b
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return other.subnet_of(one)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return other.subnet_of(one)
    return False
