"""SECURITY.md: each threat names tests, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREATS = [
    line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")
][1:]
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_each_threat_is_held_by_tests_that_are_there() -> None:
    assert len(THREATS) >= 12
    for line in THREATS:
        named = re.findall(r"`(test_\w+)`", line)
        assert named, line
        assert set(named) <= TESTS, line
