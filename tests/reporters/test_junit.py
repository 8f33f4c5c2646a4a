"""JUnit XML: what a build server counts, and that it counts nothing unknown as passed."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from reporters.conftest import finding, hub_ref, place, report

from scanner.model import Exemption, Gap, Report, Severity, Style, Verdict
from scanner.reporters import junit

WAIVER = Exemption(
    policy="fqdn-no-azure-storage", hub="*", item=None, category="waiver", justification="agreed"
)


def parsed(one: Report) -> ET.Element:
    return ET.fromstring("".join(junit.render(one, Style())).encode())


def outcomes(root: ET.Element) -> dict[str, str | None]:
    return {
        str(case.get("name")): next((child.tag for child in case), None) for case in root.iter("testcase")
    }


def test_each_verdict_has_its_element() -> None:
    one = report(
        [
            finding(item="a"),
            finding(item="b", verdict=Verdict.UNKNOWN, reason="not collected"),
            finding(item="c", verdict=Verdict.EXEMPT, exemption=WAIVER),
            finding(item="d", verdict=Verdict.SKIP),
            finding(item=None, verdict=Verdict.PASS),
        ]
    )
    assert outcomes(parsed(one)) == {
        "fqdn-no-azure-storage: a": "failure",
        "fqdn-no-azure-storage: b": "error",
        "fqdn-no-azure-storage: c": "skipped",
        "fqdn-no-azure-storage: d": "skipped",
        "fqdn-no-azure-storage": None,
    }


def test_the_counts_are_those_of_the_cases() -> None:
    gap = Gap(subject="hub-b/connections", reason="forbidden", status=403)
    hubs = [finding(hub=hub_ref("a")), finding(hub=hub_ref("a"), item="x"), finding(hub=hub_ref("b"))]
    root = parsed(replace(report(hubs), gaps=(gap,)))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "3", "1")
    suites = [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root]
    assert suites == [("2", "2", "0"), ("1", "1", "0"), ("1", "0", "1")]


def test_a_failure_says_what_where_and_what_to_do() -> None:
    (case,) = parsed(report([finding(location=place(), severity=Severity.HIGH)])).iter("testcase")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "high"
    assert case.get("file") == place().path
    assert case.get("line") == str(place().line)
    assert f"at: {place().path}:{place().line}" in str(failure.text)
    assert "Replace the rule by a private endpoint." in str(failure.text)


def test_a_gap_is_an_error_for_nobody_knows_what_is_behind_it() -> None:
    gap = Gap(subject="hub-b", reason="forbidden", status=403, code="AuthorizationFailed")
    root = parsed(replace(report(), gaps=(gap,)))
    assert outcomes(root) == {"hub-b": "error"}


@given(st.text())
def test_every_name_gives_well_formed_xml(name: str) -> None:
    root = parsed(report([finding(item=name, message=f"]]>{name}", hub=hub_ref(name))]))
    assert len(list(root.iter("failure"))) == 1
