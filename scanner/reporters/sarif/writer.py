"""Turns objects of sarif_om into what JSON can hold.

The package's own companion for this drops any value that equals its class's default, an explicit
``level: warning`` too, which under a rule whose level is ``error`` changes the meaning (SARIF 3.27.10).
"""

from __future__ import annotations

import functools
from typing import Any

_ALWAYS_WRITTEN = frozenset({"level"})


def document(value: Any) -> Any:
    """The value with each object of sarif_om, at any depth of lists and objects, as a dict.

    What is None is left out, and so is what equals its default.  Dicts are data: they stay as they are.
    """
    if isinstance(value, list):
        return [document(member) for member in value]
    kind: Any = type(value)
    members = _members(kind)
    if members is None:
        return value
    own = vars(value)
    written = {}
    for name, key, default in members:
        member = own[name]
        if member is not None and (default is None or key in _ALWAYS_WRITTEN or member != default):
            written[key] = document(member)
    return written


@functools.cache
def _members(kind: Any) -> tuple[tuple[str, str, Any], ...] | None:
    """Attribute, SARIF's own name and default of each member of a class; None for any other class."""
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is None:
        return None
    return tuple(
        (attribute.name, attribute.metadata["schema_property_name"], _default(attribute.default))
        for attribute in attributes
    )


def _default(default: Any) -> Any:
    """What a constructor fills in: a list is made anew each time."""
    return default.factory() if hasattr(default, "factory") else default
