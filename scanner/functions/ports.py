"""Port ranges of service tag rules."""

from __future__ import annotations

from typing import Any

from scanner.functions.memory import by_text
from scanner.functions.registry import function
from scanner.regexes import regex
from scanner.values import Touched, Unknown

HIGHEST = 65_535
"""The highest port there is."""

_ITEM = regex(r"\s*([0-9]{1,5})(?:-([0-9]{1,5}))?\s*")


@function("any", returns="array|null", nulls=True)
def port_ranges(value: Any) -> list[list[int]] | None:
    """The ranges ``[low, high]`` of a portRanges value, in its order, or null where it is invalid.

    Valid are a port, ranges and ports separated by commas with spaces around them, ``*`` alone, and
    nothing at all; the last two are every port. A number counts as its text. Anything else is invalid,
    a list too, and so is a text of more items than there are ports.

    port_ranges("80, 8080-8089") -> [[80, 80], [8080, 8089]]
    port_ranges(443) -> [[443, 443]]
    port_ranges(null) -> [[0, 65535]]
    port_ranges("*,443") -> null
    port_ranges("8710-8704") -> null
    """
    if value is None:
        return _of("*")
    if isinstance(value, int) and not isinstance(value, bool):
        return [[value, value]] if 0 <= value <= HIGHEST else None
    return _of(value) if isinstance(value, str) else None


@by_text
def _of(text: str) -> list[list[int]] | None:
    if text.strip() in ("", "*"):
        return [[0, HIGHEST]]
    if text.count(",") > HIGHEST:
        return None
    ranges = []
    for item in text.split(","):
        found = _ITEM.fullmatch(item)
        if not found:
            return None
        low = int(found[1])
        high = int(found[2] or low)
        if not low <= high <= HIGHEST:
            return None
        ranges.append([low, high])
    return ranges


@function("any", "array", returns="boolean|null", nulls=True)
def ports_within(value: Any, allowed: Any) -> bool | None:
    """Whether every port of a portRanges value is in the list of allowed ports, or null where it is invalid.

    ports_within("80, 443", [80, 443]) -> true
    ports_within("80-81", [80, 443]) -> false
    ports_within(null, [80, 443]) -> false
    ports_within("any", [80, 443]) -> null
    """
    ranges = port_ranges(value)
    if ranges is None or allowed is None:
        return None
    for port in allowed:
        if isinstance(port, Unknown):
            raise Touched(port)
    return _include([[port, port] for port in allowed if isinstance(port, int)], ranges)


@function("any", "any", returns="boolean|null", nulls=True)
def ports_cover(value: Any, needed: Any) -> bool | None:
    """Whether a portRanges value includes every port of another, or null where one of them is invalid.

    ports_cover("*", "443") -> true
    ports_cover("80-89, 90-99", "85-95") -> true
    ports_cover("443", null) -> false
    """
    ranges, wanted = port_ranges(value), port_ranges(needed)
    return None if ranges is None or wanted is None else _include(ranges, wanted)


def _include(ranges: list[list[int]], wanted: list[list[int]]) -> bool:
    """Whether the wanted ranges lie inside the others, which may touch and overlap."""
    whole = merged(ranges)
    place = 0
    for low, high in sorted(wanted):
        while place < len(whole) and whole[place][1] < low:
            place += 1
        if place == len(whole) or not whole[place][0] <= low <= high <= whole[place][1]:
            return False
    return True


def merged(ranges: list[list[int]]) -> list[list[int]]:
    """Ranges in order, those that touch or overlap made one."""
    whole: list[list[int]] = []
    for low, high in sorted(ranges):
        if whole and low <= whole[-1][1] + 1:
            whole[-1][1] = max(whole[-1][1], high)
        else:
            whole.append([low, high])
    return whole


@function("any", returns="number|null", nulls=True)
def port_count(value: Any) -> int | None:
    """How many ports a portRanges value names, each counted once, or null where it is invalid.

    port_count("80, 443, 80-89") -> 11
    port_count(null) -> 65536
    port_count("any") -> null
    """
    ranges = port_ranges(value)
    return None if ranges is None else sum(high - low + 1 for low, high in merged(ranges))


@function("any", returns="number|null", nulls=True)
def widest_port_range(value: Any) -> int | None:
    """How many ports the widest range of a portRanges value holds, or null where it is invalid.

    widest_port_range("80, 8080-8089") -> 10
    widest_port_range("8000-8004, 8005-8009") -> 10
    widest_port_range("443,") -> null
    """
    ranges = port_ranges(value)
    return None if ranges is None else max(high - low + 1 for low, high in merged(ranges))
