"""The JSON result is the contract's section 4, streams, and survives being put anywhere."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.conftest import card, finding, hub_ref, place, report

from scanner.model import Control, Exemption, Gap, Report, Severity, SourceNote, Style, Verdict
from scanner.reporters import json
from scanner.results import read

SCHEMA = standard_json.loads(
    (Path(__file__).parents[2] / "reports" / "schema" / "result-v1.json").read_text(encoding="utf-8")
)
TOP = (
    *("result", "tool", "started_at", "finished_at", "sources", "complete", "summary", "policies", "hubs"),
    *("findings", "gaps", "notices", "controls"),
)
FINDING = (
    *(
        "policy",
        "title",
        "severity",
        "verdict",
        "message",
        "hub",
        "item",
        "evidence",
        "reason",
        "remediation",
    ),
    *("location", "fingerprint", "baseline", "exemption"),
)
HOSTILE = "a\x00\x1b[31m\x7f\x85\u2028\u2029\u202e</script><!--|::error::\ufeff"


def rendered(one: Report) -> str:
    return "".join(json.render(one, Style()))


def parsed(one: Report) -> dict[str, Any]:
    return standard_json.loads(rendered(one))


def full_report() -> Report:
    """One of everything that a result can hold."""
    waiver = Exemption(
        policy="fqdn-no-azure-storage",
        hub="hub-*",
        item=None,
        category="waiver",
        justification="Until the move",
    )
    gap = Gap(
        subject="outboundRules", reason="forbidden", status=403, code="AuthorizationFailed", hub=hub_ref().id
    )
    return report(
        [
            finding(location=place(), baseline="new"),
            finding(verdict=Verdict.UNKNOWN, reason="outboundRules was not collected", item=None),
            finding(verdict=Verdict.EXEMPT, exemption=waiver, item="other", baseline="known"),
            finding(verdict=Verdict.PASS, hub=hub_ref("hub-fabrikam", number=2), severity=Severity.INFO),
        ],
        gaps=(gap, Gap(subject="estate/broken.json", reason="failed", detail="it ends inside a string")),
        notices=("an exemption of hub-old matches nothing",),
        complete=False,
    )


def test_the_published_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("one", [report(), report([finding()]), full_report()], ids=["empty", "one", "full"])
def test_a_result_is_valid_against_the_published_schema(one: Report) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    assert [str(error) for error in validator.iter_errors(parsed(one))] == []


def test_keys_stand_in_the_order_of_the_contract() -> None:
    result = parsed(full_report())
    assert tuple(result) == TOP
    assert {tuple(each) for each in result["findings"]} == {FINDING}
    assert tuple(result["findings"][0]["location"]) == ("path", "line", "column", "end_line")


def test_a_policy_is_written_as_a_whole_card() -> None:
    written = parsed(report(policies=(card(yields_to=("fqdn-no-overbroad-wildcard",)),)))["policies"][0]
    assert written["remediation"]["bicep"] == "type: 'PrivateEndpoint'"
    assert written["references"] == [
        {"title": "Managed networks", "url": "https://learn.microsoft.com/azure/networks"}
    ]
    assert written["controls"] == [{"framework": "MCSB", "version": "v1", "control": "NS-2"}]
    assert (written["applies_to"], written["yields_to"]) == (["Hub"], ["fqdn-no-overbroad-wildcard"])


def test_the_result_is_grouped_by_control_with_the_findings_of_its_policies() -> None:
    network = Control(framework="MCSB", version="v1", control="NS-2")
    own = Control(framework="Contoso", version="1", control="N-1")
    cards = (card(), card(id="own", controls=(network, own)), card(id="silent", controls=(own,)))
    exempt = finding(verdict=Verdict.EXEMPT, item="c")
    one = report(
        [finding(), finding(item="b"), finding(policy="own", verdict=Verdict.UNKNOWN), exempt], policies=cards
    )
    assert parsed(one)["controls"] == [
        {
            "framework": "Contoso",
            "version": "1",
            "control": "N-1",
            "title": None,
            "policies": ["own", "silent"],
            "verdicts": {"fail": 0, "unknown": 1, "exempt": 0},
        },
        {
            "framework": "MCSB",
            "version": "v1",
            "control": "NS-2",
            "title": "Secure cloud native services with network controls",
            "policies": ["fqdn-no-azure-storage", "own"],
            "verdicts": {"fail": 2, "unknown": 1, "exempt": 1},
        },
    ]
    assert rendered(read(rendered(one).encode(), "result.json")) == rendered(one)


def test_the_summary_counts_every_verdict_and_severity_even_where_there_is_none() -> None:
    summary = parsed(report([finding(severity=Severity.HIGH), finding(verdict=Verdict.UNKNOWN, item=None)]))[
        "summary"
    ]
    assert summary["verdicts"] == {"fail": 1, "unknown": 1, "exempt": 0, "pass": 0, "skip": 0}
    assert summary["severities"] == {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0}
    assert summary["unknown_severities"] == {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0}
    assert {key: summary[key] for key in ("hubs", "policies", "gaps")} == {
        "hubs": 1,
        "policies": 1,
        "gaps": 0,
    }


def test_counts_that_a_report_leaves_out_are_written_as_none() -> None:
    bare = report()
    counts = parsed(
        report(summary=type(bare.summary)(hubs=0, policies=0, verdicts={}, failing={}, unknown={}, gaps=0))
    )
    assert set(counts["summary"]["verdicts"].values()) == set(counts["summary"]["severities"].values()) == {0}


def test_each_finding_is_a_line_of_its_own() -> None:
    lines = rendered(report([finding(item=f"rule-{number}") for number in range(3)])).splitlines()
    start = lines.index('  "findings": [')
    assert [standard_json.loads(line.rstrip(","))["item"] for line in lines[start + 1 : start + 4]] == [
        "rule-0",
        "rule-1",
        "rule-2",
    ]
    assert lines[start + 4] == "  ],"


def test_findings_are_written_while_they_are_read() -> None:
    endless = replace(report(), findings=(finding(item=str(number)) for number in count()))
    chunks = list(islice(json.render(endless, Style()), 200))
    assert max(map(len, chunks)) < 5_000
    assert '"item":"42"' in "".join(chunks)


def test_text_from_outside_cannot_end_a_line_a_script_or_a_comment() -> None:
    text = rendered(report([finding(message=HOSTILE, evidence={HOSTILE: HOSTILE})]))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "</script" not in text
    assert "<!--" not in text
    assert standard_json.loads(text)["findings"][0]["message"] == HOSTILE


def test_other_scripts_stay_readable() -> None:
    assert "ハブ-één" in rendered(report([finding(hub=hub_ref("ハブ-één"))]))


def test_what_json_cannot_hold_is_replaced_and_nothing_else_is_lost() -> None:
    deep: Any = "bottom"
    for _ in range(300):
        deep = [deep]
    evidence = {"name": "a\ud800b", "number": 2**70, "deep": deep, "pair": ("x", 1.5)}
    text = rendered(report([finding(evidence=evidence), finding(item="second")]))
    first, second = standard_json.loads(text)["findings"]
    assert (first["evidence"]["name"], first["evidence"]["number"]) == ("a\ufffdb", hex(2**70))
    assert first["evidence"]["pair"] == ["x", 1.5]
    assert first["hub"] == second["hub"]
    assert "…" in text
    assert rendered(read(text.encode(), "result.json")) == text


def test_a_result_read_back_is_rendered_to_the_same_bytes() -> None:
    text = rendered(full_report())
    assert rendered(read(text.encode(), "result.json")) == text


TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FINDINGS = st.builds(
    finding,
    policy=TEXT,
    message=TEXT,
    verdict=st.sampled_from(Verdict),
    severity=st.sampled_from(Severity),
    hub=st.builds(
        hub_ref, TEXT, subscription_id=st.none() | TEXT, resource_group=st.none() | TEXT, kind=TEXT
    ),
    item=st.none() | TEXT,
    evidence=st.dictionaries(TEXT, JSON, max_size=3),
    remediation=st.dictionaries(TEXT, TEXT, max_size=2),
    location=st.none() | st.builds(place, TEXT, st.integers(1, 10**9)),
    reason=st.none() | TEXT,
)


@given(st.lists(FINDINGS, max_size=4), st.builds(SourceNote, kind=TEXT, path=TEXT, hubs=st.integers(0, 9)))
def test_any_report_survives_the_way_there_and_back(findings: list[Any], source: SourceNote) -> None:
    one = report(findings, sources=(source,))
    text = rendered(one)
    again = read(text.encode(), "result.json")
    assert rendered(again) == text
    assert again.findings == one.findings
    assert again == report(findings, sources=(source,))
