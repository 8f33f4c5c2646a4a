"""JSON Lines: a finding a line, for programs that read line by line."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace
from itertools import count, islice

from reporters.conftest import finding, hub_ref, report

from scanner.model import Report, Style, Verdict
from scanner.reporters import json, jsonl


def rendered(one: Report) -> str:
    return "".join(jsonl.render(one, Style()))


def test_a_line_is_the_object_that_the_json_result_has() -> None:
    one = report([finding(), finding(verdict=Verdict.UNKNOWN, item=None, reason="not collected")])
    lines = rendered(one).splitlines()
    result = standard_json.loads("".join(json.render(one, Style())))
    assert [standard_json.loads(line) for line in lines] == result["findings"]


def test_every_line_ends_and_no_finding_means_no_line() -> None:
    assert rendered(report()) == ""
    assert rendered(report([finding()])).endswith("}\n")


def test_no_name_makes_two_lines_of_one() -> None:
    hostile = "a\nb\r\x0b\x0c\x1c\x85\u2028\u2029c"
    text = rendered(report([finding(item=hostile, hub=hub_ref(hostile))]))
    assert len(text.splitlines()) == 1
    assert standard_json.loads(text)["item"] == hostile


def test_findings_are_written_while_they_are_read() -> None:
    endless = replace(report(), findings=(finding(item=str(number)) for number in count()))
    assert len(list(islice(jsonl.render(endless, Style()), 100))) == 100
