"""OCSF: every event is a Compliance Finding by the schema, and says what the finding says."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from reporters.conftest import finding, hub_ref, place, report

from scanner.cli import main
from scanner.model import Exemption, Report, Severity, Style, Verdict
from scanner.reporters import ocsf

SCHEMA = standard_json.loads(
    (Path(__file__).parent.parent / "data" / "ocsf-compliance-finding.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
WAIVER = Exemption(
    policy="fqdn-no-azure-storage", hub="*", item=None, category="waiver", justification="agreed until May"
)


def events(one: Report) -> list[dict[str, Any]]:
    return [standard_json.loads(line) for line in "".join(ocsf.render(one, Style())).splitlines()]


def event(**changes: Any) -> dict[str, Any]:
    (only,) = events(report([finding(**changes)]))
    VALIDATOR.validate(only)
    return only


def test_the_schema_of_this_test_refuses_what_is_no_event() -> None:
    good = event()
    for key in SCHEMA["required"]:
        assert not VALIDATOR.is_valid({name: value for name, value in good.items() if name != key})
    assert not VALIDATOR.is_valid({**good, "severity_id": 7})
    assert not VALIDATOR.is_valid({**good, "time": "2026-01-02"})
    assert not VALIDATOR.is_valid({**good, "invented": 1})


@pytest.mark.parametrize(
    ("verdict", "compliance", "status"),
    [
        (Verdict.FAIL, 3, 1),
        (Verdict.UNKNOWN, 2, 1),
        (Verdict.EXEMPT, 3, 3),
        (Verdict.PASS, 1, 1),
        (Verdict.SKIP, 99, 1),
    ],
)
def test_each_verdict_has_its_status(verdict: Verdict, compliance: int, status: int) -> None:
    one = event(verdict=verdict, exemption=WAIVER if verdict is Verdict.EXEMPT else None)
    assert one["compliance"]["status_id"] == one["compliance"]["checks"][0]["status_id"] == compliance
    assert one["status_id"] == status


@pytest.mark.parametrize(("severity", "number"), list(zip(Severity, (5, 4, 3, 2, 1), strict=True)))
def test_each_severity_has_its_number(severity: Severity, number: int) -> None:
    assert event(severity=severity)["severity_id"] == number


def test_time_is_in_milliseconds() -> None:
    assert event()["time"] == 1767323046000


def test_what_is_known_from_before_is_an_update() -> None:
    assert (event(baseline="new")["activity_id"], event(baseline="known")["type_uid"]) == (1, 200302)


def test_an_event_says_which_hub_in_which_subscription() -> None:
    one = event()
    assert one["resources"][0]["name"] == "hub-contoso"
    assert one["resources"][0]["group"] == {"name": "rg-ai"}
    assert one["cloud"]["account"]["uid"].endswith("1")
    assert "account" not in event(hub=hub_ref(subscription_id=None))["cloud"]


def test_what_ocsf_has_no_word_for_is_unmapped() -> None:
    one = event(location=place(), item="to-storage", evidence={"destination": "a"}, reason="because")
    assert one["unmapped"]["item"] == "to-storage"
    assert one["unmapped"]["location"]["line"] == place().line
    assert one["compliance"]["status_details"] == ["because"]


def test_the_events_of_the_bundled_estate_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    lines = (tmp_path / "hubscan-demo" / "report.ocsf.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 50
    for line in lines:
        VALIDATOR.validate(standard_json.loads(line))


def test_no_name_makes_two_lines_of_one_event() -> None:
    text = "".join(ocsf.render(report([finding(item="a\nb\u2028c", hub=hub_ref("x\r\ny"))]), Style()))
    assert len(text.splitlines()) == 1


def test_events_are_written_while_findings_are_read() -> None:
    endless = replace(report(), findings=(finding(item=str(number)) for number in count()))
    assert len(list(islice(ocsf.render(endless, Style()), 100))) == 100
