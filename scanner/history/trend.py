"""How findings go over time: what is open, how old it is, how fast it is fixed, and where.

Answered from the sums of each day, so that a million findings are no more work than a thousand.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

from scanner.errors import HistoryError
from scanner.history.store import History, guarded
from scanner.model import Severity, SinceLast, Trend, TrendPoint

_DAY = 86_400
AGES = (7, 30, 90)
"""Where one group of ages ends and the next begins, in days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The open findings of a severity by age, and how long those took that were fixed.

    ``ages`` counts those open for up to 7, 30, 90 and more days; ``oldest`` and ``mean_days`` (to fix) are
    days, None where there are none.
    """

    severity: Severity
    open: int
    ages: tuple[int, ...]
    oldest: float | None
    fixed: int
    mean_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown:
    """The findings of a subscription: open on each day on which that changed, new and fixed since the first.

    ``subscription`` is empty for hubs of code that belong to none.
    """

    subscription: str
    open: int
    new: int
    fixed: int
    days: Mapping[str, int]


def trend(history: History, scan: int | None = None) -> Trend:
    """A point for each day of a scan, and with ``scan`` what that one changed.  Raises `HistoryError`."""
    with guarded(history.path):
        return Trend(
            points=tuple(_points(history)), since_last=None if scan is None else _since_last(history, scan)
        )


def paces(history: History) -> tuple[Pace, ...]:
    """What is open and what was fixed, a severity each, the worst first.

    Age is that at the time of the last scan.
    """
    with guarded(history.path):
        now = history.ask("SELECT max(at) FROM scan").fetchone()[0] or 0
        fixed = {row[0]: row[1:] for row in history.ask(_FIXED)}
        open_ones = {row[0]: row[1:] for row in history.ask(_AGES, [now - days * _DAY for days in AGES])}
    found = []
    for severity in Severity:
        count, spent = fixed.get(severity, (0, 0))
        total, oldest, *younger = open_ones.get(severity, (0, None, *(0 for _ in AGES)))
        bounds = [0, *younger, total]
        found.append(
            Pace(
                severity=severity,
                open=total,
                ages=tuple(after - before for before, after in pairwise(bounds)),
                oldest=None if oldest is None else round((now - oldest) / _DAY, 1),
                fixed=count,
                mean_days=round(spent / count / _DAY, 1) if count else None,
            )
        )
    return tuple(found)


def burn_downs(history: History, first: str = "") -> tuple[BurnDown, ...]:
    """Open findings by subscription, the one with most of them first; only days from ``first`` on."""
    found = []
    with guarded(history.path):
        for subscription, rows in groupby(history.ask(_BY_SUBSCRIPTION), key=itemgetter(0)):
            days: dict[str, int] = {}
            count = new = fixed = 0
            for _, day, opened, closed, delta in rows:
                count += delta
                if str(day) >= first:
                    new, fixed = new + opened, fixed + closed
                    days[str(day)] = count
            found.append(BurnDown(subscription=subscription, open=count, new=new, fixed=fixed, days=days))
    return tuple(sorted(found, key=lambda one: (-one.open, one.subscription)))


def late(history: History, scan: int) -> int:
    """Of how many hubs of a scan nothing was recorded, for they were judged at a later time already."""
    with guarded(history.path):
        return int(history.row("SELECT late FROM scan WHERE id = ?", (scan,))[0])


_FIXED = "SELECT severity, sum(fixed), sum(seconds) FROM daily GROUP BY severity"
_AGES = """
SELECT severity, count(*), min(opened), sum(opened >= ?), sum(opened >= ?), sum(opened >= ?)
FROM finding WHERE opened IS NOT NULL GROUP BY severity
"""
_BY_SUBSCRIPTION = """
SELECT subscription, day, sum(opened + reopened), sum(fixed), sum(delta) FROM daily
GROUP BY subscription, day ORDER BY subscription, day
"""
_BY_DAY = """
SELECT day, severity, sum(opened + reopened), sum(fixed), sum(delta) FROM daily GROUP BY day, severity
UNION ALL SELECT DISTINCT date(at, 'unixepoch'), NULL, 0, 0, 0 FROM scan ORDER BY 1
"""


def _points(history: History) -> Iterator[TrendPoint]:
    counts: Counter[Severity] = Counter()
    for day, rows in groupby(history.ask(_BY_DAY), key=itemgetter(0)):
        new = fixed = 0
        for _, severity, opened, closed, delta in rows:
            if severity is not None:
                counts[_severity(history, severity)] += delta
            new, fixed = new + opened, fixed + closed
        yield TrendPoint(
            day=str(day), open={severity: counts[severity] for severity in Severity}, new=new, fixed=fixed
        )


def _severity(history: History, name: str) -> Severity:
    try:
        return Severity(name)
    except ValueError:
        raise HistoryError(f"{history.path}: a damaged history: there is no severity {name[:40]!r}") from None


_SCAN = "SELECT at, opened, reopened, fixed, gone, exempted, held FROM scan WHERE id = ?"
_BEFORE = """
SELECT scan.at FROM scan WHERE scan.id < :scan AND scan.at <= :at AND EXISTS (
  SELECT 1 FROM scan_hub JOIN scan_hub AS ours ON ours.hub = scan_hub.hub
  WHERE scan_hub.scan = scan.id AND ours.scan = :scan)
ORDER BY scan.at DESC LIMIT 1
"""


def _since_last(history: History, scan: int) -> SinceLast | None:
    """What a scan changed; None where none before it saw any of its hubs."""
    at, new, reopened, fixed, gone, exempted, held = history.row(_SCAN, (scan,))
    before = history.ask(_BEFORE, {"scan": scan, "at": at}).fetchone()
    if before is None:
        return None
    return SinceLast(
        before=moment(before[0]),
        new=new,
        reopened=reopened,
        fixed=fixed,
        gone=gone,
        exempted=exempted,
        held=held,
    )


def moment(seconds: int) -> str:
    """Seconds since 1970 as RFC 3339 in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
