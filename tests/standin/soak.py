"""Audits again and again against an ARM in which much goes wrong: ``make soak-live``.

All audits run in one process, whose memory, file handles and threads are watched; the stand-in is another.
Nothing may end in a traceback, and nothing may grow from the second fifth of the time to the last.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import io
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scanner.cli import INTERRUPTED, main
from scanner.sources.azure import pipeline
from standin.examples import PRODUCTION, ROOT, SANDBOX, bundled
from standin.faults import Fault
from standin.server import StandIn

ROOM_MB = 8.0
"""What the memory may differ by for reasons that are no leak: how an allocator is filled."""

_KEPT = 5_000
"""Requests that the stand-in remembers: it is to run for hours, too."""


@dataclass
class Chance(Fault):
    """A fault that strikes one request in so many."""

    one_in: int = 50

    def strikes(self, url: str) -> bool:
        """Whether it strikes this one."""
        return random.randrange(self.one_in) == 0 and super().strikes(url)


STORM = (
    Chance(".", "status", 429, "TooManyRequests", headers={"Retry-After": "0"}, one_in=250),
    Chance(".", "status", 500, one_in=60),
    Chance(".", "status", 503, "ServerBusy", one_in=80),
    Chance("/subscriptions/[^/]+/resourcegroups/", "status", 403, "AuthorizationFailed", one_in=150),
    Chance(".", "truncate", one_in=100),
    Chance(".", "drop", one_in=100),
    Chance(".", "malformed", one_in=150),
    Chance(".", "html", one_in=300),
    Chance(".", "loop", one_in=200),
    Chance(".", "foreign", one_in=200),
    Chance(".", "redirect", one_in=300),
    Chance(".", "slow", seconds=0.2, one_in=100),
)


def serve() -> None:
    """Be the stand-in until standard input ends."""
    with StandIn(bundled(), page=5).running() as server:
        server.faults = list(STORM)
        server.token_lifetime = 20
        print(json.dumps({"url": server.url, "environment": server.environment}), flush=True)
        threading.Thread(target=_forget, args=(server,), daemon=True).start()
        sys.stdin.read()


def _forget(server: StandIn) -> None:
    """Forget old requests and all but the newest tokens, and revoke those now and then."""
    for number in itertools.count():
        time.sleep(1)
        del server.seen[:-_KEPT]
        del server.tokens[:-50]
        if number % 15 == 14:
            server.revoked = set(server.tokens)


@dataclass(frozen=True)
class Sample:
    """What the process holds at a moment, ``seconds`` after it began."""

    seconds: float
    megabytes: float
    handles: int
    threads: int


def sample(began: float) -> Sample:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Sample(
        seconds=time.monotonic() - began,
        megabytes=pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        handles=len(os.listdir("/proc/self/fd")),
        threads=len(os.listdir("/proc/self/task")),
    )


def growth(samples: list[Sample]) -> list[str]:
    """What grew from the second fifth to the last, a sentence each."""
    fifth = max(1, len(samples) // 5)
    early, late = samples[fifth : 2 * fifth] or samples[:1], samples[-fifth:]

    def grown(name: str, room: float) -> list[str]:
        # What is still ending when a sample is taken is no leak: a leak raises the least of them, too.
        before, after = (min(getattr(one, name) for one in some) for some in (early, late))
        return [f"{name} grew from {before:.1f} to {after:.1f}"] if after > before + room else []

    return [*grown("megabytes", ROOM_MB), *grown("handles", 0), *grown("threads", 0)]


def slope(samples: list[Sample]) -> float:
    """Megabytes an hour, by least squares over the samples after the first fifth."""
    settled = samples[len(samples) // 5 :]
    if len(settled) < 2:
        return 0.0
    line = statistics.linear_regression([one.seconds for one in settled], [one.megabytes for one in settled])
    return line.slope * 3600


def audits(url: str, number: int) -> list[tuple[str, ...]]:
    """The commands of one round."""
    scope = ("-s", PRODUCTION, "-s", SANDBOX, "--arm-endpoint", url, "-q")
    reports = ("-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "html=r.html", "-o", "markdown=r.md")
    commands = [
        ("collect", "-o", "x.jsonl.gz", *scope),
        ("scan", "x.jsonl.gz", "-q", "--history", "history.db", *reports),
        ("scan", *scope, "--no-progress", "--save-snapshot", "y.jsonl", "--history", "history.db", *reports),
        ("report", "r.json", "-o", "csv=r.csv", "--history", "history.db"),
        ("scan", "y.jsonl", "-q", "--baseline", "r.json", "--against", "x.jsonl.gz", "-o", "text=r.txt"),
        ("doctor", *scope[:-1]),
    ]
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    return (
        [*commands, ("history", "prune", "--history", "history.db", "--before", str(tomorrow))]
        if number % 10 == 9
        else commands
    )


def soak(url: str, seconds: float, rounds: int | None) -> tuple[list[Sample], Counter[str], int]:
    """Audit until the time is over, or so many rounds: samples, exit codes by command, and rounds."""
    pipeline._FIRST_WAIT = 0.01
    began, samples, codes = time.monotonic(), [], Counter()
    told = 0.0
    number = 0
    while time.monotonic() - began < seconds if rounds is None else number < rounds:
        for command in audits(url, number):
            with contextlib.redirect_stdout(io.StringIO()):
                code = main(list(command))
            codes[f"{command[0]} {code}"] += 1
            if code == INTERRUPTED:
                return samples or [sample(began)], codes, number
        samples.append(sample(began))
        number += 1
        if samples[-1].seconds - told > 60:
            told = samples[-1].seconds
            print(samples[-1], file=sys.stderr, flush=True)
    return samples, codes, number


def run(arguments: list[str]) -> int:
    """Soak, and say what became of memory, handles and threads; 1 where one of them grew."""
    parser = argparse.ArgumentParser(prog="standin.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--serve", action="store_true")
    given = parser.parse_args(arguments)
    if given.serve:
        serve()
        return 0
    command = [sys.executable, "-m", "standin.soak", "--serve"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        ) as server,
    ):
        told = json.loads(server.stdout.readline())
        os.environ.update(told["environment"], AZURE_IDENTITY_DISABLE_CP1="1", HUBSCAN_NO_CACHE="1")
        before = Path.cwd()
        os.chdir(folder)
        try:
            samples, codes, rounds = soak(told["url"], given.minutes * 60, given.rounds)
        finally:
            os.chdir(before)
            server.stdin.close()
    print(f"{rounds} rounds in {samples[-1].seconds / 60:.1f} minutes; commands by exit code:")
    print("  " + ", ".join(f"{name}: {count}" for name, count in sorted(codes.items())))
    for name, one in (("start", samples[0]), ("middle", samples[len(samples) // 2]), ("end", samples[-1])):
        print(f"{name:>7}: {one.megabytes:.1f} MB, {one.handles} file handles, {one.threads} threads")
    print(f"  slope: {slope(samples):+.2f} MB an hour")
    grown = growth(samples)
    for line in grown:
        print(line)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
