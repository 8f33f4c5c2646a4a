"""Hosts and patterns of FQDN rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.functions.holes import HOLE, fits, plain, tail, written
from scanner.functions.memory import by_text
from scanner.functions.registry import function, listed, record
from scanner.functions.tokens import Token, parse
from scanner.values import Touched, Unknown

MOST = 10_000
"""How many tokens of one destination are read; where there are more, nothing is known of any."""

FIELDS: Mapping[str, str | Mapping[str, Any]] = {
    "text": "string",
    "host": "string",
    "kind": {
        "type": "string",
        "examples": ["exact", "wildcard", "suffix", "any", "ip", "empty", "unsupported"],
    },
    "base": "string|null",
    "scheme": "string|null",
    "port": "number|null",
    "flags": listed({"type": "string"}),
}
"""The fields of one host, and their types."""


@function("string", returns="array", schema=listed(record(**FIELDS)))
def hosts(destination: str) -> list[dict[str, Any]]:
    """The hosts of an FQDN destination: one object for each of its comma-separated tokens.

    ``text`` is the token as written, ``host`` what a firewall reads from it: lower case, without
    scheme, path, user, port and trailing dots, international labels as A-labels. ``kind`` is one of
    exact, wildcard (``*.base``: any depth below base, not base itself), suffix (``*base``: whatever
    ends in base), any (``*``), ip, empty, and unsupported for a ``*`` anywhere else; ``base`` is what
    follows the wildcard, else null. ``scheme`` and ``port`` are what was written, else null. ``flags``
    names what was taken off or is wrong: case, scheme, path (query and fragment too), userinfo, port,
    dot, cidr, ip, empty, separator (a semicolon or line break inside), whitespace,
    wildcard-position, single-label, label-length (an empty or too long label), host-length,
    characters, numeric-tld. Hosts that a semicolon or white space separates stay one token, each of
    them normalised; the other functions judge such a host by the worst of its parts.

    hosts("*.Contoso.com.") -> [{"text": "*.Contoso.com.", "host": "*.contoso.com", "kind": "wildcard",
      "base": "contoso.com", "scheme": null, "port": null, "flags": ["case", "dot"]}]
    hosts("https://db.contoso.com:5432/x") -> [{"text": "https://db.contoso.com:5432/x",
      "host": "db.contoso.com", "kind": "exact", "base": null, "scheme": "https", "port": 5432,
      "flags": ["scheme", "path", "port"]}]
    hosts("10.0.0.0/24") -> [{"text": "10.0.0.0/24", "host": "10.0.0.0", "kind": "ip", "base": null,
      "scheme": null, "port": null, "flags": ["cidr", "ip"]}]
    """
    if destination.count(",") >= MOST:
        raise Touched(Unknown(f"the destination holds more than {MOST} host names"))
    return _hosts(plain(destination))


@by_text
def _hosts(destination: str) -> list[dict[str, Any]]:
    return [as_object(parse(token)) for token in destination.split(",")]


def as_object(token: Token) -> dict[str, Any]:
    """A token as policies see it."""
    return {
        "text": token.text,
        "host": token.host,
        "kind": token.kind,
        "base": token.base,
        "scheme": token.scheme,
        "port": token.port,
        "flags": list(token.flags),
    }


@function("string", "string", returns="boolean", partials=True)
def host_covers(a: Any, b: Any) -> bool:
    """Whether every host that the host or pattern b allows is also allowed by a.

    ``*`` covers everything, ``*.x`` what is strictly below x, ``*x`` what ends in x, and a plain host
    itself alone. An empty name covers nothing and is covered by nothing. Each argument is one token,
    not a list of them; of partly known texts it decides what their known ends decide.

    host_covers("*.contoso.com", "a.b.contoso.com") -> true
    host_covers("*.contoso.com", "contoso.com") -> false
    host_covers("*contoso.com", "*.contoso.com") -> true
    host_covers("*.contoso.com", "*contoso.com") -> false
    host_covers("*", "10.0.0.4") -> true
    """
    decided = covers(parse(written(a)), parse(written(b)))
    if decided is None:
        raise Touched(a if isinstance(a, Unknown) else b)
    return decided


def covers(a: Token, b: Token) -> bool | None:
    """`host_covers` of tokens; None where a hole in one of them keeps it open."""
    if HOLE in a.host:
        return None if _may_cover(a, b) else False
    if "empty" in (a.kind, b.kind):
        return False
    if a.kind == "any":
        return True if b.host.strip(f".{HOLE}") else None
    if a.base is None:
        return a.host == b.host if not fits(b.host, a.host) or HOLE not in b.host else None
    below = a.base if a.kind == "suffix" else f".{a.base}"
    if HOLE in b.host:
        return _is_covered(tail(b.host), below) if "*" not in b.host[1:] else None
    return a.host == b.host or (b.kind not in ("unsupported", "ip") and _end(b).endswith(below))


def _end(token: Token) -> str:
    """What every host that a token allows ends with."""
    return f".{token.base}" if token.kind == "wildcard" else token.base or token.host


def _is_covered(end: str, below: str) -> bool | None:
    """Whether every host with that known end ends in ``below``; a number at the end may be an address."""
    if end.endswith(below):
        return None if end[-1:].isdigit() else True
    return None if below.endswith(end) else False


def _may_cover(a: Token, b: Token) -> bool:
    """Whether a pattern with holes can cover b; that it surely does is never claimed."""
    end = tail(a.host)
    if "*" in a.host[1:] or "*" in b.host[1:] or b.kind == "any":
        return True
    if HOLE in b.host:
        return end.endswith(tail(b.host)) or tail(b.host).endswith(end)
    return _end(b).endswith(end)
