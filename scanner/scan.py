"""One scan: hubs in, a report out.

Hubs flow through one at a time; what is found goes to a spool, so that memory does not grow with the
estate.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from scanner import engine, ignores, locations, remediation
from scanner.exemptions import Register
from scanner.model import (
    Exemption,
    Finding,
    Gap,
    Hub,
    HubRef,
    Place,
    PolicyCard,
    Report,
    Severity,
    SourceNote,
    Summary,
    Verdict,
)
from scanner.policy import Policy
from scanner.sources import Taken
from scanner.spool import Spool

_SAID = frozenset({Verdict.FAIL, Verdict.UNKNOWN})
_LISTED = frozenset({Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what a scan judges: policies, exemptions, and whether passes are listed."""

    policies: tuple[Policy, ...]
    register: Register
    show_passes: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of one scan while it runs."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failing: Counter[Severity] = field(default_factory=Counter)
    unknown: Counter[Severity] = field(default_factory=Counter)
    judged: int = 0
    exempted: set[int] = field(default_factory=set)

    def add(self, severity: Severity, verdict: Verdict) -> None:
        """Count one finding."""
        self.verdicts[verdict] += 1
        if verdict is Verdict.FAIL:
            self.failing[severity] += 1
        elif verdict is Verdict.UNKNOWN:
            self.unknown[severity] += 1


class Scan:
    """Gathers what is said of each hub, and makes the report of it.

    Used as a context: its temporary files go when it ends, so the report must be rendered inside.
    """

    def __init__(self, rules: Rules, tool_version: str) -> None:
        self.rules = rules
        self.tally = Tally()
        self._version = tool_version
        self._cards = {policy.card.id: policy.card for policy in rules.policies}
        self._kinds: set[str] = set()
        self._hubs = Spool()
        self._findings = Spool()
        self._gaps: list[Gap] = []
        self._sources: list[SourceNote] = []
        self._times: list[str] = []
        self._seen: set[int] = set()
        self._twice: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hubs.__exit__(None, None, None)
        self._findings.__exit__(None, None, None)

    @property
    def hubs(self) -> int:
        """How many documents were read so far."""
        return len(self._hubs)

    def take(self, arrival: Hub | Gap | SourceNote | Taken) -> None:
        """Judge a hub, or keep what else a source says."""
        if isinstance(arrival, Hub):
            self._judge(arrival)
        elif isinstance(arrival, Gap):
            self._gaps.append(arrival)
        elif isinstance(arrival, SourceNote):
            self._sources.append(arrival)
        else:
            self._times.append(arrival.at)

    def _judge(self, hub: Hub) -> None:
        identity = hash(hub.ref.id.lower())
        again = identity in self._seen
        self._seen.add(identity)
        if again:
            self._twice[hub.ref.id.lower()] = hub.ref.id
        self._hubs.add(hub.ref.id.lower(), orjson.dumps(_hub_data(hub.ref)))
        self._gaps.extend(hub.gaps)
        for policy, judged in engine.judge(self.rules.policies, hub):
            for one in judged:
                self._keep(policy, hub, one, again=again)
            if any(one.verdict is not Verdict.SKIP for one in judged) or hub.ref.kind.lower() in policy.kinds:
                self.tally.judged += 1

    def _keep(self, policy: Policy, hub: Hub, one: engine.Judgement, *, again: bool) -> None:
        verdict = one.verdict
        exemption = None
        found = locations.find(policy, hub, one) if verdict in _SAID and hub.places else None
        ignored = ignores.reason(found.place, policy.card.id) if found else None
        if verdict in _SAID:
            exemption = self.rules.register.covering(policy.card.id, hub.ref, one.item)
            if exemption is not None:
                self.tally.exempted.add(exemption)
            if exemption is not None or ignored:
                verdict = Verdict.EXEMPT
        if not (again and verdict in (Verdict.PASS, Verdict.SKIP)):
            self.tally.add(policy.card.severity, verdict)
        if verdict not in _LISTED and not self.rules.show_passes:
            return
        mark = engine.fingerprint(policy.card.id, hub.ref, one.item, one.key)
        key = "\0".join(
            (hub.ref.id.lower(), policy.card.id, one.item or "", one.key or "", mark, str(verdict.rank))
        )
        data = {
            "policy": policy.card.id,
            "verdict": verdict,
            "message": one.message or policy.card.title,
            "hub": _hub_data(hub.ref),
            "item": one.item,
            "key": one.key,
            "evidence": {**one.evidence, **_origin(found)},
            "reason": one.reason,
            "fingerprint": mark,
            "exemption": exemption,
            "location": found.place if found else None,
            "ignored": ignored,
        }
        self._findings.add(key, orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS))

    def report(self) -> Report:
        """The report of everything taken so far."""
        tally = self._recounted() if self._twice else self.tally
        hubs = _Hubs(self._hubs)
        times = sorted(self._times) or [f"{self.rules.register.today.isoformat()}T00:00:00Z"]
        notices = [
            f"{name} is there more than once: every version of it was judged, and the worst verdict stands"
            for _, name in sorted(self._twice.items())
        ]
        notices += self.rules.register.notices(tally.exempted, list(self._cards))
        gaps = sorted(self._gaps, key=lambda gap: (gap.hub or "", gap.subject, gap.reason, gap.detail or ""))
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
            findings=_Findings(self._findings, self._cards, self.rules.register),
            gaps=tuple(gaps),
            notices=tuple(notices),
        )

    def _recounted(self) -> Tally:
        """The tally with what was found twice counted once.  Passes and skips are counted once already."""
        tally = Tally(exempted=self.tally.exempted)
        for verdict in (Verdict.PASS, Verdict.SKIP):
            tally.verdicts[verdict] = self.tally.verdicts[verdict]
        for finding in _Findings(self._findings, self._cards, self.rules.register):
            if finding.verdict in _LISTED:
                tally.add(finding.severity, finding.verdict)
        return tally


