"""JSON Lines: a finding a line, for programs that read line by line."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace
from itertools import count, islice

import pytest
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


@pytest.mark.parametrize("cut", ["", "…", "é…"])
def test_no_name_makes_two_lines_of_one(cut: str) -> None:
    hostile = f"{cut}a\nb\r\x0b\x0c\x1c\x85\u2028\u2029c{cut}"
    text = rendered(report([finding(item=hostile, hub=hub_ref(hostile))]))
    assert len(text.splitlines()) == 1
    assert standard_json.loads(text)["item"] == hostile


@pytest.mark.parametrize("danger", ["\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "</script>", "<!--"])
def test_what_was_cut_short_hides_nothing(danger: str) -> None:
    text = rendered(report([finding(item=f"a…{danger}b…")]))
    assert danger not in text
    assert standard_json.loads(text)["item"] == f"a…{danger}b…"


def test_findings_are_written_while_they_are_read() -> None:
    endless = replace(report(), findings=(finding(item=str(number)) for number in count()))
    assert len(list(islice(jsonl.render(endless, Style()), 100))) == 100
