"""How results are shared out among runs, so that GitHub takes the file and shows what matters most.

It takes 20 runs and 25,000 results of each, shows the 5,000 most severe of each, and refuses a file
over 10 MB compressed, which 100,000 results of ours stay well below.  A run is known by its category:
alerts that are missing from the next upload of a category are closed, so each subscription keeps a
category of its own, and has a run even where nothing of it fails.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.model import Exemption, Finding, Gap, HubRef, Report, Severity, Verdict
from scanner.reporters import _words
from scanner.reporters.sarif import uri

_SHOWN = 5_000
_MOST_RUNS = 20
_MOST_RESULTS = 25_000
_MOST_IN_FILE = 100_000
_KINDS_COUNTED = 20_000
_WHOLE = "hubscan/"
_OTHERS = "hubscan/other/subscriptions/"

_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)/", re.IGNORECASE)


@dataclass(slots=True)
class Share:
    """What one run holds.

    Of ``failing`` findings ``listed`` become results; ``room`` says how many of each severity it still takes.
    ``unknown`` counts verdicts by policy and reason; the reason is empty where there are too many
    different ones to keep.  ``exempt`` counts findings by exemption.
    """

    category: str
    failing: int
    listed: int
    room: Counter[Severity]
    unknown: Counter[tuple[str, str]]
    gaps: list[Gap]
    exempt: Counter[Exemption] = field(default_factory=Counter)
    notices: tuple[str, ...] = ()

    def admit(self, severity: Severity) -> bool:
        """Whether one more result fits in, which then takes its room."""
        self.room[severity] -= 1
        return self.room[severity] >= 0


@dataclass(frozen=True, slots=True)
class Division:
    """The runs of a report, and to which of them the hubs of each subscription belong."""

    shares: tuple[Share, ...]
    by_subscription: dict[str, Share]

    def of(self, hub: HubRef) -> Share:
        """The share that a hub's findings belong to."""
        return self.by_subscription[_subscription(hub)]


def divide(report: Report) -> Division:
    """One run, or one a subscription where one run would show less than all.

    Of more than 20 subscriptions the first 19 by id keep a run each, and the others share one: which
    they are must not change with what happens to fail today.
    """
    counted = _Counts()
    for hub in report.hubs:
        counted.subscriptions.add(_subscription(hub))
    for finding in report.findings:
        counted.add(_subscription(finding.hub), finding)
    failing = counted.failing.total()
    groups = _groups(sorted(counted.subscriptions) or [""], failing)
    most = _MOST_RESULTS if failing <= _MOST_IN_FILE else min(_MOST_RESULTS, _MOST_IN_FILE // len(groups))
    shares = [counted.share(category, members, most) for category, members in groups.items()]
    division = {
        name: share for share, members in zip(shares, groups.values(), strict=True) for name in members
    }
    for gap in report.gaps:
        division.get(_subscription_of(gap.hub), shares[0]).gaps.append(gap)
    fixed = report.baseline.findings if report.baseline else ()
    shares[0].notices = (*report.notices, *map(_words.fixed, fixed))
    return Division(tuple(shares), division)


def _groups(names: Sequence[str], failing: int) -> dict[str, list[str]]:
    """The subscriptions of each category."""
    if failing <= _SHOWN or len(names) == 1:
        return {_WHOLE: list(names)}
    groups: dict[str, list[str]] = {}
    alone = len(names) if len(names) <= _MOST_RUNS else _MOST_RUNS - 1
    for place, name in enumerate(names):
        groups.setdefault(_category(name) if place < alone else _OTHERS, []).append(name)
    return groups


@dataclass(slots=True)
class _Counts:
    subscriptions: set[str] = field(default_factory=set)
    failing: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    exempt: Counter[tuple[str, Exemption]] = field(default_factory=Counter)

    def add(self, subscription: str, finding: Finding) -> None:
        self.subscriptions.add(subscription)
        if finding.verdict is Verdict.FAIL:
            self.failing[subscription, finding.severity] += 1
        elif finding.verdict is Verdict.UNKNOWN:
            kind = (subscription, finding.policy, finding.reason or "")
            if kind not in self.unknown and len(self.unknown) >= _KINDS_COUNTED:
                kind = (subscription, finding.policy, "")
            self.unknown[kind] += 1
        elif finding.exemption is not None:
            exempted = (subscription, finding.exemption)
            if exempted in self.exempt or len(self.exempt) < _KINDS_COUNTED:
                self.exempt[exempted] += 1

    def share(self, category: str, members: Sequence[str], most: int) -> Share:
        own = frozenset(members)
        failing: Counter[Severity] = Counter()
        for (subscription, severity), count in self.failing.items():
            failing[severity] += count if subscription in own else 0
        unknown: Counter[tuple[str, str]] = Counter()
        for (subscription, policy, reason), count in self.unknown.items():
            if subscription in own:
                unknown[policy, reason] += count
        exempt: Counter[Exemption] = Counter()
        for (subscription, exemption), count in self.exempt.items():
            exempt[exemption] += count if subscription in own else 0
        room = _room(failing, most)
        return Share(category, failing.total(), room.total(), room, unknown, [], +exempt)


def _room(failing: Counter[Severity], most: int) -> Counter[Severity]:
    """How many results of each severity are listed where ``most`` are: the most severe first."""
    room: Counter[Severity] = Counter()
    for severity in Severity:
        room[severity] = min(failing[severity], most - room.total())
    return room


def _subscription(hub: HubRef) -> str:
    return (hub.subscription_id or "").lower()


def _subscription_of(arm_id: str | None) -> str:
    match = _SUBSCRIPTION.match(arm_id or "")
    return match[1].lower() if match else ""


def _category(subscription: str) -> str:
    """What GitHub calls the category is the part before the last slash."""
    return f"{_WHOLE}{uri.segment(subscription)}/" if subscription else _WHOLE
