"""A module that is wrong in one place is found out by its tests, or told of."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from mutants.python import sample, total
from mutants.runner import measured

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


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / "toy.py"
    path.write_text(MODULE, encoding="utf-8")
    return path


def test_each_mutant_changes_one_thing_and_no_words_for_people(toy: Path) -> None:
    found = {f"{mutant.function} {mutant}" for mutant in sample(toy, 100)}
    assert found == {
        "is_small 8: not isinstance(number, int) → isinstance(number, int)",
        "is_small 10: return number < LIMIT and 'x' not in names → return None",
        "is_small 10: number < LIMIT and 'x' not in names → number < LIMIT or 'x' not in names",
        "is_small 10: number < LIMIT and 'x' not in names → without number < LIMIT",
        "is_small 10: number < LIMIT and 'x' not in names → without 'x' not in names",
        "is_small 10: number < LIMIT → number <= LIMIT",
        "is_small 10: 'x' not in names → 'x' in names",
        "is_small 10: 'x' → 'x?'",
        "Box.size 15: return len(self.items) + 1 → return None",
        "Box.size 15: len(self.items) + 1 → len(self.items) - 1",
        "Box.size 15: 1 → 2",
    }
    assert total(toy) == len(found)


def test_a_sample_is_the_same_every_time(toy: Path) -> None:
    assert list(map(str, sample(toy, 4))) == list(map(str, sample(toy, 4)))
    assert len(sample(toy, 4)) == 4


def test_the_code_of_a_mutant_does_what_it_says(toy: Path) -> None:
    (mutant,) = (one for one in sample(toy, 100) if "<=" in one.what)
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
        killed, count, left = pool.submit(measured, toy, [str(tests)], 100).result()
    assert (killed, count) == (5, 11)
    assert [line.partition(" ")[2] for line in left if line.startswith("is_small")] == [
        "10: number < LIMIT and 'x' not in names → without 'x' not in names",
        "10: number < LIMIT → number <= LIMIT",
        "10: 'x' → 'x?'",
    ]
    tests.write_text(TESTS.replace("not is_small(4)", "is_small(4)"), encoding="utf-8")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(RuntimeError):
        pool.submit(measured, toy, [str(tests)], 100).result()
