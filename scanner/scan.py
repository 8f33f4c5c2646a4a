"""One scan: hubs in, a report out.

Hubs flow through one at a time; what is found goes to a spool, so that memory does not grow with the
estate.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

import orjson

from scanner import workers
from scanner.desk import Desk, Rules, Said, Sheet, hub_data, shard_key
from scanner.findings import Findings
from scanner.model import (
    LISTED,
    Baseline,
    Change,
    Egress,
    Finding,
    Gap,
    HubEntry,
    OutboundRule,
    Report,
    Severity,
    Shard,
    SourceNote,
    Summary,
    Verdict,
    gap_order,
)
from scanner.records import dataclass
from scanner.sources import Part
from scanner.spool import Spool

if TYPE_CHECKING:
    from scanner.baseline import Known, Pair


@dataclass(slots=True)
class Tally:
    """Counts of one scan while it runs."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failing: Counter[Severity] = field(default_factory=Counter)
    unknown: Counter[Severity] = field(default_factory=Counter)
    judged: int = 0
    exempted: set[int] = field(default_factory=set)

    def add(self, severity: Severity, verdict: Verdict, count: int = 1) -> None:
        """Count one finding, or several alike."""
        self.verdicts[verdict] += count
        if verdict is Verdict.FAIL:
            self.failing[severity] += count
        elif verdict is Verdict.UNKNOWN:
            self.unknown[severity] += count


class Scan:
    """Gathers what is said of each hub, and makes the report of it.

    Used as a context: its temporary files go when it ends, so the report must be rendered inside.
    """

    def __init__(self, rules: Rules, tool_version: str, known: Known | None = None) -> None:
        self.rules = rules
        self.tally = Tally()
        self.elsewhere = 0
        """How many hubs were left to other shards."""
        self._version = tool_version
        self._known = known
        self._order = rules.order
        self._homes: dict[str, str] = {}
        self._doubted: set[str] = set()
        self._passed: set[Pair] = set()
        every = sorted((*rules.policies, *rules.others), key=lambda policy: policy.card.id)
        self._cards = {policy.card.id: policy.card for policy in every}
        self._kinds: set[str] = set()
        self._hubs = Spool()
        self._findings = Findings(self._cards, rules.register, known, rules.order)
        self._gaps: list[Gap] = []
        self._sources: list[SourceNote] = []
        self._times: list[str] = []
        self._seen: set[int] = set()
        self._twice: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hubs.__exit__(None, None, None)
        self._findings.close()

    @property
    def hubs(self) -> int:
        """How many documents were read so far."""
        return len(self._hubs)

    def take(self, said: Said) -> None:
        """Keep what was said of a hub, or what else a source says, but for what is of another shard."""
        if isinstance(said, Sheet):
            self._enter(said)
        elif isinstance(said, Gap):
            if said.hub is None or self.rules.concern(said.hub):
                self._gaps.append(said)
        elif isinstance(said, SourceNote):
            self._sources.append(said)
        else:
            self._times.append(said.at)

    def add(self, sheet: Sheet, *, again: bool = False) -> None:
        """Keep what is said on a sheet; of a hub that was there before, passes count no second time."""
        self._findings.add(sheet.hub, sheet.records)
        for severity, verdict in sheet.said:
            self.tally.add(severity, verdict)
        for (severity, verdict), count in sheet.counts.items():
            self.tally.add(severity, verdict, count)
        if not again:
            for verdict, count in sheet.quiet.items():
                self.tally.verdicts[verdict] += count
        self.tally.judged += sheet.judged
        self.tally.exempted |= sheet.exempted
        self._doubted.update(sheet.doubted)
        if self._known is not None and sheet.passed:
            from scanner.baseline import hub_key  # noqa: PLC0415 - most scans are compared with nothing

            hub = hub_key(sheet.hub.id)
            self._passed |= {(hub, one) for one in sheet.passed} & self._known.pairs

    def _enter(self, sheet: Sheet) -> None:
        if self._known is not None and self.rules.shard is not None:
            self._meet(sheet.hub.id)
        if sheet.elsewhere:
            self.elsewhere += 1
            return
        name = sheet.hub.id.lower()
        identity = hash(name)
        again = identity in self._seen
        self._seen.add(identity)
        if again:
            self._twice[name] = sheet.hub.id
        entry = {**hub_data(sheet.hub), "live": sheet.live}
        if sheet.egress is not None:
            entry["egress"] = sheet.egress
        self._hubs.add(self._order(sheet.hub.id), orjson.dumps(entry))
        self._gaps.extend(sheet.gaps)
        self.add(sheet, again=again)

    def meet(self, subscriptions: Iterable[str]) -> None:
        """Take notice of subscriptions of other shards, of which nothing is read."""
        for one in subscriptions:
            self._meet(f"/subscriptions/{one}")

    def _meet(self, hub_id: str) -> None:
        from scanner.baseline import hub_key  # noqa: PLC0415 - most scans are compared with nothing

        self._homes.setdefault(shard_key(hub_key(hub_id)), hub_id)

    def _concerned(self, hub_id: str) -> bool:
        """Whether a hub of before belongs to the share that is judged.

        Where one of both has a pseudonym and the other the id, the shard is that of what is met now.
        """
        from scanner.baseline import hub_key  # noqa: PLC0415 - as above

        return self.rules.concern(self._homes.get(shard_key(hub_key(hub_id)), hub_id))

    def report(self) -> Report:
        """The report of everything taken so far."""
        tally = self._recounted() if self._twice else self.tally
        hubs = _Hubs(self._hubs)
        times = sorted(self._times) or [f"{self.rules.register.today.isoformat()}T00:00:00Z"]
        repeated = tuple(sorted(self._twice.values(), key=self._order))
        register = self.rules.register
        exempting = list(register.notices(tally.exempted, list(self._cards)))
        notices = [*map(repeated_notice, repeated), *exempting, *sorted(self._doubted)]
        shard = self.rules.shard
        if shard is not None:
            # Were every exemption of use, only those that have expired would be spoken of.
            expired = set(register.notices(range(len(register.entries)), list(self._cards)))
            idle = tuple(notice for notice in exempting if notice not in expired)
            shard = replace(shard, repeated=repeated, idle=idle)
            notices.append(shard_notice(shard))
        gaps = sorted(
            dict.fromkeys(self._gaps),
            key=gap_order,
        )
        findings = self.findings()
        return Report(
            tool_version=self._version,
            started_at=times[0],
            finished_at=times[-1],
            sources=tuple(self._sources),
            complete=not any(gap.reason != "unresolved" for gap in gaps),
            summary=Summary(
                hubs=len(self._seen),
                policies=len(self._cards),
                verdicts={verdict: tally.verdicts[verdict] for verdict in Verdict},
                failing={severity: tally.failing[severity] for severity in Severity},
                unknown={severity: tally.unknown[severity] for severity in Severity},
                gaps=len(gaps),
            ),
            policies=tuple(self._cards.values()),
            hubs=hubs,
            findings=findings,
            gaps=tuple(gaps),
            notices=tuple(notices),
            shard=shard,
            baseline=self._compared(findings),
        )

    def findings(self) -> Iterable[Finding]:
        """Everything that was found so far, sorted."""
        return self._findings

    def _compared(self, findings: Iterable[Finding]) -> Baseline | None:
        known = self._known
        if known is None:
            return None
        before = (one for one in known.failing() if self._concerned(one.hub.id))
        from scanner import baseline  # noqa: PLC0415 - most scans are compared with nothing

        outcome = baseline.Outcome(passed=self._passed)
        return baseline.compared(known, before, findings, outcome, self._cards)

    def _recounted(self) -> Tally:
        """The tally with what was found twice counted once.  Passes and skips are counted once already."""
        tally = Tally(exempted=self.tally.exempted)
        for verdict in (Verdict.PASS, Verdict.SKIP):
            tally.verdicts[verdict] = self.tally.verdicts[verdict]
        for (policy, verdict), count in self._findings.counts().items():
            if verdict in LISTED:
                tally.add(self._cards[policy].severity, verdict, count)
        return tally


