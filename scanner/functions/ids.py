"""ARM ids."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="object|null")
def arm_id(text: str) -> dict[str, Any] | None:
    """The parts of an ARM id, or null where it is malformed."""
    raise NotImplementedError


@function("string", returns="string|null")
def arm_type(text: str) -> str | None:
    """The resource type of an ARM id in lower case, or null where the id is malformed."""
    raise NotImplementedError


@function("string", "string", returns="boolean")
def same_id(a: str, b: str) -> bool:
    """Whether two ids name the same resource."""
    raise NotImplementedError


@function("object", "string", returns="object|null", partials=True)
def resource(hub: dict[str, Any], identifier: Any) -> dict[str, Any] | None:
    """The document of hub.resources with that id, or null."""
    raise NotImplementedError
