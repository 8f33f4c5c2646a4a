"""What changed in one hub between two states, a `Change` each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.expressions import display
from scanner.functions.changes import network_changes, rule_changes
from scanner.model import Change, Hub, HubRef
from scanner.transitions import drift
from scanner.values import Touched, Unknown


def changes_of(hub: Hub, before: Any) -> list[Change]:
    """What is different in a hub now: properties of its network first, then its rules.

    ``before`` is the hub's document in the earlier state, or an Unknown.  Rules that the platform makes
    are left out where only one of the states is of a live hub: code does not write them.  A project has
    the network of its hub, and none of its own.
    """
    if hub.ref.kind.lower() == "project":
        return []
    after = hub.document
    found = drift.sides(before, after)
    properties, rules = _properties(hub.ref, before, after), _rules(hub.ref, before, after)
    if found is None:
        return [*_known(hub.ref, properties), *_known(hub.ref, rules)]
    users = (change for change in rules if change.origin != "platform")
    worded = [*_known(hub.ref, found.worded(properties)), *_known(hub.ref, found.worded(users))]
    return [*worded, *found.failed(hub.ref)]


def _known(ref: HubRef, changes: Iterator[Change]) -> Iterator[Change]:
    """The changes as far as they are known, and a word where they are not."""
    try:
        yield from changes
    except Touched as touched:
        detail = f"what changed is not known: {touched.unknown.reason}"
        yield Change(hub=ref, item=None, change="unknown", detail=detail)


def appeared(ref: HubRef, doubt: Unknown | None) -> Change:
    """A hub that only the state after has; ``doubt`` says why it may have been there before."""
    if doubt is None:
        return Change(hub=ref, item=None, change="added", detail="the state before has no such hub")
    detail = f"not found in the state before, which is incomplete: {doubt.reason}"
    return Change(hub=ref, item=None, change="unknown", detail=detail)


def vanished(ref: HubRef, *, whole: bool) -> Change:
    """A hub that only the state before has; ``whole`` tells whether all of the state after was read."""
    if whole:
        detail = "the state after has no such hub; its managed network goes with it"
        return Change(hub=ref, item=None, change="removed", detail=detail)
    detail = "not found in the state after, which is incomplete"
    return Change(hub=ref, item=None, change="unknown", detail=detail)


def _properties(ref: HubRef, before: Any, after: Any) -> Iterator[Change]:
    for entry in network_changes(before, after):
        detail = f"{display(entry['before'])} -> {display(entry['after'])}"
        is_known = not any(isinstance(entry[key], Unknown) for key in ("before", "after"))
        word = "changed" if is_known else "unknown"
        yield Change(hub=ref, item=entry["name"], change=word, detail=detail)


def _rules(ref: HubRef, before: Any, after: Any) -> Iterator[Change]:
    for entry in rule_changes(before, after):
        what = {"hub": ref, "item": entry["name"], "type": entry["type"], "origin": entry["origin"]}
        if isinstance(entry["change"], Unknown):
            yield Change(**what, change="unknown", detail=entry["change"].reason)
        else:
            opens, closes = tuple(entry["opens"]), tuple(entry["closes"])
            yield Change(**what, change=entry["change"], opens=opens, closes=closes)
