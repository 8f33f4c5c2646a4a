"""What changed between two states of a hub."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from scanner.functions.destinations import Target, beyond, may_be, targets_of
from scanner.functions.documents import known, peek
from scanner.functions.memory import per_hub
from scanner.functions.modes import isolation_mode
from scanner.functions.origins import canonical
from scanner.functions.registry import function, listed, record
from scanner.functions.rules import label, rule_origin, rules
from scanner.records import dataclass
from scanner.values import OpenList, Partial, Touched, Unknown

_TEXTS = {"type": "array", "items": {"type": "string"}}
_RULE = record(
    name="string",
    type="string",
    origin="string",
    change="string",
    opens=_TEXTS,
    closes=_TEXTS,
    gained=_TEXTS,
)


@function("object", "object", returns="array", partials=True, schema=listed(_RULE))
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
    old, new = _named(known(before)), _named(known(hub))
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        if not _are_alike(old.get(name, ()), new.get(name, ())):
            change = _change(_reach_of(before, old.get(name, ())), _reach_of(hub, new.get(name, ())))
            if change is not None:
                found.append(change)
    if any(isinstance(change["gained"], list) and change["gained"] for change in found):
        reached = Reached([_reach_of(before, members) for members in old.values()])
        for change in found:
            if isinstance(change["gained"], list):
                change["gained"] = reached.gained(change["gained"], change["type"])
    return found


@function(
    "object",
    "object",
    returns="array",
    partials=True,
    schema=listed(record(name="string", before={}, after={})),
)
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
    """What one or several rules of a name reach (``open``) and deny (``shut``), and why that is not known.

    ``written`` is of each rule its type, its destination, and whether it is surely there.
    """

    name: str
    type: str
    origin: str
    open: tuple[Target, ...]
    shut: tuple[Target, ...]
    doubt: Unknown | None
    written: tuple[Any, ...]


class Reached:
    """What the rules of a hub reached before: surely, perhaps, and of which types that is not known."""

    def __init__(self, before: Iterable[Reach | None]) -> None:
        self._surely: list[Target] = []
        self._perhaps: list[tuple[Target, Unknown]] = []
        self._open: dict[str, Unknown] = {}
        for reach in before:
            if reach is None or reach.doubt is None:
                self._surely += _open(reach)
            elif reach.open:
                self._perhaps += [(target, reach.doubt) for target in reach.open]
            elif not reach.shut:
                self._open.setdefault(reach.type, reach.doubt)

    def gained(self, opened: list[Target], kind: str) -> Any:
        """The texts of what a rule of a type opens and none reached before; an Unknown where one may have."""
        left = beyond(opened, self._surely)
        if not left:
            return []
        doubt = self._open.get(kind, self._open.get(""))
        if doubt is None:
            sure = beyond(left, [target for target, _ in self._perhaps])
            sure = [target for target in sure if not any(may_be(target, other) for other in self._surely)]
            if sure:
                return [target.text for target in sure]
            doubt = self._perhaps[0][1] if self._perhaps else None
        reason = doubt.reason if doubt is not None else f"what {left[0].text} is called is not known"
        return Unknown(f"it may have been reached before: {reason}")


def _change(old: Reach | None, new: Reach | None) -> dict[str, Any] | None:
    """What became of a rule, with all that it opens as ``gained``; None where nothing did."""
    is_now = new or old
    if is_now is None:
        return None
    doubts = [reach.doubt for reach in (old, new) if reach is not None and reach.doubt is not None]
    entry = {"name": is_now.name, "type": is_now.type, "origin": is_now.origin}
    if doubts:
        same = old is not None and new is not None and _same(old.written, new.written)
        # No list and no text, whatever the doubt itself is: that would be taken for what is not known.
        unknown = Unknown(doubts[0].reason, text=doubts[0].text, place=doubts[0].place)
        return None if same else entry | dict.fromkeys(("change", "opens", "closes", "gained"), unknown)
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
        "gained": opens,
    }


def _word(*, opens: bool, closes: bool) -> str:
    return "changed" if opens and closes else "widened" if opens else "narrowed"


def _open(reach: Reach | None) -> Iterable[Target]:
    return () if reach is None else reach.open


def _shut(reach: Reach | None) -> Iterable[Target]:
    return () if reach is None else reach.shut


Named = Sequence[tuple[Any, Unknown | None]]
"""The rules of one name, each with why it may not be there."""


@per_hub
def _named(hub: dict[str, Any]) -> dict[str, list[tuple[Any, Unknown | None]]]:
    """The rules by their name in lower case: a name may stand twice."""
    found = rules(hub, "*")
    members = found.members if isinstance(found, OpenList) else ((rule, True) for rule in found)
    named: dict[str, list[tuple[Any, Unknown | None]]] = {}
    for rule, sure in members:
        named.setdefault(_name(rule).lower(), []).append((rule, None if sure else found))
    return named


def _name(rule: Any) -> str:
    name = peek(rule, "name")
    return name if isinstance(name, str) else label(rule)


def _are_alike(old: Named, new: Named) -> bool:
    """Whether rules are surely there and the same, word for word: most are, and are not looked at further."""
    try:
        return len(old) == len(new) and all(
            unsure is None and doubt is None and one["properties"] == other["properties"]
            for (one, unsure), (other, doubt) in zip(old, new, strict=True)
        )
    except (Touched, KeyError, TypeError):
        return False


def _reach_of(hub: dict[str, Any], named: Named) -> Reach | None:
    """What rules of one name reach together; None where there is none."""
    reaches = [_reach(hub, rule, doubt) for rule, doubt in named]
    return functools.reduce(_joined, reaches) if reaches else None


def _joined(one: Reach, other: Reach) -> Reach:
    doubt = one.doubt if one.doubt is not None else other.doubt
    written = one.written + other.written
    return replace(one, open=one.open + other.open, shut=one.shut + other.shut, doubt=doubt, written=written)


def _reach(hub: dict[str, Any], rule: Any, doubt: Unknown | None) -> Reach:
    kind = peek(rule, "properties", "type")
    destination = peek(rule, "properties", "destination")
    written = (kind, destination, doubt is None)
    targets: tuple[Target, ...] = ()
    denies = False
    try:
        targets, denies = targets_of(rule, canonical(kind), destination)
    except Touched as touched:
        doubt = touched.unknown
    return Reach(
        name=_name(rule),
        type=canonical(kind),
        origin=rule_origin(hub, rule) if isinstance(rule, dict) else "user",
        open=() if denies else targets,
        shut=targets if denies else (),
        doubt=doubt,
        written=written,
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
