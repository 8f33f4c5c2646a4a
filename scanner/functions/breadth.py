"""How much of the internet a host pattern opens."""

from __future__ import annotations

import functools
from typing import Any

from scanner.functions.endpoints import parents, service_suffixes, storage_suffixes, texts, under
from scanner.functions.holes import HOLE, OPEN, fits, plain, tail, written
from scanner.functions.memory import by_table, by_text
from scanner.functions.registry import function
from scanner.functions.tokens import Token, parse, pieces
from scanner.reference import Reference
from scanner.values import Touched

_WORST_FIRST = (
    "any",
    "public-suffix",
    "multi-tenant",
    "lookalike",
    "user-content",
    "unsupported",
    OPEN,
    "brand-wildcard",
    "pack",
)


@function("string", returns="string|null", partials=True)
def host_breadth(host: Any) -> str | None:
    """The class of breadth of a host or pattern, or null for a host that is just itself.

    ``any`` is everything; ``public-suffix`` a wildcard over a name under which anyone registers names;
    ``multi-tenant`` one over a platform that gives each customer a name, or over all instances of an
    Azure service; ``lookalike`` a ``*name`` that other people's names end in, too; ``user-content`` a
    single host that serves what anyone uploads; ``unsupported`` a pattern no firewall takes; ``pack`` a
    wildcard that a documented scenario asks for, exactly as written there; ``brand-wildcard`` any
    other. The tables are multi-tenant-hosts, storage-endpoints, service-endpoints and scenario-hosts,
    and the public suffix list.

    host_breadth("*.co.uk") -> "public-suffix"
    host_breadth("*.core.windows.net") -> "multi-tenant"
    host_breadth("*contoso.com") -> "lookalike"
    host_breadth("raw.githubusercontent.com") -> "user-content"
    host_breadth("*.vo.msecnd.net") -> "pack"
    host_breadth("*.contoso.com") -> "brand-wildcard"
    host_breadth("www.contoso.*") -> "unsupported"
    host_breadth("learn.microsoft.com") -> null
    """
    answer = _breadth(written(host))
    if answer == OPEN:
        raise Touched(host)
    return answer


@function("string", returns="string|null")
def public_suffix(host: str) -> str | None:
    """The public suffix of a host, or of what follows the wildcard of a pattern.

    Both sections of the public suffix list count; below a top-level domain that it does not know, that
    domain is the suffix. Null for an address, for ``*``, for a pattern of another kind and for nothing.

    public_suffix("www.contoso.co.uk") -> "co.uk"
    public_suffix("*.contoso.github.io") -> "github.io"
    public_suffix("10.0.0.4") -> null
    """
    return _public_suffix(plain(host))


@by_text
def _public_suffix(host: str) -> str | None:
    from scanner.functions.suffixes import public_suffix as suffix  # noqa: PLC0415 - the list is read when needed

    token = parse(host)
    name = (token.base or token.host).strip(".")
    return suffix(name) if token.kind in ("exact", "wildcard", "suffix") and name else None


@by_table
def _breadth(reference: Reference, text: str) -> str | None:
    found = {_breadth_one(reference, token) for token in pieces(parse(text))}
    return next((answer for answer in _WORST_FIRST if answer in found), None)


def _breadth_one(reference: Reference, token: Token) -> str | None:
    if token.kind in ("any", "unsupported", OPEN):
        return token.kind
    if token.kind == "exact":
        known = _user_content(reference)
        return OPEN if _is_open(token, known) else "user-content" if token.host in known else None
    if token.base is None:
        return None
    packs = _packs(reference)
    if HOLE in token.host:
        return OPEN if _is_open(token, packs) else _open_pattern(reference, token)
    return "pack" if token.host in packs else _pattern(reference, token)


def _is_open(token: Token, names: frozenset[str]) -> bool:
    return HOLE in token.host and any(fits(token.host, name) for name in names)


def _pattern(reference: Reference, token: Token) -> str:
    """The class of a pattern that is no pack's."""
    from scanner.functions.suffixes import is_company, is_registry  # noqa: PLC0415 - the list is read when needed

    base = str(token.base).strip(".")
    names = _shared(reference)
    if is_registry(base):
        return "public-suffix"
    if base in names or base in parents(names) or under(base, storage_suffixes(reference)):
        return "multi-tenant"
    if token.kind == "suffix" and any(f".{name}".endswith(base) for name in names):
        return "multi-tenant"
    if is_company(base):
        return "public-suffix"
    return "brand-wildcard" if token.kind == "wildcard" else "lookalike"


def _open_pattern(reference: Reference, token: Token) -> str:
    """The class of a pattern with holes, decided where no name that matters has its known end."""
    from scanner.functions.suffixes import is_end_of_rule  # noqa: PLC0415 - the list is read when needed

    end = tail(token.host)
    if token.kind == "suffix":
        return OPEN
    if any(end.endswith(f".{name}") for name in storage_suffixes(reference)):
        return "multi-tenant"
    if any(f".{name}".endswith(end) for name in _shared(reference)) or is_end_of_rule(end):
        return OPEN
    least = _pattern(reference, parse(f"*.{end.lstrip('.')}"))
    return least if least == "brand-wildcard" else OPEN


@functools.lru_cache(maxsize=8)
def _shared(reference: Reference) -> frozenset[str]:
    """Names whose next label down is a customer's."""
    bases = texts(reference.table("multi-tenant-hosts"), "wildcardBases")
    return storage_suffixes(reference).union(map(str.lower, bases), service_suffixes(reference))


@functools.lru_cache(maxsize=8)
def _user_content(reference: Reference) -> frozenset[str]:
    return frozenset(map(str.lower, texts(reference.table("multi-tenant-hosts"), "userContent")))


@functools.lru_cache(maxsize=8)
def _packs(reference: Reference) -> frozenset[str]:
    """The patterns that documented scenarios ask for."""
    hosts = (entry.get("host") for entry in reference.table("scenario-hosts")["hosts"])
    return frozenset(parse(host).host for host in hosts if isinstance(host, str))
