"""IP prefixes of service tag rules."""

from __future__ import annotations

import ipaddress
from typing import Any

from scanner.functions.memory import by_text
from scanner.functions.registry import function, record
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PREFIX = regex(r"([0-9a-fA-F:.]{2,45})(?:/([0-9]{1,3}))?")

# Not `is_private` of the standard library: it counts ranges that are kept for documentation, too.
_SCOPES = {
    scope: tuple(ipaddress.ip_network(network) for network in networks)
    for scope, networks in {
        "platform": ("168.63.129.16/32",),
        "link-local": ("169.254.0.0/16", "fe80::/10"),
        "private": (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "fc00::/7",
            "::1/128",
        ),
    }.items()
}


@function(
    "string",
    returns="object|null",
    schema=record(text="string", version="number", length="number", scope="string"),
)
def cidr(text: str) -> dict[str, Any] | None:
    """What an IP address or prefix opens, or null where the text is neither.

    ``text`` is what was written, ``version`` 4 or 6, ``length`` the length of the prefix (all bits for
    an address). ``scope`` is ``any`` for length 0; ``platform`` for 168.63.129.16, which answers for
    Azure itself; ``link-local``; ``private`` for RFC 1918, shared (RFC 6598), loopback and unique local
    addresses; else ``public``.

    cidr("0.0.0.0/0") -> {"text": "0.0.0.0/0", "version": 4, "length": 0, "scope": "any"}
    cidr(" 10.1.0.0/16") -> {"text": "10.1.0.0/16", "version": 4, "length": 16, "scope": "private"}
    cidr("203.0.113.7") -> {"text": "203.0.113.7", "version": 4, "length": 32, "scope": "public"}
    cidr("10.0.0.0/33") -> null
    """
    return _cidr(text)


@function("string", "array", returns="boolean")
def cidr_within(text: str, networks: list[Any]) -> bool:
    """Whether all of an IP address or prefix lies in one of several; what is neither lies in none.

    cidr_within("203.0.113.0/25", ["198.51.100.0/24", "203.0.113.0/24"]) -> true
    cidr_within("203.0.113.0/24", ["203.0.113.0/25"]) -> false
    """
    inner = _network(text)
    if inner is None:
        return False
    for other in networks:
        outer = _network(other) if isinstance(other, str) else None
        if outer is not None and inner.version == outer.version and inner.subnet_of(outer):  # type: ignore[arg-type]
            return True
    for other in networks:
        if isinstance(other, Unknown):
            raise Touched(other)
    return False


@by_text
def _cidr(text: str) -> dict[str, Any] | None:
    network = _network(text)
    if network is None:
        return None
    return {
        "text": text.strip(),
        "version": network.version,
        "length": network.prefixlen,
        "scope": _scope(network),
    }


@by_text
def _network(text: str) -> _Network | None:
    text = text.strip()
    if not _PREFIX.fullmatch(text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _scope(network: _Network) -> str:
    if network.prefixlen == 0:
        return "any"
    for scope, wider in _SCOPES.items():
        if any(network.version == other.version and network.subnet_of(other) for other in wider):  # type: ignore[arg-type]
            return scope
    return "public"
