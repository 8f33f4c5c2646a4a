"""What people see while a live collection runs, and at its end."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time

import pytest
from hubs import hub
from standin.examples import CLOSED, PRODUCTION, ROOT, SANDBOX, estate_of
from standin.faults import Fault

from scanner.cli import bar, live
from scanner.model import Gap


def test_where_nobody_watches_there_is_a_line_a_subscription(arm, run):
    _, out, err = run(arm(), "collect", "-s", SANDBOX, "-s", PRODUCTION, "-o", "x.jsonl")
    assert out == ""
    assert f"hubscan: subscription {SANDBOX}: 5 hubs" in err
    assert f"hubscan: subscription {PRODUCTION}: 14 hubs" in err
    assert re.fullmatch(r"hubscan: 19 hubs, 2 subscriptions, 2 gaps, \d+ calls", err[-1])


def test_a_heartbeat_tells_how_far_it_is(arm, run, monkeypatch):
    monkeypatch.setattr(live, "_HEARTBEAT_SECONDS", 0.1)
    _, _, err = run(arm(latency=0.02), "collect", "-s", PRODUCTION, "-o", "x.jsonl", "--concurrency", "4")
    beats = [
        line
        for line in err
        if re.match(r"hubscan: \d+ of \d+ hubs, \d+ of \d+ subscriptions, \d+ calls", line)
    ]
    assert len(beats) > 1


def test_quiet_says_nothing_and_no_progress_only_the_end(arm, run):
    server = arm(estate_of(hub()))
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl") == (0, "", [])
    _, _, err = run(server, "collect", "-s", PRODUCTION, "--no-progress", "-o", "x.jsonl")
    assert len(err) == 1
    assert err[0].startswith("hubscan: 1 hub, 1 subscription, 0 gaps, ")


def test_verbose_names_each_path_and_its_status(arm, run):
    _, _, err = run(
        arm(estate_of(hub())), "collect", "-s", PRODUCTION, "-v", "-o", "x.jsonl", "--no-progress"
    )
    assert f"hubscan: GET {hub()['id']}/outboundRules: 200" in err
    assert not any("api-version" in line or "Bearer" in line for line in err)


def test_redacted_no_line_tells_which_subscription(arm, run):
    _, _, err = run(arm(), "collect", "--all-subscriptions", "--redact", "-v", "-o", "x.jsonl")
    assert len(err) > 100
    assert not any(one in line for line in err for one in (PRODUCTION, SANDBOX, CLOSED))


def test_gaps_of_one_cause_are_one_line(arm, run):
    server = arm(estate_of(*(hub(f"hub{number}") for number in range(9))))
    server.faults = [
        Fault("/computes", "status", 403, "AuthorizationFailed", "no action 'x' over scope '/y'")
    ]
    _, _, err = run(server, "collect", "-s", PRODUCTION, "--no-progress", "-o", "x.jsonl")
    gaps = [line for line in err if line.startswith("hubscan: gap: ")]
    assert len(gaps) == 1
    assert "and 8 more" in gaps[0]
    assert "403 AuthorizationFailed" in gaps[0]


def test_more_causes_than_anybody_reads_are_counted():
    lines = live.grouped(Gap(subject=f"/s{n}", reason="failed", code=str(n)) for n in range(40))
    assert len(lines) == 13
    assert lines[-1] == "and 28 more causes of gaps"


def watched(server, *arguments, **environment):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scanner", *arguments, "--arm-endpoint", server.url],
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "160"} | environment,
    )
    os.close(theirs)
    written = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            more = os.read(ours, 4096)
        except OSError:
            break
        if not more:
            break
        written += more
    os.close(ours)
    return process.wait(), written.decode()


def test_on_a_terminal_there_is_a_bar_with_hubs_subscriptions_and_calls(arm):
    code, written = watched(
        arm(latency=0.05), "collect", "-s", SANDBOX, "--concurrency", "4", "-o", "x.jsonl"
    )
    assert code == 0
    assert re.search(r"\d+ of 5 hubs, 0 of 1 subscriptions, \d+ calls", written)
    assert re.search(r"calls ━*─* (\d|-):", written)
    assert "\x1b" not in written
    assert "subscription 0000" not in written


def screen(written):
    """What a terminal shows in the end: a carriage return writes over what stands there."""
    lines = []
    for line in written.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_what_is_said_meanwhile_stands_above_the_bar_which_is_gone_in_the_end(arm):
    server = arm(latency=0.05)
    _, written = watched(server, "collect", "-s", SANDBOX, "-v", "--concurrency", "4", "-o", "x.jsonl")
    *said, last, empty = screen(written)
    assert "─" in written
    assert empty == ""
    assert re.fullmatch(r"hubscan: 5 hubs, 1 subscription, \d gaps?, \d+ calls", last)
    assert len(said) > 40
    assert [
        line for line in said if not re.fullmatch(r"hubscan: (GET|POST) \S+: \d+|hubscan: gap.*", line)
    ] == []


def test_a_narrow_terminal_gets_one_line_of_its_width(arm):
    _, written = watched(arm(latency=0.05), "collect", "-s", SANDBOX, "-o", "x.jsonl", COLUMNS="30")
    drawn = [part for part in written.split("\r") if "of 5 hubs" in part]
    assert drawn
    assert max(map(len, drawn)) == 29


def test_a_terminal_that_cannot_move_back_gets_lines(arm):
    _, written = watched(arm(), "collect", "-s", SANDBOX, "-o", "x.jsonl", TERM="dumb")
    assert f"hubscan: subscription {SANDBOX}: 5 hubs" in written
    assert "─" not in written


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (0, 0, 5, "─" * 24 + " -:--:--"),
        (0, 8, 5, "─" * 24 + " -:--:--"),
        (2, 8, 10, "━" * 6 + "─" * 18 + " 0:00:30"),
        (1, 1000, 10, "─" * 24 + " 2:46:30"),
        (8, 8, 10, "━" * 24 + " 0:00:00"),
        (9, 8, 10, "━" * 24 + " 0:00:00"),
    ],
)
def test_the_bar_tells_the_part_and_the_rest_at_the_same_pace(done, total, seconds, expected):
    assert bar._bar(done, total, seconds, "utf-8") == expected
    assert bar._bar(done, total, seconds, "latin-1") == expected.replace("━", "#").replace("─", "-")


def test_on_a_terminal_no_progress_means_none(arm):
    code, written = watched(
        arm(estate_of(hub())), "collect", "-s", PRODUCTION, "--no-progress", "-o", "x.jsonl"
    )
    assert code == 0
    assert "─" not in written
