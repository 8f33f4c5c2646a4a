"""Puts a scan into a history: one transaction, so that it is there whole or not at all.

A scan that is there already changes nothing.  What a history knows of a hub never goes back in time: of a
hub that was judged at a later time already, nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scanner.history import sightings, verdicts
from scanner.history.observed import observe, seconds
from scanner.history.store import History, guarded
from scanner.model import Report, Verdict
from scanner.results import text

_LIVE_SCOPES = ("subscriptions", "management_groups", "all_subscriptions", "hubs")


def record(
    history: History,
    report: Report,
    *,
    scope: Mapping[str, Any] | None = None,
    passing: Collection[str] = (),
) -> int:
    """Record a scan, and give its number in the history.

    ``scope`` says what was asked to be looked through, None where nobody knows: then no hub is gone for not
    being there.  ``passing`` are policies that judge what changed, whose findings are no state of a hub.
    Raises `HistoryError`.
    """
    at, started = seconds(report.finished_at, "finished_at"), seconds(report.started_at, "started_at")
    asked = None if scope is None else text({"scope": scope, "shard": _shard(report)})
    with guarded(history.path):
        digest = observe(history, report, passing)
        with history.writes():
            known = _known(history, digest, at)
            if known is not None:
                return known
            values = {
                "at": at,
                "started": started,
                "digest": digest,
                "version": report.tool_version,
                "complete": report.complete,
                "scope": asked,
                "sources": text(report.sources),
                "shard": _shard(report),
                "hubs": report.summary.hubs,
                "policies": report.summary.policies,
                "gaps": len(report.gaps),
                "failing": report.summary.verdicts.get(Verdict.FAIL, 0),
                "unknown": report.summary.verdicts.get(Verdict.UNKNOWN, 0),
                "exempt": report.summary.verdicts.get(Verdict.EXEMPT, 0),
            }
            scan = history.ask(_SCAN, values).lastrowid or 0
            moment = {"scan": scan, "at": at, "scope": asked}
            sightings.take(history, report, moment)
            verdicts.take(history, moment)
            if asked is not None and all(gap.hub is not None for gap in report.gaps):
                verdicts.lose(history, moment, _listed(scope or {}))
            verdicts.count(history, moment)
            return scan


_SCAN = (
    "INSERT INTO scan (at, started, digest, tool_version, complete, scope, sources, shard, hubs, policies,"
    " gaps, failing, unknown, exempt) VALUES (:at, :started, :digest, :version, :complete, :scope, :sources,"
    " :shard, :hubs, :policies, :gaps, :failing, :unknown, :exempt)"
)

_AGAIN = """
SELECT max(id) FROM scan WHERE digest = :digest
  AND NOT EXISTS (
    SELECT 1 FROM scan AS other JOIN scan_hub ON scan_hub.scan = other.id JOIN hub ON hub.id = scan_hub.hub
    JOIN temp.seen_hub AS seen ON seen.key = hub.key AND seen.live = hub.live
    WHERE other.id > (SELECT max(id) FROM scan WHERE digest = :digest) AND other.at = :at)
  AND NOT EXISTS (
    SELECT 1 FROM hub JOIN temp.seen_hub AS seen ON seen.key = hub.key AND seen.live = hub.live
    WHERE hub.gone = :at)
"""


def _known(history: History, digest: str, at: int) -> int | None:
    """The number of the same scan, recorded before.

    Two scans of one moment, as those of code on one day, follow one another as they are recorded: one that
    is the same as the last but one is news.
    """
    found = history.ask(_AGAIN, {"digest": digest, "at": at}).fetchone()[0]
    return None if found is None else int(found)


def _shard(report: Report) -> str | None:
    shard = report.shard
    return None if shard is None else f"{shard.index}/{shard.count}"


def _listed(scope: Mapping[str, Any]) -> str | None:
    """The subscriptions that were named, as JSON; None for a scope of code, which lists all its hubs."""
    if not any(scope.get(name) for name in _LIVE_SCOPES):
        return None
    return text([str(name).lower() for name in scope.get("subscriptions", ())])
