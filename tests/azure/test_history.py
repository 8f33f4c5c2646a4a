"""Live scans that remember: what Azure shows no more is gone only where all of it could be read."""

from __future__ import annotations

import json
from pathlib import Path

from hubs import hub
from standin.examples import PRODUCTION, estate_of
from standin.faults import Fault

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
SCAN = ("scan", "-s", PRODUCTION, "-q", "--select", "fqdn-no-azure-storage", "--history", "history.db")
BOTH = (hub("hub1", rules=[BLOBS]), hub("hub2", rules=[BLOBS]))


def states():
    """The state of each finding by the name of its hub."""
    rows = [json.loads(line) for line in Path("findings.jsonl").read_text().splitlines()]
    return {row["hub_name"]: (row["state"], row["isolation_mode"]) for row in rows}


def remembered(run):
    run(None, "history", "export", "--history", "history.db", "-o", "jsonl=findings.jsonl")
    return states()


def test_a_hub_that_was_deleted_is_gone_and_one_that_was_mended_is_fixed(arm, run):
    server = arm(estate_of(*BOTH))
    code, _, err = run(server, *SCAN)
    assert (code, err) == (1, [])
    server.estate = estate_of(hub("hub2"))
    assert run(server, *SCAN)[0] == 0
    approved = "AllowOnlyApprovedOutbound"
    assert remembered(run) == {"hub1": ("gone", approved), "hub2": ("fixed", approved)}


def test_a_subscription_that_cannot_be_read_any_more_leaves_all_as_it_was(arm, run):
    server = arm(estate_of(*BOTH))
    run(server, *SCAN)
    server.faults = [Fault(r"/workspaces\b", status=403, code="AuthorizationFailed")]
    assert run(server, *SCAN, "--allow-empty")[0] == 3
    assert {state for state, _ in remembered(run).values()} == {"open"}


def test_rules_that_cannot_be_read_any_more_leave_a_finding_open(arm, run):
    server = arm(estate_of(*BOTH))
    run(server, *SCAN)
    server.faults = [Fault(r"/workspaces/hub1/outboundRules", status=403, code="AuthorizationFailed")]
    server.estate = estate_of(hub("hub1"), hub("hub2"))
    run(server, *SCAN)
    found = remembered(run)
    assert (found["hub1"][0], found["hub2"][0]) == ("open", "fixed")


def test_one_hub_by_its_id_says_nothing_of_the_others(arm, run):
    server = arm(estate_of(*BOTH))
    run(server, *SCAN)
    server.estate = estate_of(hub("hub2"))
    alone = [word if word != PRODUCTION else hub("hub2")["id"] for word in SCAN]
    alone[1] = "--hub"
    assert run(server, *alone)[0] == 0
    found = remembered(run)
    assert (found["hub1"][0], found["hub2"][0]) == ("open", "fixed")
