"""``hubscan demo``: what it writes is what reports/examples shows, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from reporters.html_page import unpacked
from reporters.sarif_log import problems

from scanner import policies
from scanner.bundled import bundled
from scanner.cli.demo import REPORTS

JUDGING = [policy for policy in policies.load() if not policy.transition]
GOLDEN = Path(__file__).parents[2] / "reports" / "examples"


@pytest.fixture
def demo(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("demo")
    assert code == 0
    return tmp_path / "hubscan-demo", out, err


def read(path):
    """The text of a report, byte for byte; compressed data in it unpacked, which is not the same everywhere."""
    text = path.read_bytes().decode()
    return unpacked(text) if path.suffix == ".html" else text


def test_every_report_is_the_golden_one(demo):
    folder, _, _ = demo
    for name in REPORTS.values():
        assert read(folder / name) == read(GOLDEN / name), f"{name}: 'make golden' writes it again"


def test_it_shows_the_findings_and_says_where_the_reports_are(demo):
    _, out, err = demo
    assert f"hubscan: 20 hubs, {len(JUDGING)} policies: " in out
    assert err[-2].endswith("to hubscan-demo/")
    assert err[-1].startswith("hubscan: next: open hubscan-demo/report.html; ")


def test_its_sarif_is_what_code_scanning_takes(demo):
    folder, _, _ = demo
    assert problems(json.loads((folder / REPORTS["sarif"]).read_text())) == []


def test_its_result_follows_the_published_schema(demo):
    folder, _, _ = demo
    schema = json.loads((bundled("reports") / "schema" / "result-v1.json").read_text())
    jsonschema_rs.Draft202012Validator(schema).validate(json.loads((folder / REPORTS["json"]).read_text()))


@pytest.mark.parametrize("form", sorted(REPORTS))
def test_a_saved_result_renders_to_the_same_reports(demo, run, form):
    folder, _, _ = demo
    code, out, _ = run("report", folder / REPORTS["json"], "-o", form)
    assert code == 0
    assert out.encode() == (folder / REPORTS[form]).read_bytes()


def test_a_compliant_hub_has_no_finding_at_all(demo):
    folder, _, _ = demo
    found = {entry["hub"]["name"] for entry in json.loads((folder / REPORTS["json"]).read_text())["findings"]}
    assert not found & {"hub-platform", "hub-research"}


def test_a_folder_that_cannot_be_made_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubscan-demo").write_text("in the way")
    code, _, err = run("demo")
    assert (code, len(err)) == (2, 1)
