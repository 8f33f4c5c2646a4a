"""The ways out of a hub: what its outbound rules in force open, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.functions.documents import peek
from scanner.functions.doubts import Key, sure
from scanner.functions.egress import in_force, unread_gap
from scanner.functions.ids import arm_id
from scanner.functions.openings import Opening, openings
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG, canonical, origin
from scanner.functions.ports import merged, port_ranges
from scanner.functions.rules import rules
from scanner.functions.tags import service_tag
from scanner.reference import current
from scanner.values import Touched, Unknown

_PLANNED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that a rule opens: a host, a service tag or a resource.

    ``kind`` is the rule's type.  ``origin`` is user, platform or connection as `rule_origin` has it, and
    ``required`` for a rule that code does not show and Azure adds when it provisions the network.  ``key``
    and ``text`` are those of an `Opening`; ``doubt`` says why the rule may not be in force.  ``fqdns`` are
    the names that a private endpoint rule gives its target.  ``is_local`` tells a service tag's form for the
    hub's own region.
    """

    rule: str
    kind: str
    origin: str
    key: Key
    text: str
    doubt: Unknown | None = None
    fqdns: tuple[str, ...] = ()
    is_local: bool = False

    @property
    def denies(self) -> bool:
        """Whether it is a service tag rule that denies."""
        return self.kind == SERVICE_TAG and self.key[5] == "deny"

    @property
    def allows(self) -> bool:
        """Whether it surely does not deny."""
        return self.kind != SERVICE_TAG or self.key[5] == "allow"

    @property
    def target(self) -> str:
        """What it opens, as short as people can tell it apart."""
        parts = (
            arm_id(self.key[1]) if self.kind == PRIVATE_ENDPOINT and isinstance(self.key[1], str) else None
        )
        if parts is None:
            return f"denies {self.text}" if self.denies else self.text
        subresource = self.key[2] if isinstance(self.key[2], str) else "?"
        return f"{parts['type'].rpartition('/')[2]}/{parts['name']} {subresource}".rstrip()

    @property
    def ports(self) -> str:
        """The ports it opens, as people write them."""
        if self.kind == FQDN:
            return "80, 443"
        if self.kind == PRIVATE_ENDPOINT:
            return "those of the service"
        ranges = self.key[3]
        if not isinstance(ranges, tuple):
            return "not known" if isinstance(ranges, Unknown) else "invalid"
        if ranges == ((0, 65_535),):
            return "all"
        return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


@dataclass(frozen=True, slots=True)
class Ways:
    """Every way out, by the name of its rule, and why there may be others, None where there are none."""

    members: tuple[Way, ...]
    doubt: Unknown | None


def ways(hub: dict[str, Any]) -> Ways:
    """What the rules of a hub open; rules that failed or are being deleted open nothing."""
    try:
        found = openings(hub)
    except Touched as touched:
        return Ways((), touched.unknown)
    members = [way for opening in found.members if (way := _way(hub, opening)) is not None]
    if hub.get("live") is False:
        members += _planned(members)
    doubt = found.doubt
    if doubt is None and unread_gap(hub) is not None:
        doubt = Unknown("the outbound rules could not be read in full")
    if doubt is None:
        doubt = _unread(hub, found.members)
    return Ways(tuple(sorted(members, key=lambda way: (way.rule.lower(), way.text))), doubt)


def _unread(hub: dict[str, Any], openings: Iterable[Opening]) -> Unknown | None:
    """Why a rule in force may open something that nothing here tells, None where there is no such rule.

    Its type may be a new one, or its destination may lack what it leads to.
    """
    shown = {id(opening.rule) for opening in openings}
    for rule in sure(rules(hub, "*"))[0]:
        if id(rule) in shown or in_force(hub, rule) is False:
            continue
        destination, kind = (peek(rule, "properties", key) for key in ("destination", "type"))
        if isinstance(destination, str) and isinstance(kind, str) and canonical(kind) == FQDN:
            continue  # it names no host
        return Unknown(f"what rule '{peek(rule, 'name')}' opens is not known")
    return None


def _way(hub: dict[str, Any], opening: Opening) -> Way | None:
    state = in_force(hub, opening.rule)
    if state is False:
        return None
    fqdns = peek(opening.rule, "properties", "fqdns")
    return Way(
        rule=opening.name if isinstance(opening.name, str) else "without a name",
        kind=str(opening.key[0]),
        origin=origin(hub, opening.rule),
        key=opening.key,
        text=opening.text,
        doubt=state if isinstance(state, Unknown) else None,
        fqdns=tuple(name.lower() for name in fqdns if isinstance(name, str))
        if isinstance(fqdns, list)
        else (),
        is_local=opening.key[0] == SERVICE_TAG and _is_local(hub, opening.key[1]),
    )


def _is_local(hub: dict[str, Any], tag: Any) -> bool:
    location = peek(hub, "location")
    region = service_tag(tag)["region"] if isinstance(tag, str) else None
    return isinstance(location, str) and region == location.replace(" ", "").lower()


def _planned(members: list[Way]) -> Iterator[Way]:
    """The service tag rules that Azure will add by itself, where the code does not show them."""
    shown = {(way.key[1], way.key[2]) for way in members if way.kind == SERVICE_TAG and not way.denies}
    known = {pair for pair in shown if not any(isinstance(part, Unknown) for part in pair)}
    has_endpoint = any(way.kind == PRIVATE_ENDPOINT for way in members)
    for entry in current().table("required-rules")["serviceTags"]:
        if not isinstance(entry, Mapping) or (entry.get("condition") and not has_endpoint):
            continue
        live = entry.get("live")
        written: Mapping[str, Any] = live if isinstance(live, Mapping) else entry
        name = service_tag(str(entry["serviceTag"]))["name"]
        protocol = str(written["protocol"]).lower()
        if (name, protocol) in known:
            continue
        ports = tuple(map(tuple, merged(port_ranges(written["portRanges"]) or [])))
        text = f"{entry['serviceTag']} {written['protocol']} {written['portRanges']}"
        key = (SERVICE_TAG, name, protocol, ports, (), "allow")
        yield Way(rule="added by Azure", kind=SERVICE_TAG, origin=_PLANNED, key=key, text=text)
