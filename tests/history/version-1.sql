PRAGMA application_id = 1752523379;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE daily (
  day TEXT NOT NULL, subscription TEXT NOT NULL, severity TEXT NOT NULL, opened INTEGER NOT NULL,
  reopened INTEGER NOT NULL, fixed INTEGER NOT NULL, delta INTEGER NOT NULL, seconds INTEGER NOT NULL,
  PRIMARY KEY (day, subscription, severity)
) WITHOUT ROWID;
INSERT INTO "daily" VALUES('2026-11-01','00000000-0000-0000-0000-000000000001','high',2,0,0,2,0);
INSERT INTO "daily" VALUES('2026-11-04','00000000-0000-0000-0000-000000000001','high',0,0,1,-1,259200);
CREATE TABLE event (
  id INTEGER PRIMARY KEY, finding INTEGER NOT NULL, scan INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, delta INTEGER NOT NULL, seconds INTEGER, detail TEXT
);
INSERT INTO "event" VALUES(1,1,1,1793512800,'opened',1,NULL,NULL);
INSERT INTO "event" VALUES(2,2,1,1793512800,'opened',1,NULL,NULL);
INSERT INTO "event" VALUES(3,3,1,1793512800,'exempted',0,NULL,'{"policy":"fqdn-no-azure-storage","hub":"hub*","item":null,"category":"waiver","justification":"Storage moves behind a private endpoint in May","approved_by":"security@contoso.com","ticket":"NET-12","expires":"2026-12-31"}');
INSERT INTO "event" VALUES(4,1,2,1793772000,'fixed',-1,259200,NULL);
CREATE TABLE finding (
  id INTEGER PRIMARY KEY, hub INTEGER NOT NULL, policy INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  item TEXT, severity TEXT NOT NULL, message TEXT NOT NULL, state TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, opened INTEGER, closed INTEGER,
  failures INTEGER NOT NULL, scan INTEGER NOT NULL,
  UNIQUE (hub, fingerprint)
);
INSERT INTO "finding" VALUES(1,1,1,'p|/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-ai/providers/microsoft.machinelearningservices/workspaces/a|x','x','high','FQDN rule ''x'' reaches x.blob.core.windows.net','fixed',1793512800,1793512800,NULL,1793772000,1,1);
INSERT INTO "finding" VALUES(2,1,1,'p|/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-ai/providers/microsoft.machinelearningservices/workspaces/a|y','y','high','FQDN rule ''y'' reaches x.blob.core.windows.net','open',1793512800,1793772000,1793512800,NULL,1,2);
INSERT INTO "finding" VALUES(3,2,2,'q|/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-ai/providers/microsoft.machinelearningservices/workspaces/b|none',NULL,'high','FQDN rule ''None'' reaches x.blob.core.windows.net','exempt',1793512800,1793512800,NULL,NULL,0,1);
CREATE TABLE gap (
  hub TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL, arm TEXT,
  status INTEGER, detail TEXT, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, scan INTEGER NOT NULL,
  PRIMARY KEY (hub, subject, reason, code)
) WITHOUT ROWID;
CREATE TABLE hub (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, live INTEGER NOT NULL, arm TEXT NOT NULL, name TEXT NOT NULL,
  kind TEXT NOT NULL, subscription TEXT NOT NULL, resource_group TEXT, mode TEXT,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, gone INTEGER, scope TEXT,
  UNIQUE (key, live)
);
INSERT INTO "hub" VALUES(1,'/subscriptions/8a8bb3da-7dc6-d1bf-7204-c96c35876177/resourcegroups/rg-ai/providers/microsoft.machinelearningservices/workspaces/a',1,'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ai/providers/Microsoft.MachineLearningServices/workspaces/a','a','Hub','00000000-0000-0000-0000-000000000001','rg-ai',NULL,1793512800,1793772000,NULL,NULL);
INSERT INTO "hub" VALUES(2,'/subscriptions/8a8bb3da-7dc6-d1bf-7204-c96c35876177/resourcegroups/rg-ai/providers/microsoft.machinelearningservices/workspaces/b',1,'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ai/providers/Microsoft.MachineLearningServices/workspaces/b','b','Hub','00000000-0000-0000-0000-000000000001','rg-ai',NULL,1793512800,1793512800,NULL,NULL);
CREATE TABLE hub_event (
  id INTEGER PRIMARY KEY, hub INTEGER NOT NULL, scan INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, mode TEXT
);
INSERT INTO "hub_event" VALUES(1,1,1,1793512800,'found',NULL);
INSERT INTO "hub_event" VALUES(2,2,1,1793512800,'found',NULL);
CREATE TABLE policy (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, severity TEXT NOT NULL
);
INSERT INTO "policy" VALUES(1,'p','Title of p','high');
INSERT INTO "policy" VALUES(2,'q','Title of q','high');
CREATE TABLE scan (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, started INTEGER NOT NULL, digest TEXT NOT NULL,
  tool_version TEXT NOT NULL, complete INTEGER NOT NULL, scope TEXT, sources TEXT NOT NULL, shard TEXT,
  hubs INTEGER NOT NULL, policies INTEGER NOT NULL, gaps INTEGER NOT NULL,
  failing INTEGER NOT NULL, unknown INTEGER NOT NULL, exempt INTEGER NOT NULL,
  opened INTEGER NOT NULL DEFAULT 0, reopened INTEGER NOT NULL DEFAULT 0, fixed INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0, exempted INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  late INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "scan" VALUES(1,1793512800,1793512800,'806b4d724f819b944bedc1132104c8d5','0.1.0',1,NULL,'[{"kind":"snapshot","path":"estate.json","hubs":2}]',NULL,2,2,0,2,0,1,2,0,0,0,1,0,0);
INSERT INTO "scan" VALUES(2,1793772000,1793772000,'4e39f4753c00420f5f189e04cc2cb757','0.1.0',1,NULL,'[{"kind":"snapshot","path":"estate.json","hubs":1}]',NULL,1,2,0,1,0,0,0,0,1,0,0,0,0);
CREATE TABLE scan_hub (
  scan INTEGER NOT NULL, hub INTEGER NOT NULL, PRIMARY KEY (scan, hub)
) WITHOUT ROWID;
INSERT INTO "scan_hub" VALUES(1,1);
INSERT INTO "scan_hub" VALUES(1,2);
INSERT INTO "scan_hub" VALUES(2,1);
CREATE TABLE scan_policy (
  scan INTEGER NOT NULL, policy INTEGER NOT NULL, PRIMARY KEY (scan, policy)
) WITHOUT ROWID;
INSERT INTO "scan_policy" VALUES(1,1);
INSERT INTO "scan_policy" VALUES(1,2);
INSERT INTO "scan_policy" VALUES(2,1);
INSERT INTO "scan_policy" VALUES(2,2);
CREATE INDEX scan_by_digest ON scan (digest);
CREATE INDEX scan_by_time ON scan (at);
CREATE INDEX hub_by_scope ON hub (scope);
CREATE INDEX hub_event_by_hub ON hub_event (hub);
CREATE INDEX hub_event_by_time ON hub_event (at);
CREATE INDEX finding_by_fingerprint ON finding (fingerprint);
CREATE INDEX finding_alive ON finding (hub, policy) WHERE state IN ('open', 'unknown', 'exempt');
CREATE INDEX finding_by_age ON finding (severity, opened) WHERE opened IS NOT NULL;
CREATE INDEX event_by_finding ON event (finding);
CREATE INDEX event_by_scan ON event (scan);
CREATE INDEX event_by_time ON event (at);
COMMIT;
