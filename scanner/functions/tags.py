"""Service tags."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="object")
def service_tag(tag: str) -> dict[str, Any]:
    """The name, base and region of a service tag, in lower case."""
    raise NotImplementedError


@function("string", "array", returns="boolean")
def tag_matches(tag: str, patterns: list[Any]) -> bool:
    """Whether a service tag is one of the patterns."""
    raise NotImplementedError


@function("string", returns="array")
def tag_classes(tag: str) -> list[str]:
    """The breadth classes of a service tag."""
    raise NotImplementedError
