"""What is left of a collection that was interrupted, and how it is continued."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hubs import hub
from standin.examples import PRODUCTION, ROOT, SANDBOX, estate_of, snapshot_of
from standin.faults import Fault

from scanner.sources.azure import collection

SLOWLY = ("--concurrency", "2")
"""Hubs one after the other, so that some are whole when it ends early."""


def lines_of(path):
    """The lines of a finished snapshot, without those that tell when it was taken."""
    header, *rest = Path(path).read_text().splitlines()
    return {**json.loads(header), "collected_at": None}, rest


class Process:
    """A collection in a process of its own."""

    def __init__(self, server, *arguments):
        command = [sys.executable, "-m", "scanner", *arguments, "--arm-endpoint", server.url]
        self._server = server
        self.began = len(server.seen)
        self.process = subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def after(self, requests, number):
        """Send a signal when so many requests have arrived; the exit code and standard error."""
        while len(self._server.seen) - self.began < requests and self.process.poll() is None:
            time.sleep(0.002)
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def whole(run, server, *more):
    """The lines of an uninterrupted collection."""
    assert run(server, "collect", "-s", PRODUCTION, "-s", SANDBOX, "-q", "-o", "whole.jsonl", *more)[0] in (
        0,
        3,
    )
    return lines_of("whole.jsonl")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_130_and_what_was_read_is_kept(arm, number):
    server = arm(latency=0.02)
    begun = Process(server, "collect", "-s", PRODUCTION, "-o", "x.jsonl", *SLOWLY)
    code, err = begun.after(60, number)
    assert code == 130
    assert "Traceback" not in err
    assert "collect --resume x.jsonl" in err
    held = snapshot_of("x.jsonl")
    assert held["hub"]
    assert "end" not in held
    assert stat.S_IMODE(Path("x.jsonl").stat().st_mode) == 0o600


def test_what_was_interrupted_is_readable_and_incomplete(arm, run):
    code, _ = Process(arm(latency=0.02), "collect", "-s", PRODUCTION, "-o", "x.jsonl", *SLOWLY).after(
        60, signal.SIGINT
    )
    assert code == 130
    assert run(None, "scan", "x.jsonl", "-q", "--fail-on", "never")[0] == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_continues_to_the_same_snapshot_wherever_it_was_stopped(arm, run, number):
    server = arm(latency=0.005)
    expected = whole(run, server)
    moments = random.sample(range(1, 150), 2)
    for moment in moments:
        Path("x.jsonl").unlink(missing_ok=True)
        Process(
            server, "collect", "-s", PRODUCTION, "-s", SANDBOX, "-q", "-o", "x.jsonl", "--concurrency", "3"
        ).after(moment, number)
        if Path("x.jsonl").exists():
            code, _, err = run(None, "collect", "--resume", "x.jsonl", "-q")
            assert code == 3, (moment, err)
        else:
            run(server, "collect", "-s", PRODUCTION, "-s", SANDBOX, "-q", "-o", "x.jsonl")
        header, rest = lines_of("x.jsonl")
        assert rest == expected[1], moment
        assert header["source"]["collections"] == expected[0]["source"]["collections"]


def test_what_is_there_already_is_not_read_again(arm, run):
    server = arm()
    server.revoke_after, server.tokens_left = 100, 1
    assert run(server, "collect", "-s", PRODUCTION, *SLOWLY, "-q", "-o", "x.jsonl")[0] == 3
    there = {one["id"] for one in snapshot_of("x.jsonl")["hub"] if not one["gaps"]}
    assert there
    server.tokens_left, begun = None, len(server.seen)
    assert run(None, "collect", "--resume", "x.jsonl", "-q")[0] == 3
    asked = {one.url.partition("?")[0] for one in server.seen[begun:]}
    assert not any(path.startswith(tuple(there)) for path in asked)
    assert len(snapshot_of("x.jsonl")["hub"]) == 14


def test_a_line_that_was_cut_off_is_read_again(arm, run):
    server = arm()
    _, expected = whole(run, server)
    run(server, "collect", "-s", PRODUCTION, "-s", SANDBOX, "-q", "-o", "x.jsonl")
    lines = Path("x.jsonl").read_bytes().splitlines(keepends=True)
    Path("x.jsonl").write_bytes(b"".join(lines[:6]) + lines[6][:200])
    assert run(None, "collect", "--resume", "x.jsonl", "-q")[0] == 3
    assert lines_of("x.jsonl")[1] == expected


def test_a_hub_with_a_part_that_failed_is_read_again(arm, run):
    server = arm(estate_of(hub(), hub("hub2")))
    server.faults = [Fault("/hub2/computes", "status", 500, "Down")]
    server.revoke_after = 1000
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    lines = Path("x.jsonl").read_bytes().splitlines(keepends=True)
    Path("x.jsonl").write_bytes(b"".join(lines[:-1]))
    server.faults = []
    assert run(None, "collect", "--resume", "x.jsonl", "-q")[0] == 0
    held = snapshot_of("x.jsonl")["hub"]
    assert [(one["name"], one["gaps"]) for one in held] == [("hub1", []), ("hub2", [])]


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.json"])
def test_packed_forms_stand_beside_until_they_are_whole(arm, run, name):
    server = arm()
    server.revoke_after, server.tokens_left = 100, 1
    run(server, "collect", "-s", PRODUCTION, *SLOWLY, "-q", "-o", name)
    assert not Path(name).exists()
    assert run(None, "scan", f"{name}.partial", "-q", "--fail-on", "never")[0] == 3
    server.tokens_left = None
    assert run(None, "collect", "--resume", name, "-q")[0] == 3
    assert not Path(f"{name}.partial").exists()
    run(server, "collect", "-s", PRODUCTION, "-q", "-o", "whole.jsonl")
    results = []
    for path in (name, "whole.jsonl"):
        run(None, "scan", path, "-q", "-o", "jsonl=found.jsonl")
        found = [json.loads(line) for line in Path("found.jsonl").read_text().splitlines()]
        for finding in found:
            finding["evidence"].pop("hub.collectedAt", None)
        results.append(found)
    assert results[0] == results[1] != []


def test_a_redacted_snapshot_is_continued_without_reading_twice(arm, run):
    server = arm()
    run(server, "collect", "-s", PRODUCTION, "--redact", "-q", "-o", "whole.jsonl")
    server.revoke_after, server.tokens_left = len(server.seen) + 100, 1
    assert run(server, "collect", "-s", PRODUCTION, "--redact", *SLOWLY, "-q", "-o", "x.jsonl")[0] == 3
    there = len(snapshot_of("x.jsonl")["hub"])
    server.tokens_left, begun = None, len(server.seen)
    assert run(server, "collect", "--resume", "x.jsonl", "-s", PRODUCTION, "-q")[0] == 3
    read = sum(
        "/workspaces/" in one.url and "/" not in one.url.partition("/workspaces/")[2]
        for one in server.seen[begun:]
    )
    assert read <= 14 + 1 - there + 1
    assert lines_of("x.jsonl")[1] == lines_of("whole.jsonl")[1]
    assert PRODUCTION not in Path("x.jsonl").read_text()


@pytest.fixture
def redacted(arm, run):
    """A redacted snapshot that lacks its end, and the options that lead to where it was begun."""
    server = arm(estate_of(hub()))
    run(server, "collect", "-s", PRODUCTION, "--redact", "-q", "-o", "x.jsonl")
    lines = Path("x.jsonl").read_bytes().splitlines(keepends=True)
    Path("x.jsonl").write_bytes(b"".join(lines[:-1]))
    return server


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "is redacted, and does not say its scope"),
        (["-s", SANDBOX], "another scope"),
        (["-s", PRODUCTION, "-s", SANDBOX], "another scope"),
        (["--all-subscriptions"], "another scope"),
        (["-s", PRODUCTION, "--shard", "1/2"], "another scope"),
    ],
)
def test_a_redacted_snapshot_is_continued_with_its_own_scope_alone(redacted, run, more, said):
    code, _, err = run(redacted if more else None, "collect", "--resume", "x.jsonl", *more)
    assert (code, len(err)) == (2, 1)
    assert said in err[0]
    assert PRODUCTION not in Path("x.jsonl").read_text()


def test_its_own_scope_may_be_named_in_another_way(redacted, run):
    scope = ("-s", f"/subscriptions/{PRODUCTION.upper()}/", "-s", PRODUCTION)
    assert run(redacted, "collect", "--resume", "x.jsonl", *scope, "-q")[0] in (0, 3)


def test_one_that_does_not_tell_scopes_apart_is_continued_with_any(redacted, run):
    header, *others = Path("x.jsonl").read_bytes().splitlines(keepends=True)
    told = json.loads(header)
    del told["source"]["scopeDigest"]
    Path("x.jsonl").write_bytes(json.dumps(told).encode() + b"\n" + b"".join(others))
    assert run(redacted, "collect", "--resume", "x.jsonl", "-s", SANDBOX, "-q")[0] in (0, 3)


def test_what_stood_there_stays_until_the_new_is_whole(arm, run):
    server = arm()
    run(server, "collect", "-s", SANDBOX, "-q", "-o", "x.jsonl")
    before = Path("x.jsonl").read_bytes()
    server.revoke_after, server.tokens_left = len(server.seen) + 100, 1
    assert run(server, "collect", "-s", PRODUCTION, *SLOWLY, "-q", "-o", "x.jsonl")[0] == 3
    assert Path("x.jsonl").read_bytes() == before
    server.tokens_left = None
    assert run(None, "collect", "--resume", "x.jsonl", "-q")[0] == 3
    assert {one["id"].split("/")[2] for one in snapshot_of("x.jsonl")["hub"]} == {PRODUCTION}
    assert sorted(os.listdir()) == ["x.jsonl"]


def test_a_snapshot_that_is_whole_is_left_alone(arm, run):
    server = arm(estate_of(hub()))
    run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")
    before, asked = Path("x.jsonl").read_bytes(), len(server.seen)
    assert run(None, "collect", "--resume", "x.jsonl") == (0, "", ["hubscan: x.jsonl: is complete already"])
    assert (Path("x.jsonl").read_bytes(), len(server.seen)) == (before, asked)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["-s", SANDBOX], "another scope"),
        (["--light"], "without --light"),
        (["--redact"], "without --redact"),
    ],
)
def test_what_does_not_fit_what_was_begun_is_a_usage_error(arm, run, more, said):
    server = arm(estate_of(hub()))
    run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")
    lines = Path("x.jsonl").read_bytes().splitlines(keepends=True)
    Path("x.jsonl").write_bytes(b"".join(lines[:-1]))
    more = [*more, "--arm-endpoint", server.url] if more[0] == "-s" else more
    code, _, err = run(None, "collect", "--resume", "x.jsonl", *more)
    assert (code, len(err)) == (2, 1)
    assert said in err[0]


@pytest.mark.parametrize(
    "more",
    [
        ("-s", SANDBOX, "-s", PRODUCTION),
        ("-s", f"/subscriptions/{PRODUCTION}/", "-s", SANDBOX, "-s", PRODUCTION),
    ],
    ids=["other order", "named twice"],
)
def test_the_same_subscriptions_may_be_named_in_another_way(arm, run, more):
    server = arm(estate_of(hub(), subscriptions=(PRODUCTION, SANDBOX)))
    run(server, "collect", "-s", PRODUCTION, "-s", SANDBOX, "-q", "-o", "x.jsonl")
    whole = Path("x.jsonl").read_bytes()
    Path("x.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert run(server, "collect", "--resume", "x.jsonl", *more, "-q")[0] == 0
    assert Path("x.jsonl").read_bytes().splitlines()[1:] == whole.splitlines()[1:]


@pytest.mark.parametrize(
    "tail", [b"null\n", b"[]\n", b'"hub"\n', b'{"hub": null}\n', b'{"subscription": 7}\n']
)
def test_a_line_that_is_no_member_ends_what_is_there(arm, run, tail):
    server = arm(estate_of(hub(), hub("hub2")))
    run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")
    whole = Path("x.jsonl").read_bytes()
    Path("x.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:2]) + tail)
    assert run(server, "collect", "--resume", "x.jsonl", "-q")[0] == 0
    assert Path("x.jsonl").read_bytes().splitlines()[1:] == whole.splitlines()[1:]


def test_hubs_of_a_scope_that_nobody_knows_are_not_continued(arm, run):
    server = arm(estate_of(hub()))
    run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")
    header, *rest = map(json.loads, Path("x.jsonl").read_text().splitlines())
    del header["source"]["scope"]
    Path("x.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in (header, *rest[:-1])))
    code, _, err = run(server, "collect", "--resume", "x.jsonl", "-s", SANDBOX)
    assert (code, len(err)) == (2, 1)
    assert "does not say with which scope" in err[0]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not json\n", b'{"snapshot": "hubscan/v9"}\n', b'{"snapshot": "hubscan/v1"}\n']
)
def test_a_file_that_is_no_snapshot_cannot_be_continued(run, tmp_path, content):
    (tmp_path / "x.jsonl").write_bytes(content)
    code, _, err = run(None, "collect", "--resume", tmp_path / "x.jsonl", "-s", PRODUCTION)
    assert (code, len(err)) == (2, 1)
    assert (tmp_path / "x.jsonl").read_bytes() == content


@pytest.mark.parametrize("target", [".", "no/such/x.jsonl", "/dev/null"])
def test_a_place_that_cannot_be_written_is_one_line(arm, run, target):
    server = arm(estate_of(hub()))
    code, _, err = run(server, "collect", "-s", PRODUCTION, "-o", target, "--no-progress")
    assert (code, len(err)) == (2, 1)
    assert target.rstrip(".") in err[0]
    assert server.seen == []


@pytest.mark.parametrize("command", [("collect", "-o"), ("scan", "--save-snapshot")], ids=" ".join)
def test_no_snapshot_is_written_to_a_file_called_as_standard_output_is(arm, run, tmp_path, command):
    code, out, err = run(arm(), command[0], "--all-subscriptions", command[1], "-")
    assert (code, out) == (2, "")
    assert err == [
        "hubscan: error: a snapshot is written to a file, never to standard output: name one",
    ]
    assert not (tmp_path / "-").exists()


def test_a_scan_that_is_interrupted_reports_what_it_has(arm):
    begun = Process(
        arm(latency=0.02),
        "scan",
        "-s",
        PRODUCTION,
        "--concurrency",
        "2",
        "-o",
        "json=r.json",
        "--save-snapshot",
        "x.jsonl",
    )
    code, err = begun.after(40, signal.SIGINT)
    assert code == 130
    assert "Traceback" not in err
    result = json.loads(Path("r.json").read_text())
    assert result["complete"] is False
    assert result["hubs"]
    assert [gap["code"] for gap in result["gaps"] if gap["hub"] is None] == ["Interrupted"]
    assert len(snapshot_of("x.jsonl")["hub"]) == len(result["hubs"])


def test_what_never_answers_is_waited_for_no_longer_than_the_grace(arm, run, monkeypatch):
    """The answer would come, long after: that its hub is not there shows that nobody waited."""
    monkeypatch.setattr(collection, "GRACE_SECONDS", 0.3)
    server = arm(estate_of(hub(), hub("hub2")))
    server.faults = [Fault("/hub2/computes", "slow", seconds=20)]

    def stop():
        while not any("/hub2/computes" in one.url for one in server.seen):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 130
    assert [one["name"] for one in snapshot_of("x.jsonl")["hub"]] == ["hub1"]
