"""The answers of ``hubscan history`` as a table, as text, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scanner.history.questions import Row
from scanner.history.trend import AGES, BurnDown, Pace
from scanner.model import Severity, TrendPoint
from scanner.reporters._plain import clipped, plain_line
from scanner.reporters._sparkline import sparkline
from scanner.results import text

_WIDEST = 60
_LONGEST = 500
_DAYS_SHOWN = 30

Columns = Mapping[str, str]
"""Headings by the keys of what stands under them."""

SCANS: Columns = {
    "scan": "#",
    "at": "time",
    "hubs": "hubs",
    "policies": "policies",
    "failing": "failing",
    "unknown": "unknown",
    "exempt": "exempt",
    "gaps": "gaps",
    "new": "new",
    "reopened": "reopened",
    "fixed": "fixed",
    "gone": "gone",
    "held": "held",
    "complete": "complete",
    "shard": "shard",
}
EVENTS: Columns = {
    "at": "time",
    "event": "event",
    "severity": "severity",
    "policy": "policy",
    "hub_name": "hub",
    "item": "item",
    "fingerprint": "fingerprint",
}
HUB_EVENTS: Columns = {"at": "time", "event": "event", "hub_name": "hub", "isolation_mode": "isolation mode"}
GAPS: Columns = {
    "subject": "what was not read",
    "reason": "why",
    "code": "code",
    "first_seen": "first",
    "last_seen": "last",
}
_DAYS: Columns = {"day": "day", **{severity: severity for severity in Severity}, "open": "open"}
_DAYS = {**_DAYS, "new": "new", "fixed": "fixed"}
_AGES = (*(f"up to {days} days" for days in AGES), "older")
_PACES: Columns = {
    "severity": "severity",
    "open": "open",
    **{name: name for name in _AGES},
    "oldest": "oldest, days",
    "fixed": "fixed",
    "mean_days": "mean days to fix",
}
_BURN_DOWNS: Columns = {
    "subscription": "subscription",
    "open": "open",
    "new": "new",
    "fixed": "fixed",
    "line": "burn-down",
}
_LIFE: Columns = {"field": "", "value": ""}
_STORY: Columns = {"at": "time", "event": "event", "scan": "scan", "days": "days open", "why": "why"}


@dataclass(frozen=True, slots=True)
class Table:
    """One part of an answer.  ``data`` is what JSON shows of it, where that is not its rows."""

    name: str
    columns: Columns
    rows: Sequence[Row]
    data: Any = None


def trend(points: Sequence[TrendPoint], paces: Sequence[Pace], burn_downs: Sequence[BurnDown]) -> list[Table]:
    """Open findings by day, by severity and age, and by subscription."""
    days = [
        {
            "day": point.day,
            **{severity: point.open[severity] for severity in Severity},
            "open": sum(point.open.values()),
            "new": point.new,
            "fixed": point.fixed,
        }
        for point in points
    ]
    by_severity = [{**asdict(pace), **dict(zip(_AGES, pace.ages, strict=True))} for pace in paces]
    by_subscription = [
        {
            **asdict(one),
            "subscription": one.subscription or "(none)",
            "line": sparkline(list(one.days.values())[-_DAYS_SHOWN:]),
        }
        for one in burn_downs
    ]
    return [
        Table("days", _DAYS, days[-_DAYS_SHOWN:], points),
        Table("severities", _PACES, by_severity, paces),
        Table("subscriptions", _BURN_DOWNS, by_subscription, burn_downs),
    ]


def lives(found: Sequence[tuple[Row, Sequence[Row]]]) -> list[Table]:
    """Findings, and what happened to each."""
    tables = []
    for finding, events in found:
        fields = [
            {"field": name, "value": value} for name, value in finding.items() if value not in (None, "")
        ]
        story = [
            {**event, "days": _days(event["seconds"]), "why": _why(event["exemption"])} for event in events
        ]
        tables += [
            Table("finding", _LIFE, fields, {**finding, "events": events}),
            Table("events", _STORY, story),
        ]
    return tables


def _days(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 86_400, 1)


def _why(exemption: Mapping[str, Any] | None) -> str | None:
    if exemption is None:
        return None
    by, until = exemption.get("approved_by"), exemption.get("expires")
    said = f"{exemption.get('category')}: {exemption.get('justification')}"
    return said + (f" ({by})" if by else "") + (f", until {until}" if until else "")


def as_table(tables: Sequence[Table]) -> Iterator[str]:
    """Aligned columns under headings, a table after the other."""
    for number, table in enumerate(tables):
        if number:
            yield "\n"
        if not table.rows:
            yield f"no {table.name}\n"
            continue
        widest = _WIDEST if any(table.columns.values()) else _LONGEST
        rows = [[_cell(row.get(key), widest) for key in table.columns] for row in table.rows]
        headings = [heading.upper() for heading in table.columns.values()]
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for cells in ([headings] if any(headings) else []) + rows:
            line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
            yield f"{plain_line(line.rstrip())}\n"


def as_text(tables: Sequence[Table]) -> Iterator[str]:
    """A line for each row: what it is, and its values by name."""
    for table in tables:
        for row in table.rows:
            told = ((key.replace(" ", "_"), row.get(key)) for key in table.columns)
            pairs = " ".join(f"{key}={_word(value)}" for key, value in told if value is not None)
            yield f"{_one(table.name)} {pairs}\n"


def _one(name: str) -> str:
    """What a row of a table is: ``severity`` of severities."""
    return f"{name.removesuffix('ies')}y" if name.endswith("ies") else name.removesuffix("s")


def as_json(tables: Sequence[Table]) -> Iterator[str]:
    """One object, each table under its name."""
    found: dict[str, Any] = {}
    for table in tables:
        if table.name == "finding":
            found.setdefault("findings", []).append(table.data)
        elif table.name != "events":
            found[table.name] = table.rows if table.data is None else table.data
    yield f"{text(found)}\n"


def _cell(value: Any, widest: int = _LONGEST) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else clipped(str(value), widest)


def _word(value: Any) -> str:
    plain = _cell(value)
    return plain if plain and " " not in plain and '"' not in plain else text(plain)
