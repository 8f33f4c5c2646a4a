"""Whether one way out opens what somebody asks for: True, False, or the clause that says why it may."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

from scanner.functions.cover_hosts import host_token
from scanner.functions.cover_tags import tags_above
from scanner.functions.hosts import covers
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT
from scanner.functions.tags import service_tag, tag_fault
from scanner.functions.tokens import Token, pieces
from scanner.reach.names import Behind, custom_domains, hosts_of
from scanner.reach.ways import Way
from scanner.reference import current
from scanner.values import Unknown

WEB = (80, 443)
"""The ports that FQDN rules open (mission, Limitations)."""

_NOT_TCP = ("udp", "icmp")
_NO_PORTS = "what it has for ports is no port and no range"

Opens = Callable[[Way], "bool | str | None"]
"""Whether a way opens what is asked for: True, False, or the clause that says why it may."""


def opens_host(way: Way, *, wanted: Token, port: int, facts: Behind) -> bool | str | None:
    """Whether it opens a host by TCP on a port."""
    if way.kind == FQDN:
        return _name_opens(way, wanted) if port in WEB else False
    if way.kind == PRIVATE_ENDPOINT:
        return _endpoint_opens(way, wanted, facts)
    return _tag_opens(way, wanted, port, facts)


def _name_opens(way: Way, wanted: Token) -> bool | str:
    token = host_token(way.key[1])
    answer = covers(token, wanted)
    if answer is None:
        return f"'{way.text}' is not wholly known"
    several = pieces(token)
    if not answer and (token.kind == "unsupported" or len(several) > 1 or token.host.startswith(".")):
        # Whether Azure refuses such a name, or reads it as its author did, is not documented.
        patterns = (f"*{one.host}" if one.host.startswith(".") else one.host for one in several)
        meant = any(fnmatchcase(wanted.host, pattern) for pattern in patterns)
        return f"'{way.text}' is no name or pattern that Azure documents" if meant else False
    return answer


def _endpoint_opens(way: Way, wanted: Token, facts: Behind) -> bool | str:
    _, target, subresource = way.key
    if wanted.host in way.fqdns:
        return True
    if isinstance(target, Unknown):
        return "which resource it leads to is not known" if facts.service else False
    known = hosts_of(target, subresource if isinstance(subresource, str) else "")
    if wanted.host not in known:
        return False
    return "its subresource is not known" if isinstance(subresource, Unknown) else True


def _tag_opens(way: Way, wanted: Token, port: int, facts: Behind) -> bool | str:
    _, name, protocol, ports, prefixes, _ = way.key
    if protocol in _NOT_TCP:
        return False
    if isinstance(ports, tuple) and not _includes(ports, port):
        return False
    if isinstance(prefixes, Unknown) or prefixes:
        answer = _within(wanted, prefixes)
    elif isinstance(name, Unknown):
        return "which service tag it names is not known"
    else:
        answer = _holds(way, wanted, facts)
    return _by_protocol(protocol, ports) if answer is True else answer


def _by_protocol(protocol: Any, ports: Any) -> bool | str:
    """Whether what is not told of protocol and ports leaves nothing open; what is no tuple is no ports."""
    open_part = next((part for part in (protocol, ports) if isinstance(part, Unknown)), None)
    if open_part is not None:
        return why(open_part)
    if protocol not in ("*", "tcp"):
        return f"'{protocol}' is no protocol that is known"
    return True if isinstance(ports, tuple) else _NO_PORTS


def _holds(way: Way, wanted: Token, facts: Behind) -> bool | str:
    """Whether the service tag of a rule holds the addresses of a host."""
    name = str(way.key[1])
    if name == "internet":
        return not (wanted.kind == "ip" and is_private(wanted.host))
    if wanted.kind == "ip":
        return f"the address may be one of {name}"
    if any(name in tags_above(one) for one in facts.tags):
        return True
    base = service_tag(name)["base"]
    if any(base == service_tag(one)["base"] for one in facts.tags):
        # What the platform opens in the hub's region is where it itself looks for the host.
        if way.is_local and way.origin == "platform":
            return True
        return f"it opens {name} alone, and where the host answers from is not known"
    if base == "azurefrontdoor.firstparty" and facts.is_first_party:
        return "hosts of Microsoft may answer from there"
    if not facts.tags and way.origin in ("user", "connection") and base in custom_domains(current()):
        return f"anyone may answer from {name} under a name of their own"
    return False if _is_known(name) else _what_it_holds(name)


def _is_known(tag: str) -> bool:
    fault = tag_fault(tag)
    return fault is None or fault["fault"] not in ("unknown", "firewall", "display-name")


def _what_it_holds(tag: str) -> str:
    return f"no service tag '{tag}' is known, nor what it holds"


def _within(wanted: Token, prefixes: Any) -> bool | str:
    if isinstance(prefixes, Unknown):
        return "its addresses are not known"
    if wanted.kind != "ip":
        return f"it opens {', '.join(prefixes[:3])}, where the host may have its address"
    address = _address(wanted.host)
    if address is None:
        return False
    for prefix in prefixes:
        try:
            if address in ipaddress.ip_network(prefix, strict=False):
                return True
        except ValueError:
            return f"'{prefix}' is no address range"
    return False


def opens_tag(way: Way, *, wanted: str, port: int | None) -> bool | str | None:
    """Whether it opens, or denies, the addresses of a service tag; None where it is no service tag rule."""
    if way.kind in (FQDN, PRIVATE_ENDPOINT):
        return None
    _, name, _, ports, prefixes, _ = way.key
    if isinstance(name, Unknown):
        return "which service tag it names is not known"
    if isinstance(ports, Unknown):
        return "its ports are not known"
    if isinstance(ports, tuple) and port is not None and not _includes(ports, port):
        return False
    if isinstance(prefixes, Unknown) or prefixes:
        return f"it opens addresses in place of the tag {name}" if name in tags_above(wanted) else False
    if name in tags_above(wanted):
        return True if isinstance(ports, tuple) else _NO_PORTS
    if wanted in tags_above(name) and wanted == service_tag(name)["base"]:
        return f"it opens {name} alone, a part of it"
    return False if _is_known(name) else _what_it_holds(name)


def leads_to(way: Way, *, wanted: str) -> bool | str | None:
    """Whether it is a private endpoint to a resource; None where it is none at all."""
    if way.kind != PRIVATE_ENDPOINT:
        return None
    target = way.key[1]
    if isinstance(target, Unknown):
        return "which resource it leads to is not known"
    return bool(target == wanted)


def _includes(ranges: Iterable[tuple[int, int]], port: int) -> bool:
    return any(low <= port <= high for low, high in ranges)


def is_private(address: str) -> bool:
    """Whether an address is none of the internet's."""
    parsed = _address(address)
    return parsed is not None and parsed.is_private


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as a host has it, one of version 6 in brackets; None for digits that are no address."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def why(doubt: Unknown | None) -> str:
    """The clause for something of a way that is not known."""
    return doubt.reason if doubt is not None else "something of it is not known"
