"""What Microsoft and GitHub publish on npm to check workflows and SARIF.  ``make github`` provides it.

Without HUBSCAN_GITHUB, which that sets, these tests are skipped, and say so: it takes a hundred megabytes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "node"
MULTITOOL = f"sarif-multitool-{sys.platform}"

# The environment is scrubbed before a test runs, so it is read here.
REQUIRED = bool(os.environ.get("HUBSCAN_GITHUB"))


def provided(path: Path) -> Path:
    """A path below the installed modules."""
    if not REQUIRED:
        pytest.skip("'make github' runs it")
    assert path.exists(), f"there is no {path}: 'make github' provides it"
    return path


@pytest.fixture
def complaints():
    """What GitHub's language service says of files: ``NAME:LINE: message``."""
    provided(INSTALLED / "node_modules" / "@actions")

    def read(*files: Path) -> list[str]:
        command = [shutil.which("node") or "node", str(INSTALLED / "workflows.mjs"), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        assert (done.stderr, done.returncode) == ("", 1 if lines else 0)
        return [f"{Path(line.partition(':')[0]).name}:{line.partition(':')[2]}" for line in lines]

    return read


@pytest.fixture
def broken_rules(tmp_path):
    """The rules of SARIF and of GitHub that a log breaks, by the multitool; its notes are no rules."""
    folder = provided(INSTALLED / "node_modules" / "@microsoft" / MULTITOOL)
    program = folder / "Sarif.Multitool"
    # What npm unpacks is no program before its script has run, and no script runs.
    program.chmod(0o755)

    def check(log: Path) -> set[str]:
        told = tmp_path / "told.sarif"
        options = {
            "--config": str(HERE / "multitool.xml"),
            "--rule-kind": "Sarif;Ghas",
            "--level": "Error;Warning",
            "--output": str(told),
            "--log": "ForceOverwrite",
            "--quiet": "True",
        }
        command = [
            str(program),
            "validate",
            str(log),
            *(part for option in options.items() for part in option),
        ]
        environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": str(tmp_path)}
        subprocess.run(command, env=environment, capture_output=True, check=True)
        (run,) = json.loads(told.read_text(encoding="utf-8-sig"))["runs"]
        assert [each["executionSuccessful"] for each in run["invocations"]] == [True]
        return {result["ruleId"] for result in run.get("results") or ()}

    return check
