"""May code on a hub reach a host, a service tag or a resource: yes, no, or why nobody can tell."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any, Literal

from scanner.functions.documents import peek
from scanner.functions.ids import arm_id, normal
from scanner.functions.modes import isolation_mode, mode_rank
from scanner.functions.origins import SERVICE_TAG
from scanner.functions.tags import service_tag
from scanner.functions.tokens import Token, parse
from scanner.reach import advice
from scanner.reach.names import behind, hosts_of
from scanner.reach.opens import Opens, is_private, leads_to, opens_host, opens_tag, why
from scanner.reach.ways import Way, ways
from scanner.values import Touched, Unknown

_APPROVED = 2

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: ``verdict``, the ``reason`` as a clause, and the ways out ``through`` which it goes.

    ``needs`` says what rule would open it, where none does; ``command`` is the Azure CLI's, with ``<hub>``,
    ``<resource-group>`` and ``<subscription>`` for what the hub is called.
    """

    verdict: Verdict
    reason: str
    through: tuple[Way, ...] = ()
    needs: str | None = None
    command: str | None = None


@dataclass(slots=True)
class _Search:
    """What was found on the way through the ways: those that open it, those that may, those that deny it."""

    sure: list[Way]
    maybe: list[tuple[Way, str]]
    denied: list[Way]


def host(hub: dict[str, Any], name: str, port: int = 443) -> Answer:
    """Whether code on a hub reaches a host, or every host of a pattern, by TCP on a port."""
    wanted = parse(name)
    subject = f"{wanted.host} on port {port}"
    opened = _by_mode(hub, f"every host on the internet, {subject} among them", wanted)
    if opened is not None:
        return opened
    facts = behind(wanted)
    search, doubt = _search(hub, functools.partial(opens_host, wanted=wanted, port=port, facts=facts))
    found = _told(search, doubt, subject)
    if found is not None:
        return found
    needs, command = advice.for_host(wanted, port, facts)
    return Answer(verdict="no", reason=f"no rule in force opens {subject}", needs=needs, command=command)


def tag(hub: dict[str, Any], name: str, port: int | None = None) -> Answer:
    """Whether code on a hub reaches the addresses of a service tag, on a port or on any."""
    wanted = service_tag(name)["name"]
    subject = f"service tag {name}" + (f" on port {port}" if port is not None else "")
    opened = _by_mode(hub, f"the whole internet, {subject} with it", None)
    search, doubt = _search(hub, functools.partial(opens_tag, wanted=wanted, port=port))
    if opened is not None:
        return opened if not search.denied else _denied(search.denied, subject)
    found = _told(search, doubt, subject)
    if found is not None:
        return found
    needs, command = advice.for_tag(name, port)
    return Answer(verdict="no", reason=f"no rule in force opens {subject}", needs=needs, command=command)


def resource(hub: dict[str, Any], identifier: str, port: int = 443) -> Answer:
    """Whether code on a hub reaches an Azure resource: by private endpoint, or over its public endpoint."""
    wanted = normal(identifier)
    name = _short(identifier)
    search, doubt = _search(hub, functools.partial(leads_to, wanted=wanted))
    by_endpoint = _told(search, doubt, f"{name} by private endpoint")
    if by_endpoint is not None and by_endpoint.verdict == "yes":
        return by_endpoint
    is_closed = _is_closed(hub, wanted)
    over = None if is_closed else _over_public_endpoint(hub, identifier, port)
    if over is not None and over.verdict == "yes":
        return replace(over, reason=f"{over.reason} (a public endpoint of {name})")
    unsure = by_endpoint or over
    if unsure is not None:
        return unsure
    needs, command = advice.for_resource(identifier)
    public = "its public network access is disabled" if is_closed else "no rule opens its public endpoint"
    reason = f"no private endpoint rule in force leads to {name}, and {public}"
    return Answer(verdict="no", reason=reason, needs=needs, command=command)


_SOVEREIGN = (".cn", ".us", ".usgovcloudapi.net")
"""How hosts of other clouds than the public one end: they are named last, since fewer people have them."""


