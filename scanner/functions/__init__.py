"""The functions that policies may call beside those of JMESPath itself: one table of them all."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from scanner.functions import (
    approvals,
    assignments,
    breadth,
    changes,
    cidrs,
    collected,
    connections,
    data,
    dates,
    egress,
    endpoints,
    evidence,
    fqdn,
    hosts,
    ids,
    inbound,
    links,
    matching,
    modes,
    optional,
    overlaps,
    permissions,
    ports,
    resources,
    roles,
    rules,
    scenarios,
    security,
    shadows,
    tags,
    targets,
    text,
)
from scanner.functions.page import page
from scanner.functions.registry import Function, entries

_MODULES = (
    *(hosts, endpoints, breadth, fqdn, egress, scenarios, ports, security, tags, cidrs, ids, resources),
    *(modes, rules, changes, approvals, overlaps, shadows, inbound, evidence, collected, targets, links),
    *(connections, roles, optional, permissions, assignments, text, matching, dates, data),
)


@functools.cache
def table() -> Mapping[str, Function]:
    """Every function by its name, in the order of the documentation."""
    return MappingProxyType({entry.name: entry for module in _MODULES for entry in entries(module)})


def reference_page() -> str:
    """The Markdown page that documents every function."""
    return page(table().values())
