"""What FQDN rules in force allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.holes import HOLE, encoded, is_readable
from scanner.functions.hosts import MOST, covers
from scanner.functions.memory import by_text, per_hub
from scanner.functions.origins import FQDN
from scanner.functions.registry import function, listed
from scanner.functions.rules import label, rules
from scanner.functions.tokens import Token, parse
from scanner.records import dataclass
from scanner.values import OpenList, Partial, Touched, Unknown


@function("object", "array", returns="array", partials=True, schema=listed({"type": "string"}))
def missing_hosts(hub: Any, hosts: Any) -> list[str]:
    """Those of some hosts or patterns that no FQDN rule in force allows, in their order.

    A pattern is allowed by a rule with the same or a broader one. A rule that failed or is being
    deleted allows nothing, and an inactive one only while the whole network is. Hosts that a rule may
    or may not allow are left out; where there are no others, and where rules could not be read, the
    answer is not known.

    missing_hosts({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "contoso.com, *.fabrikam.com"}}]}, ["Contoso.com.", "*.contoso.com", "a.fabrikam.com"])
      -> ["*.contoso.com"]
    missing_hosts({"outboundRules": [{"name": "a", "properties": {"type": "FQDN", "status": "Failed",
      "destination": "contoso.com"}}]}, ["contoso.com"]) -> ["contoso.com"]
    """
    egress = _egress(known(hub))
    missing: list[str] = []
    doubt = None
    for host in known(hosts):
        wanted = _wanted(known(host))
        if egress.allows(wanted):
            continue
        unsure = egress.doubt(wanted)
        if unsure is None:
            missing.append(wanted.host)
        doubt = _first(doubt, unsure)
    if doubt is not None and not missing:
        raise Touched(doubt)
    return missing


def _first(*doubts: Unknown | None) -> Unknown | None:
    """The first of some doubts; `or` would ask one whether it is true."""
    return next((doubt for doubt in doubts if doubt is not None), None)


def _wanted(host: Any) -> Token:
    if not isinstance(host, str):
        raise Touched(Unknown(f"a host to look for is {described(host)}"))
    return parse(host)


@dataclass(frozen=True, slots=True)
class Egress:
    """The hosts that FQDN rules allow: ``exact`` ones, ``patterns``, and those that ``maybe`` are.

    ``blind`` says why there may be rules or hosts of which nothing is known.
    """

    exact: frozenset[str]
    patterns: tuple[Token, ...]
    maybe: tuple[tuple[Token, Unknown], ...]
    blind: Unknown | None

    def allows(self, wanted: Token) -> bool:
        """Whether a host or pattern is surely allowed."""
        return wanted.host in self.exact or any(covers(token, wanted) for token in self.patterns)

    def doubt(self, wanted: Token) -> Unknown | None:
        """Why a host that is not surely allowed may be; None where it is surely not."""
        found = (why for token, why in self.maybe if covers(token, wanted) is not False)
        return _first(self.blind, next(found, None))


def fqdn_tokens(hub: dict[str, Any]) -> tuple[list[Token], Unknown | None]:
    """The wholly known hosts of all FQDN rules, whatever their state, and why there may be others."""
    tokens: list[Token] = []
    doubt = unread(hub)
    for rule, unsure in _listed(hub):
        known_tokens, open_tokens, unknown = rule_tokens(rule)
        if unsure is None:
            tokens += known_tokens
        doubt = _first(doubt, unsure, unknown, *(why for _, why in open_tokens))
    return tokens, doubt


@per_hub
def _egress(hub: dict[str, Any]) -> Egress:
    idle = _is_idle(hub)
    sure: list[Token] = []
    maybe: list[tuple[Token, Unknown]] = []
    blind = unread(hub)
    for rule, unsure in _listed(hub):
        force = _in_force(rule, idle)
        if force is False:
            continue
        why = _first(unsure, force if isinstance(force, Unknown) else None)
        known_tokens, open_tokens, unknown = rule_tokens(rule)
        maybe += open_tokens
        blind = _first(blind, unknown)
        if why is None:
            sure += known_tokens
        else:
            maybe += [(token, why) for token in known_tokens]
    exact = frozenset(token.host for token in sure if token.kind != "empty")
    patterns = tuple(token for token in sure if token.base is not None or token.kind == "any")
    return Egress(exact, patterns, tuple(maybe), blind)


def _listed(hub: dict[str, Any]) -> Iterator[tuple[Any, Unknown | None]]:
    """The FQDN rules, and why one may not be there or be of another type."""
    found = rules(hub, FQDN)
    if isinstance(found, OpenList):
        yield from ((rule, None if sure else found) for rule, sure in found.members)
    else:
        yield from ((rule, None) for rule in found)


def rule_tokens(rule: Any) -> tuple[list[Token], list[tuple[Token, Unknown]], Unknown | None]:
    """The hosts of a rule: known ones, those with holes, and why nothing is known of some."""
    destination = peek(rule, "properties", "destination")
    if isinstance(destination, str) and destination.count(",") < MOST:
        return _tokens(destination), [], None
    if not isinstance(destination, Partial):
        if isinstance(destination, Unknown):
            return [], [], destination
        kind = "missing" if destination is None else described(destination)
        odd = f"holds more than {MOST} host names" if isinstance(destination, str) else f"is {kind}"
        return [], [], Unknown(f"the destination of {label(rule)} {odd}")
    whole: list[Token] = []
    holed: list[tuple[Token, Unknown]] = []
    for text in map(str.strip, encoded(destination).split(",")[:MOST]):
        if HOLE not in text:
            whole.append(parse(text))
        elif is_readable(text):
            holed.append((parse(text), destination))
        else:
            return whole, holed, destination
    return whole, holed, None


@by_text
def _tokens(destination: str) -> list[Token]:
    return [parse(text) for text in destination.split(",")]


def unread(hub: dict[str, Any]) -> Unknown | None:
    """Why rules may be missing from the list, as a gap of the hub says."""
    gap = unread_gap(hub)
    return None if gap is None else Unknown(f"outboundRules could not be read in full: {gap.get('reason')}")


def unread_gap(hub: dict[str, Any]) -> dict[str, Any] | None:
    """The gap of a hub that says that not all of its outbound rules were read."""
    gaps = hub.get("gaps")
    for gap in gaps if isinstance(gaps, list) else ():
        if not isinstance(gap, dict):
            continue
        subject = gap.get("subject")
        if isinstance(subject, str) and subject.rstrip("/").lower().endswith("outboundrules"):
            return gap
    return None


def _is_idle(hub: dict[str, Any]) -> Any:
    """Whether the network is not provisioned, so that inactive rules are only waiting; maybe an Unknown."""
    status = peek(hub, "properties", "managedNetwork", "status", "status")
    if isinstance(status, str):
        return status.lower() == "inactive"
    if status is not None:
        return status
    states = [peek(rule, "properties", "status") for rule, _ in _all(hub)]
    return not any(isinstance(state, str) and state.lower() == "active" for state in states)


def in_force(hub: dict[str, Any], rule: Any) -> Any:
    """Whether a rule allows anything now, or will once the network is provisioned; maybe an Unknown."""
    return _in_force(rule, _is_idle(hub))


def _all(hub: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
    found = rules(hub, "*")
    yield from found.members if isinstance(found, OpenList) else ((rule, True) for rule in found)


def _in_force(rule: Any, idle: Any) -> Any:
    """Whether a rule is in force, or an Unknown."""
    status = peek(rule, "properties", "status")
    if isinstance(status, Unknown):
        return status
    state = status.lower() if isinstance(status, str) else ""
    return state not in ("failed", "deleting") and (state != "inactive" or idle)
