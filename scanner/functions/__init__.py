"""The functions that policies may call beside those of JMESPath itself: one table of them all."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from scanner.functions import (
    approvals,
    breadth,
    cidrs,
    connections,
    data,
    dates,
    endpoints,
    evidence,
    fqdn,
    hosts,
    ids,
    inbound,
    links,
    matching,
    modes,
    overlaps,
    ports,
    resources,
    roles,
    rules,
    shadows,
    tags,
    targets,
    text,
)
from scanner.functions.page import page
from scanner.functions.registry import Function, entries

_MODULES = (
    *(hosts, endpoints, breadth, fqdn, ports, tags, cidrs, ids, resources),
    *(modes, rules, approvals, overlaps, shadows, inbound, evidence, targets, links),
    *(connections, roles, text, matching, dates, data),
)


@functools.cache
def table() -> Mapping[str, Function]:
    """Every function by its name, in the order of the documentation."""
    return MappingProxyType({entry.name: entry for module in _MODULES for entry in entries(module)})


def reference_page() -> str:
    """The Markdown page that documents every function."""
    return page(table().values())
