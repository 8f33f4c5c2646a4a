"""The tables of a history, and how those of an earlier version become those of this one.

Times are seconds since 1970 in UTC, days are YYYY-MM-DD.  Each step leads from one version to the next, the
first from an empty file; `VERSION` stands in the file as ``user_version``.
"""

from __future__ import annotations

APPLICATION_ID = 0x68756273
"""What tells our files from other SQLite files."""

_FIRST = """
CREATE TABLE scan (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, started INTEGER NOT NULL, digest TEXT NOT NULL,
  tool_version TEXT NOT NULL, complete INTEGER NOT NULL, scope TEXT, sources TEXT NOT NULL, shard TEXT,
  hubs INTEGER NOT NULL, policies INTEGER NOT NULL, gaps INTEGER NOT NULL,
  failing INTEGER NOT NULL, unknown INTEGER NOT NULL, exempt INTEGER NOT NULL,
  opened INTEGER NOT NULL DEFAULT 0, reopened INTEGER NOT NULL DEFAULT 0, fixed INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0, exempted INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  late INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX scan_by_digest ON scan (digest);
CREATE INDEX scan_by_time ON scan (at);

CREATE TABLE policy (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, severity TEXT NOT NULL
);

CREATE TABLE hub (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, live INTEGER NOT NULL, arm TEXT NOT NULL, name TEXT NOT NULL,
  kind TEXT NOT NULL, subscription TEXT NOT NULL, resource_group TEXT, mode TEXT,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, gone INTEGER, scope TEXT,
  UNIQUE (key, live)
);
CREATE INDEX hub_by_scope ON hub (scope);

CREATE TABLE scan_hub (
  scan INTEGER NOT NULL, hub INTEGER NOT NULL, PRIMARY KEY (scan, hub)
) WITHOUT ROWID;
CREATE TABLE scan_policy (
  scan INTEGER NOT NULL, policy INTEGER NOT NULL, PRIMARY KEY (scan, policy)
) WITHOUT ROWID;

CREATE TABLE hub_event (
  id INTEGER PRIMARY KEY, hub INTEGER NOT NULL, scan INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, mode TEXT
);
CREATE INDEX hub_event_by_hub ON hub_event (hub);
CREATE INDEX hub_event_by_time ON hub_event (at);

CREATE TABLE finding (
  id INTEGER PRIMARY KEY, hub INTEGER NOT NULL, policy INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  item TEXT, severity TEXT NOT NULL, message TEXT NOT NULL, state TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, opened INTEGER, closed INTEGER,
  failures INTEGER NOT NULL, scan INTEGER NOT NULL,
  UNIQUE (hub, fingerprint)
);
CREATE INDEX finding_by_fingerprint ON finding (fingerprint);
CREATE INDEX finding_alive ON finding (hub, policy) WHERE state IN ('open', 'unknown', 'exempt');
CREATE INDEX finding_by_age ON finding (severity, opened) WHERE opened IS NOT NULL;

CREATE TABLE event (
  id INTEGER PRIMARY KEY, finding INTEGER NOT NULL, scan INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, delta INTEGER NOT NULL, seconds INTEGER, detail TEXT
);
CREATE INDEX event_by_finding ON event (finding);
CREATE INDEX event_by_scan ON event (scan);
CREATE INDEX event_by_time ON event (at);

CREATE TABLE gap (
  hub TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL, arm TEXT,
  status INTEGER, detail TEXT, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, scan INTEGER NOT NULL,
  PRIMARY KEY (hub, subject, reason, code)
) WITHOUT ROWID;

CREATE TABLE daily (
  day TEXT NOT NULL, subscription TEXT NOT NULL, severity TEXT NOT NULL, opened INTEGER NOT NULL,
  reopened INTEGER NOT NULL, fixed INTEGER NOT NULL, delta INTEGER NOT NULL, seconds INTEGER NOT NULL,
  PRIMARY KEY (day, subscription, severity)
) WITHOUT ROWID;
"""
"""``hub.live`` tells evidence of the platform from evidence of code, which are judged by different policies.

``hub.scope`` says what the scan was asked to look through that saw the hub last.  ``finding.opened`` is
since when it is open, null where it is not; one that failed and is unknown now stays open.  ``event.delta``
is what it changes about the number of open findings, ``seconds`` how long one had been open that is fixed
now.  ``daily`` is the sum of what events say, and stays where these are pruned.
"""

STEPS = (_FIRST,)

VERSION = len(STEPS)
