"""The tables that functions judge by: facts of Azure as data, which a user may override."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Reference:
    """The tables of ``policies/data`` by name, read when first asked for, with a user's overrides."""

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self._overrides = overrides or {}

    def table(self, name: str) -> Any:
        """The table of that name.  Raises KeyError where there is none."""
        raise NotImplementedError


def current() -> Reference:
    """The tables that this process judges by."""
    raise NotImplementedError


def use(reference: Reference) -> None:
    """Judge by other tables from now on."""
    raise NotImplementedError
