"""What changed between two states of a hub."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.memory import per_hub
from scanner.functions.modes import isolation_mode
from scanner.functions.origins import canonical
from scanner.functions.registry import function
from scanner.functions.rules import label, rule_origin, rules
from scanner.functions.targets import Target, beyond, targets_of
from scanner.values import OpenList, Partial, Touched, Unknown


@function("object", "object", returns="array", partials=True)
def rule_changes(before: Any, hub: Any) -> list[dict[str, Any]]:
    """What each outbound rule of a hub opens and closes against the state before; unchanged ones left out.

    Rules are the same where their names are, whatever the case. ``change`` is added, removed, widened,
    narrowed, or changed (both), and not known where a destination is not. ``opens`` and ``closes``
    are the hosts, tags and resources that the rule reaches now and did not before, and the other way
    round; what a rule that denies lets go is opened, too. ``gained`` are those of ``opens`` that no
    other rule reached before. ``type`` and ``origin`` (see `rule_origin`) are those of the rule as it
    is now, or was where it was removed.

    rule_changes({"outboundRules": []}, {"outboundRules": [{"name": "a",
      "properties": {"type": "FQDN", "destination": "contoso.com"}}]}) -> [{"name": "a", "type": "FQDN",
      "origin": "user", "change": "added", "opens": ["contoso.com"], "closes": [],
      "gained": ["contoso.com"]}]
    rule_changes({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "*.contoso.com"}}]}, {"outboundRules": [{"name": "A", "properties": {"type": "FQDN",
      "destination": "db.contoso.com"}}]}) -> [{"name": "A", "type": "FQDN", "origin": "user",
      "change": "narrowed", "opens": [], "closes": ["*.contoso.com"], "gained": []}]
    """
    old, new = _reaches(known(before)), _reaches(known(hub))
    all_before = [one for reach in old.values() for one in reach.open]
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        change = _change(old.get(name), new.get(name), all_before)
        if change is not None:
            found.append(change)
    return found


@function("object", "object", returns="array", partials=True)
def network_changes(before: Any, hub: Any) -> list[dict[str, Any]]:
    """The properties of a hub's network that are not as before: ``name``, ``before`` and ``after`` of each.

    They are isolationMode as `isolation_mode` gives it, firewallSku, managedNetworkKind and
    publicNetworkAccess, compared without case. A value that is not known is different from any other
    that is not written alike.

    network_changes({"properties": {"managedNetwork": {"firewallSku": "Basic"}}}, {"properties":
      {"managedNetwork": {"firewallSku": "standard"}}}) -> [{"name": "firewallSku", "before": "Basic",
      "after": "standard"}]
    """
    pairs = [
        ("isolationMode", _mode(known(before)), _mode(known(hub))),
        *((path[-1], peek(before, *path), peek(hub, *path)) for path in _COMPARED),
    ]
    found = []
    for name, old, new in pairs:
        texts = [value.lower() if isinstance(value, str) else value for value in (old, new)]
        if not _same(*texts):
            found.append({"name": name, "before": old, "after": new})
    return found


_COMPARED = (
    ("properties", "managedNetwork", "firewallSku"),
    ("properties", "managedNetwork", "managedNetworkKind"),
    ("properties", "publicNetworkAccess"),
)


def _mode(hub: dict[str, Any]) -> Any:
    try:
        return isolation_mode(hub)
    except Touched as touched:
        return touched.unknown


@dataclass(frozen=True, slots=True)
class Reach:
    """What one or several rules of a name reach (``open``) and deny (``shut``), and why that is not known."""

    name: str
    type: str
    origin: str
    open: tuple[Target, ...]
    shut: tuple[Target, ...]
    doubt: Unknown | None
    written: tuple[Any, ...]


def _change(old: Reach | None, new: Reach | None, all_before: list[Target]) -> dict[str, Any] | None:
    is_now = new or old
    if is_now is None:
        return None
    doubts = [reach.doubt for reach in (old, new) if reach is not None and reach.doubt is not None]
    entry = {"name": is_now.name, "type": is_now.type, "origin": is_now.origin}
    if doubts:
        same = old is not None and new is not None and _same(old.written, new.written)
        return None if same else entry | dict.fromkeys(("change", "opens", "closes", "gained"), doubts[0])
    opens = [*beyond(_open(new), _open(old)), *beyond(_shut(old), _shut(new))]
    closes = [*beyond(_open(old), _open(new)), *beyond(_shut(new), _shut(old))]
    if old is not None and new is not None and not opens and not closes:
        return None
    word = (
        "added"
        if old is None
        else "removed"
        if new is None
        else _word(opens=bool(opens), closes=bool(closes))
    )
    return entry | {
        "change": word,
        "opens": [target.text for target in opens],
        "closes": [target.text for target in closes],
        "gained": [target.text for target in beyond(opens, all_before)],
    }


def _word(*, opens: bool, closes: bool) -> str:
    return "changed" if opens and closes else "widened" if opens else "narrowed"


def _open(reach: Reach | None) -> Iterable[Target]:
    return () if reach is None else reach.open


def _shut(reach: Reach | None) -> Iterable[Target]:
    return () if reach is None else reach.shut


@per_hub
def _reaches(hub: dict[str, Any]) -> dict[str, Reach]:
    """What the rules reach, by their name in lower case: a name that stands twice reaches both."""
    found = rules(hub, "*")
    members = found.members if isinstance(found, OpenList) else ((rule, True) for rule in found)
    reaches: dict[str, Reach] = {}
    for rule, sure in members:
        reach = _reach(hub, rule, None if sure else found)
        key = reach.name.lower()
        reaches[key] = _joined(reaches[key], reach) if key in reaches else reach
    return reaches


def _joined(one: Reach, other: Reach) -> Reach:
    doubt = one.doubt if one.doubt is not None else other.doubt
    written = one.written + other.written
    return replace(one, open=one.open + other.open, shut=one.shut + other.shut, doubt=doubt, written=written)


def _reach(hub: dict[str, Any], rule: Any, doubt: Unknown | None) -> Reach:
    name, kind = peek(rule, "name"), peek(rule, "properties", "type")
    destination = peek(rule, "properties", "destination")
    targets: tuple[Target, ...] = ()
    denies = False
    try:
        targets, denies = targets_of(rule, canonical(kind), destination)
    except Touched as touched:
        doubt = touched.unknown
    return Reach(
        name=name if isinstance(name, str) else label(rule),
        type=canonical(kind),
        origin=rule_origin(hub, rule) if isinstance(rule, dict) else "user",
        open=() if denies else targets,
        shut=targets if denies else (),
        doubt=doubt,
        written=(kind, destination),
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written alike, open parts too."""
    if isinstance(one, Partial) and isinstance(other, Partial):
        return one.parts == other.parts and one.text == other.text
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        texts = [value.text for value in (one, other) if isinstance(value, Unknown)]
        return len(texts) == 2 and texts[0] is not None and texts[0] == texts[1]
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