@dataclass(frozen=True, slots=True)
class _Hubs:
    spool: Spool

    def __iter__(self) -> Iterator[HubEntry]:
        for _, versions in groupby(self.spool, key=itemgetter(0)):
            (_, data), *others = versions
            egress = _egress(data.get("egress"))
            if egress is not None and any(other.get("egress") != data["egress"] for _, other in others):
                egress = replace(egress, doubt="the hub is there more than once, with other rules")
            live = data["live"] or any(other["live"] for _, other in others)
            yield HubEntry(**{**data, "egress": egress, "live": live})


def _egress(data: dict[str, Any] | None) -> Egress | None:
    if data is None:
        return None
    rules = (OutboundRule(**{**rule, "destination": tuple(rule["destination"])}) for rule in data["rules"])
    return Egress(**{**data, "rules": tuple(rules)})


def repeated_notice(hub_id: str) -> str:
    """The notice about a hub that is in the sources more than once."""
    return f"{hub_id} is there more than once: every version of it was judged, and the worst verdict stands"


def one_sided_notices(changes: Iterable[Change]) -> list[str]:
    """The notices about hubs that only one of two states has."""
    return sorted(f"{change.hub.name}: {change.detail}" for change in changes)


def shard_notice(shard: Shard) -> str:
    """The notice that a report is not of the whole scan."""
    return f"this is shard {shard.index}/{shard.count}: hubs of the other shards are not in it"


def run(
    parts: Iterable[Part],
    rules: Rules,
    tool_version: str,
    make: Callable[[], Desk],
    jobs: int | None,
    known: Known | None = None,
) -> Scan:
    """Judge everything a source gives.  The caller renders the report and then closes the scan.

    ``make`` makes a desk of the same rules in another process, and ``jobs`` is how many processes judge,
    None for as many as pay off.  ``known`` are findings of before.
    """
    scan = Scan(rules, tool_version, known)
    for said in workers.judged(parts, Desk(rules), make, jobs):
        scan.take(said)
    return scan


def today_or(date: str | None) -> datetime.date:
    """The day that exemptions and dates are judged against: the one given, else the clock's (UTC)."""
    return datetime.date.fromisoformat(date) if date else datetime.datetime.now(datetime.UTC).date()
