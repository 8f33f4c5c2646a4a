"""Outbound rules whose traffic other rules allow anyway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.functions.cover_hosts import HostCovers
from scanner.functions.cover_tags import TagCovers
from scanner.functions.documents import known
from scanner.functions.doubts import listed
from scanner.functions.glances import hosts_apart, tags_apart
from scanner.functions.memory import per_hub
from scanner.functions.openings import Cover, Covers, Opening, openings
from scanner.functions.origins import FQDN, SERVICE_TAG
from scanner.functions.registry import function
from scanner.values import Unknown


@function("object", returns="array", partials=True)
def shadowed_rules(hub: Any) -> Any:
    """The user's FQDN and service tag rules that allow nothing that other rules do not: one object a rule.

    A host is covered by a wildcard above it, and by the same host in a rule whose name comes earlier or in
    one of the platform; a service tag by a rule for the same tag, for the tag of which it is a regional
    form, or for AzureCloud or Internet, with at least its protocol and ports. Every host of a rule must be
    covered, by rules of its own type. Rules that deny, that have address prefixes or invalid ports cover
    nothing and are not covered; nor does one host of a documented scenario cover another of the same.
    ``name`` is the rule, ``by`` holds the names of those that cover it, ``type`` is that of both. Where
    something that is not known could cover a rule, the list is open.

    shadowed_rules({"outboundRules": [
      {"name": "a", "properties": {"type": "FQDN", "destination": "www.contoso.com"}},
      {"name": "b", "properties": {"type": "FQDN", "destination": "*.contoso.com"}}]})
      -> [{"name": "a", "by": ["b"], "type": "FQDN"}]
    """
    return _shadowed_rules(known(hub))


@per_hub
def _shadowed_rules(hub: dict[str, Any]) -> Any:
    kinds = [
        (kind, index)
        for kind, index, are_apart in ((FQDN, HostCovers, hosts_apart), (SERVICE_TAG, TagCovers, tags_apart))
        if not are_apart(hub)
    ]
    if not kinds:
        return []
    found = openings(hub)
    shadowed: list[Any] = []
    for kind, index in kinds:
        members = [one for one in found.members if one.key[0] == kind]
        shadowed += _shadowed(members, index(members))
    return listed(shadowed, found.doubt)


def _shadowed(members: Sequence[Opening], index: Covers) -> Iterator[Any]:
    """What is said of rules of one type; an Unknown where one may or may not be covered."""
    rules: dict[int, list[Opening]] = {}
    for one in members:
        if not one.is_system:
            rules.setdefault(id(one.rule), []).append(one)
    for parts in rules.values():
        covers = []
        for part in parts:
            cover = index.cover(part)
            if cover.by is None and cover.doubt is None:
                break
            covers.append(cover)
        else:
            if (said := _said(parts[0], covers)) is not None:
                yield said


def _said(part: Opening, covers: Sequence[Cover]) -> Any:
    """A rule whose every part is covered, perhaps; None where it is merely what later rules repeat."""
    doubt: Unknown | None = next((cover.doubt for cover in covers if cover.by is None), None)
    if doubt is not None:
        return doubt
    if not any(cover.is_broader for cover in covers) and any(cover.is_later for cover in covers):
        return None
    by = dict.fromkeys(cover.by.name for cover in covers if cover.by and isinstance(cover.by.name, str))
    return {"name": part.name, "by": sorted(by), "type": part.key[0]}
