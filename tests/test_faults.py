"""Killed, out of space, without a place to write to, without a home or a language: the program as a process.

What is killed is in `test_kills`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest
from hubs import hub, snapshot

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
SCAN = ("scan", "-q", "--select", "fqdn-*", "--today=2026-11-02")
MANY = [hub(f"hub-{number}", rules=[BLOBS]) for number in range(60)]


@pytest.fixture
def command(tmp_path):
    """Runs the program in a process of its own: exit code, standard output, lines of standard error."""

    def call(*arguments, env=None, **more):
        more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **more}
        done = subprocess.run(line(*arguments), env=environment(env), check=False, timeout=300, **more)
        return done.returncode, done.stdout, (done.stderr or b"").decode().splitlines()

    (tmp_path / "old.json").write_text(json.dumps(snapshot(*MANY[:1])))
    (tmp_path / "new.json").write_text(json.dumps(snapshot(*MANY, collected_at="2026-11-03T05:17:00Z")))
    return call


def line(*arguments):
    return [sys.executable, "-m", "scanner", *map(str, arguments)]


def environment(changes=None):
    """Our own environment with some variables changed; None takes one away."""
    given = {**os.environ, **(changes or {})}
    return {name: value for name, value in given.items() if value is not None}


def limited(size):
    """What a process runs first that may not write files beyond a size: its full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def closed(descriptor):
    return lambda: os.close(descriptor)


class TestFullDisk:
    def test_a_report_that_does_not_fit_leaves_the_old_one(self, command, tmp_path):
        command(*SCAN, "old.json", "-o", "json=report.json")
        before = (tmp_path / "report.json").read_bytes()
        files = set(os.listdir(tmp_path))
        code, _, err = command(*SCAN, "new.json", "-o", "json=report.json", preexec_fn=limited(40_000))
        assert (code, err) == (2, ["hubscan: error: report.json: File too large"])
        assert (tmp_path / "report.json").read_bytes() == before
        assert set(os.listdir(tmp_path)) == files

    def test_a_history_that_does_not_fit_goes_on_later(self, command):
        code, _, err = command(*SCAN, "new.json", "--history", "history.db", preexec_fn=limited(8_192))
        assert (code, len(err)) == (2, 1)
        assert err[0].startswith("hubscan: error: history.db: ")
        assert command(*SCAN, "new.json", "--history", "history.db")[0] == 1

    def test_standard_output_on_a_full_disk_is_one_line(self, command, tmp_path):
        with (tmp_path / "out").open("wb") as out:
            code, _, err = command(*SCAN, "new.json", "-o", "json", stdout=out, preexec_fn=limited(40_000))
        assert (code, err) == (2, ["hubscan: error: standard output: File too large"])

    @pytest.mark.parametrize(
        "arguments", [("--help",), ("policy", "list"), (*SCAN, "new.json"), ("show", "new.json")]
    )
    def test_no_command_ends_in_a_traceback(self, command, arguments):
        with open("/dev/full", "wb") as full:
            code, _, err = command(*arguments, stdout=full)
        assert (code, err) == (2, ["hubscan: error: standard output: No space left on device"])

    def test_errors_that_nobody_can_read_have_their_exit_code(self, command):
        with open("/dev/full", "wb") as full:
            assert command("scan", "nowhere.json", stderr=full)[0] == 2

    def test_a_cache_that_does_not_fit_is_done_without(self, command, tmp_path):
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        code, _, err = command(*SCAN, "new.json", "-o", "text=/dev/null", env=env, preexec_fn=limited(4_096))
        assert (code, err) == (1, [])


class TestClosed:
    def test_standard_output_is_an_error_where_a_report_goes_to_it(self, command):
        for arguments in ((*SCAN, "new.json"), ("policy", "list"), ("--help",)):
            code, _, err = command(*arguments, preexec_fn=closed(1))
            assert (code, err) == (2, ["hubscan: error: standard output: it is closed"])

    def test_standard_output_is_not_missed_by_a_report_in_a_file(self, command, tmp_path):
        code, _, err = command(*SCAN, "new.json", "-o", "json=report.json", preexec_fn=closed(1))
        assert (code, err) == (1, [])
        assert len(json.loads((tmp_path / "report.json").read_text())["hubs"]) == 60

    def test_standard_error_is_not_missed(self, command):
        assert command(*SCAN, "new.json", preexec_fn=closed(2))[0] == 1
        assert command("scan", "nowhere.json", preexec_fn=closed(2))[0] == 2

    def test_standard_input_is_empty(self, command):
        code, _, err = command("scan", "-", "--stdin-name", "a.json", preexec_fn=closed(0))
        assert code == 2
        assert all(entry.startswith("hubscan: error: ") for entry in err)


class TestNowhereToWrite:
    """The folders of processes take no files, whoever asks."""

    @pytest.mark.parametrize(
        "more", [("-o", "json=/proc/report.json"), ("-o", "json=/dev/null", "--history", "/proc/history.db")]
    )
    def test_is_one_line(self, command, more):
        code, _, err = command(*SCAN, "new.json", *more)
        assert (code, len(err)) == (2, 1)
        assert err[0].startswith("hubscan: error: /proc/")

    def test_a_cache_is_done_without(self, command):
        code, _, err = command(*SCAN, "new.json", env={"XDG_CACHE_HOME": "/proc/cache"})
        assert (code, err) == (1, [])

    def test_a_working_directory_is_done_without(self, command, tmp_path):
        root = {"PYTHONPATH": os.getcwd()}
        code, _, err = command(*SCAN, tmp_path / "new.json", cwd="/proc", env=root)
        assert (code, err) == (1, [])
        assert command("demo", cwd="/proc", env=root)[0] == 2


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_a_home_is_not_needed(command, home):
    code, _, err = command(*SCAN, "new.json", env={"HOME": home, "XDG_CACHE_HOME": None})
    assert (code, err) == (1, [])


def test_a_language_is_not_needed(command, tmp_path):
    """Reports are UTF-8 wherever they are written, and messages are lines even where names cannot be."""
    env = {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    document = hub("hub1", rules=[("größe-🚀", "FQDN", "contoso.blob.core.windows.net")])
    (tmp_path / "größe.json").write_text(json.dumps(snapshot(document)))
    code, out, err = command(*SCAN, ".", env=env)
    assert (code, err) == (1, [])
    assert "größe-🚀" in out.decode()
    code, _, err = command("scan", "weg-ü.json", env=env)
    assert code == 2
    assert err[0].startswith("hubscan: error: ")
    for arguments in (("policy", "list"), ("show", "größe.json"), ("--help",)):
        code, _, err = command(*arguments, env=env)
        assert (code, err) == (0, [])
