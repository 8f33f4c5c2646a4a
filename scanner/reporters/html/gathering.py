"""Goes through the findings of a report once, for the page and for the data that its script reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scanner.model import LISTED, Finding, Report, Severity, Verdict
from scanner.reporters._digest import Digest, digest
from scanner.reporters.html.view import View

SHOWN = 200
"""How many findings are rows of plain HTML, the worst first."""

_COMMANDS = 3


@dataclass(slots=True)
class Fix:
    """What a policy finds wrong: how often, on which hubs (by hash of id), and its first findings."""

    findings: int = 0
    hubs: set[int] = field(default_factory=set)
    first: list[Finding] = field(default_factory=list)


Cell = Counter[tuple[Verdict, Severity]]
"""The findings of one hub in one category."""


@dataclass(slots=True)
class Tally:
    """What is counted of findings on their way.

    ``fixes`` is by policy, ``hubs`` by the id of the hub in lower case and the policy's category.
    """

    categories: dict[str, str]
    view: View
    fixes: dict[str, Fix] = field(default_factory=dict)
    hubs: dict[str, dict[str, Cell]] = field(default_factory=dict)

    def through(self, report: Report) -> Iterator[Finding]:
        """The findings of a report, each counted and put into the data of the page."""
        for finding in report.findings:
            self.view.add(finding)
            if finding.verdict in LISTED:
                self._count(finding)
            yield finding

    def _count(self, finding: Finding) -> None:
        hub = finding.hub.id.lower()
        category = self.categories.get(finding.policy, "other")
        cell = self.hubs.setdefault(hub, {}).setdefault(category, Counter())
        cell[finding.verdict, finding.severity] += 1
        if finding.verdict is not Verdict.FAIL:
            return
        fix = self.fixes.setdefault(finding.policy, Fix())
        fix.findings += 1
        fix.hubs.add(hash(hub))
        if len(fix.first) < _COMMANDS:
            fix.first.append(finding)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A report in numbers: its digest, its tally, and the data of the page, complete."""

    digest: Digest
    tally: Tally
    view: View


def gather(report: Report) -> Gathered:
    """Go through hubs and findings once."""
    view = View(report)
    tally = Tally({card.id: card.category for card in report.policies}, view)
    found = digest(replace(report, findings=tally.through(report)), SHOWN, LISTED)
    view.close()
    return Gathered(found, tally, view)
