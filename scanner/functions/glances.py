"""Whether there is anything to compare: a glance at a hub, nearly all of which have rules that differ.

Each answer is True only where a full comparison could find nothing; whatever is odd, open or close to
another is left to that comparison.
"""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import peek
from scanner.functions.hosts import MOST
from scanner.functions.ids import normal
from scanner.functions.memory import by_text, lowered, per_hub
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG
from scanner.functions.rules import plain_rules, rules, user_rules
from scanner.functions.tags import service_tag
from scanner.functions.tokens import parse
from scanner.values import Touched

_MOST_LABELS = 128
"""More than a host can have: one that has them is odd."""

_BROAD = frozenset({"azurecloud", "internet"})


def names_differ(hub: dict[str, Any]) -> bool:
    """Whether the names of all rules are known and different."""
    members = rules(hub, "*")
    if not isinstance(members, list):
        return False
    try:
        names = {rule["name"].lower() for rule in members}
    except (AttributeError, KeyError, TypeError, Touched):
        return False
    every = " ".join(names)
    return len(names) == len(members) and "{" not in every and "[" not in every


def openings_differ(hub: dict[str, Any]) -> bool:
    """Whether all rules open things that are known and different."""
    hosts = known_hosts(hub)
    tags, targets = _destinations(hub, SERVICE_TAG), _destinations(hub, PRIVATE_ENDPOINT)
    if hosts is None or tags is None or targets is None or len(set(hosts)) < len(hosts):
        return False
    try:
        # Rules that differ in tag or protocol open different things, whatever their ports.
        opened = {
            (service_tag(to["serviceTag"])["name"], lowered(to.get("protocol") or "") or "*") for to in tags
        }
        led_to = {(normal(to["serviceResourceId"]), lowered(to["subresourceTarget"])) for to in targets}
        return len(opened) == len(tags) and len(led_to) == len(targets)
    except (AttributeError, KeyError, TypeError, Touched):
        return False


def hosts_apart(hub: dict[str, Any]) -> bool:
    """Whether all hosts are known, different, and none lies below a pattern."""
    hosts = known_hosts(hub)
    if hosts is None or len(set(hosts)) != len(hosts):
        return False
    patterns = [host for host in hosts if "*" in host]
    if not patterns:
        return True
    if any(not pattern.startswith("*.") or "*" in pattern[1:] for pattern in patterns):
        return False
    bases = {pattern[2:] for pattern in patterns}
    return all(host.count(".") < _MOST_LABELS and bases.isdisjoint(_above(host)) for host in hosts)


def tags_apart(hub: dict[str, Any]) -> bool:
    """Whether the tags of the user's rules are known and of different services than all other rules."""
    every, own = _destinations(hub, SERVICE_TAG), user_rules(hub, SERVICE_TAG)
    if every is None or not isinstance(own, list):
        return False
    if not own:
        return True
    try:
        bases = [service_tag(to["serviceTag"])["base"] for to in every]
        wanted = {service_tag(rule["properties"]["destination"]["serviceTag"])["base"] for rule in own}
    except (AttributeError, KeyError, TypeError, Touched):
        return False
    return len(wanted) == len(own) == sum(base in wanted for base in bases) and _BROAD.isdisjoint(bases)


def _destinations(hub: dict[str, Any], kind: str) -> list[Any] | None:
    """Where the rules of a type lead, None where one may or may not be there."""
    plain = plain_rules(hub)
    if plain is not None:
        return [to for _, _, to in plain.get(kind, ())]
    found = rules(hub, kind)
    return [peek(rule, "properties", "destination") for rule in found] if isinstance(found, list) else None


@per_hub
def known_hosts(hub: dict[str, Any]) -> list[str] | None:
    """All hosts of all FQDN rules, None where one is not known."""
    destinations = _destinations(hub, FQDN)
    if destinations is None:
        return None
    hosts: list[str] = []
    for destination in destinations:
        if type(destination) is not str or (len(destination) > MOST and destination.count(",") >= MOST):
            return None
        hosts += _read(destination)
    return hosts


@by_text
def _read(destination: str) -> tuple[str, ...]:
    return tuple(host for host in (parse(token).host for token in destination.split(",")) if host)


@by_text
def _above(host: str) -> frozenset[str]:
    """The names above a host, or above what follows its wildcard."""
    labels = host.removeprefix("*.").split(".")
    return frozenset(".".join(labels[depth:]) for depth in range(1, len(labels)))
