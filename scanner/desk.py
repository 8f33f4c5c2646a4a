"""What is said of one hub, in the form in which a scan keeps it.

A desk writes a sheet a hub and remembers none, so that any number of desks, in any number of
processes, write the same sheets as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

import orjson

from scanner import engine, shards
from scanner.bench import PASSED, SKIPPED, Bench, Judged, Verdicts
from scanner.engine import Judgement
from scanner.engine.yielding import Exempt
from scanner.exemptions import Register
from scanner.model import (
    LISTED,
    Egress,
    Gap,
    Hub,
    HubRef,
    Severity,
    Shard,
    SourceNote,
    Verdict,
)
from scanner.policy import Policy
from scanner.records import dataclass
from scanner.sources import Network, Part, Taken, network_of, realise
from scanner.standing import Standings, Vouched

if TYPE_CHECKING:
    from scanner.locations import Location

ITS_ID = "hub.id"
"""Evidence that tells hubs apart that have all else alike: it is written down as null where ``is_own``."""

_COPIES = 64
"""Of how many kinds of hubs what is said is kept to be copied."""

_PROJECT = "project"
"""Projects have no network of their own: they live in their hub's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what a scan judges: policies, exemptions, whether passes are listed, and which share of the hubs.

    ``shard`` says which one (`scanner.shards`); None judges them all.  ``others`` are policies that judge
    elsewhere, whose verdicts are put on sheets by `Desk.written`.  ``compare`` asks for the ids of
    policies that pass: what is known of before may be fixed by them.  ``vouched`` says of a place, a policy
    and a reason whether the comment that exempts a finding so may be believed; None believes them all.
    ``egress`` asks for what hubs may reach.  ``order`` gives what hubs are sorted by, of the id of one.
    """

    policies: tuple[Policy, ...]
    register: Register
    show_passes: bool = False
    shard: Shard | None = None
    others: tuple[Policy, ...] = ()
    compare: bool = False
    vouched: Vouched | None = None
    egress: bool = False
    order: Callable[[str], str] = str.lower

    def concern(self, hub_id: str) -> bool:
        """Whether a hub belongs to the share that is judged."""
        shard = self.shard
        return shard is None or shards.holds((shard.index, shard.count), shard_key(hub_id))


def shard_key(hub_id: str) -> str:
    """What decides which shard a hub falls into: its subscription, or its id where it has none."""
    parts = hub_id.split("/")
    named = len(parts) > 2 and parts[1].lower() == "subscriptions" and parts[2]
    return named or hub_id


@dataclass(slots=True)
class Sheet:
    """What was said of one hub.

    ``records`` are the findings: by what they are sorted among those of the hub, and as JSON what they
    say beside it; ``said`` their severities and verdicts, where they count once each, but for those that
    ``counts`` has counted; ``quiet`` counts passes and skips, which count once a hub.  ``judged`` is how
    many policies judged it, ``passed`` the ids of those that pass, where that is asked for, ``exempted``
    which exemptions were of use, and ``doubted`` says which comments were not believed.  A hub of another
    shard has ``elsewhere`` True, and nothing else but its ``network``: what projects may know of it.
    ``egress`` is what code on it may reach, where that was asked for.  ``live`` is the hub's.
    """

    hub: HubRef
    gaps: tuple[Gap, ...] = ()
    records: list[tuple[str, bytes]] = field(default_factory=list)
    said: list[tuple[Severity, Verdict]] = field(default_factory=list)
    counts: Mapping[tuple[Severity, Verdict], int] = field(default_factory=dict)
    quiet: dict[Verdict, int] = field(default_factory=dict)
    judged: int = 0
    passed: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    exempted: set[int] = field(default_factory=set)
    elsewhere: bool = False
    network: Network | None = None
    egress: Egress | None = None
    live: bool = True


class Desk:
    """Judges hubs by some rules, a sheet each."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._bench = Bench(rules.policies)
        self._copies: dict[int, tuple[Verdicts, Sheet]] = {}

    def sheet(self, hub: Hub) -> Sheet:
        """What the policies say of a hub."""
        if not self._rules.concern(hub.ref.id):
            return Sheet(hub.ref, elsewhere=True)
        if self._may_exempt(hub):
            standings = self._standings(hub)
            return self.written(hub, self._bench.judge(hub, standings.is_exempt), standings)
        common, others = self._bench.parted(hub)
        if not common:
            return self.written(hub, others)
        # What is said of hubs alike is written down once, where nothing else has a say in it.
        _, copied = self._copies.get(id(common), (None, None))
        if copied is None:
            if len(self._copies) >= _COPIES:
                self._copies.clear()
            copied = self.written(replace(hub, gaps=()), common)
            copied.counts, copied.said = Counter(copied.said), []
            # What is kept stays alive, so that nothing else has its identity.
            self._copies[id(common)] = common, copied
        sheet = self.written(hub, others)
        sheet.records += copied.records
        sheet.counts = copied.counts
        sheet.passed += copied.passed
        sheet.judged += copied.judged
        for verdict, count in copied.quiet.items():
            sheet.quiet[verdict] = sheet.quiet.get(verdict, 0) + count
        return sheet

    def lost(self, hub: Hub, why: str) -> Sheet:
        """The sheet of a hub that could not be judged: nothing is known of it."""
        if not self._rules.concern(hub.ref.id):
            return Sheet(hub.ref, elsewhere=True)
        kind = hub.ref.kind.lower()
        verdicts: list[tuple[Policy, Judged]] = [
            (
                policy,
                (engine.unknown(policy, why) if kind in policy.kinds else engine.not_judged(policy, kind),),
            )
            for policy in self._rules.policies
        ]
        return self.written(hub, verdicts)

    def written(
        self, hub: Hub, verdicts: Iterable[tuple[Policy, Judged]], standings: Standings | None = None
    ) -> Sheet:
        """The sheet of a hub of this share, with the verdicts of some policies on it."""
        sheet = Sheet(hub.ref, gaps=hub.gaps, live=hub.live)
        plain = passed = 0
        marks: dict[str, int] = {}
        kind = hub.ref.kind.lower()
        if self._rules.egress and kind != _PROJECT:
            from scanner import egress  # noqa: PLC0415 - most reports do without

            sheet.egress = egress.egress(hub.document)
        compare, show_passes = self._rules.compare, self._rules.show_passes
        every = compare or show_passes
        for policy, judged in verdicts:
            counted = judged is PASSED or judged is SKIPPED
            if counted:
                plain += 1
                passed += judged is PASSED
                if not every:
                    continue
            elif kind in policy.kinds or any(one.verdict is not Verdict.SKIP for one in judged):
                sheet.judged += 1
            if compare and all(one.verdict is Verdict.PASS for one in judged):
                sheet.passed.append(policy.card.id)
            if counted and not show_passes:
                continue
            standings = standings or self._standings(hub)
            for one in judged:
                self._write(sheet, standings, marks, policy, one, counted=counted)
        sheet.judged += plain
        sheet.quiet[Verdict.PASS] = sheet.quiet.get(Verdict.PASS, 0) + passed
        sheet.quiet[Verdict.SKIP] = sheet.quiet.get(Verdict.SKIP, 0) + plain - passed
        return sheet

    def exempting(self, hub: Hub) -> Exempt | None:
        """What tells whether something that is said of a hub is exempt; None where nothing can be."""
        return self._standings(hub).is_exempt if self._may_exempt(hub) else None

    def _may_exempt(self, hub: Hub) -> bool:
        """Whether anything said of a hub may be exempt: by an exemption, or a comment in its code."""
        return hub.places is not None or bool(self._rules.register.entries)

    def _standings(self, hub: Hub) -> Standings:
        return Standings(hub, self._rules.register, self._rules.vouched)

    def _write(
        self,
        sheet: Sheet,
        standings: Standings,
        marks: dict[str, int],
        policy: Policy,
        one: Judgement,
        *,
        counted: bool,
    ) -> None:
        standing = standings.of(policy, one)
        found = standing.found
        if standing.doubt is not None:
            sheet.doubted.append(standing.doubt)
        if standing.exemption is not None:
            sheet.exempted.add(standing.exemption)
        verdict = Verdict.EXEMPT if standing.is_exempt else one.verdict
        if verdict not in LISTED and not counted:
            sheet.quiet[verdict] = sheet.quiet.get(verdict, 0) + 1
        if verdict not in LISTED and not self._rules.show_passes:
            return
        name = f"{policy.card.id}\0{one.item or ''}\0{one.key or ''}"
        if verdict in LISTED:
            _count(sheet, marks, name.lower(), policy.card.severity, verdict)
        evidence = {**one.evidence, **_written(one, found)} if found else one.evidence
        is_own = evidence.get(ITS_ID) == sheet.hub.id
        data = {
            "policy": policy.card.id,
            "verdict": verdict,
            "message": one.message or policy.card.title,
            "item": one.item,
            "key": one.key,
            "evidence": {**evidence, ITS_ID: None} if is_own else evidence,
            "is_own": is_own,
            "reason": one.reason,
            "exemption": standing.exemption,
            "location": found.place if found else None,
            "artifact": standings.artifact(found.place) if found else None,
            "ignored": standing.ignored,
        }
        sheet.records.append(
            (f"{name}\0{verdict.rank}", orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS))
        )


