"""Killed at random moments: what was there is whole, nothing is lost, and a rerun completes the work.

``make soak`` kills many more than the suite does, ``HUBSCAN_SOAK`` of them in all.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hubs import hub, snapshot
from standin.examples import PRODUCTION, ROOT, SANDBOX, bundled
from standin.server import StandIn

KINDS = 4
"""What is killed: a whole scan, one that writes reports, one that writes a history, a collection."""

KILLS = max(1, int(os.environ.get("HUBSCAN_SOAK", "4")) // KINDS)
"""How many of each kind."""

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
SCAN = ("scan", "-q", "--select", "fqdn-*", "--today=2026-11-02")
OUTPUTS = tuple(
    word for form in ("json", "sarif", "html", "markdown") for word in ("-o", f"{form}=report.{form}")
)
HISTORY = ("--history", "history.db")
FEW, MANY = 1, 300


class Killed:
    """Runs commands in a folder, to their end or to one that they do not choose."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.kills = 0
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}

    def begin(self, *arguments):
        """A command in a process of its own."""
        command = [sys.executable, "-m", "scanner", *map(str, arguments)]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *arguments):
        """The exit code of a command, which says nothing of a traceback."""
        process = self.begin(*arguments)
        said, _ = process.communicate(timeout=300)
        assert b"Traceback" not in said, said.decode()
        return process.returncode

    def kill(self, process, seconds):
        """Kill it after so many seconds, if it is still there."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.kills += process.returncode == -signal.SIGKILL

    def kill_while(self, process, is_there, seconds):
        """Kill it so long after something is there."""
        while process.poll() is None and not is_there():
            time.sleep(0.001)
        self.kill(process, seconds)


@pytest.fixture
def killed(tmp_path):
    many = [hub(f"hub-{number}", rules=[BLOBS]) for number in range(MANY)]
    (tmp_path / "old.json").write_text(json.dumps(snapshot(*many[:FEW])))
    (tmp_path / "new.json").write_text(json.dumps(snapshot(*many, collected_at="2026-11-03T05:17:00Z")))
    return Killed(tmp_path)


def hubs_of_reports(folder):
    """How many hubs each report tells of; every one of them is whole."""
    result = json.loads((folder / "report.json").read_text())
    log = json.loads((folder / "report.sarif").read_text())
    assert (folder / "report.html").read_text().rstrip().endswith("</html>")
    assert "SHA-256 of the policies" in (folder / "report.markdown").read_text().splitlines()[-1]
    found = {tuple(map(str, one["locations"])) for run in log["runs"] for one in run["results"]}
    return {len(result["hubs"]), len(found)}


def scans_of(folder):
    """How many scans a history remembers; it is sound."""
    with contextlib.closing(sqlite3.connect(folder / "history.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute("SELECT count(*) FROM scan").fetchone()[0]


def usual(killed, *arguments):
    """How long a command takes that nobody ends."""
    began = time.perf_counter()
    assert killed.run(*arguments) in (0, 1, 3)
    return time.perf_counter() - began


def left_over(folder):
    return [name for name in os.listdir(folder) if "partial" in name or name.endswith("-journal")]


def begin_anew(killed):
    """The reports and the history of the old state."""
    (killed.folder / "history.db").unlink(missing_ok=True)
    assert killed.run(*SCAN, "old.json", *OUTPUTS, *HISTORY) == 1
    assert hubs_of_reports(killed.folder) == {FEW}


def goes_on(killed):
    """What is there is the old or the new, and a rerun makes all of it the new, with nothing left beside it."""
    assert hubs_of_reports(killed.folder) <= {FEW, MANY}
    assert scans_of(killed.folder) in (1, 2)
    assert killed.run(*SCAN, "new.json", *OUTPUTS, *HISTORY) == 1
    assert hubs_of_reports(killed.folder) == {MANY}
    assert scans_of(killed.folder) == 2
    assert left_over(killed.folder) == []


def test_a_scan_leaves_the_old_or_the_new_and_can_be_run_again(killed):
    rolled = random.Random(1)
    seconds = usual(killed, *SCAN, "new.json", *OUTPUTS, *HISTORY)
    while killed.kills < KILLS:
        begin_anew(killed)
        killed.kill(killed.begin(*SCAN, "new.json", *OUTPUTS, *HISTORY), rolled.uniform(0, seconds))
        goes_on(killed)


def test_reports_that_are_being_written_are_whole_or_the_old_ones(killed):
    rolled = random.Random(2)
    while killed.kills < KILLS:
        begin_anew(killed)
        process = killed.begin(*SCAN, "new.json", *OUTPUTS, *HISTORY)
        written = killed.folder.glob
        killed.kill_while(process, lambda: any(written(".report*")), rolled.uniform(0, 0.3))  # noqa: B023
        goes_on(killed)


def test_a_history_that_is_being_written_has_all_of_a_scan_or_nothing(killed):
    rolled = random.Random(3)
    while killed.kills < KILLS:
        begin_anew(killed)
        process = killed.begin(*SCAN, "new.json", *OUTPUTS, *HISTORY)
        journal = killed.folder / "history.db-journal"
        killed.kill_while(process, journal.exists, rolled.uniform(0, 0.05))
        goes_on(killed)


def lines_of(path):
    """The lines of a finished snapshot without its header, which tells when it was taken."""
    return Path(path).read_text().splitlines()[1:]


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_a_collection_goes_on_to_the_same_snapshot(tmp_path, name):
    """However often it is killed, also while it is resumed: what was written once is there at the end."""
    rolled = random.Random(4)
    with StandIn(bundled(), latency=0.004).running() as server:
        killed = Killed(tmp_path, AZURE_IDENTITY_DISABLE_CP1="1", **server.environment)
        scope = ("-s", PRODUCTION, "-s", SANDBOX, "-q", "--concurrency", "3", "--arm-endpoint", server.url)
        seconds = usual(killed, "collect", "-o", "whole.jsonl", *scope)
        while killed.kills < max(1, KILLS // 2):
            assert collected(killed, name, scope, seconds, rolled) == lines_of(tmp_path / "whole.jsonl")
            assert left_over(tmp_path) == []
            (tmp_path / name).unlink()


def collected(killed, name, scope, seconds, rolled):
    """The lines of a collection that is killed up to three times before it is let to its end."""
    held = set()
    for _ in range(rolled.choice([1, 2, 3])):
        killed.kill(killed.begin(*collect(killed, name, scope)), rolled.uniform(0, seconds * 0.95))
        now = held_by(killed.folder / name)
        assert held <= now
        held = now
    command = collect(killed, name, scope)
    assert killed.run(*command) in (0, 3)
    whole = killed.folder / name
    if name.endswith(".gz"):
        assert killed.run("scan", name, "-q", "--fail-on", "never", "-o", "text=/dev/null") in (0, 3)
        whole = killed.folder / "unpacked.jsonl"
        whole.write_bytes(
            subprocess.run(
                ["gzip", "-dc", name], cwd=killed.folder, stdout=subprocess.PIPE, check=True
            ).stdout
        )
    assert held <= held_by(whole)
    return lines_of(whole)


def collect(killed, name, scope):
    """The command that begins, or goes on where there is something."""
    there = [killed.folder / name, killed.folder / f"{name}.partial"]
    return (
        ("collect", "--resume", name, "-q", *scope[-2:])
        if any(path.exists() and path.stat().st_size for path in there)
        else ("collect", "-o", name, *scope)
    )


def held_by(path):
    """The ids of the hubs of an unfinished or finished snapshot that were read in full."""
    for there in (path.with_name(f"{path.name}.partial"), path):
        if there.exists() and there.suffix != ".gz":
            whole = [line for line in there.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
            lines = [json.loads(line) for line in whole]
            return {line["hub"]["id"] for line in lines if "hub" in line and not line["hub"]["gaps"]}
    return set()
