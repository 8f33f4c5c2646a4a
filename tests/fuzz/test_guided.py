"""The harnesses of guided fuzzing take what they begin with, and notice what may not be."""

from __future__ import annotations

import pytest
from fuzz import guided
from fuzz.frontdoor import TooLongError

READERS = [
    *("snapshot", "snapshot-lines", "api", "arm", "azureml", "terraform-plan", "terraform", "bicep"),
    *("bicepparam", "policy", "configuration", "exemptions", "baseline", "result", "history", "expression"),
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    guided.good.cache_clear()


def test_there_is_one_for_every_reader():
    assert [*guided.readers(), "expression"] == READERS


@pytest.mark.parametrize("name", READERS)
def test_what_is_in_order_and_what_is_not_ends_well(name):
    read = guided.harness(name)
    for data in guided.seeds(name)[:3]:
        for one in (data, data[: len(data) // 2], b""):
            read(one)


def test_an_exception_is_noticed(monkeypatch):
    read = guided.harness("snapshot")
    monkeypatch.setattr("scanner.cli.show.command.callback", lambda **_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        read(b"{}")


def test_what_has_no_end_is_noticed(monkeypatch):
    def endless(**_):
        while True:
            pass

    monkeypatch.setattr("fuzz.frontdoor.SECONDS", 0.2)
    read = guided.harness("snapshot")
    monkeypatch.setattr("scanner.cli.show.command.callback", endless)
    with pytest.raises(TooLongError):
        read(b"{}")
