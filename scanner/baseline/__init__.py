"""Findings that are there already: of a saved result, or of the state before.

A finding is known where the same one, by its fingerprint, was found before.  One that failed is known to
one that fails now; one that was unknown, or exempt, is not: what was not known to fail is news.  Beside
the state before, a member of a hub must also fail as it did: a rule that was wrong and is changed into
one that is wrong in another way is news, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from scanner import results
from scanner.engine.yielding import speakers
from scanner.model import LISTED, Baseline, Finding, PolicyCard, Severity, Verdict
from scanner.sources import redaction
from scanner.spool import Spool

Pair = tuple[str, str]
"""A hub, as `hub_key` calls it, and the id of a policy."""

KEPT = 1_000
"""Fixed findings that a report names; beyond them it only counts."""


def hub_key(hub_id: str) -> str:
    """What a hub is recognised by, whether or not a result was redacted."""
    return redaction.text(hub_id).lower()


class Known:
    """The findings of before.

    ``sources`` are what they come from, as it was named; ``pairs`` the hubs and policies that failed.
    Used as a context: temporary files go when it ends.
    """

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.pairs: set[Pair] = set()
        self._verdicts: dict[str, Verdict] = {}
        self._said: dict[str, set[int]] = {}
        self._saved: set[str] = set()
        self._failing = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._failing.__exit__(None, None, None)

    def add(self, finding: Finding, *, of_state: bool = False) -> None:
        """Take in one finding, of a saved result or of the state before; passes say nothing."""
        if finding.verdict not in LISTED:
            return
        mark = finding.fingerprint
        if of_state and finding.item is not None:
            self._said.setdefault(mark, set()).add(hash(finding.message))
        elif not of_state:
            self._saved.add(mark)
        before = self._verdicts.get(mark)
        if before is None or finding.verdict.rank < before.rank:
            self._verdicts[mark] = finding.verdict
        if finding.verdict is Verdict.FAIL:
            self.pairs.add((hub_key(finding.hub.id), finding.policy))
            key = "\0".join((finding.hub.id.lower(), finding.policy, finding.item or "", mark))
            self._failing.add(key, results.text(results.finding_object(finding)).encode())

    def state(self, fingerprint: str, verdict: Verdict, message: str) -> str | None:
        """Whether a finding is ``new`` or ``known``; None for what neither fails nor is unknown."""
        before = self._verdicts.get(fingerprint)
        if verdict is Verdict.FAIL:
            said = self._said.get(fingerprint)
            is_same = said is None or fingerprint in self._saved or hash(message) in said
            return "known" if before is Verdict.FAIL and is_same else "new"
        if verdict is Verdict.UNKNOWN:
            return "known" if before in (Verdict.FAIL, Verdict.UNKNOWN) else "new"
        return None

    def failing(self) -> Iterator[Finding]:
        """What failed before, each once, sorted by hub."""
        last = None
        for key, data in self._failing:
            if key != last:
                yield results.decoded(Finding, data)
            last = key


@dataclass(slots=True)
class Outcome:
    """What is said now of hubs and policies that had findings before.

    ``passed`` are those of which every judgement passes; ``failing`` and ``unknown`` those of which at
    least one does not.  ``marks`` are the fingerprints of everything that is found now.
    """

    passed: set[Pair] = field(default_factory=set)
    failing: set[Pair] = field(default_factory=set)
    unknown: set[Pair] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)

    def add(self, finding: Finding) -> None:
        """Take in what is found now."""
        if finding.verdict in LISTED:
            self.marks.add(finding.fingerprint)
        pair = (hub_key(finding.hub.id), finding.policy)
        if finding.verdict is Verdict.FAIL:
            self.failing.add(pair)
        elif finding.verdict is Verdict.UNKNOWN:
            self.unknown.add(pair)

    def is_fixed(self, finding: Finding, louder: Iterable[str]) -> bool:
        """Whether a finding of before, which is not found now, would be found if it were still so.

        Its policy judged its hub and left nothing open, and none of those that speak in its place fails.
        """
        hub = hub_key(finding.hub.id)
        pair = (hub, finding.policy)
        if pair in self.unknown or any((hub, one) in self.failing for one in louder):
            return False
        return pair in self.passed or pair in self.failing


def compared(
    known: Known,
    before: Iterable[Finding],
    found: Iterable[Finding],
    outcome: Outcome,
    cards: Mapping[str, PolicyCard],
) -> Baseline:
    """What is new, known and fixed.

    ``found`` is everything that is found now, and fills in ``outcome``; ``before`` is what failed before
    of the hubs that were to be judged.
    """
    new: Counter[Severity] = Counter()
    unknown: Counter[Severity] = Counter()
    old = fixed = unjudged = 0
    for finding in found:
        outcome.add(finding)
        state = known.state(finding.fingerprint, finding.verdict, finding.message)
        if state == "new":
            (new if finding.verdict is Verdict.FAIL else unknown)[finding.severity] += 1
        elif finding.verdict is Verdict.FAIL:
            old += 1
    kept = []
    failed = 0
    louder = speakers(cards.values())
    for finding in before:
        failed += 1
        if finding.fingerprint in outcome.marks:
            continue
        if finding.policy not in cards or not outcome.is_fixed(finding, louder.get(finding.policy, ())):
            unjudged += 1
            continue
        fixed += 1
        if fixed <= KEPT:
            kept.append(replace(finding, baseline=None))
    return Baseline(
        sources=tuple(known.sources),
        before=failed,
        new={severity: new[severity] for severity in Severity},
        new_unknown={severity: unknown[severity] for severity in Severity},
        known=old,
        fixed=fixed,
        unjudged=unjudged,
        findings=tuple(kept),
    )
