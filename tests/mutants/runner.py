"""Runs the tests of a Python module against its mutants: one collection, then a fork for every mutant.

In the fork a function gets the code of its mutant; who holds the function, be it a decorator, a table or
another module, runs the mutant from then on.  The tests run until one fails, the one first that failed last.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

import pytest
import yaml
from mutants.python import Mutant, sample

MEMORY = 3 * 2**30
"""How many bytes the tests of a mutant may take."""

PATIENCE = 3
"""How many times as much processor time as without a mutant its tests may take, three seconds added."""

LONGEST = 600
"""How many seconds they may take in all, waiting and a busy machine included."""


class Runner:
    """A plugin of pytest that runs no test by itself, and the tests of each mutant in a process of its own.

    ``survivors`` holds, after the run, the mutants that no test told.  ``broken`` says so where the tests fail
    without any mutant.
    """

    def __init__(self, path: Path, mutants: Sequence[Mutant]) -> None:
        self.path = path
        self.mutants = mutants
        self.survivors: list[Mutant] = []
        self.broken = True

    def pytest_sessionstart(self) -> None:
        """Let hypothesis draw the same every time, keep nothing, and not look for the smallest example."""
        # pytest rewrites its plugins before they are imported.
        from hypothesis import Phase, settings  # noqa: PLC0415

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings(), database=None, derandomize=True, phases=phases)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as they are, then against every mutant."""
        waiting = list(session.items)
        if session.testsfailed or not waiting:
            self.broken = True
            return True
        begun = _spent()
        self.broken = self._failing(waiting, None, LONGEST) is not None
        patience = int(PATIENCE * (_spent() - begun)) + 3
        for mutant in self.mutants if not self.broken else ():
            found = self._failing(waiting, mutant, patience)
            if found is None:
                self.survivors.append(mutant)
            elif found:
                waiting.insert(0, waiting.pop(found))
        return True

    def _failing(self, items: Sequence[pytest.Item], mutant: Mutant | None, patience: int) -> int | None:
        """Which test fails first; None for none of them.  Whatever ends otherwise counts as the first."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _run(items, self.path, mutant, patience, writing)
        os.close(writing)
        ended = _wait(child, time.monotonic() + LONGEST)
        with open(reading, "rb") as pipe:
            told = pipe.read()
        if ended == 0 and told == b"none":
            return None
        return int(told) if told.isdigit() else 0


def _spent() -> float:
    """The processor time of the processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(child: int, until: float) -> int:
    """The status with which a process ends, killed at some time."""
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.01)


def _run(
    items: Sequence[pytest.Item], path: Path, mutant: Mutant | None, patience: int, writing: int
) -> None:
    """The whole life of a process that runs the tests of a mutant."""
    told = b"none"
    with contextlib.suppress(BaseException):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if mutant is not None:
            held = list(_functions(str(path), mutant.function))
            for function in held:
                function.__code__ = mutant.code
            assert held, "no test imports it"
        told = b"0"
        told = _first_failure(items)
    os.write(writing, told)
    os._exit(0)


def _first_failure(items: Sequence[pytest.Item]) -> bytes:
    session = items[0].session
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return str(at).encode()
    return b"none"


def _functions(path: str, name: str) -> Iterator[FunctionType]:
    """Every function that was made of one place in a file."""
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_qualname == name and _is_of(one.__code__, path):
            yield one


def _is_of(code: CodeType, path: str) -> bool:
    return os.path.realpath(code.co_filename) == path


@dataclass(frozen=True)
class Tally:
    """How many mutants of a module ran, and the lines of those that survive, by name.

    ``told`` are those of which ``explained`` says that no test tells them, and one does.
    """

    total: int
    survivors: Mapping[str, int]
    explained: frozenset[str]
    told: tuple[str, ...]

    @property
    def killed(self) -> int:
        """How many of them a test told."""
        return self.total - len(self.survivors)

    @property
    def left(self) -> dict[str, int]:
        """The lines of the survivors of which nothing is said."""
        return {name: line for name, line in self.survivors.items() if name not in self.explained}


@cache
def explained() -> dict[str, dict[str, str]]:
    """The reasons of ``explained_code.yaml``, by module and mutant."""
    text = (Path(__file__).parent / "explained_code.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text) or {})


def measured(path: Path, tests: Sequence[str], count: int, reasons: Mapping[str, str]) -> Tally:
    """What the tests of a module make of some of its mutants, where some survivors have been explained.

    Raises `RuntimeError` where the tests fail without any mutant.
    """
    plugin = Runner(path, sample(path, count))
    quiet = ["-q", "-x", "--no-header", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with open(os.devnull, "w", encoding="utf-8") as null, contextlib.redirect_stdout(null):
        pytest.main([*quiet, *tests], plugins=[plugin])
    if plugin.broken:
        raise RuntimeError(f"the tests of {path.name} fail without any mutant")
    survivors = {mutant.name: mutant.line for mutant in plugin.survivors}
    told = [one.name for one in plugin.mutants if one.name in reasons and one.name not in survivors]
    return Tally(len(plugin.mutants), survivors, frozenset(reasons), tuple(told))
