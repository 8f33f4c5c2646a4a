"""Forgets what is over: details go, the figures of each day stay."""

from __future__ import annotations

import datetime
from typing import Any

from scanner.history.store import History, guarded

_OVER = {
    "events": """
        DELETE FROM event WHERE finding IN (
          SELECT id FROM finding WHERE closed < :before AND opened IS NULL)""",
    "findings": "DELETE FROM finding WHERE closed < :before AND opened IS NULL",
    "gaps": "DELETE FROM gap WHERE last_seen < :before",
    "hubs": """
        DELETE FROM hub WHERE gone < :before
          AND NOT EXISTS (SELECT 1 FROM finding WHERE finding.hub = hub.id)""",
    "scans": """
        DELETE FROM scan WHERE at < :before
          AND id <> (SELECT id FROM scan ORDER BY at DESC, id DESC LIMIT 1)""",
}
_LEFT_OVER = (
    "DELETE FROM hub_event WHERE hub NOT IN (SELECT id FROM hub)",
    "DELETE FROM scan_hub WHERE scan NOT IN (SELECT id FROM scan)",
    "DELETE FROM scan_policy WHERE scan NOT IN (SELECT id FROM scan)",
)


_UNSEEN = (
    """
    INSERT INTO daily (day, subscription, severity, opened, reopened, fixed, delta, seconds)
    SELECT (SELECT date(max(at), 'unixepoch') FROM scan), hub.subscription, severity, 0, 0, 0, -count(*), 0
    FROM finding JOIN hub ON hub.id = finding.hub
    WHERE finding.last_seen < :before AND opened IS NOT NULL GROUP BY hub.subscription, severity
    ON CONFLICT (day, subscription, severity) DO UPDATE SET delta = delta + excluded.delta""",
    """
    UPDATE finding SET closed = last_seen, opened = NULL, state = 'forgotten'
    WHERE last_seen < :before AND state IN ('open', 'unknown', 'exempt')""",
    "UPDATE hub SET gone = last_seen WHERE last_seen < :before",
)
"""What nobody has seen since is over, and open no more; it counts as no fix."""


def prune(history: History, before: datetime.date, *, unseen: bool = False) -> dict[str, int]:
    """Forget scans, gaps, findings and hubs that were over before a day; how many of each.

    What is open, unknown or exempt stays with all that happened to it, and so do the figures of `trend`.
    With ``unseen`` it goes as well, where no scan has found it since.  Raises `HistoryError`.
    """
    midnight = datetime.datetime.combine(before, datetime.time(), datetime.UTC)
    values: dict[str, Any] = {"before": int(midnight.timestamp())}
    with guarded(history.path):
        with history.writes():
            for statement in _UNSEEN if unseen else ():
                history.ask(statement, values)
            forgotten = {name: history.ask(query, values).rowcount for name, query in _OVER.items()}
            for statement in _LEFT_OVER:
                history.ask(statement)
        history.ask("VACUUM")
    return forgotten
