"""Outbound rules."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("object", "string", returns="array", partials=True)
def rules(hub: dict[str, Any], kind: str) -> Any:
    """The outbound rules of a hub that have a type."""
    raise NotImplementedError


@function("object", "string", returns="array", partials=True)
def user_rules(hub: dict[str, Any], kind: str) -> Any:
    """The outbound rules of a hub that have a type and are not the platform's."""
    raise NotImplementedError


@function("object", "object", returns="string", partials=True)
def rule_origin(hub: dict[str, Any], rule: Any) -> str:
    """Who made an outbound rule: 'platform', 'connection' or 'user'."""
    raise NotImplementedError
