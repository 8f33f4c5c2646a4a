"""How fast a scan is and how its cost grows: ``python tests/benchmarks [HUBS ...]``.

For each number of hubs (10,000 by default) a snapshot of that many hubs of 40 rules is written, scanned,
and merely parsed with the standard json module.  Figures are those of whole processes; the ratio is
what to compare, since it moves little with the machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from estates import write_estate

_PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds and peak memory (MB) of one process."""

    seconds: float
    megabytes: float


def cost(*arguments: str) -> Cost:
    """Run a Python process to its end in a child of its own, so that its peak memory is its own."""
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, sys.executable, *arguments], check=True, capture_output=True, text=True
    )
    seconds, megabytes = map(float, ran.stdout.split())
    return Cost(seconds, megabytes)


def main(sizes: list[int]) -> None:
    """Print a row for each size."""
    print(f"{'hubs':>8} {'MB':>7} {'scan s':>8} {'hubs/s':>8} {'json s':>8} {'ratio':>6} {'peak MB':>8}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "estate.jsonl"
            write_estate(path, size)
            scan = cost("-m", "scanner", "scan", str(path), "-q", "--fail-on", "never", "-o", "jsonl")
            parse = cost("-c", _PARSE, str(path))
            megabytes = path.stat().st_size / 1e6
        print(
            f"{size:>8} {megabytes:>7.0f} {scan.seconds:>8.2f} {size / scan.seconds:>8.0f} {parse.seconds:>8.2f}"
            f" {scan.seconds / parse.seconds:>6.1f} {scan.megabytes:>8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000])
