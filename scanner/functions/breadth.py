"""How much of the internet a host pattern opens."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="string|null", partials=True)
def host_breadth(host: Any) -> str | None:
    """The class of breadth of a host or pattern, or null where it is narrow."""
    raise NotImplementedError


@function("string", returns="string|null")
def public_suffix(host: str) -> str | None:
    """The public suffix of a host or of the base of a pattern."""
    raise NotImplementedError
