"""Reference data."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function
from scanner.reference import current


@function("string", returns="any")
def data(name: str) -> Any:
    """The reference table of that name as its file ``policies/data/NAME.yaml`` has it, or null.

    A user may change tables in the configuration; the answer has the changes.

    data("no-such-table") -> null
    """
    try:
        return current().table(name)
    except KeyError:
        return None
