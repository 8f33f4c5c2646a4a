"""Reference data."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="any")
def data(name: str) -> Any:
    """The reference table of that name, or null where there is none."""
    raise NotImplementedError
