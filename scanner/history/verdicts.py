"""What becomes of findings with a scan: new, fixed, reopened, exempted, gone, or nothing that anyone knows.

All of it is done by SQLite, set by set, however many there are.  Where a join is called CROSS, its order is
given: the hubs of a scan are few beside what a history holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.history.store import History

_NOW = """
CREATE TEMP TABLE now AS
SELECT hub.hub AS hub, policy.id AS policy, seen.fingerprint AS fingerprint, seen.item AS item,
  seen.severity AS severity, seen.message AS message, seen.verdict AS verdict, seen.doubt AS doubt,
  seen.detail AS detail, finding.id AS finding, finding.state AS was, finding.opened AS opened,
  finding.severity AS was_severity, coalesce(finding.failures, 0) AS failures,
  CASE seen.verdict WHEN 'fail' THEN 'open' ELSE seen.verdict END AS state
FROM temp.seen AS seen JOIN temp.seen_hub AS hub ON hub.key = seen.hub
JOIN policy ON policy.name = seen.policy
LEFT JOIN finding ON finding.hub = hub.hub AND finding.fingerprint = seen.fingerprint
"""
_DOUBT = """
CREATE TEMP TABLE doubt AS SELECT DISTINCT hub, policy FROM temp.now WHERE doubt = 2
"""
_KEEP = """
INSERT INTO finding (hub, policy, fingerprint, item, severity, message, state, first_seen, last_seen, opened,
  failures, scan)
SELECT hub, policy, fingerprint, item, severity, message, state, :at, :at,
  CASE state WHEN 'open' THEN :at END, state = 'open', :scan FROM temp.now WHERE true
ON CONFLICT (hub, fingerprint) DO UPDATE SET
  policy = excluded.policy, item = excluded.item, severity = excluded.severity, message = excluded.message,
  state = excluded.state, last_seen = excluded.last_seen, closed = NULL, scan = excluded.scan,
  failures = failures + (excluded.state = 'open' AND opened IS NULL),
  opened = CASE excluded.state WHEN 'open' THEN coalesce(opened, excluded.opened)
    WHEN 'unknown' THEN opened END
"""
_SAID = """
INSERT INTO event (finding, scan, at, kind, delta, detail)
SELECT finding.id, :scan, :at, kind, (now.state = 'open' AND now.opened IS NULL)
  - (now.state = 'exempt' AND now.opened IS NOT NULL), detail
FROM (
  SELECT *, CASE state
    WHEN 'open' THEN CASE
      WHEN opened IS NOT NULL THEN CASE was WHEN 'unknown' THEN 'confirmed' END
      WHEN was = 'exempt' THEN 'unexempted'
      WHEN failures > 0 THEN 'reopened'
      ELSE 'opened' END
    WHEN 'exempt' THEN CASE WHEN was IS NOT 'exempt' THEN 'exempted' END
    ELSE CASE WHEN was IS NOT 'unknown' THEN 'unknown' END END AS kind
  FROM temp.now) AS now
JOIN finding ON finding.hub = now.hub AND finding.fingerprint = now.fingerprint
WHERE kind IS NOT NULL
"""
_MOVED = """
INSERT INTO daily (day, subscription, severity, opened, reopened, fixed, delta, seconds)
SELECT date(:at, 'unixepoch'), hub.subscription, severity, 0, 0, 0, sum(delta), 0 FROM (
  SELECT hub, was_severity AS severity, -1 AS delta FROM temp.now
  WHERE opened IS NOT NULL AND was_severity <> severity
  UNION ALL
  SELECT hub, severity, 1 FROM temp.now WHERE opened IS NOT NULL AND was_severity <> severity) AS moved
JOIN hub ON hub.id = moved.hub GROUP BY hub.subscription, severity
ON CONFLICT (day, subscription, severity) DO UPDATE SET delta = delta + excluded.delta
"""
_MISSED = """
CREATE TEMP TABLE missed AS
SELECT finding.id AS finding, finding.opened AS opened, CASE
  WHEN EXISTS (
    SELECT 1 FROM temp.yields AS yields CROSS JOIN policy AS other ON other.name = yields.other
    CROSS JOIN temp.now AS louder ON louder.hub = finding.hub AND louder.policy = other.id
    WHERE yields.policy = policy.name AND louder.verdict = 'fail' AND NOT louder.doubt
      AND (louder.item IS NULL OR finding.item IS NULL OR lower(louder.item) = lower(finding.item))
  ) THEN 'superseded' WHEN finding.opened IS NULL THEN 'cleared' ELSE 'fixed' END AS state
FROM temp.seen_hub AS hub CROSS JOIN finding ON finding.hub = hub.hub
CROSS JOIN scan_policy ON scan_policy.scan = :scan AND scan_policy.policy = finding.policy
CROSS JOIN policy ON policy.id = finding.policy
WHERE finding.state IN ('open', 'unknown', 'exempt') AND finding.scan <> :scan
  AND NOT EXISTS (
    SELECT 1 FROM temp.doubt WHERE doubt.hub = finding.hub AND doubt.policy = finding.policy)
