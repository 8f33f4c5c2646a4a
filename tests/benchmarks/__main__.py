"""How fast a scan is and how its cost grows: ``python tests/benchmarks [scan|templates|workspaces|start|...]``.

Figures are those of whole processes; ratios are what to compare, since they move little with the
machine.  ``scan`` takes numbers of hubs (10,000 by default).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import peers
from estates import hub, write_estate
from interpreter import main as interpreter
from little import main as little
from measure import cost
from pages import pages
from remember import main as history
from request import main as request

from scanner import policies

_PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
_PARSE_ALL = "import json, os, sys\nfor one in os.scandir(sys.argv[1]): json.load(open(one.path, 'rb'))"
_LIBRARIES = "import click, yaml, jmespath"
_SCAN = ("-m", "scanner", "scan", "-q", "--fail-on", "never", "-o", "jsonl")


def _ids() -> list[str]:
    return [policy.card.id for policy in policies.load() if not policy.transition]


def scan(sizes: list[int]) -> None:
    """A scan in one process beside merely parsing the same lines: 40 policies, and all there are."""
    ids = _ids()
    sets = {f"{min(40, len(ids))} policies": ids[:40], f"all {len(ids)} policies": ids}
    print(
        f"{'hubs':>8} {'MB':>6} {'policies':<18} {'scan s':>8} {'hubs/s':>8} {'json s':>8} {'ratio':>6} {'MB':>6}"
    )
    for size in sizes or [10_000]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "estate.jsonl"
            write_estate(path, size)
            for name, chosen in sets.items():
                parse = cost("-c", _PARSE, str(path))
                selected = [argument for one in chosen for argument in ("--select", one)]
                whole = cost(*_SCAN, "-j", "1", *selected, str(path))
                print(
                    f"{size:>8} {path.stat().st_size / 1e6:>6.0f} {name:<18} {whole.seconds:>8.2f}"
                    f" {size / whole.seconds:>8.0f} {parse.seconds:>8.2f} {whole.seconds / parse.seconds:>6.1f}"
                    f" {whole.megabytes:>6.0f}",
                    flush=True,
                )


def templates(sizes: list[int]) -> None:
    """ARM templates of one hub each, judged by ten policies, beside merely parsing the same files."""
    count = (sizes or [1_000])[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "templates"
        peers.write_templates(path, map(peers.hub, range(count)))
        peers.write_ours(Path(folder), [])
        chosen = ("--no-bundled-policies", "-p", str(Path(folder) / "ours"))
        parse = cost("-c", _PARSE_ALL, str(path))
        whole = cost(*_SCAN, "-j", "1", *chosen, str(path))
        one = cost(*_SCAN, "-j", "1", *chosen, str(path / "hub-0.json"))
    print(
        f"{count} templates: {whole.seconds:.2f} s CPU, {whole.seconds / parse.seconds:.1f} times json.load"
    )
    print(f"without the start: {(whole.seconds - one.seconds) / count * 1e3:.2f} ms a template")


def workspaces(sizes: list[int]) -> None:
    """One ARM template of many hubs, judged by ten policies, and by all there are."""
    count = (sizes or [360])[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workspaces.json"
        peers.write_template(path, map(peers.hub, range(count)))
        peers.write_ours(Path(folder), [])
        ours = ("--no-bundled-policies", "-p", str(Path(folder) / "ours"))
        size = path.stat().st_size / 1e6
        for name, options in (("10 policies", ours), (f"{len(_ids())} policies", ())):
            cost(*_SCAN, *options, str(path))
            whole = cost(*_SCAN, "-j", "1", *options, str(path), times=3)
            print(f"{count} workspaces, {size:.1f} MB, {name}: {whole.seconds:.2f} s CPU", flush=True)


def processes(sizes: list[int]) -> None:
    """Two processes beside one, on the clock."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estate.jsonl"
        write_estate(path, (sizes or [5_000])[0])
        one, two = (cost(*_SCAN, "-j", jobs, str(path), times=3) for jobs in "12")
    print(f"one process {one.wall:.2f} s, two {two.wall:.2f} s: {one.wall / two.wall:.2f} times as fast")


def start(_: list[int]) -> None:
    """A scan of one hub, with the bundled policies and with 150, beside importing its libraries."""
    libraries = cost("-c", _LIBRARIES, times=9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.json"
        path.write_text(json.dumps({"snapshot": "hubscan/v1", "hubs": [hub(1)]}), encoding="utf-8")
        further = Path(folder) / "further"
        further.mkdir()
        _copies(further, 150 - len(policies.load()))
        cost(*_SCAN, "-p", str(further), str(path))
        for name, options in ((f"{len(_ids())} policies", ()), ("150 policies", ("-p", str(further)))):
            whole = cost(*_SCAN, *options, str(path), times=9)
            ratio = whole.seconds / libraries.seconds
            print(f"{name}: {whole.seconds:.3f} s CPU, {ratio:.2f} times '{_LIBRARIES}'")
    version = cost("-m", "scanner", "--version", times=9)
    print(f"--version: {version.seconds:.3f} s CPU, {version.seconds / libraries.seconds:.2f} times")


def _copies(folder: Path, count: int) -> None:
    """Policies under other names, so that there are more of them."""
    sources = [Path(policy.path) for policy in policies.load() if not policy.transition]
    for number in range(count):
        source = sources[number % len(sources)]
        name = f"{source.stem}-copy-{number}"
        text = source.read_text(encoding="utf-8").replace(f"id: {source.stem}\n", f"id: {name}\n", 1)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


_BENCHMARKS: dict[str, Callable[[list[int]], None]] = {
    "scan": scan,
    "templates": templates,
    "workspaces": workspaces,
    "processes": processes,
    "start": start,
    "request": request,
    "history": history,
    "little": little,
    "interpreter": interpreter,
    "pages": pages,
}


def main(arguments: list[str]) -> None:
    """Run the benchmarks named, or all of them."""
    names = [argument for argument in arguments if argument in _BENCHMARKS] or list(_BENCHMARKS)
    sizes = [int(argument) for argument in arguments if argument not in _BENCHMARKS]
    for name in names:
        print(f"== {name}", flush=True)
        _BENCHMARKS[name](sizes)


if __name__ == "__main__":
    main(sys.argv[1:])
