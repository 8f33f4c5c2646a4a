"""What every module of a kind must offer, and what starting the program may cost."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import catalog
from scanner.model import Report, Style, Summary

ROOT = Path(__file__).resolve().parent.parent
REPORTERS = catalog.names("scanner.reporters")
BINARY = [name for name in REPORTERS if getattr(catalog.load("scanner.reporters", name), "BINARY", False)]
TEXTUAL = [name for name in REPORTERS if name not in BINARY]

HEAVY = ("azure", "jinja2", "jmespath", "msal", "pyarrow", "requests", "sarif_om", "sqlite3", "yaml")
"""What a command that judges nothing has no use for."""

LIST_IMPORTED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"

QUIET = [(getattr(os, "POSIX_SPAWN_OPEN", 0), 1, os.devnull, os.O_WRONLY, 0o600)]
"""For posix_spawn: standard output goes nowhere."""


def empty_report() -> Report:
    return Report(
        tool_version="1.2.3",
        started_at="2026-11-01T06:00:00Z",
        finished_at="2026-11-01T06:00:01Z",
        sources=(),
        complete=True,
        summary=Summary(hubs=0, policies=0, verdicts={}, failing={}, unknown={}, gaps=0),
        policies=(),
        hubs=(),
        findings=(),
        gaps=(),
    )


def imported(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after some code."""
    command = [sys.executable, "-c", f"{code}\n{LIST_IMPORTED}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


def run_hubscan(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scanner", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def cpu_seconds(*arguments: str) -> float:
    """The least CPU time of seven runs: what is left when the neighbours are quiet."""
    times = []
    for _ in range(7):
        child = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ, file_actions=QUIET)
        _, status, usage = os.wait4(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        times.append(usage.ru_utime + usage.ru_stime)
    return min(times)


def test_there_is_a_reporter_for_each_format_of_the_first_release() -> None:
    assert set(REPORTERS) >= {"json", "markdown", "sarif", "table", "text"}


@pytest.mark.parametrize("name", REPORTERS)
def test_a_reporter_renders_a_report_in_a_style_to_pieces_of_text_or_bytes(name: str) -> None:
    render = catalog.load("scanner.reporters", name).render
    hints = typing.get_type_hints(render)
    assert list(inspect.signature(render).parameters) == ["report", "style"]
    piece = bytes if name in BINARY else str
    assert hints == {"report": Report, "style": Style, "return": Iterator[piece]}


@pytest.mark.parametrize("name", REPORTERS)
def test_a_reporter_says_in_its_first_line_what_it_writes(name: str) -> None:
    module = catalog.load("scanner.reporters", name)
    assert (module.__doc__ or "").split("\n", 1)[0]


@pytest.mark.parametrize("name", BINARY)
def test_a_reporter_of_no_text_gives_the_same_bytes_each_time_and_prints_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    render = catalog.load("scanner.reporters", name).render
    first, second = (b"".join(render(empty_report(), Style())) for _ in range(2))
    assert first == second != b""
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", TEXTUAL)
def test_a_reporter_gives_the_same_text_each_time_and_prints_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    render = catalog.load("scanner.reporters", name).render
    first, second = (list(render(empty_report(), Style())) for _ in range(2))
    assert all(isinstance(piece, str) for piece in first)
    assert "".join(first) == "".join(second)
    # One line a finding: without findings there is nothing to say.
    assert "".join(first).strip() or name in {"jsonl", "ocsf"}
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], ["nonsense"]])
def test_a_command_that_judges_nothing_imports_nothing_heavy(arguments: list[str]) -> None:
    held = imported(f"from scanner.cli import main; main({arguments!r})")
    assert held & set(HEAVY) == set()
    assert "click" in held


def test_a_scan_that_writes_text_needs_no_library_of_another_format() -> None:
    code = "from scanner import catalog; catalog.load('scanner.reporters', 'text')"
    assert imported(code) & {"azure", "jinja2", "pyarrow", "sarif_om"} == set()


def test_the_version_is_one_line_and_the_module_is_the_command() -> None:
    done = run_hubscan("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("hubscan ")
    assert done.stdout.count("\n") == 1


def test_help_names_every_command_and_the_exit_codes() -> None:
    done = run_hubscan("--help")
    assert done.returncode == 0
    for word in ("scan", "policy", "report", "demo", "Exit codes: 0"):
        assert word in done.stdout


@pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="measures with wait4")
def test_the_version_costs_at_most_two_and_a_half_times_importing_click() -> None:
    assert cpu_seconds("-m", "scanner", "--version") <= 2.5 * cpu_seconds("-c", "import click")


@pytest.mark.parametrize("folder", ["policies", "reports"])
def test_what_is_data_holds_no_python(folder: str) -> None:
    assert [path.name for path in (ROOT / folder).rglob("*.py*")] == []
