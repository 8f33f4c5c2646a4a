"""A core install has no Azure library: live commands say how to get them, everything else works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = "import sys; sys.modules['azure'] = None; from scanner.cli import main; sys.exit(main(sys.argv[1:]))"


def hubscan(*arguments):
    command = [sys.executable, "-c", CODE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.parametrize(
    "arguments",
    [
        ["collect", "--all-subscriptions", "-o", "x.jsonl"],
        ["scan", "--all-subscriptions"],
        ["doctor"],
    ],
)
def test_a_live_command_says_in_one_line_what_to_install(arguments):
    done = hubscan(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "hubscan: error: reading Azure needs its libraries: pip install 'hubscan[azure]'"
        " (or pipx install --force, where pipx installed it)\n"
    )


@pytest.mark.parametrize("arguments", [["collect", "--help"], ["doctor", "--help"], ["scan", "--help"]])
def test_help_needs_none_of_them(arguments):
    done = hubscan(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--subscription" in done.stdout


def test_a_scan_of_files_needs_none_of_them():
    done = hubscan("scan", "reports/examples/estate/contoso.jsonl", "--redact", "-q", "-o", "jsonl")
    assert (done.returncode, done.stderr) == (1, "")
    assert "00000000-0000-0000-0000-000000000001" not in done.stdout
