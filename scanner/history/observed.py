"""What one scan saw, laid out in temporary tables: hubs, policies and findings, any number of them.

Nothing of the history is touched or locked while a report is read.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from scanner.engine.yielding import speakers
from scanner.errors import HistoryError
from scanner.history.store import History
from scanner.model import LISTED, Finding, HubEntry, PolicyCard, Report, Verdict
from scanner.results import text
from scanner.sources import redaction

_BATCH = 2_000
_LONGEST = 500

_DROP = "DROP TABLE IF EXISTS temp.{}"
_TABLES = """
CREATE TEMP TABLE seen_hub (key TEXT PRIMARY KEY, live INTEGER, arm TEXT, name TEXT, kind TEXT,
  subscription TEXT, resource_group TEXT, mode TEXT, hub INTEGER, was_mode TEXT, was_gone INTEGER);
CREATE TEMP TABLE seen_policy (name TEXT PRIMARY KEY, title TEXT, severity TEXT);
CREATE TEMP TABLE yields (policy TEXT, other TEXT);
CREATE INDEX temp.yields_by_policy ON yields (policy);
CREATE TEMP TABLE seen (hub TEXT, policy TEXT, fingerprint TEXT, item TEXT, severity TEXT, message TEXT,
  verdict TEXT, doubt INTEGER, detail TEXT, PRIMARY KEY (hub, fingerprint))
"""
_NAMES = ("seen_hub", "seen_policy", "yields", "seen", "now", "doubt", "missed", "lost")


def observe(history: History, report: Report, passing: Collection[str]) -> str:
    """Lay out what a report says, and give a digest that tells it from any other.

    Policies in ``passing`` judge what changed between two states: what they say is no state of a hub, and is
    left out.
    """
    for name in _NAMES:
        history.ask(_DROP.format(name))
    for statement in _TABLES.split(";"):
        history.ask(statement)
    cards = [card for card in report.policies if card.id not in passing]
    digest = hashlib.sha256(text([report.started_at, report.finished_at, report.complete]).encode())
    digest.update(text([report.sources, report.gaps, [[card.id, card.severity] for card in cards]]).encode())
    policies = "INSERT OR IGNORE INTO seen_policy VALUES (?, ?, ?)"
    history.put(policies, [(clean(card.id), clean(card.title), card.severity) for card in cards])
    history.put("INSERT INTO yields VALUES (?, ?)", list(_yields(cards)))
    for hubs in _batches(map(_hub, report.hubs), digest):
        history.put(_HUB, hubs)
    known = {card.id for card in cards}
    findings = (one for one in report.findings if one.policy in known and one.verdict in LISTED)
    for rows in _batches(map(_finding, findings), digest):
        history.put(_FINDING, rows)
    return digest.hexdigest()[:32]


_HUB = (
    "INSERT OR IGNORE INTO seen_hub (key, live, arm, name, kind, subscription, resource_group, mode)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_FINDING = "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def seconds(moment: str, what: str) -> int:
    """A time of a report as seconds since 1970.  Raises `HistoryError`: a saved result may say anything."""
    try:
        time = datetime.datetime.fromisoformat(moment)
        return int((time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).timestamp())
    except (ValueError, OverflowError):
        raise HistoryError(
            f"{what} {moment[:40]!r} of the result is no time: it cannot be recorded"
        ) from None


@functools.lru_cache(4_096)
def hub_key(hub_id: str) -> str:
    """What a hub is recognised by, whether or not a report was redacted."""
    return clean(redaction.text(hub_id)).lower()


def _yields(cards: Iterable[PolicyCard]) -> Iterator[tuple[str, str]]:
    for name, louder in speakers(cards).items():
        for other in sorted(louder):
            yield clean(name), clean(other)


def _hub(hub: HubEntry) -> tuple[Any, ...]:
    identity = clean(hub.id)
    subscription = clean(hub.subscription_id or "").lower()
    group = None if hub.resource_group is None else clean(hub.resource_group)
    names = (identity, clean(hub.name), clean(hub.kind))
    known = None if hub.egress is None else hub.egress.isolation_mode
    mode = None if known is None else clean(known)
    return hub_key(hub.id), hub.live, *names, subscription, group, mode


def _finding(finding: Finding) -> tuple[Any, ...]:
    exempt = finding.verdict is Verdict.EXEMPT
    open_name = finding.item is None or "…" in finding.item
    # An exemption may cover what is unknown; then it says why.
    unknown = finding.verdict is Verdict.UNKNOWN or (exempt and finding.reason is not None)
    return (
        hub_key(finding.hub.id),
        clean(finding.policy),
        clean(finding.fingerprint)[:_LONGEST],
        None if finding.item is None else clean(finding.item)[:_LONGEST],
        finding.severity,
        clean(finding.message)[:_LONGEST],
        finding.verdict,
        unknown + (unknown and open_name),
        text(finding.exemption) if exempt else None,
    )


def _batches(rows: Iterable[tuple[Any, ...]], digest: Any) -> Iterator[list[tuple[Any, ...]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        digest.update(text(batch).encode())
        yield batch


def clean(given: str) -> str:
    """A text as a database can hold it."""
    # A lone surrogate is text in Python and nowhere else.
    return str(given) if given.isascii() else given.encode("utf-8", "replace").decode()
