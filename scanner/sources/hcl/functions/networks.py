"""Functions of address ranges."""

from __future__ import annotations

import ipaddress
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import text, whole
from scanner.sources.hcl.registry import function

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(value: Any) -> _Network:
    try:
        return ipaddress.ip_network(text(value), strict=False)
    except ValueError:
        raise Failure(f"an address range is needed, not '{str(value)[:60]}'") from None


@function("cidrhost", 2)
def cidrhost(value: Any, index: Any) -> str:
    """The address of a host in a range; a negative number counts from its end."""
    network, place = _network(value), whole(index)
    at = place if place >= 0 else network.num_addresses + place
    if not 0 <= at < network.num_addresses:
        raise Failure(f"the range has no host {place}")
    return str(network.network_address + at)


@function("cidrnetmask", 1)
def cidrnetmask(value: Any) -> str:
    """The mask of a range."""
    network = _network(value)
    if network.version != 4:
        raise Failure("cidrnetmask() takes a range of IPv4")
    return str(network.netmask)


@function("cidrsubnet", 3)
def cidrsubnet(value: Any, bits: Any, index: Any) -> str:
    """One of the parts that a range falls into with some bits more."""
    network, more, place = _network(value), whole(bits), whole(index)
    if not 0 <= more <= network.max_prefixlen - network.prefixlen or not 0 <= place < 1 << more:
        raise Failure("the range has no such part")
    return _part(
        network, network.prefixlen + more, place << (network.max_prefixlen - network.prefixlen - more)
    )


def _part(network: _Network, length: int, offset: int) -> str:
    if not network.prefixlen <= length <= network.max_prefixlen or not 0 <= offset < network.num_addresses:
        raise Failure("the range has no such part")
    return f"{network.network_address + offset}/{length}"


@function("cidrsubnets", 1, None)
def cidrsubnets(value: Any, *bits: Any) -> list[str]:
    """Parts of a range, one after another, each with some bits more than the range."""
    network = _network(value)
    made: list[str] = []
    offset = 0
    for more in map(whole, bits):
        length = network.prefixlen + more
        if not 0 < more <= network.max_prefixlen - network.prefixlen:
            raise Failure("the range has no such part")
        size = 1 << (network.max_prefixlen - length)
        offset = -(-offset // size) * size
        made.append(_part(network, length, offset))
        offset += size
    return made
