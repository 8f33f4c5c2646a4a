"""The soak itself: ``make soak-live`` runs it for half an hour."""

from __future__ import annotations

import os
import subprocess
import sys

from standin.examples import ROOT
from standin.soak import Sample, growth, slope


def samples(megabytes=lambda _: 100.0, handles=lambda _: 8, threads=lambda _: 1):
    return [
        Sample(
            seconds=number * 10.0,
            megabytes=megabytes(number),
            handles=handles(number),
            threads=threads(number),
        )
        for number in range(100)
    ]


def test_what_stays_as_it_is_has_not_grown():
    assert growth(samples()) == []
    assert slope(samples()) == 0


def test_what_comes_and_goes_has_not_grown():
    assert growth(samples(threads=lambda number: 1 + number % 2, handles=lambda number: 8 + number % 3)) == []


def test_a_leak_of_any_kind_is_told():
    leaking = samples(
        lambda number: 100 + number / 2, lambda number: 8 + number // 10, lambda number: 1 + number // 30
    )
    assert [line.partition(" ")[0] for line in growth(leaking)] == ["megabytes", "handles", "threads"]
    assert round(slope(leaking)) == 180


def test_a_round_of_audits_ends_well_whatever_goes_wrong():
    done = subprocess.run(
        [sys.executable, "-m", "standin.soak", "--rounds", "1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("1 rounds")