def _over_public_endpoint(hub: dict[str, Any], identifier: str, port: int) -> Answer | None:
    """The best answer for the hosts of a resource, None where all of them are closed."""
    hosts = sorted(hosts_of(identifier), key=lambda name: (name.endswith(_SOVEREIGN), name))
    if not hosts:
        opened = _by_mode(hub, "the whole internet", None)
        unknown = Answer(
            verdict="unknown", reason=f"under which hosts {_short(identifier)} answers is not known"
        )
        return opened or unknown
    answers = [host(hub, name, port) for name in hosts]
    return next((one for verdict in ("yes", "unknown") for one in answers if one.verdict == verdict), None)


def _by_mode(hub: dict[str, Any], everything: str, wanted: Token | None) -> Answer | None:
    """The answer of a mode in which rules decide nothing; None in approved mode."""
    try:
        mode = isolation_mode(hub)
    except Touched as touched:
        return Answer(verdict="unknown", reason=f"the isolation mode is not known: {touched.unknown.reason}")
    rank = mode_rank(mode)
    if rank == _APPROVED:
        return None
    if rank is None:
        return Answer(verdict="unknown", reason=f"isolation mode '{mode}' is none that hubscan knows")
    if rank == 0:
        reason = f"no managed network is in the way (isolation mode {mode}): only a network of yours may be"
        return Answer(verdict="yes", reason=reason)
    if wanted is not None and wanted.kind == "ip" and is_private(wanted.host):
        return Answer(
            verdict="unknown", reason=f"{wanted.host} is a private address, which mode {mode} does not open"
        )
    return Answer(verdict="yes", reason=f"isolation mode {mode} allows {everything}")


def _search(hub: dict[str, Any], opens: Opens) -> tuple[_Search, Unknown | None]:
    search = _Search([], [], [])
    every = ways(hub)
    for way in every.members:
        answer = opens(way)
        if answer is False or answer is None:
            continue
        if way.denies:
            search.denied.append(way)
        elif answer is True and way.doubt is None and way.allows:
            search.sure.append(way)
        elif way.allows:
            search.maybe.append((way, answer if isinstance(answer, str) else why(way.doubt)))
        else:
            search.maybe.append((way, "whether it allows or denies is not known"))
    return search, every.doubt


def _told(search: _Search, doubt: Unknown | None, subject: str) -> Answer | None:
    """The answer that the ways found give; None where nothing opens it, and nothing may."""
    if search.sure:
        by_tag = [way for way in search.sure if way.kind == SERVICE_TAG]
        if search.denied and len(by_tag) == len(search.sure):
            return _denied(search.denied, subject)
        return Answer(
            verdict="yes",
            reason=f"{_rules(search.sure)} {_open(search.sure)} {subject}",
            through=tuple(search.sure),
        )
    if search.maybe:
        way, why = search.maybe[0]
        through = tuple(way for way, _ in search.maybe)
        return Answer(verdict="unknown", reason=f"{_rule(way)} may open {subject}: {why}", through=through)
    if doubt is not None:
        return Answer(verdict="unknown", reason=f"no rule that is known opens {subject}, but {doubt.reason}")
    return None


def _denied(denied: list[Way], subject: str) -> Answer:
    reason = f"{_rules(denied)} {'denies' if len(denied) == 1 else 'deny'} what may hold {subject}"
    return Answer(
        verdict="unknown", reason=f"{reason}; which rule wins is not documented", through=tuple(denied)
    )


def _is_closed(hub: dict[str, Any], wanted: str) -> bool:
    """Whether the hub's evidence shows that a resource has no public endpoint."""
    resources = hub.get("resources")
    for one in resources if isinstance(resources, list) else ():
        identifier = peek(one, "id")
        if isinstance(identifier, str) and normal(identifier) == wanted:
            access = peek(one, "properties", "publicNetworkAccess")
            return isinstance(access, str) and access.lower() == "disabled"
    return False


def _rule(way: Way) -> str:
    if way.origin == "required":
        return f"the rule for {way.text} that Azure adds"
    whose = "" if way.origin == "user" else f", {way.origin}'s"
    return f"rule '{way.rule}' ({way.kind}{whose})"


def _rules(found: list[Way]) -> str:
    names = list(dict.fromkeys(map(_rule, found)))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _open(found: list[Way]) -> str:
    return "opens" if len(set(map(_rule, found))) == 1 else "open"


def _short(identifier: str) -> str:
    parts = arm_id(identifier)
    return f"{parts['type'].rpartition('/')[2]} '{parts['name']}'" if parts else identifier
