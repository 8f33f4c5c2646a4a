"""A live scan, a scan of what was collected, and a scan of the file say the same of the same estate."""

from __future__ import annotations

import json

from standin.examples import BUNDLED, PRODUCTION, snapshot_of
from standin.faults import Fault

from scanner.cli import main

TODAY = "--today=2026-11-02"


def result(path):
    """A JSON result without what tells where and when it was read."""
    found = json.loads(path.read_text())
    for name in ("started_at", "finished_at", "sources", "scope", "digests"):
        found.pop(name, None)
    for finding in found["findings"]:
        finding["evidence"].pop("hub.collectedAt", None)
    return found


def of_file(tmp_path):
    main(["scan", str(BUNDLED), TODAY, "-q", "-o", "json=file.json"])
    return result(tmp_path / "file.json")


def test_a_live_scan_finds_what_a_scan_of_the_file_finds(arm, run, tmp_path):
    code, _, _ = run(arm(), "scan", "--all-subscriptions", TODAY, "-q", "-o", "json=live.json")
    assert code == 1
    assert result(tmp_path / "live.json") == of_file(tmp_path)


def test_what_a_live_scan_keeps_gives_the_same_again(arm, run, tmp_path):
    run(
        arm(),
        "scan",
        "--all-subscriptions",
        TODAY,
        "-q",
        "-o",
        "json=live.json",
        "--save-snapshot",
        "kept.jsonl",
    )
    code, _, _ = run(None, "scan", "kept.jsonl", TODAY, "-q", "-o", "json=again.json")
    assert code == 1
    assert result(tmp_path / "again.json") == result(tmp_path / "live.json")


def test_a_hub_that_is_gone_is_the_same_gap_live_and_kept(arm, run, tmp_path):
    server = arm()
    server.faults = [Fault(r"/workspaces/hub-legal\?", "status", 404, "ResourceNotFound")]
    kept = ("--save-snapshot", "kept.jsonl")
    run(server, "scan", "-s", PRODUCTION, TODAY, "-q", "-o", "json=live.json", *kept)
    run(None, "scan", "kept.jsonl", TODAY, "-q", "-o", "json=again.json")
    assert result(tmp_path / "again.json") == result(tmp_path / "live.json")
    (gone,) = (gap for gap in result(tmp_path / "live.json")["gaps"] if gap["reason"] == "missing")
    assert gone["hub"] == gone["subject"]


def test_what_is_collected_gives_the_same_findings(arm, run, tmp_path):
    assert run(arm(), "collect", "--all-subscriptions", "-q", "-o", "all.jsonl")[0] == 3
    run(None, "scan", "all.jsonl", TODAY, "-q", "-o", "json=collected.json")
    assert result(tmp_path / "collected.json") == of_file(tmp_path)


def test_every_form_of_a_snapshot_holds_the_same(arm, run, tmp_path):
    server = arm()
    for name in ("a.jsonl", "a.jsonl.gz", "a.json"):
        run(server, "collect", "--all-subscriptions", "-q", "-o", name)
        run(None, "scan", name, TODAY, "-q", "-o", f"json={name}.result")
    assert result(tmp_path / "a.jsonl.result") == result(tmp_path / "a.jsonl.gz.result")
    assert result(tmp_path / "a.jsonl.result") == result(tmp_path / "a.json.result")


def test_what_is_collected_is_the_estate_itself(arm, run):
    """Each hub comes back as the estate has it, in every collection, its gaps included."""
    run(arm(), "collect", "--all-subscriptions", "-q", "-o", "all.jsonl")
    collected = {hub["id"]: hub for hub in snapshot_of("all.jsonl")["hub"]}
    estate = {hub["id"]: hub for hub in snapshot_of(BUNDLED)["hub"]}
    assert collected.keys() == estate.keys()
    for identifier, hub in estate.items():
        for name in (
            "properties",
            "outboundRules",
            "connections",
            "computes",
            "diagnosticSettings",
            "permissions",
        ):
            assert collected[identifier][name] == hub[name], (identifier, name)
        for name in ("resources", "projects", "locks", "roleAssignments", "policyAssignments"):
            held = {member["id"].lower() for member in hub[name]}
            assert held <= {member["id"].lower() for member in collected[identifier][name]}, (
                identifier,
                name,
            )


def test_redacted_it_says_the_same_without_saying_of_whom(arm, run, tmp_path):
    server = arm()
    run(server, "scan", "--all-subscriptions", TODAY, "-q", "--redact", "-o", "json=live.json")
    run(server, "collect", "--all-subscriptions", "-q", "--redact", "-o", "all.jsonl")
    run(None, "scan", str(BUNDLED), TODAY, "-q", "--redact", "-o", "json=file.json")
    assert result(tmp_path / "live.json") == result(tmp_path / "file.json")
    plain = of_file(tmp_path)
    for name in ("live.json", "all.jsonl"):
        text = (tmp_path / name).read_text()
        for secret in {hub["subscription_id"] for hub in plain["hubs"]} | {
            "00000000-0000-0000-0000-0000000000aa",
            "00000000-0000-0000-0002-000000000001",
        }:
            assert secret not in text, (name, secret)
    run(None, "scan", "all.jsonl", TODAY, "-q", "-o", "json=collected.json")
    verdicts = [
        [(one["policy"], one["hub"]["name"], one["item"], one["verdict"]) for one in found["findings"]]
        for found in (plain, result(tmp_path / "live.json"), result(tmp_path / "collected.json"))
    ]
    assert sorted(map(str, verdicts[0])) == sorted(map(str, verdicts[1])) == sorted(map(str, verdicts[2]))
