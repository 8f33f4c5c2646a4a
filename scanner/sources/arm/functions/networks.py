"""Functions for address ranges."""

from __future__ import annotations

import ipaddress
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import number, text
from scanner.sources.arm.registry import function

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(value: Any, name: str) -> _Network:
    try:
        return ipaddress.ip_network(text(value, name), strict=False)
    except ValueError:
        raise Failure(f"{name}() takes an address range, not '{str(value)[:60]}'") from None


@function("parseCidr", 1)
def parse_cidr(value: Any) -> dict[str, Any]:
    """What there is to say of an address range."""
    network = _network(value, "parseCidr")
    first, last = network.network_address, network.broadcast_address
    # Version 6 has no broadcast address: all of the range can be used.
    older = network.version == 4
    usable = older and network.num_addresses > 2
    return {
        "network": str(first),
        "netmask": str(network.netmask),
        **({"broadcast": str(last)} if older else {}),
        "firstUsable": str(first + 1 if usable else first),
        "lastUsable": str(last - 1 if usable else last),
        "cidr": network.prefixlen,
    }


@function("cidrSubnet", 3)
def cidr_subnet(value: Any, prefix: Any, index: Any) -> str:
    """One of the parts of a prefix length that an address range falls into."""
    network = _network(value, "cidrSubnet")
    length, place = number(prefix, "cidrSubnet"), number(index, "cidrSubnet")
    if not network.prefixlen <= length <= network.max_prefixlen:
        raise Failure("cidrSubnet() takes a prefix length within that of the range")
    if not 0 <= place < 1 << (length - network.prefixlen):
        raise Failure(f"the range has no part {place}")
    start = int(network.network_address) + (place << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


@function("cidrHost", 2)
def cidr_host(value: Any, index: Any) -> str:
    """The address of a host in a range; 0 is the first that can be used."""
    network = _network(value, "cidrHost")
    place = number(index, "cidrHost") + 1
    if not 1 <= place < network.num_addresses:
        raise Failure(f"the range has no host {place - 1}")
    return str(network.network_address + place)
