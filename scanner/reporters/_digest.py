"""What a report of limited size keeps of findings that may be larger than memory."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from scanner.model import Exemption, Finding, Report, Severity, Verdict

_HUBS_COUNTED = 10_000

Order = tuple[bool, bool, int, int, str, str, str, str, str]
"""Worst first.  What neither fails nor is unknown comes after the rest whatever its severity, and before
that what a baseline knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The worst findings and the counts that the summary of a report lacks.

    ``worst`` is sorted by `order`; ``left_out`` counts those beyond it.  ``failing_hubs`` is a number
    in words, ``over 10000`` where counting on would cost too much memory.  ``exemptions`` counts the
    findings each exemption covers, ``new_by_hub`` the failing ones that no baseline knows by id and name.
    """

    worst: tuple[Finding, ...]
    left_out: int
    failing_hubs: str
    by_policy: dict[str, Counter[Verdict]]
    exempt: Counter[Severity]
    exemptions: Counter[Exemption]
    new_by_hub: Counter[tuple[str, str]]


def order(finding: Finding) -> Order:
    """Sort key: severity, then verdict, then hub, policy and item."""
    settled = finding.verdict not in {Verdict.FAIL, Verdict.UNKNOWN}
    rank = (
        (finding.verdict.rank, finding.severity.rank)
        if settled
        else (finding.severity.rank, finding.verdict.rank)
    )
    return (settled, finding.baseline == "known", *rank, *by_hub(finding), finding.fingerprint)


def by_hub(finding: Finding) -> tuple[str, str, str, str]:
    """Sort key of findings that are equally bad."""
    return finding.hub.name.lower(), finding.hub.id.lower(), finding.policy, finding.item or ""


def digest(report: Report, keep: int, listed: Collection[Verdict]) -> Digest:
    """Go through the findings once and keep at most ``keep`` of those with a ``listed`` verdict."""
    tally = _Tally({card.id: Counter() for card in report.policies}, listed)
    worst = heapq.nsmallest(keep, tally.through(report.findings), key=order)
    over = len(tally.failing_hubs) > _HUBS_COUNTED
    return Digest(
        worst=tuple(worst),
        left_out=tally.passed_on - len(worst),
        failing_hubs=f"over {_HUBS_COUNTED}" if over else str(len(tally.failing_hubs)),
        by_policy=tally.by_policy,
        exempt=tally.exempt,
        exemptions=tally.exemptions,
        new_by_hub=tally.new_by_hub,
    )


@dataclass(slots=True)
class _Tally:
    by_policy: dict[str, Counter[Verdict]]
    listed: Collection[Verdict]
    passed_on: int = 0
    failing_hubs: set[str] = field(default_factory=set)
    exempt: Counter[Severity] = field(default_factory=Counter)
    exemptions: Counter[Exemption] = field(default_factory=Counter)
    new_by_hub: Counter[tuple[str, str]] = field(default_factory=Counter)

    def through(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            self._count(finding)
            if finding.verdict in self.listed:
                self.passed_on += 1
                yield finding

    def _count(self, finding: Finding) -> None:
        if finding.policy in self.by_policy:
            self.by_policy[finding.policy][finding.verdict] += 1
        if finding.verdict is Verdict.FAIL and len(self.failing_hubs) <= _HUBS_COUNTED:
            self.failing_hubs.add(finding.hub.id.lower())
        if finding.verdict is Verdict.FAIL and finding.baseline == "new":
            self.new_by_hub[finding.hub.id, finding.hub.name] += 1
        if finding.verdict is Verdict.EXEMPT:
            self.exempt[finding.severity] += 1
            if finding.exemption:
                self.exemptions[finding.exemption] += 1
