"""Where one run would lose results on GitHub there are several, and what is not known is told beside them."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest
from reporters.conftest import finding, hub_ref, report, subscription
from reporters.github_profile import notifications
from reporters.sarif_log import log, problems, rendered

from scanner.model import Finding, Gap, Severity, Style, Verdict
from scanner.reporters import sarif
from scanner.reporters.sarif.shares import divide


def spread(results: int, subscriptions: int) -> list[Finding]:
    """Failing findings, as many in each subscription."""
    return [
        finding(item=f"rule-{each}", hub=hub_ref(number=1 + each % subscriptions)) for each in range(results)
    ]


def categories(one: dict[str, Any]) -> dict[str, int]:
    """How many results each category has."""
    return {run["automationDetails"]["id"]: len(run["results"]) for run in one["runs"]}


def texts(one: dict[str, Any]) -> list[str]:
    return [each["message"]["text"] for each in notifications(one)]


@pytest.mark.parametrize("results", [0, 1, 5_000])
def test_up_to_5000_results_are_one_run(results: int) -> None:
    assert categories(log(report(spread(results, 3)))) == {"hubscan/": results}


def test_6000_results_of_3_subscriptions_are_3_runs() -> None:
    one = log(report(spread(6_000, 3)))
    assert problems(one) == []
    assert categories(one) == {f"hubscan/{subscription(number)}/": 2_000 for number in (1, 2, 3)}
    for run in one["runs"]:
        (category,) = {result["properties"]["subscriptionId"] for result in run["results"]}
        assert run["automationDetails"]["id"] == f"hubscan/{category}/"


def test_6000_results_of_one_subscription_stay_one_run() -> None:
    assert categories(log(report(spread(6_000, 1)))) == {"hubscan/": 6_000}


def test_a_subscription_where_nothing_fails_has_a_run_that_closes_its_alerts() -> None:
    fine = finding(verdict=Verdict.PASS, hub=hub_ref(number=9))
    assert categories(log(report([*spread(6_000, 2), fine])))[f"hubscan/{subscription(9)}/"] == 0


def test_of_30_subscriptions_19_have_a_run_each_and_the_others_one() -> None:
    one = log(report(spread(6_000, 30)))
    assert problems(one) == []
    expected = {f"hubscan/{subscription(number)}/": 200 for number in range(1, 20)}
    assert categories(one) == {**expected, "hubscan/other/subscriptions/": 11 * 200}


def test_subscriptions_that_differ_in_case_alone_are_one() -> None:
    upper = hub_ref("hub-upper", subscription_id="ABC", id="/subscriptions/ABC/x")
    lower = hub_ref("hub-lower", subscription_id="abc", id="/subscriptions/abc/x")
    findings = [finding(item=str(each), hub=(upper, lower, hub_ref())[each % 3]) for each in range(6_000)]
    assert categories(log(report(findings))) == {"hubscan/abc/": 4_000, f"hubscan/{subscription(1)}/": 2_000}


def test_hubs_without_a_subscription_have_a_category_too() -> None:
    code = hub_ref(subscription_id=None, resource_group=None)
    findings = [
        finding(item=str(each), hub=(code, hub_ref())[each % 2], location=None) for each in range(6_000)
    ]
    assert categories(log(report(findings))) == {"hubscan/": 3_000, f"hubscan/{subscription(1)}/": 3_000}


def test_a_run_keeps_the_most_severe_25000_and_says_so() -> None:
    findings = [
        finding(item=str(each), severity=(Severity.LOW, Severity.CRITICAL, Severity.MEDIUM)[each % 3])
        for each in range(27_000)
    ]
    (run,) = (one := log(report(findings)))["runs"]
    levels = [result["level"] for result in run["results"]]
    assert {level: levels.count(level) for level in set(levels)} == {
        "error": 9_000,
        "warning": 9_000,
        "note": 7_000,
    }
    assert [result["properties"]["item"] for result in run["results"][:3]] == ["0", "1", "2"]
    (told,) = texts(one)
    assert told.startswith("25000 of 27000 failing findings are listed, the most severe ones: ")


def test_a_file_of_many_full_runs_stays_within_its_size() -> None:
    findings = [finding(hub=hub_ref(number=number)) for number in range(10)] * 10_100
    assert [share.listed for share in divide(report(findings)).shares] == [10_000] * 10


def test_25000_results_take_little_time(capsys: pytest.CaptureFixture[str]) -> None:
    many = report(
        finding(
            item=f"rule-{each}",
            hub=hub_ref(f"hub-{each % 500}"),
            fingerprint=hashlib.sha256(str(each).encode()).hexdigest()[:32],
        )
        for each in range(25_000)
    )
    start = time.process_time()
    size = len(rendered(many))
    taken = time.process_time() - start
    with capsys.disabled():
        sys.stdout.write(f"\nSARIF: 25,000 results, {size / 1e6:.0f} MB, {taken:.2f} s of CPU\n")
    assert size > 25_000 * 500


def test_results_of_a_single_run_are_written_while_they_are_read() -> None:
    class TwicePassed:
        """Findings that end when they are counted, and never end when they are written."""

        def __init__(self) -> None:
            self.passes = count()

        def __iter__(self) -> Iterator[Finding]:
            return iter([finding()] * 5_000 if next(self.passes) == 0 else (finding() for _ in count()))

    endless = replace(report(), findings=TwicePassed())
    chunks = list(islice(sarif.render(endless, Style()), 1_000))
    assert max(map(len, chunks)) < 5_000


def test_unknown_verdicts_are_told_by_policy_and_reason_the_most_frequent_first() -> None:
    unread = "outboundRules was not collected"
    findings = [finding(item=str(each), verdict=Verdict.UNKNOWN, reason=unread) for each in range(3)]
    findings += [
        finding("ports", item=str(each), verdict=Verdict.UNKNOWN, reason=unread) for each in range(5)
    ]
    findings += [finding("ports", verdict=Verdict.UNKNOWN)]
    one = log(report(findings))
    assert problems(one) == []
    assert one["runs"][0]["results"] == []
    assert texts(one) == [
        f"5 of 9 unknown verdicts: ports: {unread}",
        f"3 of 9 unknown verdicts: fqdn-no-azure-storage: {unread}",
        "1 of 9 unknown verdicts: ports: various reasons",
    ]
    assert [each["associatedRule"] for each in notifications(one)] == [
        {"id": "ports", "index": 1},
        {"id": "fqdn-no-azure-storage", "index": 0},
        {"id": "ports", "index": 1},
    ]


def test_gaps_are_told_by_kind_and_the_execution_still_succeeds() -> None:
    forbidden = {
        "subject": "outboundRules",
        "reason": "forbidden",
        "status": 403,
        "code": "AuthorizationFailed",
    }
    gaps = tuple(Gap(**forbidden, hub=hub_ref(f"hub-{number}").id) for number in range(3))
    gaps += (Gap(subject="estate/broken.json", reason="failed", detail="it ends inside a string"),)
    one = log(report(gaps=gaps, complete=False))
    assert problems(one) == []
    assert texts(one) == [
        "1 of 4 gaps: estate/broken.json: failed: it ends inside a string",
        "3 of 4 gaps: outboundRules: forbidden (403 AuthorizationFailed)",
    ]
    assert one["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_a_gap_is_told_in_the_run_of_its_subscription() -> None:
    gaps = (
        Gap(subject="computes", reason="missing", status=404, hub=hub_ref(number=2).id),
        Gap(subject="estate/broken.json", reason="failed"),
    )
    one = log(report(spread(6_000, 2), gaps=gaps))
    told = [[each["message"]["text"] for each in notifications({"runs": [run]})] for run in one["runs"]]
    assert told == [
        ["1 of 1 gap: estate/broken.json: failed"],
        [f"1 of 1 gap: computes of {hub_ref(number=2).id}: missing (404)"],
    ]


def test_notices_are_notes_of_the_first_run() -> None:
    one = log(report(spread(6_000, 2), notices=("an exemption has expired",)))
    assert list(notifications(one)) == [{"message": {"text": "an exemption has expired"}, "level": "note"}]


@pytest.mark.parametrize("reasons", [1_000, 1_001, 25_000])
def test_at_most_1000_things_are_told_and_the_last_says_how_many_more(reasons: int) -> None:
    findings = [
        finding(item=str(each), verdict=Verdict.UNKNOWN, reason=f"reason {each}") for each in range(reasons)
    ]
    told = texts(log(report(findings)))
    assert len(told) == 1_000
    kinds = min(reasons, 20_001)
    last = f"{kinds - 999} further notifications are not listed. The JSON result has them all."
    assert (told[-1] == last) is (reasons > 1_000)
    assert f"of {reasons} unknown verdicts" in told[0]
