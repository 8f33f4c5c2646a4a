"""Code held against a live hub: what was declared and is not there, and what is there undeclared.

Providers are known to drop outbound rules without a word; portals and scripts add some.  The two states
are then not one after the other: one says what should be, the other what is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from scanner.functions.documents import peek
from scanner.functions.origins import PRIVATE_ENDPOINT, canonical
from scanner.model import Change, HubRef
from scanner.values import Unknown

_ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""What stands in an id of code for the subscription of the deployment (`scanner.sources.code.symbols`)."""

_DEFAULTED = frozenset({"firewallSku", "managedNetworkKind", "publicNetworkAccess"})
"""Properties to which Azure gives a value of its own where code gives none."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Which of two documents of a hub is code and which is live, and whether code is the state before."""

    code: Any
    live: Any
    code_before: bool

    def worded(self, changes: Iterator[Change]) -> Iterator[Change]:
        """The changes in the words of drift, without what Azure decides where code says nothing."""
        for change in changes:
            if change.item in _DEFAULTED and change.type is None and self._is_silent(change.item):
                continue
            yield replace(change, detail=self._detail(change))

    def failed(self, ref: HubRef) -> Iterator[Change]:
        """Declared rules that are there, and yet not in force: Azure could not make them."""
        declared = {name.lower() for rule in _rules(self.code) if isinstance(name := peek(rule, "name"), str)}
        for rule in _rules(self.live):
            name, status = peek(rule, "name"), peek(rule, "properties", "status")
            if isinstance(name, str) and name.lower() in declared and _is_failed(status):
                kind = canonical(peek(rule, "properties", "type"))
                detail = "declared, and its status is Failed live: it is not in force"
                yield Change(hub=ref, item=name, change="changed", type=kind, origin="user", detail=detail)

    def _is_silent(self, name: str) -> bool:
        path = ("properties",) if name == "publicNetworkAccess" else ("properties", "managedNetwork")
        value = peek(self.code, *path, name)
        return not isinstance(value, Unknown) and value is None

    def _detail(self, change: Change) -> str | None:
        if change.type is None:
            return f"{change.detail} ({'declared -> live' if self.code_before else 'live -> declared'})"
        word = {"added": not self.code_before, "removed": self.code_before}.get(change.change)
        if word is None:
            told = "what it opens and closes is what is live against what was declared"
            against = (
                told
                if self.code_before
                else "what it opens and closes is what is declared against what is live"
            )
            return f"{change.detail}; {against}" if change.detail else against
        return "declared, and missing live" if word else "live, and nobody declared it"


def sides(before: Any, after: Any) -> Sides | None:
    """Which of two hubs is code; None where both or neither are, or the one before is not known."""
    if isinstance(before, Unknown):
        return None
    states = [peek(document, "live") is not False for document in (before, after)]
    if states[0] == states[1]:
        return None
    return Sides(after, before, code_before=False) if states[0] else Sides(before, after, code_before=True)


def aligned(code: Any, live: Any) -> Any:
    """A hub of code; targets in the deployment's own group have the ids that they have live."""
    rules = peek(code, "outboundRules")
    if not isinstance(rules, list):
        return code
    targets = {}
    for rule in _rules(live):
        name, target = peek(rule, "name"), peek(rule, "properties", "destination", "serviceResourceId")
        if isinstance(name, str) and isinstance(target, str):
            targets[name.lower()] = target
    return {**code, "outboundRules": [_with_target(rule, targets) for rule in rules]}


def appeared(ref: HubRef, doubt: str | None, *, is_code: bool) -> Change:
    """A hub that only the state after has; ``doubt`` says why it may be one of the state before."""
    return _alone(ref, doubt, is_code=is_code, change="added")


def vanished(ref: HubRef, doubt: str | None, *, is_code: bool) -> Change:
    """A hub that only the state before has; ``doubt`` says why it may be one of the state after."""
    return _alone(ref, doubt, is_code=is_code, change="removed")


def _alone(ref: HubRef, doubt: str | None, *, is_code: bool, change: str) -> Change:
    said = "declared, and not found live" if is_code else "live, and no code that was read declares it"
    detail = said if doubt is None else f"{said}, but {doubt}"
    return Change(hub=ref, item=None, change=change if doubt is None else "unknown", detail=detail)


def _with_target(rule: Any, targets: dict[str, str]) -> Any:
    name, destination = peek(rule, "name"), peek(rule, "properties", "destination")
    if canonical(peek(rule, "properties", "type")) != PRIVATE_ENDPOINT or not isinstance(destination, dict):
        return rule
    own = destination.get("serviceResourceId")
    live = targets.get(name.lower()) if isinstance(name, str) else None
    if live is None or not isinstance(own, str) or not _fits(own, live):
        return rule
    properties = {**rule["properties"], "destination": {**destination, "serviceResourceId": live}}
    return {**rule, "properties": properties}


def _fits(code: str, live: str) -> bool:
    """Whether an id may be that of code: each segment the same, or one that the deployment decides."""
    mine, theirs = (text.rstrip("/").lower().split("/") for text in (code, live))
    return len(mine) == len(theirs) and all(
        one == other or "{" in one or (one == _ANY_SUBSCRIPTION and other)
        for one, other in zip(mine, theirs, strict=True)
    )


def _rules(hub: Any) -> list[Any]:
    rules = peek(hub, "outboundRules")
    return rules if isinstance(rules, list) else []


def _is_failed(status: Any) -> bool:
    return isinstance(status, str) and status.lower() == "failed"


def undecided(ref: HubRef, rivals: int) -> Change:
    """A hub that may be any of several of its name."""
    detail = f"which of {rivals} hubs of this name the code means is not known: it decides no resource group"
    return Change(hub=ref, item=None, change="unknown", detail=detail)


def has_open_name(ref: HubRef) -> bool:
    """Whether code leaves open what its hub is called."""
    return "{" in ref.name
