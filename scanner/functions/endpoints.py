"""Hosts of Azure services that a private endpoint reaches."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from scanner.functions.holes import HOLE, OPEN, tail, written
from scanner.functions.hosts import covers
from scanner.functions.memory import by_table
from scanner.functions.registry import function, record
from scanner.functions.tokens import Token, parse, pieces
from scanner.reference import Reference
from scanner.values import Touched, Unknown


@function("string", returns="string|null", partials=True)
def storage_match(host: Any) -> str | None:
    """How a host or pattern reaches Azure Storage: ``direct``, ``covering`` or null.

    ``direct`` where the host, or what follows the wildcard, is a storage endpoint of any cloud or lies
    below one; ``covering`` where a wildcard is so broad that storage endpoints are among what it
    allows. The endpoints are those of the table storage-endpoints. A partly known host is judged by
    its end.

    storage_match("data1.blob.core.windows.net") -> "direct"
    storage_match("*.z12.file.storage.azure.net") -> "direct"
    storage_match("*.windows.net") -> "covering"
    storage_match("notblob.core.windows.net") -> null
    """
    answer = _storage(written(host))
    if answer == OPEN:
        raise Touched(host)
    return answer


@by_table
def _storage(reference: Reference, text: str) -> str | None:
    found = {_storage_one(reference, token) for token in pieces(parse(text))}
    return next((answer for answer in ("direct", OPEN, "covering") if answer in found), None)


def _storage_one(reference: Reference, token: Token) -> str | None:
    names = storage_suffixes(reference)
    if HOLE in token.host:
        return _open_match(tail(token.host), names)
    if token.kind == "any":
        return "covering"
    if under(token.base or token.host, names):
        return "direct"
    if token.kind == "wildcard":
        return "covering" if token.base in parents(names) else None
    if token.kind == "suffix" and any(f".{name}".endswith(str(token.base)) for name in names):
        return "covering"
    return None


def _open_match(end: str, names: Iterable[str]) -> str | None:
    """Whether hosts with that known end are surely below one of the names, surely not, or it is open."""
    if any(end.endswith(f".{name}") for name in names):
        return "direct"
    return OPEN if "*" in end or any(f".{name}".endswith(end) for name in names) else None


@function("string", returns="object|null", partials=True, schema=record(service="string", match="string"))
def service_match(host: Any) -> dict[str, Any] | None:
    """The Azure service with private endpoints, other than storage, that a host reaches, or null.

    ``service`` is a name of the table service-endpoints, ``match`` is ``exact`` for a host and
    ``wildcard`` for a pattern, which reaches every tenant's instances. Hosts that all tenants share
    and the exceptions of the table give null; so does a pattern that is broader than the service.

    service_match("kv1.vault.azure.net") -> {"service": "keyVault", "match": "exact"}
    service_match("*.openai.azure.com") -> {"service": "cognitive", "match": "wildcard"}
    service_match("vscode.search.windows.net") -> null
    service_match("login.microsoftonline.com") -> null
    """
    answer = _service(written(host))
    if answer is None:
        return None
    if answer["service"] == OPEN:
        raise Touched(host)
    if answer["match"] == OPEN:
        return {**answer, "match": Unknown(host.reason, text=host.text, place=host.place)}
    return answer


@by_table
def _service(reference: Reference, text: str) -> dict[str, str] | None:
    for token in pieces(parse(text)):
        if service := _service_one(reference, token):
            match = {"exact": "exact", OPEN: OPEN}.get(token.kind, "wildcard")
            return {"service": service, "match": match}
    return None


def _service_one(reference: Reference, token: Token) -> str | None:
    if token.kind == "unsupported":
        return None
    exempt = [covers(parse(entry), token) for entry in _exempt(reference)]
    if True in exempt:
        return None
    suffixes = service_suffixes(reference)
    if HOLE not in token.host:
        name = under(token.base or token.host, suffixes)
        return suffixes[name] if name else None
    end = tail(token.host)
    answer = OPEN if None in exempt else _open_match(end, suffixes)
    return (
        next(suffixes[name] for name in suffixes if end.endswith(f".{name}"))
        if answer == "direct"
        else answer
    )


def under(host: str, names: Container[str]) -> str | None:
    """The one of the names that the host is or lies below."""
    name = host
    while name not in names:
        _, dot, name = name.partition(".")
        if not dot:
            return None
    return name


@functools.lru_cache(maxsize=64)
def parents(names: frozenset[str]) -> frozenset[str]:
    """Every name that has one of the names below it."""
    return frozenset(
        name.split(".", depth)[depth] for name in names for depth in range(1, name.count(".") + 1)
    )


@functools.lru_cache(maxsize=8)
def storage_suffixes(reference: Reference) -> frozenset[str]:
    """The names below which storage accounts answer."""
    table = reference.table("storage-endpoints")
    roots = [cloud.get("root") for cloud in table["clouds"].values() if isinstance(cloud, Mapping)]
    names = [root for root in (*roots, table["zoneRoot"]) if isinstance(root, str)]
    return frozenset(f"{service}.{name}".lower() for name in names for service in texts(table, "services"))


@functools.lru_cache(maxsize=8)
def service_suffixes(reference: Reference) -> Mapping[str, str]:
    """The names below which instances of a service answer, with the service's own name."""
    services = reference.table("service-endpoints")["services"]
    return {
        suffix.lower(): name for name, service in services.items() for suffix in texts(service, "suffixes")
    }


@functools.lru_cache(maxsize=8)
def _exempt(reference: Reference) -> tuple[str, ...]:
    table = reference.table("service-endpoints")
    return (*texts(table["notPerResource"], "hosts"), *texts(table["exceptions"], "hosts"))


def texts(entry: Any, key: str) -> Iterator[str]:
    """The texts in a list of a table's entry, which a user may have written."""
    values = entry.get(key) if isinstance(entry, Mapping) else None
    return (value for value in (values if isinstance(values, list) else []) if isinstance(value, str))
