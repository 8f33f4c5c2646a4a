"""SARIF that GitHub takes: valid, within its profile, and saying what the findings say."""

from __future__ import annotations

from typing import Any

import pytest
from reporters.conftest import STORAGE, card, finding, hub_ref, place, report, subscription
from reporters.github_profile import RULES, Log
from reporters.sarif_log import log, rendered, schema

from scanner.model import Control, Reference, Report, Severity, Verdict

NASTY = "x\x00\x1b[31m\n\u2028\u202e|<script>alert(1)</script>](https://example.com)[a](b) ::error:: %2e%2e/../.. {0} 'q"


def mixed() -> Report:
    """Findings of every verdict and severity, from Azure and from code."""
    every = [
        finding(f"policy-{severity}", severity=severity, verdict=verdict, location=where, item=item)
        for severity in Severity
        for verdict in Verdict
        for where, item in ((None, None), (None, "rule"), (place(), "rule"))
    ]
    return report(
        every, policies=tuple(card(f"policy-{severity}", severity=severity) for severity in Severity)
    )


def hostile() -> Report:
    """What people could write into names, where each ends up in the report."""
    hub = hub_ref(NASTY, id=f"/{NASTY}", subscription_id=NASTY, resource_group=NASTY, kind=NASTY)
    nasty = card(
        NASTY,
        title=NASTY,
        category=NASTY,
        description=NASTY * 100,
        remediation={"text": NASTY, "bicep": "```` ~~~", NASTY: NASTY},
        references=(
            Reference(title=NASTY, url=f"javascript:{NASTY}"),
            Reference(title="", url=f"https://a/{NASTY}"),
        ),
        controls=tuple(
            Control(framework=f"{NASTY}{number}", version=NASTY, control=NASTY) for number in range(30)
        ),
    )
    findings = [
        finding(NASTY, message=NASTY, hub=hub, item=NASTY, fingerprint=NASTY, evidence={NASTY: NASTY}),
        finding(NASTY, message="", title="", hub=hub_ref("", id="", subscription_id=None), fingerprint=""),
        finding(NASTY, hub=hub_ref("n" * 10_000), item="\u00e9" * 10_000, message="m" * 10_000),
        finding(NASTY, location=place(NASTY, 0, 0), verdict=Verdict.UNKNOWN, reason=NASTY),
        finding(NASTY, location=place(NASTY, 0, -1)),
    ]
    return report(findings, policies=(nasty,), notices=(NASTY,), tool_version=NASTY)


def six_thousand() -> Report:
    return report(finding(item=f"rule-{each}", hub=hub_ref(number=1 + each % 3)) for each in range(6_000))


LOGS = {"empty": report, "mixed": mixed, "hostile": hostile, "6,000 findings": six_thousand}


@pytest.fixture(scope="module", params=LOGS)
def one_log(request: pytest.FixtureRequest) -> Log:
    return log(LOGS[request.param]())


def test_a_log_is_valid_against_the_official_schema(one_log: Log) -> None:
    assert [str(error) for error in schema().iter_errors(one_log)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_github_takes_it(rule: Any, one_log: Log) -> None:
    assert list(rule(one_log)) == []


def test_a_failing_finding_of_azure_is_one_result() -> None:
    (run,) = log(report([finding()]))["runs"]
    workspace = (
        f"subscriptions/{subscription(1)}/resourceGroups/rg-ai/providers/Microsoft.MachineLearningServices"
    )
    assert run["results"] == [
        {
            "ruleId": STORAGE,
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "hub-contoso: FQDN rule 'blobs' reaches contoso.blob.core.windows.net"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": f"azure/{workspace}/workspaces/hub-contoso/outboundRules/blobs",
                        },
                        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                    },
                    "logicalLocations": [
                        {"fullyQualifiedName": hub_ref().id, "name": "hub-contoso", "kind": "resource"}
                    ],
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": "0123456789abcdef:1",
                "hubscanFinding/v1": "0123456789abcdef" * 4,
            },
            "properties": {
                "resourceId": hub_ref().id,
                "subscriptionId": subscription(1),
                "item": "blobs",
                "evidence": {"destination": "contoso.blob.core.windows.net"},
            },
        }
    ]


def test_a_finding_in_code_stands_at_its_line() -> None:
    (result,) = log(report([finding(location=place("infra/my hub.bicep", 12, 5))]))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/my%20hub.bicep"},
        "region": {"startLine": 12, "startColumn": 5, "endLine": 12},
    }


def test_only_failures_are_results() -> None:
    results = log(mixed())["runs"][0]["results"]
    assert len(results) == len(Severity) * 3


@pytest.mark.parametrize(
    ("severity", "level", "number"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.5"),
        (Severity.INFO, "note", None),
    ],
)
def test_severity_is_said_in_sarif_and_in_github_words(
    severity: Severity, level: str, number: str | None
) -> None:
    (run,) = log(report([finding(severity=severity)], policies=(card(severity=severity),)))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert run["results"][0]["level"] == rule["defaultConfiguration"]["level"] == level
    assert rule["properties"].get("security-severity") == number


def test_every_policy_is_a_rule_whether_or_not_it_found_anything() -> None:
    (run,) = log(report([finding("second")], policies=(card("first"), card("second"), card("third"))))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["first", "second", "third"]
    assert run["results"][0]["ruleIndex"] == 1


def test_a_rule_tells_what_why_and_what_to_do() -> None:
    (rule,) = log(report(policies=(card(),)))["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["name"], rule["shortDescription"]["text"]) == (
        "FqdnNoAzureStorage",
        "No FQDN rule to Azure Storage in approved mode",
    )
    assert rule["properties"]["tags"] == ["security", "fqdn", "MCSB"]
    markdown = rule["help"]["markdown"]
    for part in (
        "Use a private endpoint.",
        "Replace the rule by a private endpoint.",
        "```sh\naz ml workspace outbound-rule remove --rule <rule>\n```",
        "```yaml\nmanaged_network:\n  outbound_rules: []\n```",
        "```bicep\ntype: 'PrivateEndpoint'\n```",
        '```hcl\ntype = "PrivateEndpoint"\n```',
        "- [Managed networks](https://learn.microsoft.com/azure/networks)",
        "- MCSB v1: NS-2",
    ):
        assert part in markdown
    assert "Replace the rule by a private endpoint." in rule["help"]["text"]


def test_code_that_holds_backticks_stays_inside_its_fence() -> None:
    (rule,) = log(report(policies=(card(remediation={"bicep": "// ```\n# Not a title"}),)))["runs"][0][
        "tool"
    ]["driver"]["rules"]
    assert "````bicep\n// ```\n# Not a title\n````" in rule["help"]["markdown"]


def test_a_link_of_any_other_scheme_is_text() -> None:
    script = Reference(title="click", url="javascript:alert(1)")
    (rule,) = log(report(policies=(card(references=(script,)),)))["runs"][0]["tool"]["driver"]["rules"]
    assert "- click\n" in rule["help"]["markdown"]
    assert "javascript:" not in rule["help"]["markdown"]


def test_large_evidence_stays_out_of_the_file() -> None:
    (result,) = log(report([finding(evidence={"rules": ["contoso.com"] * 1_000})]))["runs"][0]["results"]
    assert "evidence" not in result["properties"]


def test_a_result_is_a_line_and_the_same_report_gives_the_same_bytes() -> None:
    text = rendered(mixed())
    assert text == rendered(mixed())
    assert sum('"ruleIndex"' in line for line in text.splitlines()) == len(Severity) * 3
