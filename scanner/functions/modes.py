"""Isolation modes."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("object", returns="string", partials=True)
def isolation_mode(hub: dict[str, Any]) -> str:
    """The isolation mode of a hub in ARM's spelling."""
    raise NotImplementedError


@function("string", returns="number|null")
def mode_rank(mode: str) -> int | None:
    """How strict an isolation mode is: 0, 1, 2, or null where it is none."""
    raise NotImplementedError
