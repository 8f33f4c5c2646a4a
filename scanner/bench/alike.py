"""Hubs that are alike, of which little is known: what is said of one is said of the others.

A verdict on a hub is that on another one where it rests on nothing in which the two differ.  On what it
rests the document itself tells, whose keys note that somebody asks for them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from scanner import engine
from scanner.bench import parts, sight
from scanner.bench.verdicts import PASSED, SKIPPED, Judged, Verdicts
from scanner.engine import Judgement
from scanner.engine.evidence import shown
from scanner.engine.yielding import Exempt, Ranks, after_yielding
from scanner.expressions.facts import Ledger
from scanner.model import Hub
from scanner.policy import Policy
from scanner.values import NotCollected, Unknown

_MANY = 4
"""A hub with a list of more members is like no other."""

_LONGEST = 1_024
"""So is one of more bytes, its names left aside: of larger hubs there are fewer to judge."""

_SIGHTS = 4
"""How many hubs alike are seen before it pays to find out what verdicts rest on."""

_SHAPES = 64
"""How many kinds of hubs are known at a time, of which verdicts are remembered."""

_SEEN = 4_096
"""Of how many kinds it is known at a time how many hubs there were."""

_TELLING = frozenset({"kind", "type", "location", "live"})
"""What many policies ask for, and many hubs have alike."""

_PLAIN = frozenset({str, int, bool})

_Shape = tuple[str, bool, tuple[str, ...], tuple[str, ...], bytes]
"""What hubs that are alike have in common: their kind, what is said of them at all, and most of that."""


class Alike:
    """What was said of hubs, for those that are alike."""

    def __init__(self, policies: Sequence[Policy], ranks: Ranks | None = None) -> None:
        self._policies = policies
        self._ranks = ranks or Ranks(policies)
        self._seen: dict[_Shape, int] = {}
        self._known: dict[tuple[_Shape, bool], _Said] = {}
        self._watchable: list[bool] | None = None

    def judge(self, hub: Hub, exempt: Exempt | None = None) -> tuple[Verdicts, Verdicts] | None:
        """What policies say in the end of all hubs alike, and of this one; None where that is not known.

        ``exempt`` is that of the bench.
        """
        shape = _shape(hub)
        if shape is None:
            return None
        key = shape, exempt is not None
        said = self._known.get(key)
        if said is None:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            sights = self._seen[shape] = self._seen.get(shape, 0) + 1
            if sights < _SIGHTS:
                return None
            if len(self._known) >= _SHAPES:
                self._known.clear()
            said = self._known[key] = self._found(hub, may_exempt=exempt is not None)
        return said.of(hub, exempt)

    def _found(self, hub: Hub, *, may_exempt: bool) -> _Said:
        if self._watchable is None:
            ledger = Ledger()
            self._watchable = [sight.by_names(policy, ledger) for policy in self._policies]
        own = []
        for policy, watchable in zip(self._policies, self._watchable, strict=True):
            may_share = watchable and not _points_into(policy, hub)
            if not (may_share and _rests_on_shape(policy, policy, hub)):
                own.append(_Own(policy, hub, by_parts=may_share))
        return _Said(self._policies, self._ranks, hub, own, may_exempt=may_exempt)


class _Own:
    """A policy that is asked of each hub; where ``by_parts``, perhaps once for all of one subscription."""

    def __init__(self, policy: Policy, hub: Hub, *, by_parts: bool) -> None:
        self.policy = policy
        identifier = hub.document.get("id")
        self._by_parts = (
            by_parts
            and type(identifier) is str
            and _rests_on_shape(policy, parts.written_out(policy, identifier), hub)
        )
        self._known: dict[tuple[str, ...] | None, list[Judgement]] = {}

    def judge(self, hub: Hub, memo: engine.Memo) -> list[Judgement]:
        """What it says of a hub."""
        if not self._by_parts:
            return engine.evaluate(self.policy, hub, memo)
        found = parts.of(hub.document["id"])
        key = None if found is None else tuple(found.values())
        judged = self._known.get(key)
        if judged is None:
            if len(self._known) >= _SHAPES:
                self._known.clear()
            judged = self._known[key] = engine.evaluate(self.policy, hub, memo)
        return judged


class _Said:
    """What is said of hubs that are alike, of which ``hub`` is one.

    ``own`` are policies that are asked of each of them.  Where exemptions ``may_exempt`` what is said of one
    and not of another, so is who yields to whom.
    """

    def __init__(
        self, policies: Sequence[Policy], ranks: Ranks, hub: Hub, own: Sequence[_Own], *, may_exempt: bool
    ) -> None:
        memo = engine.Memo()
        self._ranks = ranks
        self._first = {policy.card.id: engine.evaluate(policy, hub, memo) for policy in policies}
        self._own = own
        self._keys = {f"hub.{key}": key for key in _loose(hub)}
        self._open: list[Policy] = []
        self._telling: list[tuple[Policy, Judged]] = []
        common: list[tuple[Policy, Judged]] = []
        asked = {one.policy.card.id for one in own}
        for policy in policies:
            alone = self._first[policy.card.id]
            judged = after_yielding(policy, alone, self._first, hub)
            is_silenced = may_exempt and judged is not alone
            if policy.card.id in asked or is_silenced or not asked.isdisjoint(policy.card.yields_to):
                self._open.append(policy)
            elif any(not self._keys.keys().isdisjoint(one.evidence) for one in judged):
                self._telling.append((policy, judged))
            else:
                common.append((policy, _plain(judged)))
        self._common: Verdicts = tuple(common)

    def of(self, hub: Hub, exempt: Exempt | None) -> tuple[Verdicts, Verdicts]:
        """What is said of all of them, and of one."""
        said = [(policy, self._named(judged, hub)) for policy, judged in self._telling]
        if self._open:
            memo = engine.Memo()
            own = {one.policy.card.id: one.judge(hub, memo) for one in self._own}
            every: dict[str, Judged] = {**self._first, **own}
            verdicts = self._ranks.heard(every, hub, exempt)
            for policy in self._open:
                judged = after_yielding(policy, every[policy.card.id], verdicts, hub)
                said.append((policy, self._named(judged, hub)))
        return self._common, said

    def _named(self, judged: Judged, hub: Hub) -> Judged:
        """The same with evidence of this hub, where evidence tells what each has of its own."""
        keys = self._keys
        return [one if keys.keys().isdisjoint(one.evidence) else self._with_own(one, hub) for one in judged]

    def _with_own(self, one: Judgement, hub: Hub) -> Judgement:
        evidence = dict(one.evidence)
        for name in evidence.keys() & self._keys.keys():
            evidence[name] = shown(hub.document[self._keys[name]])
        return Judgement(
            verdict=one.verdict,
            item=one.item,
            key=one.key,
            by=one.by,
            message=one.message,
            reason=one.reason,
            evidence=evidence,
            subject=one.subject,
            place=one.place,
        )


def _plain(judged: Judged) -> Judged:
    """Judgements as a bench gives them where they are nothing but a pass, or that a policy does not apply."""
    return next((plain for plain in (PASSED, SKIPPED) if list(judged) == list(plain)), judged)


def _loose(hub: Hub) -> list[str]:
    """The keys of what hubs that are alike may have each of its own."""
    return [key for key, value in hub.document.items() if type(value) in _PLAIN and key not in _TELLING]


def _shape(hub: Hub) -> _Shape | None:
    """What a hub has in common with those that are alike; None for one that is like no other."""
    document = hub.document
    rules = document.get("outboundRules")
    if hub.gaps or (type(rules) is list and len(rules) > _MANY):
        # Most are told by their rules alone.
        return None
    rest: dict[str, Any] = {}
    holes = []
    for key, value in document.items():
        kind = type(value)
        if kind is NotCollected and value.text is None and value.place is None:
            holes.append(value.reason)
        elif kind not in _PLAIN or key in _TELLING:
            if kind is list and len(value) > _MANY:
                return None
            rest[key] = value
    try:
        text = orjson.dumps(rest, default=_described)
    except TypeError:
        return None
    # A number that is none is written as null, too.
    if len(text) > _LONGEST or b"null" in text:
        return None
    return hub.ref.kind, hub.places is None, tuple(document), tuple(holes), text


_HOLE = os.urandom(8).hex()
"""What no document holds: tells an object that stands for what is not known from one that stands there."""


def _described(value: Any) -> Any:
    """All that can be asked of a value that is not known.

    Raises TypeError for any other, and for one of a few: a hub is tried with each of them, beside what is
    asked of it as it stands.
    """
    if not isinstance(value, Unknown) or getattr(value, "options", None):
        raise TypeError
    # Any null in the text means that a hub is like no other.
    told = [
        repr(getattr(value, name, ...)) for name in ("text", "place", "truth", "boolean", "fallible", "parts")
    ]
    return {_HOLE: [type(value).__name__, value.reason, told, getattr(value, "members", ())]}


class _Watched(str):
    """A key that notes that somebody asked for it."""

    __slots__ = ("notes",)

    notes: set[str]

    def __eq__(self, other: object) -> bool:
        is_same = super().__eq__(other)
        if is_same is True:
            self.notes.add(str(self))
        return is_same

    __hash__ = str.__hash__


def _points_into(policy: Policy, hub: Hub) -> bool:
    """Whether what a policy says is about something in the document of a hub that stands in code.

    Where that stands is found by the object itself.
    """
    if hub.places is None:
        return False
    return any(
        one.subject is not None and type(one.subject) is not str for one in engine.evaluate(policy, hub)
    )


def _rests_on_shape(policy: Policy, asked: Policy, hub: Hub) -> bool:
    """Whether what a policy says of a hub is what it says of all that are alike, but for evidence.

    ``asked`` is one that says the same.
    """
    notes: set[str] = set()
    loose = set(_loose(hub))
    document: dict[str, Any] = {}
    for key, value in hub.document.items():
        watched = _Watched(key) if key in loose else key
        if isinstance(watched, _Watched):
            watched.notes = notes
        document[watched] = value
    notes.clear()
    mute = replace(asked)
    vars(mute)["evidence"] = ()
    judged = engine.evaluate(mute, replace(hub, document=document))
    return not notes and list(map(_told, judged)) == list(map(_told, engine.evaluate(policy, hub)))


def _told(one: Judgement) -> tuple[Any, ...]:
    return one.verdict, one.item, one.key, one.by, one.message, one.reason, one.place
