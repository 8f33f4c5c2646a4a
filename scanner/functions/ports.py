"""Port ranges of service tag rules."""

from __future__ import annotations

import re
from typing import Any

from scanner.functions.memory import by_text
from scanner.functions.registry import function
from scanner.values import Touched, Unknown

HIGHEST = 65_535
"""The highest port there is."""

_ITEM = re.compile(r"\s*([0-9]{1,5})(?:-([0-9]{1,5}))?\s*")


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
    merged: list[list[int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], high)
        else:
            merged.append([low, high])
    place = 0
    for low, high in sorted(wanted):
        while place < len(merged) and merged[place][1] < low:
            place += 1
        if place == len(merged) or not merged[place][0] <= low <= high <= merged[place][1]:
            return False
    return True
