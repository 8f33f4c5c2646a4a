"""The gaps of a whole snapshot that hubs must know of: those of one of them, and those of what they point to.

A snapshot may say beside its hubs what could not be read of one.  Unless that hub knows of it, what is
not there reads as if it were known not to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from scanner.model import Gap, HubRef
from scanner.regexes import regex
from scanner.sources.documents.gaps import is_collection

_EVERY = ""
"""Whose gaps those are that name a collection and no hub: every hub lacks it."""
_RESOURCES = "/"
"""Whose gaps those are that name a resource which is no workspace: any hub may point to it."""

_RESOURCE = regex(r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/[^/]+/[^/]+/[^/]+", re.IGNORECASE)
_WORKSPACE = "/providers/microsoft.machinelearningservices/workspaces/"

Told = dict[str, dict[Gap, None]]
"""The gaps that hubs must know of, in their order, by whose they are."""


def placed(gap: Gap) -> Gap:
    """A gap of a whole snapshot with the hub to which it belongs, where its subject names one."""
    found = _RESOURCE.match(gap.subject) if gap.hub is None else None
    if found is None or _WORKSPACE not in found.group().lower():
        return gap
    return replace(gap, hub=found.group())


def keep(kept: Told, gap: Gap) -> None:
    """Keep a gap that hubs must know of; any other is nobody's but the report's."""
    if gap.hub is not None:
        owner = gap.hub.rstrip("/").lower()
    elif _RESOURCE.match(gap.subject):
        owner = _RESOURCES
    elif is_collection(gap.subject):
        owner = _EVERY
    else:
        return
    kept.setdefault(owner, {})[gap] = None


def frozen(kept: Told) -> Mapping[str, tuple[Gap, ...]]:
    """The same, as a context holds it."""
    return {owner: tuple(gaps) for owner, gaps in kept.items()}


def of_hub(gaps: Mapping[str, tuple[Gap, ...]], ref: HubRef) -> tuple[Gap, ...]:
    """The gaps of one hub, which they name by its id or its name."""
    own = gaps.get(ref.id.lower(), ())
    named = gaps.get(ref.name.lower(), ()) if ref.name.lower() != ref.id.lower() else ()
    return (*own, *named, *gaps.get(_EVERY, ()))


def of_resources(gaps: Mapping[str, tuple[Gap, ...]]) -> tuple[Gap, ...]:
    """The gaps of resources that are no workspaces."""
    return gaps.get(_RESOURCES, ())
