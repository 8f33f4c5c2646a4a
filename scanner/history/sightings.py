"""What a scan saw of hubs: which there are, which are new or back, which modes changed, what was unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.history.observed import clean, hub_key
from scanner.history.store import History
from scanner.model import Report

_KNOWN = """
UPDATE temp.seen_hub SET
  hub = (SELECT id FROM hub WHERE hub.key = seen_hub.key AND hub.live = seen_hub.live),
  was_mode = (SELECT mode FROM hub WHERE hub.key = seen_hub.key AND hub.live = seen_hub.live),
  was_gone = (SELECT gone FROM hub WHERE hub.key = seen_hub.key AND hub.live = seen_hub.live)
"""
_LATE = """
DELETE FROM temp.seen_hub WHERE EXISTS (SELECT 1 FROM hub WHERE hub.id = seen_hub.hub AND hub.last_seen > :at)
"""
_HUBS = """
INSERT INTO hub (key, live, arm, name, kind, subscription, resource_group, mode, first_seen, last_seen, scope)
SELECT key, live, arm, name, kind, subscription, resource_group, mode, :at, :at, :scope
FROM temp.seen_hub WHERE true
ON CONFLICT (key, live) DO UPDATE SET
  arm = excluded.arm, name = excluded.name, kind = excluded.kind, resource_group = excluded.resource_group,
  mode = coalesce(excluded.mode, mode), last_seen = excluded.last_seen, gone = NULL, scope = excluded.scope
"""
_NUMBERS = """
UPDATE temp.seen_hub SET
  hub = (SELECT id FROM hub WHERE hub.key = seen_hub.key AND hub.live = seen_hub.live) WHERE hub IS NULL
"""
_NEWS = """
INSERT INTO hub_event (hub, scan, at, kind, mode)
SELECT seen.hub, :scan, :at, CASE WHEN hub.first_seen = :at AND NOT EXISTS (
    SELECT 1 FROM hub_event WHERE hub_event.hub = seen.hub) THEN 'found'
  WHEN seen.was_gone IS NOT NULL THEN 'back' ELSE 'mode' END, seen.mode
FROM temp.seen_hub AS seen JOIN hub ON hub.id = seen.hub
WHERE seen.was_gone IS NOT NULL OR seen.mode IS NOT seen.was_mode AND seen.mode IS NOT NULL
  OR NOT EXISTS (SELECT 1 FROM hub_event WHERE hub_event.hub = seen.hub)
"""
_POLICIES = """
INSERT INTO policy (name, title, severity) SELECT name, title, severity FROM temp.seen_policy WHERE true
ON CONFLICT (name) DO UPDATE SET title = excluded.title, severity = excluded.severity
"""
_GAP = """
INSERT INTO gap (hub, subject, reason, code, arm, status, detail, first_seen, last_seen, scan)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (hub, subject, reason, code) DO UPDATE SET
  arm = excluded.arm, status = excluded.status, detail = excluded.detail,
  first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),
  scan = excluded.scan
"""
_LONGEST = 300


def take(history: History, report: Report, moment: Mapping[str, Any]) -> None:
    """Keep hubs, policies and gaps of a scan, and which it judged."""
    history.ask(_KNOWN)
    late = history.ask(_LATE, moment).rowcount
    history.ask("UPDATE scan SET late = ? WHERE id = ?", (late, moment["scan"]))
    history.ask(_HUBS, moment)
    history.ask(_NUMBERS)
    history.ask("CREATE INDEX temp.seen_hub_by_number ON seen_hub (hub)")
    history.ask("CREATE INDEX temp.seen_hub_by_subscription ON seen_hub (subscription)")
    history.ask(_NEWS, moment)
    history.ask(_POLICIES)
    history.ask("INSERT INTO scan_hub SELECT :scan, hub FROM temp.seen_hub", moment)
    history.ask(
        "INSERT INTO scan_policy SELECT :scan, id FROM policy JOIN temp.seen_policy USING (name)", moment
    )
    history.put(
        _GAP,
        [
            (
                hub_key(gap.hub or ""),
                clean(gap.subject)[:_LONGEST],
                gap.reason,
                clean(gap.code or "")[:_LONGEST],
                None if gap.hub is None else clean(gap.hub),
                gap.status,
                None if gap.detail is None else clean(gap.detail)[:_LONGEST],
                moment["at"],
                moment["at"],
                moment["scan"],
            )
            for gap in report.gaps
        ],
    )
