"""Pairs the hubs of two states, and judges each pair.

The state before is read first and kept, compressed; the state after flows through, so that it can be
judged by the other policies on its way.  A hub is the same where its ARM id is; one that has no ARM id
in one of the states is the hub of the same name there, and hubs without name or id are the same in the
order in which they come.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scanner import engine
from scanner.engine.yielding import Exempt, Ranks, after_yielding
from scanner.model import Change, Gap, Hub, HubRef, SourceNote
from scanner.policy import Policy
from scanner.sources import Part, Piece, realise
from scanner.transitions import drift
from scanner.transitions.changes import appeared, changes_of, vanished
from scanner.values import Unknown

Judged = tuple[Hub, list[tuple[Policy, Sequence[engine.Judgement]]]]
"""What policies of transitions say of a hub; the document of one that stands in no code is left out."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A hub of the state before: who it is, whether it is a live one, and how to get it again."""

    ref: HubRef
    part: Part
    live: bool

    def document(self) -> Any:
        """The document, or an Unknown where it cannot be read twice."""
        part = self.part
        if isinstance(part, Piece):
            part = replace(part, raw=zlib.decompress(part.raw))
        hub = realise(part)
        return hub.document if isinstance(hub, Hub) else Unknown("the state before cannot be read")


@dataclass(slots=True)
class Comparison:
    """Compares an estate with its earlier state.

    Take `read` for the state before, let what a source gives of the state after go `through`, and then
    ask for everything else.  ``one_sided`` are hubs that only one of the states has.  ``exempting`` gives
    what is exempt of what is said of a hub: to that no other policy yields.
    """

    policies: Sequence[Policy]
    exempting: Callable[[Hub], Exempt | None] | None = None
    judged: list[Judged] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    one_sided: list[Change] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    sources: list[SourceNote] = field(default_factory=list)
    _earlier: dict[str, list[Earlier]] = field(default_factory=dict)
    _matched: dict[str, int] = field(default_factory=dict)
    _unmatched: list[Hub] = field(default_factory=list)
    _lives: tuple[set[bool], set[bool]] = field(default_factory=lambda: (set(), set()))
    _doubt: Unknown | None = None
    _is_after_whole: bool = True
    _ranks: Ranks = field(init=False)

    def __post_init__(self) -> None:
        self._ranks = Ranks(self.policies)

    def read(self, parts: Iterable[Part]) -> None:
        """Take in the state before."""
        for _ in self.taking(parts):
            pass

    def taking(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The state before, unchanged, taken in as it goes by."""
        for part in parts:
            hub = realise(part)
            if isinstance(hub, Hub):
                kept = replace(part, raw=zlib.compress(part.raw, 1)) if isinstance(part, Piece) else hub
                self._earlier.setdefault(hub.ref.id.lower(), []).append(Earlier(hub.ref, kept, hub.live))
                self._lives[0].add(hub.live)
                self.gaps += (gap for gap in hub.gaps if gap.reason != "unresolved")
            elif isinstance(hub, Gap):
                self.gaps.append(hub)
                if hub.hub is None and hub.reason != "unresolved":
                    reason = f"the state before could not be read in full: {hub.detail or hub.subject}"
                    self._doubt = self._doubt if self._doubt is not None else Unknown(reason)
            elif isinstance(hub, SourceNote):
                self.sources.append(hub)
            yield part

    def through(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The state after, unchanged and complete; when it ends, every hub has been compared."""
        for part in parts:
            if isinstance(part, Piece | Hub):
                hub = realise(part)
                if isinstance(hub, Hub):
                    self._arrive(hub)
            elif isinstance(part, Gap) and part.hub is None and part.reason != "unresolved":
                self._is_after_whole = False
            yield part
        self._finish()

    def sorted_changes(self) -> tuple[Change, ...]:
        """The changes by hub; those of one hub in their order."""
        return tuple(sorted((*self.one_sided, *self.changes), key=lambda change: change.hub.id.lower()))

    def _arrive(self, hub: Hub) -> None:
        self._lives[1].add(hub.live)
        key = hub.ref.id.lower()
        same = self._earlier.get(key)
        if same:
            # A hub may stand there in several versions: as many as there are are paired in their order.
            count = self._matched.get(key, 0)
            self._matched[key] = count + 1
            self._compare(hub, same[min(count, len(same) - 1)])
        else:
            self._unmatched.append(hub)

    def _finish(self) -> None:
        rest = [
            earlier for key, same in self._earlier.items() if key not in self._matched for earlier in same
        ]
        named: dict[tuple[str, str], list[Earlier]] = {}
        for earlier in rest:
            named.setdefault(_called(earlier.ref), []).append(earlier)
        rivals = Counter(_called(hub.ref) for hub in self._unmatched)
        undecided: set[tuple[str, str]] = set()
        alone: list[Hub] = []
        for hub in sorted(self._unmatched, key=lambda hub: hub.ref.resource_group is None):
            called = _called(hub.ref)
            alike = named.get(called, [])
            match = next((at for at, earlier in enumerate(alike) if _may_be_one(earlier.ref, hub.ref)), None)
            if match is None:
                alone.append(hub)
            elif called in undecided or _is_open(hub.ref, [one.ref for one in alike], rivals[called]):
                undecided.add(called)
                self.one_sided.append(drift.undecided(hub.ref, max(len(alike), rivals[called])))
            else:
                self._compare(hub, alike.pop(match))
                rivals[called] -= 1
        gone = [earlier for called, alike in named.items() if called not in undecided for earlier in alike]
        self._tell_alone(alone, gone)

    def _tell_alone(self, new: Sequence[Hub], gone: Sequence[Earlier]) -> None:
        """The hubs that only one of the states has."""
        refs = (*(hub.ref for hub in new), *(earlier.ref for earlier in gone))
        nameless = next((ref.id for ref in refs if drift.has_open_name(ref)), None)
        doubt = f"the code leaves open what {nameless} is called" if nameless else None
        is_drift = sorted(map(sorted, self._lives)) == [[False], [True]]
        for hub in new:
            self._judge(hub, self._doubt)
            told = self._doubt.reason if self._doubt is not None else doubt
            self.one_sided.append(
                drift.appeared(hub.ref, told, is_code=not hub.live)
                if is_drift
                else appeared(hub.ref, self._doubt)
            )
        for earlier in gone:
            told = doubt if self._is_after_whole else "not everything could be read"
            self.one_sided.append(
                drift.vanished(earlier.ref, told, is_code=not earlier.live)
                if is_drift
                else vanished(earlier.ref, whole=self._is_after_whole)
            )

    def _compare(self, hub: Hub, earlier: Earlier) -> None:
        before = earlier.document()
        found = drift.sides(before, hub.document)
        if found is not None:
            code = drift.aligned(found.code, found.live)
            before, hub = (code, hub) if found.code_before else (before, replace(hub, document=code))
        self._judge(hub, before)
        self.changes.extend(changes_of(hub, before))

    def _judge(self, hub: Hub, before: Any) -> None:
        memo = engine.Memo()
        every = {policy.card.id: engine.evaluate(policy, hub, memo, before) for policy in self.policies}
        heard = self._ranks.heard(every, hub, None if self.exempting is None else self.exempting(hub))
        verdicts = [
            (policy, after_yielding(policy, every[policy.card.id], heard, hub)) for policy in self.policies
        ]
        # What stands in code is kept: the line of a finding is looked for in it.
        document = hub.document if hub.places is not None else {}
        self.judged.append((replace(hub, document=document, gaps=()), verdicts))


def _called(ref: HubRef) -> tuple[str, str]:
    """Kind and name of a hub, without a name where that is only what its source calls it."""
    return ref.kind.lower(), "" if ref.name == ref.id else ref.name.lower()


def _may_be_one(one: HubRef, other: HubRef) -> bool:
    """Whether two hubs of one name may be one: not if both have ARM ids or their resource groups differ."""
    groups = [ref.resource_group.lower() for ref in (one, other) if ref.resource_group is not None]
    return not _are_arm(one, other) and len(set(groups)) < 2


def _is_open(hub: HubRef, alike: Sequence[HubRef], rivals: int) -> bool:
    """Whether a hub of code, by its name alone, may be several live ones, or a live one several of code."""
    code = [ref for ref in (hub, *alike) if ref.subscription_id is None]
    is_mixed = 0 < len(code) < len(alike) + 1
    return is_mixed and max(rivals, len(alike)) > 1 and any(ref.resource_group is None for ref in code)


def _are_arm(one: HubRef, other: HubRef) -> bool:
    """Whether both have an ARM id, so that they are two where these differ."""
    return one.subscription_id is not None and other.subscription_id is not None
