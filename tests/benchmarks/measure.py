"""Runs a Python process to its end and says what it cost."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

_CHILD = (
    "import resource, subprocess, sys\n"
    "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds, seconds on the clock, and peak memory (MB) of one process."""

    seconds: float
    wall: float
    megabytes: float


def cost(*arguments: str, times: int = 1) -> Cost:
    """The least that a Python process with some arguments cost in a number of runs."""
    found = [_once(arguments) for _ in range(times)]
    return Cost(
        min(one.seconds for one in found),
        min(one.wall for one in found),
        max(one.megabytes for one in found),
    )


def _once(arguments: tuple[str, ...]) -> Cost:
    # In a child of its own, so that its peak memory is its own.
    begun = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - begun
    seconds, megabytes = map(float, ran.stdout.split())
    return Cost(seconds, wall, megabytes)
