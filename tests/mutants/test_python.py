"""A module that is wrong in one place is found out by its tests, or told of."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import yaml
from mutants.python import names, sample
from mutants.runner import explained, measured

MUTANTS = Path(__file__).parent
ROOT = MUTANTS.parents[1]

MODULE = '''\
"""A module."""

LIMIT = 3


def is_small(number, names=()):
    """Whether a number is small."""
    if not isinstance(number, int):
        raise ValueError("no number")
    return number < LIMIT and "x" not in names


class Box:
    def size(self):
        return len(self.items) + 1
'''
TESTS = """\
from toy import is_small


def test_two_is_small():
    assert is_small(2)
    assert not is_small(4)
"""
REASONS = {
    "is_small: 'x' → 'x?'": "no name is one letter long",
    "is_small: return number < LIMIT and 'x' not in names → return None": "this one is told",
}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / "toy.py"
    path.write_text(MODULE, encoding="utf-8")
    return path


def test_each_mutant_changes_one_thing_and_no_words_for_people(toy: Path) -> None:
    found = set(map(str, sample(toy, 100)))
    assert found == {
        "8: is_small: not isinstance(number, int) → isinstance(number, int)",
        "10: is_small: return number < LIMIT and 'x' not in names → return None",
        "10: is_small: number < LIMIT and 'x' not in names → number < LIMIT or 'x' not in names",
        "10: is_small: number < LIMIT and 'x' not in names → without number < LIMIT",
        "10: is_small: number < LIMIT and 'x' not in names → without 'x' not in names",
        "10: is_small: number < LIMIT → number <= LIMIT",
        "10: is_small: 'x' not in names → 'x' in names",
        "10: is_small: 'x' → 'x?'",
        "15: Box.size: return len(self.items) + 1 → return None",
        "15: Box.size: len(self.items) + 1 → len(self.items) - 1",
        "15: Box.size: 1 → 2",
    }
    assert {text.partition(": ")[2] for text in found} == set(names(toy))


def test_a_sample_is_the_same_every_time(toy: Path) -> None:
    assert list(map(str, sample(toy, 4))) == list(map(str, sample(toy, 4)))
    assert len(sample(toy, 4)) == 4


def test_the_code_of_a_mutant_does_what_it_says(toy: Path) -> None:
    (mutant,) = (one for one in sample(toy, 100) if "<=" in one.name)
    held: dict[str, object] = {}
    exec(compile(MODULE, "toy", "exec"), held)
    is_small = held["is_small"]
    assert not is_small(3)
    is_small.__code__ = mutant.code
    assert is_small(3)


def test_what_no_test_tells_survives(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = tmp_path / "test_toy.py"
    tests.write_text(TESTS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(measured, toy, [str(tests)], 100, REASONS).result()
    assert (found.killed, found.total) == (5, 11)
    assert [name for name in found.left if name.startswith("is_small")] == [
        "is_small: number < LIMIT and 'x' not in names → without 'x' not in names",
        "is_small: number < LIMIT → number <= LIMIT",
    ]
    assert found.told == ("is_small: return number < LIMIT and 'x' not in names → return None",)
    tests.write_text(TESTS.replace("not is_small(4)", "is_small(4)"), encoding="utf-8")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(RuntimeError):
        pool.submit(measured, toy, [str(tests)], 100, {}).result()


def test_a_mutant_of_which_there_are_several_is_numbered(tmp_path: Path) -> None:
    path = tmp_path / "toy.py"
    path.write_text("def both(left, right):\n    return left + 1, right + 1\n", encoding="utf-8")
    assert [name for name in names(path) if ": 1 →" in name] == ["both: 1 → 2", "both: 1 → 2 #2"]


@pytest.mark.parametrize("module", explained())
def test_what_is_explained_is_a_mutant_of_a_measured_module(module: str) -> None:
    measured_ones = yaml.safe_load((MUTANTS / "modules.yaml").read_text(encoding="utf-8"))
    assert module in measured_ones
    assert sorted(set(explained()[module]) - set(names(ROOT / module))) == []
    assert all(len(reason) > 20 for reason in explained()[module].values())
