"""Hosts of Azure services."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="string|null", partials=True)
def storage_match(host: Any) -> str | None:
    """How a host or pattern reaches Azure Storage: 'direct', 'covering' or null."""
    raise NotImplementedError


@function("string", returns="object|null", partials=True)
def service_match(host: Any) -> dict[str, Any] | None:
    """The Azure service with private endpoints that a host or pattern reaches, or null."""
    raise NotImplementedError