@dataclass(frozen=True, slots=True)
class _Hubs:
    spool: Spool

    def __iter__(self) -> Iterator[HubRef]:
        last = None
        for key, data in self.spool:
            if key != last:
                yield HubRef(**data)
            last = key


@dataclass(frozen=True, slots=True)
class _Findings:
    spool: Spool
    cards: Mapping[str, PolicyCard]
    register: Register

    def __iter__(self) -> Iterator[Finding]:
        last = None
        for _, data in self.spool:
            if data["fingerprint"] == last:
                continue
            last = data["fingerprint"]
            yield self._finding(data)

    def _finding(self, data: dict[str, Any]) -> Finding:
        card = self.cards[data["policy"]]
        hub = HubRef(**data["hub"])
        exemption = data["exemption"]
        verdict = Verdict(data["verdict"])
        names = {"rule": data["item"], "host": data["key"]}
        return Finding(
            policy=card.id,
            title=card.title,
            severity=card.severity,
            verdict=verdict,
            message=data["message"],
            hub=hub,
            item=data["item"],
            fingerprint=data["fingerprint"],
            evidence=data["evidence"],
            reason=data["reason"],
            remediation=remediation.fill(card.remediation, hub, names) if verdict in _LISTED else {},
            exemption=self._exemption(data, hub) if exemption is None else self.register.entries[exemption],
            location=Place(**data["location"]) if data["location"] else None,
        )

    def _exemption(self, data: dict[str, Any], hub: HubRef) -> Exemption | None:
        """The exemption that a comment beside the finding states."""
        if not data["ignored"]:
            return None
        return Exemption(
            policy=data["policy"],
            hub=hub.id,
            item=data["item"],
            category="waiver",
            justification=data["ignored"],
        )


def _origin(found: locations.Location | None) -> dict[str, str]:
    """Evidence of where a value was written, if that is not where the finding stands."""
    origin = found.origin if found else None
    return {"origin": f"{origin.path}:{origin.line}:{origin.column}"} if origin else {}


def _hub_data(ref: HubRef) -> dict[str, Any]:
    return {
        "id": ref.id,
        "name": ref.name,
        "kind": ref.kind,
        "subscription_id": ref.subscription_id,
        "resource_group": ref.resource_group,
    }


def run(
    arrivals: Iterable[Hub | Gap | SourceNote | Taken],
    policies: Sequence[Policy],
    register: Register,
    *,
    show_passes: bool,
    tool_version: str,
) -> Scan:
    """Judge everything a source gives.  The caller renders the report and then closes the scan."""
    scan = Scan(Rules(policies=tuple(policies), register=register, show_passes=show_passes), tool_version)
    for arrival in arrivals:
        scan.take(arrival)
    return scan


def today_or(date: str | None) -> datetime.date:
    """The day that exemptions and dates are judged against: the one given, else the clock's (UTC)."""
    return datetime.date.fromisoformat(date) if date else datetime.datetime.now(datetime.UTC).date()
