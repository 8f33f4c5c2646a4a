"""Outbound rules that say the same twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.doubts import Key, doubt_among, first, is_open, listed, lowered, sure
from scanner.functions.glances import names_differ, openings_differ
from scanner.functions.holes import HOLE, plain
from scanner.functions.holes import read as read_holes
from scanner.functions.memory import per_hub
from scanner.functions.openings import Opening, openings
from scanner.functions.origins import FQDN
from scanner.functions.registry import function
from scanner.functions.rules import rules
from scanner.regexes import regex
from scanner.values import Partial, Touched, Unknown


@function("object", returns="array", partials=True)
def repeated_names(hub: Any) -> Any:
    """The names that several outbound rules of a hub share, whatever their case: one object a name.

    ``name`` is the last of their spellings in the order of letters, ``count`` how many there are, and
    ``same`` whether they all have the same type and destination. On a live hub rules that are the same are
    one rule, read in two places, and are left out. Where a name that is not known may be another's, the
    list is open.

    repeated_names({"live": false, "outboundRules": [
      {"name": "A", "properties": {"type": "FQDN", "destination": "contoso.com"}},
      {"name": "a", "properties": {"type": "FQDN", "destination": "fabrikam.com"}}]})
      -> [{"name": "a", "count": 2, "same": false}]
    """
    return _repeated_names(known(hub))


@per_hub
def _repeated_names(hub: dict[str, Any]) -> Any:
    if names_differ(hub):
        return []
    members, doubt = sure(rules(hub, "*"))
    named: dict[str, list[Any]] = {}
    open_names: list[Key] = []
    for rule in members:
        name = peek(rule, "name")
        if isinstance(name, str):
            named.setdefault(name.lower(), []).append(rule)
        elif isinstance(name, Unknown):
            open_names.append((lowered(name),))
    found = [shared for group in named.values() if (shared := _shared(hub, group)) is not None]
    read = {name: _read(name) for name in named}
    open_names += [(name,) for name in read.values() if isinstance(name, Unknown)]
    known_names = [(name,) for name in read.values() if isinstance(name, str)]
    return listed(found, first(doubt, doubt_among(open_names, known_names)))


_EXPRESSION = regex(r"\$?\{[^{}]*\}|^\[[^\[\]]*\(.*\)\]$", re.DOTALL)
_NAMELESS = regex(r"outboundrules\[[0-9]+\]")
"""What a rule is called of which not even the name is known."""


def _read(name: str) -> str | Unknown:
    """A name, or what is known of it where an expression stands in it: rules are called by their text."""
    if _NAMELESS.fullmatch(name):
        return Unknown(f"the name of {name} is not known")
    if not _EXPRESSION.search(name):
        return name
    return read_holes(_EXPRESSION.sub(HOLE, plain(name)), Unknown(f"{name[:80]} is not resolved", text=name))


def _shared(hub: dict[str, Any], group: list[Any]) -> Any:
    """What is said of rules of one name, None where nothing is, an Unknown where it is not known."""
    if len(group) == 1:
        return None
    is_live = hub.get("live") is not False
    one, *others = (
        (peek(rule, "properties", "type"), peek(rule, "properties", "destination")) for rule in group
    )
    try:
        is_same = all(bool(other == one) for other in others)
    except Touched as touched:
        if is_live:
            return touched.unknown
        is_same = False
    return (
        None
        if is_same and is_live
        else {"name": max(rule["name"] for rule in group), "count": len(group), "same": is_same}
    )


@function("object", returns="array", partials=True)
def duplicate_rules(hub: Any) -> Any:
    """What the user's outbound rules open a second time: one object for each repetition.

    FQDN rules open the same where a host is the same after normalisation, service tag rules where tag,
    protocol, ports, prefixes and action are, private endpoint rules where target and subresource are.
    ``name`` is the rule whose name comes later, or the user's where the platform made the other; ``of`` is
    the other rule's name, or its own where one destination lists a host twice; ``text`` says what is opened
    twice, and ``key`` repeats it for a host. Rules that share a name are left to `repeated_names`. Where a
    value that is not known may be the same as another, the list is open.

    duplicate_rules({"outboundRules": [
      {"name": "a", "properties": {"type": "FQDN", "destination": "contoso.com"}},
      {"name": "b", "properties": {"type": "FQDN", "destination": "Contoso.com."}}]})
      -> [{"name": "b", "key": "Contoso.com.", "text": "Contoso.com.", "of": "a", "type": "FQDN"}]
    """
    return _duplicate_rules(known(hub))


@per_hub
def _duplicate_rules(hub: dict[str, Any]) -> Any:
    if openings_differ(hub):
        return []
    found = openings(hub)
    seen: dict[Key, Opening] = {}
    told = set()
    repeated = []
    for one in sorted(found.members, key=lambda one: not one.is_system):
        if is_open(one.key):
            continue
        other = seen.setdefault(one.key, one)
        if other is one or one.is_system or (one.rule is not other.rule and one.same_rule(other)):
            continue
        if (id(one.rule), one.key) not in told:
            told.add((id(one.rule), one.key))
            repeated.append(
                {"name": one.name, "key": one.host, "text": one.text, "of": other.name, "type": one.key[0]}
            )
    return listed(repeated, first(found.doubt, _doubt(found.members, list(seen))))


def _doubt(members: Sequence[Opening], known_keys: Sequence[Key]) -> Unknown | None:
    """Why the user's rules may repeat something: among themselves, or what the platform made."""
    own = [one.key for one in members if is_open(one.key) and not one.is_system]
    system = [one.key for one in members if is_open(one.key) and one.is_system]
    lists = (key[1] for key in own if key[0] == FQDN and not isinstance(key[1], Partial))
    own_known = [one.key for one in members if not is_open(one.key) and not one.is_system]
    return first(next(lists, None), doubt_among(own, [*known_keys, *system]), doubt_among(system, own_known))
