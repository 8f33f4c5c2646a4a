"""The functions that policies may call beside those of JMESPath itself: one table of them all."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from scanner.functions.registry import Function, entries

_MODULES = (
    *("hosts", "endpoints", "breadth", "fqdn", "egress", "scenarios", "ports", "security", "tags", "cidrs"),
    *("ids", "resources", "modes", "rules", "changes", "approvals", "overlaps", "shadows", "inbound"),
    *("evidence", "collected", "targets", "links", "connections", "roles", "optional", "permissions"),
    *("assignments", "text", "matching", "dates", "data"),
)
"""The modules that offer functions, in the order of the documentation: imported when one is asked for."""


@functools.cache
def table() -> Mapping[str, Function]:
    """Every function by its name, in the order of the documentation."""
    modules = [import_module(f"{__name__}.{name}") for name in _MODULES]
    return MappingProxyType({entry.name: entry for module in modules for entry in entries(module)})


def reference_page() -> str:
    """The Markdown page that documents every function."""
    from scanner.functions.page import page  # noqa: PLC0415 - no scan writes it

    return page(table().values())
