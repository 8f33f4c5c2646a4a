"""IP prefixes."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="object|null")
def cidr(text: str) -> dict[str, Any] | None:
    """What an IP address or prefix opens, or null where it is neither."""
    raise NotImplementedError
