"""Host names and patterns of FQDN rules."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="array")
def hosts(destination: str) -> list[dict[str, Any]]:
    """The hosts of an FQDN destination: one object per comma-separated token."""
    raise NotImplementedError


@function("string", "string", returns="boolean", partials=True)
def host_covers(a: Any, b: Any) -> bool:
    """Whether every host that pattern b allows is allowed by pattern a."""
    raise NotImplementedError
