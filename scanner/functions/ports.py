"""Port ranges."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("any", returns="array|null", nulls=True)
def port_ranges(value: Any) -> list[list[int]] | None:
    """The ranges [low, high] of a portRanges value, or null where it is invalid."""
    raise NotImplementedError


@function("any", "array", returns="boolean|null", nulls=True)
def ports_within(value: Any, allowed: Any) -> bool | None:
    """Whether every port of a portRanges value is one of the allowed ports."""
    raise NotImplementedError


@function("any", "any", returns="boolean|null", nulls=True)
def ports_cover(value: Any, needed: Any) -> bool | None:
    """Whether a portRanges value includes every port of another."""
    raise NotImplementedError