def _count(sheet: Sheet, marks: dict[str, int], mark: str, severity: Severity, verdict: Verdict) -> None:
    """Count a finding; of two members that nothing tells apart there is one, with the worse verdict."""
    place = marks.setdefault(mark, len(sheet.said))
    if place == len(sheet.said):
        sheet.said.append((severity, verdict))
    elif verdict.rank < sheet.said[place][1].rank:
        sheet.said[place] = (severity, verdict)


def _written(one: Judgement, found: Location) -> dict[str, str]:
    """Evidence of where a value was written, if not where the finding stands, and where one is left open."""
    places = {"origin": found.origin, "unresolved": one.place}
    return {name: f"{at.path}:{at.line}:{at.column}" for name, at in places.items() if at is not None}


Said = Sheet | Gap | SourceNote | Taken
"""What a scan keeps."""


def said(part: Part, desk: Desk) -> Said:
    """What a scan keeps of one thing that a source says."""
    arrival = realise(part)
    if not isinstance(arrival, Hub):
        return arrival
    sheet = desk.sheet(arrival)
    sheet.network = network_of(arrival)
    return sheet


def hub_data(ref: HubRef) -> dict[str, Any]:
    """The object that stands for a hub in a record."""
    return {
        "id": ref.id,
        "name": ref.name,
        "kind": ref.kind,
        "subscription_id": ref.subscription_id,
        "resource_group": ref.resource_group,
    }
