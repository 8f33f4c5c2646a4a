"""Our SARIF as Microsoft's multitool judges it, by the rules of the format and by GitHub's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hubs import hub, snapshot
from reporters.conftest import finding, hub_ref, place, report
from reporters.sarif_log import rendered

from scanner.cli import main

GOLDEN = Path(__file__).resolve().parents[2] / "reports" / "examples" / "report.sarif"
HOSTILE = "::error::x%0A\n`<script>| [a](https://contoso.com) ../..\u202e"


def test_the_golden_log_breaks_no_rule(broken_rules):
    assert broken_rules(GOLDEN) == set()


def test_nor_does_a_scan_of_code_or_of_hostile_names(tmp_path, broken_rules):
    path, log = tmp_path / "estate.json", tmp_path / "log.sarif"
    rules = [(HOSTILE, "FQDN", "data1.blob.core.windows.net"), ("b", "FQDN", "*.com")]
    path.write_text(json.dumps(snapshot(hub(HOSTILE, rules=rules))), encoding="utf-8")

    assert main(["scan", str(path), "-o", f"sarif={log}"]) == 1

    assert json.loads(log.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert broken_rules(log) == set()


def test_nor_does_one_of_several_runs(tmp_path, broken_rules):
    findings = [
        finding(item=f"rule-{each}", hub=hub_ref(number=1 + each % 3), location=place())
        for each in range(6_000)
    ]
    log = tmp_path / "log.sarif"
    log.write_text(rendered(report(findings)), encoding="utf-8")

    assert len(json.loads(log.read_text(encoding="utf-8"))["runs"]) == 3
    assert broken_rules(log) == set()


def first(log):
    return log["runs"][0]["results"][0]


def where(log):
    return first(log)["locations"][0]["physicalLocation"]


FAULTS = {
    "GH1001": lambda log: first(log)["locations"][0].pop("physicalLocation"),
    "GH1003": lambda log: where(log).pop("region"),
    "GH1005": lambda log: where(log)["artifactLocation"].update(uri="https://contoso.com/hub"),
    "GH1007": lambda log: first(log).update(message={"id": "default"}),
    "GH1015": lambda log: first(log).pop("locations"),
    "GH2012": lambda log: log["runs"][0]["tool"]["driver"]["rules"][0].pop("help"),
    "JSON1008": lambda log: where(log)["region"].update(startLine=0),
    "SARIF1009": lambda log: first(log).update(ruleIndex=500),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_it_finds_what_is_planted(tmp_path, broken_rules, rule):
    log = json.loads(GOLDEN.read_text(encoding="utf-8"))
    FAULTS[rule](log)
    path = tmp_path / "log.sarif"
    path.write_text(json.dumps(log), encoding="utf-8")

    assert rule in broken_rules(path)
