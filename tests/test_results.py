"""A saved result is read back or refused with one line that says where it is wrong."""

from __future__ import annotations

import json as standard_json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.conftest import finding, place, report

from scanner.errors import SourceError
from scanner.model import Finding, Gap, Style, Verdict
from scanner.reporters import json
from scanner.results import read

RESULT = "".join(json.render(report([finding(location=place()), finding(item="second")]), Style()))


def changed(*path: str | int, to: object) -> bytes:
    """The result with one value replaced."""
    document = standard_json.loads(RESULT)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = to
    return standard_json.dumps(document).encode()


def without(*path: str | int) -> bytes:
    """The result with one key less."""
    document = standard_json.loads(RESULT)
    target = document
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]
    return standard_json.dumps(document).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        read(data, "old.json")
    return str(caught.value)


def test_what_was_written_is_read() -> None:
    again = read(RESULT.encode(), "result.json")
    first = next(iter(again.findings))
    assert isinstance(first, Finding)
    assert (first.verdict, first.location, first.hub.name) == (Verdict.FAIL, place(), "hub-contoso")
    assert again.card("fqdn-no-azure-storage").controls[0].control == "NS-2"
    assert again.summary.verdicts[Verdict.FAIL] == 2


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read(b"\xef\xbb\xbf" + RESULT.encode(), "result.json") == read(RESULT.encode(), "result.json")


def test_keys_of_later_releases_are_ignored() -> None:
    assert read(changed("findings", 0, "seen_first", to="2026-01-01"), "x") == read(RESULT.encode(), "x")


@pytest.mark.parametrize("key", ["notices"])
def test_a_key_that_the_contract_does_not_demand_may_be_missing(key: str) -> None:
    assert read(without(key), "result.json").notices == ()


def test_a_gap_may_say_no_more_than_what_and_why() -> None:
    data = changed("gaps", to=[{"subject": "outboundRules", "reason": "forbidden"}])
    assert read(data, "result.json").gaps == (Gap(subject="outboundRules", reason="forbidden"),)


@pytest.mark.parametrize("cut", [0, 1, 20, len(RESULT) // 2, len(RESULT) - 3])
def test_a_truncated_file_is_refused_in_one_line(cut: int) -> None:
    message = refusal(RESULT[:cut].encode())
    assert re.match(r"old\.json:\d+:\d+: not a hubscan result: ", message)
    assert "\n" not in message


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"null",
        b'"hubscan/v1"',
        b"{}",
        b'{"result": ["hubscan/v1"]}',
    ],
)
def test_other_json_is_no_result(data: bytes) -> None:
    assert refusal(data) == 'old.json: not a hubscan result: it does not say "result": "hubscan/v1"'


def test_a_snapshot_is_told_how_to_become_a_result() -> None:
    said = refusal(b'{"snapshot": "hubscan/v1", "hubs": []}')
    assert said == (
        "old.json: not a hubscan result: it is a snapshot; "
        "'hubscan scan old.json -o json=RESULT.json' makes a result of it"
    )


def test_a_result_of_another_version_is_named_as_one() -> None:
    expected = "old.json: a result of another version: 'hubscan/v2', and this hubscan reads 'hubscan/v1'"
    assert refusal(changed("result", to="hubscan/v2")) == expected


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"{'result': 1}", b"[" * 100_000, b'{"result": "\\ud800"}']
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    assert re.match(r"old\.json:\d+:\d+: not a hubscan result: ", refusal(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed("findings", 1, "hub", "name", to=5), "findings[1].hub.name: a string was expected, not an integer"),
        (changed("findings", to={}), "findings: an array was expected, not an object"),
        (changed("findings", 0, "location", "line", to=True), "findings[0].location.line: an integer was expected, not true or false"),
        (changed("findings", 0, "evidence", to=None), "findings[0].evidence: an object was expected, not null"),
        (changed("complete", to=1), "complete: true or false was expected, not an integer"),
        (changed("tool", to=[]), "tool: an object was expected, not an array"),
        (changed("tool", "version", to=0.1), "tool.version: a string was expected, not a number"),
        (changed("summary", "severities", "high", to="2"), "summary.severities['high']: an integer was expected, not a string"),
        (changed("policies", 0, "references", 0, "url", to=None), "policies[0].references[0].url: a string was expected, not null"),
        (
            changed("findings", 0, "verdict", to="passed"),
            "findings[0].verdict: one of fail, unknown, exempt, pass, skip was expected, not 'passed'",
        ),
        (
            changed("summary", "verdicts", to={"green": 1}),
            "a key of summary.verdicts: one of fail, unknown, exempt, pass, skip was expected, not 'green'",
        ),
        (without("findings", 0, "fingerprint"), "findings[0].fingerprint is missing"),
        (without("summary", "unknown_severities"), "summary.unknown_severities is missing"),
        (without("gaps"), "gaps is missing"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_named_by_its_path(data: bytes, reason: str) -> None:
    assert refusal(data) == f"old.json: not a hubscan result: {reason}"


def paths(value: Any) -> list[tuple[str | int, ...]]:
    """Where each value inside a document stands."""
    if isinstance(value, dict):
        return [(key, *rest) for key, member in value.items() for rest in [(), *paths(member)]]
    if isinstance(value, list):
        return [(index, *rest) for index, member in enumerate(value) for rest in [(), *paths(member)]]
    return []


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.just([])
    | st.just({})
    | st.just([[{}]])
)


@given(st.sampled_from(paths(standard_json.loads(RESULT))), JUNK)
def test_a_result_with_any_value_replaced_is_read_or_refused(
    path: tuple[str | int, ...], junk: object
) -> None:
    try:
        again = read(changed(*path, to=junk), "old.json")
    except SourceError as problem:
        assert str(problem).startswith("old.json: ")
    else:
        assert "".join(json.render(again, Style())).startswith("{")
