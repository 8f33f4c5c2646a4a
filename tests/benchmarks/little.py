"""A megabyte of hubs of which next to nothing is known, so that nearly all that is asked of them is unknown.

Run with ``python tests/benchmarks little``.  What is told is what a finding costs, of each format.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from measure import cost

SIZE = 1_000_000
FORMATS = ("jsonl", "json", "sarif", "table", "markdown")
HUBS: dict[str, Callable[[int], dict[str, Any]]] = {
    "no name": lambda _: {"kind": "hub"},
    "an id": lambda number: {"kind": "hub", "id": str(number)},
    "a tag": lambda number: {"kind": "hub", "tags": {"n": str(number)}},
}

_SCAN = ("-m", "scanner", "scan", "-q", "--fail-on", "never", "-j", "1")


def write(path: Path, hub: Callable[[int], dict[str, Any]], size: int) -> int:
    """A snapshot of that many bytes; how many hubs are in it."""
    hubs = list(_within(hub, size))
    path.write_text('{"snapshot":"hubscan/v1","hubs":[' + ",".join(hubs) + "]}", encoding="utf-8")
    return len(hubs)


def _within(hub: Callable[[int], dict[str, Any]], size: int) -> Iterator[str]:
    left, number = size, 0
    while left > 0:
        text = json.dumps(hub(number), separators=(",", ":"))
        yield text
        left -= len(text) + 1
        number += 1


def main(sizes: list[int]) -> None:
    """Print what a scan costs, beside one of a tenth of the hubs: the difference is what hubs cost."""
    size = (sizes or [SIZE])[0]
    with tempfile.TemporaryDirectory() as folder:
        path, less = Path(folder) / "estate.json", Path(folder) / "less.json"
        for name, hub in HUBS.items():
            count = write(path, hub, size)
            few = write(less, hub, size // 10)
            for form in FORMATS:
                output = ("-o", f"{form}={folder}/report")
                whole, part = (cost(*_SCAN, *output, str(one)) for one in (path, less))
                each = (whole.seconds - part.seconds) / (count - few)
                print(
                    f"{count} hubs with {name}, {form}: {whole.seconds:.1f} s CPU, {each * 1e6:.0f} us a hub,"
                    f" {whole.megabytes:.0f} MB",
                    flush=True,
                )