"""
_LOST = """
CREATE TEMP TABLE lost AS
SELECT hub.id AS hub FROM hub
WHERE hub.scope = :scope AND hub.gone IS NULL AND hub.last_seen <= :at
  AND NOT EXISTS (SELECT 1 FROM temp.seen_hub AS seen WHERE seen.hub = hub.id)
  AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.scan = :scan AND gap.hub = hub.key)
  AND CASE WHEN :listed IS NULL THEN NOT hub.live ELSE hub.live AND hub.subscription <> '' AND (
    instr(:listed, '"' || hub.subscription || '"')
    OR EXISTS (SELECT 1 FROM temp.seen_hub AS near WHERE near.subscription = hub.subscription)) END
"""
_LEFT = """
CREATE TEMP TABLE missed AS
SELECT finding.id AS finding, finding.opened AS opened, 'gone' AS state
FROM temp.lost AS lost CROSS JOIN finding ON finding.hub = lost.hub
WHERE finding.state IN ('open', 'unknown', 'exempt')
"""
_CLOSED = """
INSERT INTO event (finding, scan, at, kind, delta, seconds)
SELECT finding, :scan, :at, state, -(opened IS NOT NULL), CASE state WHEN 'fixed' THEN :at - opened END
FROM temp.missed
"""
_CLOSE = """
UPDATE finding SET closed = :at, opened = NULL,
  state = (SELECT state FROM temp.missed WHERE missed.finding = finding.id)
WHERE id IN (SELECT finding FROM temp.missed)
"""
_DAILY = """
INSERT INTO daily (day, subscription, severity, opened, reopened, fixed, delta, seconds)
SELECT date(:at, 'unixepoch'), hub.subscription, finding.severity,
  sum(event.kind IN ('opened', 'unexempted')), sum(event.kind = 'reopened'), sum(event.kind = 'fixed'),
  sum(event.delta), coalesce(sum(event.seconds), 0)
FROM event JOIN finding ON finding.id = event.finding JOIN hub ON hub.id = finding.hub
WHERE event.scan = :scan GROUP BY hub.subscription, finding.severity
ON CONFLICT (day, subscription, severity) DO UPDATE SET
  opened = opened + excluded.opened, reopened = reopened + excluded.reopened,
  fixed = fixed + excluded.fixed, delta = delta + excluded.delta, seconds = seconds + excluded.seconds
"""
_COUNTS = """
UPDATE scan SET
  opened = (SELECT count(*) FROM event WHERE scan = :scan AND kind IN ('opened', 'unexempted')),
  reopened = (SELECT count(*) FROM event WHERE scan = :scan AND kind = 'reopened'),
  fixed = (SELECT count(*) FROM event WHERE scan = :scan AND kind = 'fixed'),
  gone = (SELECT count(*) FROM event WHERE scan = :scan AND kind = 'gone'),
  exempted = (SELECT count(*) FROM event WHERE scan = :scan AND kind = 'exempted'),
  held = (SELECT count(*) FROM finding
    WHERE state IN ('open', 'unknown', 'exempt') AND opened IS NOT NULL
      AND (scan <> :scan OR state = 'unknown')
      AND hub IN (SELECT hub FROM temp.seen_hub UNION SELECT id FROM hub WHERE scope = :scope))
WHERE id = :scan
"""


def take(history: History, moment: Mapping[str, Any]) -> None:
    """Keep the findings of a scan, and what its hubs and policies have no more."""
    history.ask(_NOW)
    history.ask("CREATE INDEX temp.now_by_policy ON now (hub, policy)")
    history.ask(_DOUBT)
    history.ask("CREATE INDEX temp.doubt_by_policy ON doubt (hub, policy)")
    history.ask(_KEEP, moment)
    history.ask(_SAID, moment)
    history.ask(_MOVED, moment)
    history.ask(_MISSED, moment)
    _close(history, moment)


def lose(history: History, moment: Mapping[str, Any], listed: str | None) -> None:
    """Say of the hubs that the same scope has no more that they are gone.

    ``listed`` are the subscriptions of Azure that were asked for by name, as JSON; None where files were.  In
    a subscription that was not named there must be another hub: it may be one that nobody may see any more.
    Of files, only code says that a hub is there no more: a snapshot may be one of anything.
    """
    history.ask(_LOST, {**moment, "listed": listed})
    history.ask(
        "INSERT INTO hub_event (hub, scan, at, kind) SELECT hub, :scan, :at, 'gone' FROM temp.lost", moment
    )
    history.ask("UPDATE hub SET gone = :at WHERE id IN (SELECT hub FROM temp.lost)", moment)
    history.ask("DROP TABLE temp.missed")
    history.ask(_LEFT)
    _close(history, moment)


def count(history: History, moment: Mapping[str, Any]) -> None:
    """Sum up what the scan changed."""
    history.ask(_DAILY, moment)
    history.ask(_COUNTS, moment)


def _close(history: History, moment: Mapping[str, Any]) -> None:
    history.ask("CREATE INDEX temp.missed_by_finding ON missed (finding)")
    history.ask(_CLOSED, moment)
    history.ask(_CLOSE, moment)
