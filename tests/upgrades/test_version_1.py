"""What version 1 wrote stays readable: the files in v1/ are never written again.

They were made by ``hubscan scan estate.jsonl --config hubscan.yaml --today=2026-11-02`` with ``-o json`` and
``--history``, and once more in two shards.
"""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from fuzz.frontdoor import run

V1 = Path(__file__).parent / "v1"
TODAY = "--today=2026-11-02"
FINGERPRINTS = {
    "28da6154a01127576fe8b5920bf3f2fd": "fail",
    "9fb898b9a78aee8f68236de55f17083b": "unknown",
    "1263df383f735cbdccffd4a721039b90": "exempt",
}


@pytest.fixture(autouse=True)
def _copy(tmp_path, monkeypatch):
    """A folder with copies of the files, which commands may write to."""
    for file in V1.iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "history.db").write_bytes(gzip.decompress((V1 / "history.db.gz").read_bytes()))
    monkeypatch.chdir(tmp_path)


def result_of(*arguments):
    code, out, err = run(*arguments, "-o", "json")
    assert err == []
    return code, json.loads(out)


def verdicts(result):
    return {finding["fingerprint"]: finding["verdict"] for finding in result["findings"]}


def test_a_snapshot_with_its_configuration_and_exemptions_is_judged_as_it_was():
    code, result = result_of("scan", "estate.jsonl", "--config", "hubscan.yaml", TODAY, "-q")
    assert (code, verdicts(result)) == (1, FINGERPRINTS)
    (exempt,) = (one["exemption"] for one in result["findings"] if one["exemption"])
    assert (exempt["ticket"], exempt["expires"]) == ("NET-7", "2026-12-31")
    assert any("000000000003" in gap["subject"] for gap in result["gaps"])


@pytest.mark.parametrize(
    "form", ["json", "text", "sarif", "markdown", "html", "junit", "csv", "ocsf", "github"]
)
def test_a_result_is_rendered(form):
    code, out, _ = run("report", "result.json", "-o", form)
    assert code == 0
    assert "fqdn-no-azure-storage" in out


def test_a_result_says_the_same_again():
    _, result = result_of("report", "result.json")
    assert verdicts(result) == FINGERPRINTS
    assert result["findings"] == json.loads(Path("result.json").read_text())["findings"]


def test_a_result_is_a_baseline():
    code, result = result_of(
        "scan", "estate.jsonl", "--config", "hubscan.yaml", TODAY, "-q", "--baseline", "result.json"
    )
    assert code == 3  # what is known does not count, and a subscription is still not readable
    assert {one["baseline"] for one in result["findings"] if one["verdict"] != "exempt"} == {"known"}


def test_the_remediations_of_a_result_are_written():
    code, out, _ = run("fix", "result.json", "-o", "azure-cli")
    assert code == 0
    assert "blobs" in out


def test_shards_are_merged_to_the_whole():
    code, result = result_of("merge", "shard-1.json", "shard-2.json")
    assert (code, verdicts(result)) == (1, FINGERPRINTS)
    assert {hub["name"] for hub in result["hubs"]} == {"hub-contoso", "hub-fabrikam", "hub-locked"}


def test_shards_of_then_are_baselines_of_the_whole():
    _, result = result_of(
        *("scan", "estate.jsonl", "--config", "hubscan.yaml", TODAY, "-q"),
        *("--baseline", "shard-1.json", "--baseline", "shard-2.json"),
    )
    assert {one["baseline"] for one in result["findings"] if one["verdict"] != "exempt"} == {"known"}


def test_a_history_is_asked():
    code, out, err = run("history", "list", "--history", "history.db", "-o", "json")
    assert (code, err) == (0, [])
    assert "2026-11-02" in out
    code, out, err = run("history", "show", "28da6154", "--history", "history.db")
    assert (code, err) == (0, [])
    assert "fqdn-no-azure-storage" in out


def test_a_history_goes_on():
    """A finding that the first version remembered is the same one a day later."""
    lines = Path("estate.jsonl").read_text().replace("2026-11-02T05", "2026-11-03T05")
    Path("later.jsonl").write_text(lines)
    code, _, err = run(
        "scan",
        "later.jsonl",
        "--config",
        "hubscan.yaml",
        TODAY,
        "-q",
        "-o",
        "text=/dev/null",
        "--history",
        "history.db",
    )
    assert (code, err) == (1, [])
    listed = json.loads(run("history", "list", "--history", "history.db", "-o", "json")[1])
    assert len(listed["scans"]) == 2


def test_a_fingerprint_of_then_is_exempted_now():
    code, _, err = run(
        *("exempt", "28da6154", "--justification", "agreed", "--expires", "2026-12-01"),
        *("--result", "result.json", "--config", "hubscan.yaml", TODAY),
    )
    assert code == 0, err
    _, result = result_of("scan", "estate.jsonl", "--config", "hubscan.yaml", TODAY, "-q")
    assert verdicts(result)["28da6154a01127576fe8b5920bf3f2fd"] == "exempt"
