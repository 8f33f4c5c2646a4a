"""Pairs the hubs of two states, and judges each pair.

The state before is read first and kept, compressed; the state after flows through, so that it can be
judged by the other policies on its way.  A hub is the same where its ARM id is; one that has no ARM id
in one of the states is the hub of the same name there, and hubs without name or id are the same in the
order in which they come.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from scanner import engine
from scanner.model import Change, Gap, Hub, HubRef, SourceNote
from scanner.policy import Policy
from scanner.sources import Part, Piece, realise
from scanner.transitions.changes import appeared, changes_of, vanished
from scanner.values import Unknown

Judged = tuple[Policy, Hub, list[engine.Judgement]]
"""What a policy of transitions says of a hub; the hub is without its document."""


class Listener(Protocol):
    """What a comparison is told to: a `scanner.scan.Scan`."""

    def take(self, arrival: Gap | SourceNote, /) -> None:
        """Keep what a source says."""
        ...

    def add(self, policy: Policy, hub: Hub, judged: Iterable[engine.Judgement]) -> None:
        """Keep what a policy says of a hub."""
        ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """A hub of the state before: who it is, and how to get it again."""

    ref: HubRef
    part: Part

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
    ask for everything else.
    """

    policies: Sequence[Policy]
    judged: list[Judged] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    sources: list[SourceNote] = field(default_factory=list)
    _earlier: dict[str, list[Earlier]] = field(default_factory=dict)
    _matched: dict[str, int] = field(default_factory=dict)
    _unmatched: list[Hub] = field(default_factory=list)
    _doubt: Unknown | None = None
    _is_after_whole: bool = True

    def tell(self, scan: Listener) -> None:
        """Hand over what was found to the scan that makes the report: judgements, gaps, sources."""
        for note in self.sources:
            scan.take(note)
        for gap in self.gaps:
            scan.take(gap)
        for policy, hub, judged in self.judged:
            scan.add(policy, hub, judged)

    def read(self, parts: Iterable[Part]) -> None:
        """Take in the state before."""
        for part in parts:
            hub = realise(part)
            if isinstance(hub, Hub):
                kept = replace(part, raw=zlib.compress(part.raw, 1)) if isinstance(part, Piece) else hub
                self._earlier.setdefault(hub.ref.id.lower(), []).append(Earlier(hub.ref, kept))
                self.gaps += (gap for gap in hub.gaps if gap.reason != "unresolved")
            elif isinstance(hub, Gap):
                self.gaps.append(hub)
                if hub.hub is None and hub.reason != "unresolved":
                    reason = f"the state before could not be read in full: {hub.detail or hub.subject}"
                    self._doubt = self._doubt if self._doubt is not None else Unknown(reason)
            elif isinstance(hub, SourceNote):
                self.sources.append(hub)

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
        return tuple(sorted(self.changes, key=lambda change: change.hub.id.lower()))

    def _arrive(self, hub: Hub) -> None:
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
        alone: list[Hub] = []
        for hub in self._unmatched:
            match = next((earlier for earlier in rest if _is_same(earlier.ref, hub.ref)), None)
            if match is None:
                alone.append(hub)
            else:
                rest.remove(match)
                self._compare(hub, match)
        for hub in alone:
            self._appeared(hub)
        for earlier in rest:
            self._say(vanished(earlier.ref, whole=self._is_after_whole))

    def _compare(self, hub: Hub, earlier: Earlier) -> None:
        before = earlier.document()
        self._judge(hub, before)
        self.changes.extend(changes_of(hub, before))

    def _judge(self, hub: Hub, before: Any) -> None:
        bare = replace(hub, document={}, gaps=())
        memo: engine.Memo = {}
        for policy in self.policies:
            self.judged.append((policy, bare, engine.evaluate(policy, hub, memo, before)))

    def _appeared(self, hub: Hub) -> None:
        self._judge(hub, self._doubt)
        self._say(appeared(hub.ref, self._doubt))

    def _say(self, change: Change) -> None:
        self.changes.append(change)
        self.notices.append(f"{change.hub.name}: {change.detail}")


def _is_same(one: HubRef, other: HubRef) -> bool:
    """Whether two hubs of different ids are the same: by their names, where one of them has no ARM id."""
    if one.kind.lower() != other.kind.lower() or (_is_arm(one) and _is_arm(other)):
        return False
    if _is_nameless(one) or _is_nameless(other):
        return _is_nameless(one) and _is_nameless(other)
    return one.name.lower() == other.name.lower()


def _is_arm(ref: HubRef) -> bool:
    return ref.subscription_id is not None


def _is_nameless(ref: HubRef) -> bool:
    """Whether the name is only what a source calls a hub that has neither name nor id."""
    return ref.name == ref.id
