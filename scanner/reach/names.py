"""What is behind a name: the service, the service tag of its addresses, and the hosts of a resource."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.functions.endpoints import (
    service_match,
    service_suffixes,
    storage_match,
    storage_suffixes,
    texts,
)
from scanner.functions.ids import arm_id
from scanner.functions.tags import service_tag
from scanner.functions.tokens import Token
from scanner.reference import Reference, current

_STORAGE = "microsoft.storage/storageaccounts"


@dataclass(frozen=True, slots=True)
class Behind:
    """What is known of where a host answers from.

    ``tags`` are service tags that hold its addresses, in lower case; ``service`` a service with private
    endpoints; ``is_first_party`` tells a host of Microsoft of which no tag is known.
    """

    tags: frozenset[str]
    service: str | None
    is_first_party: bool


def behind(wanted: Token) -> Behind:
    """What is behind a host."""
    reference = current()
    service = "storage" if storage_match(wanted.host) == "direct" else None
    if service is None and (match := service_match(wanted.host)) is not None:
        service = str(match["service"])
    tags = {tag for tag, hosts, below in _tags(reference) if _is_behind(wanted.host, hosts, below)}
    by_service = reference.table("tag-hosts")["services"]
    if service in by_service:
        tags.add(service_tag(by_service[service])["name"])
    domains = texts(reference.table("tag-hosts"), "firstParty")
    is_first_party = not tags and any(
        wanted.host == name or wanted.host.endswith(f".{name}") for name in domains
    )
    return Behind(frozenset(tags), service, is_first_party)


def _is_behind(host: str, hosts: frozenset[str], below: tuple[str, ...]) -> bool:
    return host in hosts or host.endswith(below)


@functools.lru_cache(maxsize=8)
def _tags(reference: Reference) -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
    entries: Mapping[str, object] = reference.table("tag-hosts")["tags"]
    return tuple(
        (
            service_tag(tag)["name"],
            frozenset(texts(entry, "hosts")),
            tuple(f".{name}" for name in texts(entry, "below")),
        )
        for tag, entry in entries.items()
    )


@functools.lru_cache(maxsize=8)
def custom_domains(reference: Reference) -> frozenset[str]:
    """The tags behind which anyone may answer under a name of their own, in lower case."""
    return frozenset(service_tag(tag)["name"] for tag in texts(reference.table("tag-hosts"), "customDomains"))


def hosts_of(identifier: str, subresource: str = "") -> frozenset[str]:
    """The hosts under which a resource answers, of one subresource or, without one, of all.

    Nothing for a type of which no table knows a host.
    """
    parts = arm_id(identifier)
    if parts is None:
        return frozenset()
    name, kind = parts["name"].lower(), parts["type"]
    if kind == _STORAGE:
        service = subresource.partition("_")[0]
        found = (base for base in storage_suffixes(current()) if service in ("", base.partition(".")[0]))
        secondary = "-secondary" if subresource.endswith("_secondary") else ""
        return frozenset(f"{name}{secondary}.{base}" for base in found)
    return frozenset(f"{name}.{suffix}" for suffix in _suffixes(current(), kind))


@functools.lru_cache(maxsize=64)
def _suffixes(reference: Reference, kind: str) -> tuple[str, ...]:
    services = reference.table("service-endpoints")["services"]
    names = {name for name, entry in services.items() if str(entry.get("type")).lower() == kind}
    return tuple(suffix for suffix, name in service_suffixes(reference).items() if name in names)


def target_of_service(service: str) -> tuple[str, str]:
    """The resource type and the first subresource that a private endpoint rule to a service names."""
    if service == "storage":
        return "Microsoft.Storage/storageAccounts", "blob"
    entry = current().table("service-endpoints")["services"][service]
    return str(entry["type"]), next(texts(entry, "groupIds"), "")
