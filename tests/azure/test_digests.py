"""What a live scan rests on: the lines of each subscription in the snapshot that it saves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from standin.examples import PRODUCTION, SANDBOX

QUICK = ("-q", "--no-progress", "--select", "fqdn-*", "--today=2026-11-02")
BOTH = ("-s", PRODUCTION, "-s", SANDBOX)


def lines_by_subscription(path):
    """The digest of the lines of each subscription in a snapshot, by its id."""
    found = {}
    for line in Path(path).read_bytes().splitlines(keepends=True):
        value = json.loads(line)
        if "subscription" in value:
            name = value["subscription"]["subscriptionId"]
        elif "hub" in value:
            name = value["hub"]["id"].split("/")[2]
        else:
            continue
        found.setdefault(name.lower(), hashlib.sha256()).update(line)
    return {f"/subscriptions/{name}": whole.hexdigest() for name, whole in found.items()}


def digests_of(path):
    told = json.loads(Path(path).read_text())["digests"]
    lines = "".join(f"{one['sha256']}  {one['path']}\n" for one in told["read"])
    assert told["inputs"] == hashlib.sha256(lines.encode()).hexdigest()
    return told


@pytest.mark.parametrize("redact", [(), ("--redact",)], ids=["plain", "redacted"])
def test_the_saved_snapshot_has_the_lines(arm, run, redact):
    more = ("--save-snapshot", "x.jsonl", "-o", "json=r.json", *redact)
    assert run(arm(), "scan", *BOTH, *QUICK, *more)[0] in (1, 3)
    told = digests_of("r.json")
    assert {one["path"]: one["sha256"] for one in told["read"]} == lines_by_subscription("x.jsonl")
    assert (PRODUCTION in json.dumps(told)) is not bool(redact)


def test_another_rule_is_another_input(arm, run):
    server = arm()
    run(server, "scan", *BOTH, *QUICK, "-o", "json=before.json")
    path = next(path for path in server.estate.answers if path.endswith("/outboundrules"))
    server.estate.answers[path] = [
        *server.estate.answers[path],
        {"name": "new", "properties": {"type": "FQDN", "destination": "pypi.contoso.com"}},
    ]
    run(server, "scan", *BOTH, *QUICK, "-o", "json=after.json")
    before, after = digests_of("before.json"), digests_of("after.json")
    assert after["policies"] == before["policies"]
    changed = {one["path"] for one in after["read"]} - {
        one["path"] for one in before["read"] if one in after["read"]
    }
    assert changed == {"/".join(path.split("/")[:3])}


def test_shards_together_rest_on_what_the_whole_rests_on(arm, run):
    server = arm()
    run(server, "scan", *BOTH, *QUICK, "-o", "json=whole.json")
    parts = []
    for index in range(1, 5):
        run(server, "scan", *BOTH, *QUICK, "--shard", f"{index}/4", "-o", f"json={index}.json")
        parts.append(f"{index}.json")
    assert run(None, "merge", *parts, "-q", "-o", "json=merged.json")[0] in (1, 3)
    assert digests_of("merged.json") == digests_of("whole.json")
