"""Coverage-guided fuzzing of every reader, by the front door: ``make fuzz-guided``.

What they need is instrumented once; then each reader has a process of its own, in which atheris keeps those inputs that reach new code and changes them
further, as values where they are JSON and as bytes where not.  An exception, an exit code that is none, more
than 1 GiB or 20 seconds of the processor end it; what did it is left in the folder that is named.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
TODAY = "--today=2026-11-02"
QUICK = ("-q", TODAY, "-o", "json=/dev/null", "--select", "fqdn-*")
LARGEST = 1 << 20
"""Bytes of an input at most."""


@dataclass(frozen=True)
class Reader:
    """What is fuzzed: the file it reads, how, and what it reads in good order.

    ``command`` gives a command line for the path of the file; the number is rolled anew for each input.
    """

    file: str
    command: Callable[[Path, int], tuple[object, ...]]
    corpus: Callable[[], list[object]]
    beside: Callable[[Path], None] = lambda _folder: None


def shown(path: Path, rolled: int) -> tuple[object, ...]:
    """Mostly how a file is read, now and then what is judged of it."""
    return ("scan", path, *QUICK) if rolled % 16 == 0 else ("show", path, "--positions")


def folder_shown(path: Path, rolled: int) -> tuple[object, ...]:
    """The same of the folder of a file."""
    return shown(path.parent, rolled)


def lines() -> list[object]:
    """Snapshots in lines, one for each record of the estate."""
    from fuzz import corpus

    head, *records = corpus.records()
    return ["\n".join(map(json.dumps, (head, record, {"end": {"hubs": 1, "gaps": 0}}))) for record in records]


def readers() -> dict[str, Reader]:
    """Every reader by its name."""
    from fuzz import corpus

    return {
        "snapshot": Reader("estate.json", shown, corpus.snapshots),
        "snapshot-lines": Reader("estate.jsonl", shown, lines),
        "api": Reader("hubs.json", shown, corpus.answers),
        "arm": Reader("azuredeploy.json", shown, corpus.templates),
        "azureml": Reader("hub.yml", shown, lambda: corpus.WORKSPACES),
        "terraform-plan": Reader("plan.json", shown, lambda: corpus.PLANS),
        "terraform": Reader("main.tf", folder_shown, corpus.terraform),
        "bicep": Reader("main.bicep", shown, corpus.bicep),
        "bicepparam": Reader("main.bicepparam", shown, lambda: [corpus.PARAMETERS], _template_beside),
        "policy": Reader(
            "mine.yaml",
            lambda path, rolled: ("policy", "test" if rolled % 8 == 0 else "validate", path),
            corpus.policies,
        ),
        "configuration": Reader(
            "hubscan.yaml", lambda path, _: judged("--config", path), lambda: [corpus.CONFIGURATION]
        ),
        "exemptions": Reader(
            "hubscan.yaml",
            lambda path, _: ("exempt", "list", "--config", path, TODAY),
            lambda: [{"exemptions": corpus.CONFIGURATION["exemptions"]}],
        ),
        "baseline": Reader(
            "saved.json",
            lambda path, _: judged("--baseline", path),
            lambda: [(good() / "result.json").read_bytes()],
        ),
        "result": Reader(
            "saved.json",
            lambda path, rolled: (("report", "merge")[rolled % 2], path, "-o", "markdown=/dev/null"),
            lambda: [(good() / "result.json").read_bytes()],
        ),
        "history": Reader(
            "history.db",
            lambda path, rolled: ("history", ("list", "trend")[rolled % 2], "--history", path),
            lambda: [(good() / "good.db").read_bytes()],
        ),
    }


@functools.cache
def good() -> Path:
    """A folder with a snapshot, its result and a history of it, made by a process of its own."""
    from fuzz import corpus

    folder = Path(tempfile.mkdtemp(prefix="hubscan-fuzz-"))
    (folder / "one.json").write_text(json.dumps(corpus.snapshots()[1]))
    outputs = ("-o", "json=result.json", "--history", "good.db")
    command = [sys.executable, "-m", "scanner", "scan", "one.json", *QUICK, *outputs]
    subprocess.run(command, cwd=folder, check=False)
    return folder


def judged(*more: object) -> tuple[object, ...]:
    """A scan of what is in good order, with something that may not be."""
    return ("scan", good() / "one.json", *QUICK, *more)


def _template_beside(folder: Path) -> None:
    from fuzz import corpus

    (folder / "main.bicep").write_text(str(corpus.bicep()[0]))


def file_reader(reader: Reader) -> Callable[[bytes], None]:
    """What is done with an input: it is put into a file, and a command reads that."""
    from fuzz.frontdoor import ends_well

    folder = Path(tempfile.mkdtemp(prefix="hubscan-fuzz-")) / "here"
    folder.mkdir()
    os.chdir(folder)
    reader.beside(folder)
    path = folder / reader.file

    def read(data: bytes) -> None:
        path.write_bytes(data)
        ends_well(*reader.command(path, sum(data[:64]) + len(data)))

    return read


def expressions() -> list[object]:
    """Every expression and message of the bundled policies."""
    from fuzz import corpus

    keys = ("when", "each", "require", "message")
    return [policy[key] for policy in corpus.policies() for key in keys if key in policy]


def expression_reader() -> Callable[[bytes], None]:
    """What is done with an expression: it is compiled, and asked of a hub, a rule and nothing."""
    from fuzz import corpus

    from scanner.expressions import EvaluationError, ExpressionError, compile_expression, compile_template

    hub = corpus.snapshots()[1]["hubs"][0]
    rule = (hub.get("outboundRules") or [None])[0]

    roots = ("hub", "item", "params")

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        offered = {"hub": hub, "params": {"storageFqdnExceptions": [text]}}
        with contextlib.suppress(ExpressionError):
            expression = compile_expression(text, roots=roots)
            for item in (rule, None, text):
                with contextlib.suppress(EvaluationError):
                    expression.evaluate(item=item, **offered)
        with contextlib.suppress(ExpressionError):
            compile_template(text, roots=roots).render({"item": rule, **offered})

    return read


def bounded(read: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The same, within so much time of the processor."""
    import signal

    from fuzz.frontdoor import SECONDS, _ring

    def held(data: bytes) -> None:
        before = signal.signal(signal.SIGPROF, _ring)
        signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)
        try:
            read(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return held


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Another input made of one: of its value where it is JSON, of its text, or of its bytes."""
    import atheris
    from fuzz.spoiling import bytes_of, mangled, spoilt, text_of

    random = Random(seed)
    way = random.randrange(8)
    if way < 3:
        return bytes(atheris.Mutate(data, most))
    if way == 7 and data:
        # Long ones of a kind: what is quadratic shows.
        start = random.randrange(len(data))
        piece = data[start : start + random.choice([1, 3, 20, 200])]
        return (data[:start] + piece * random.choice([10, 1_000, 30_000]) + data[start:])[:most]
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        if way < 6:
            return text_of(spoilt(json.loads(text), random, random.choice([1, 1, 2, 4]))).encode(
                "utf-8", "replace"
            )[:most]
    return bytes_of(mangled(text, random, random.choice([1, 1, 2, 4])), random)[:most]


def harness(name: str) -> Callable[[bytes], None]:
    """What is done with an input of a reader, in a fresh folder."""
    return bounded(expression_reader() if name == "expression" else file_reader(readers()[name]))


def seeds(name: str) -> list[bytes]:
    """What a reader takes in good order."""
    found = expressions() if name == "expression" else readers()[name].corpus()
    return [
        one if isinstance(one, bytes) else (one if isinstance(one, str) else json.dumps(one)).encode()
        for one in found
    ]


def prepare(names: list[str]) -> None:
    """Import and instrument what the readers need, once for all of them."""
    import atheris

    # Standard error is the program's: what it says there is looked at.
    atheris.import_hook.sys = types.SimpleNamespace(**{**vars(sys), "stderr": io.StringIO()})
    with atheris.instrument_imports(include=["scanner"]):
        for name in names:
            read = harness(name)
            for data in seeds(name)[:2]:
                for more in range(16):
                    read(data + b" " * more if name != "history" else data)


def fuzz(name: str, given: argparse.Namespace, said: Path) -> None:
    """Fuzz one reader in this process, to the end that libFuzzer chooses."""
    import atheris
    from fuzz.frontdoor import bounded_memory

    corpus, found = given.keep / name, given.keep / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(name)):
        (corpus / f"good-{number}").write_bytes(data)
    stream = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    limits = ("-timeout=60", "-rss_limit_mb=0", f"-max_len={LARGEST}", "-print_final_stats=1")
    bounds = [f"-max_total_time={given.seconds}", f"-artifact_prefix={found}/{name}-", *limits]
    if given.inputs:
        bounds += [f"-runs={given.inputs}", "-seed=1"]
    atheris.Setup(["guided", str(corpus), *bounds], harness(name), custom_mutator=mutated)
    with bounded_memory():
        atheris.Fuzz()


def perform(name: str, given: argparse.Namespace) -> bool:
    """Fuzz one reader in a process of its own; whether nothing was found, which is told."""
    said = given.keep / f"{name}.log"
    child = os.fork()
    if not child:
        try:
            fuzz(name, given, said)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    told = said.read_text(encoding="utf-8", errors="replace")
    runs = re.search(r"number_of_executed_units: *(\d+)", told)
    reached = re.findall(r"cov: (\d+)", told)
    print(
        f"{name:>15}: {runs[1] if runs else '?':>7} inputs, {reached[-1] if reached else '?':>6} edges",
        flush=True,
    )
    if status:
        print(told[-4_000:], file=sys.stderr, flush=True)
    return not status


def main(arguments: list[str]) -> int:
    """Fuzz the readers that are named, or all of them; 1 where something was found."""
    parser = argparse.ArgumentParser(prog="guided", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="READER")
    parser.add_argument("--seconds", type=int, default=60, help="of each reader")
    parser.add_argument(
        "--inputs", type=int, default=0, help="of each reader, the same in every run; 0: no bound"
    )
    parser.add_argument("--keep", type=Path, default=ROOT / ".fuzz", help="the folder of what was reached")
    given = parser.parse_args(arguments)
    every = [*readers(), "expression"]
    strange = set(given.names) - set(every)
    if strange:
        parser.error(f"no such reader: {', '.join(sorted(strange))}; there are {', '.join(every)}")
    names = given.names or every
    kept = given.keep = given.keep.resolve()
    shutil.rmtree(kept / "now", ignore_errors=True)
    (kept / "now").mkdir(parents=True)
    tempfile.tempdir = str(kept / "now")
    os.environ["XDG_CACHE_HOME"] = str(kept / "cache")
    prepare(names)
    ended = [perform(name, given) for name in names]
    if not all(ended):
        print(f"what was found is in {kept / 'found'}", file=sys.stderr)
    return 0 if all(ended) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
