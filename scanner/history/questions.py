"""What a history is asked: which scans there were, what happened since a day, the life of one finding."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.errors import HistoryError
from scanner.history.store import History, guarded
from scanner.history.trend import moment

Row = Mapping[str, Any]
"""One line of an answer: names of columns and their values, times as RFC 3339 in UTC."""

_SCANS = """
SELECT id AS scan, at, started, tool_version, complete, shard, sources, hubs, policies, failing, unknown,
  exempt, gaps, opened AS new, reopened, fixed, gone, exempted, held, late
FROM scan ORDER BY at, id
"""
_FINDINGS = """
SELECT finding.id AS number, finding.fingerprint, policy.name AS policy, policy.title, finding.severity,
  finding.state, hub.arm AS hub_id, hub.name AS hub_name, hub.live, hub.subscription AS subscription_id,
  hub.resource_group, hub.mode AS isolation_mode, finding.item, finding.message, finding.first_seen,
  finding.last_seen, finding.opened, finding.closed, finding.failures
FROM finding JOIN hub ON hub.id = finding.hub JOIN policy ON policy.id = finding.policy
"""
_EVENTS = """
SELECT event.at, event.kind AS event, event.scan, event.seconds, event.detail AS exemption,
  finding.fingerprint, policy.name AS policy, finding.severity, hub.arm AS hub_id, hub.name AS hub_name,
  hub.subscription AS subscription_id, finding.item, finding.message
FROM event JOIN finding ON finding.id = event.finding JOIN hub ON hub.id = finding.hub
JOIN policy ON policy.id = finding.policy
"""
_HUB_EVENTS = """
SELECT hub_event.at, hub_event.kind AS event, hub_event.mode AS isolation_mode, hub.arm AS hub_id,
  hub.name AS hub_name FROM hub_event JOIN hub ON hub.id = hub_event.hub
WHERE hub_event.at >= ? ORDER BY hub_event.at, hub_event.id LIMIT 10000
"""
_GAPS = """
SELECT arm AS hub_id, subject, reason, status, code, detail, first_seen, last_seen FROM gap
WHERE last_seen >= ? ORDER BY hub, subject, reason, code LIMIT 10000
"""
_TIMES = frozenset({"at", "started", "first_seen", "last_seen", "opened", "closed"})
_YES_OR_NO = frozenset({"complete", "live"})
_JSON = frozenset({"exemption", "sources"})


def scans(history: History) -> Iterator[Row]:
    """Every scan, the oldest first, and what it changed."""
    return _rows(history, _SCANS)


def findings(history: History) -> Iterator[Row]:
    """Every finding that was ever recorded, sorted by hub, policy and item."""
    ordered = _FINDINGS + "ORDER BY hub.key, hub.live, policy.name, finding.item, finding.fingerprint"
    return (_without(row, "number") for row in _rows(history, ordered))


def events(history: History) -> Iterator[Row]:
    """Everything that happened to findings, the oldest first."""
    return _rows(history, _EVENTS + "ORDER BY event.at, event.id")


MOST = 10_000
"""How many things are told at once that happened since a day; an export has them all."""


def count_since(history: History, day: str) -> int:
    """How many things happened to findings from a day on, YYYY-MM-DD."""
    with guarded(history.path):
        return int(history.ask("SELECT count(*) FROM event WHERE at >= ?", (_midnight(day),)).fetchone()[0])


def since(history: History, day: str) -> Iterator[Row]:
    """What happened to findings from a day on, YYYY-MM-DD, the worst first: the first `MOST` of it."""
    order = "ORDER BY instr('critical high medium low info', finding.severity), event.at, hub.key, event.id"
    return _rows(history, f"{_EVENTS} WHERE event.at >= ? {order} LIMIT {MOST}", (_midnight(day),))


def hubs_since(history: History, day: str) -> Iterator[Row]:
    """What happened to hubs from a day on: found, gone, back, or in another isolation mode."""
    return _rows(history, _HUB_EVENTS, (_midnight(day),))


def gaps_since(history: History, day: str) -> Iterator[Row]:
    """What could not be read from a day on."""
    return _rows(history, _GAPS, (_midnight(day),))


def lives(history: History, fingerprint: str) -> list[tuple[Row, list[Row]]]:
    """The findings of a fingerprint, or of its beginning, each with all that happened to it.

    One fingerprint has two, where a hub was judged both live and from code.  Raises `HistoryError` where
    there is none, and where the beginning is that of several fingerprints.
    """
    query = _FINDINGS + (
        "WHERE finding.fingerprint >= ? AND finding.fingerprint < ?"
        " ORDER BY finding.fingerprint, finding.id LIMIT 10"
    )
    found = list(_rows(history, query, (fingerprint, fingerprint + "\U0010ffff")))
    exact = [row for row in found if row["fingerprint"] == fingerprint]
    found = exact or found
    if not found:
        raise HistoryError(f"{history.path}: no finding has the fingerprint {fingerprint[:80]!r}")
    if len({row["fingerprint"] for row in found}) > 1:
        raise HistoryError(f"{history.path}: more than one fingerprint begins with {fingerprint[:80]!r}")
    query = _EVENTS + "WHERE event.finding = ? ORDER BY event.at, event.id"
    return [
        (_without(row, "number"), [_story(event) for event in _rows(history, query, (row["number"],))])
        for row in found
    ]


def _story(event: Row) -> Row:
    return {name: event[name] for name in ("at", "event", "scan", "seconds", "exemption")}


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _rows(history: History, query: str, values: tuple[Any, ...] = ()) -> Iterator[Row]:
    with guarded(history.path):
        cursor = history.ask(query, values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            try:
                yield {name: _value(name, value) for name, value in zip(names, row, strict=True)}
            except (ValueError, TypeError, OverflowError, OSError):
                raise HistoryError(f"{history.path}: a damaged history: {row[0]!r:.40} is odd") from None


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _TIMES:
        return moment(value)
    if name in _JSON:
        return json.loads(value)
    return bool(value) if name in _YES_OR_NO else value


def _midnight(day: str) -> int:
    return int(datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
