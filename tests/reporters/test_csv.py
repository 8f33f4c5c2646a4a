"""CSV: the same facts as in JSON Lines, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv as standard_csv
import io
from dataclasses import replace
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.conftest import finding, hub_ref, place, report

from scanner.model import Report, Style, Verdict
from scanner.reporters import csv


def rows(one: Report) -> list[dict[str, str]]:
    text = "".join(csv.render(one, Style()))
    return list(standard_csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_says_what_a_finding_says() -> None:
    (row,) = rows(report([finding(location=place(), verdict=Verdict.UNKNOWN, reason="not collected")]))
    assert row["policy"] == "fqdn-no-azure-storage"
    assert row["verdict"] == "unknown"
    assert row["reason"] == "not collected"
    assert row["hub_name"] == "hub-contoso"
    assert row["location_line"] == str(place().line)
    assert row["exemption_expires"] == ""


def test_no_finding_is_the_names_of_the_columns_alone() -> None:
    text = "".join(csv.render(report(), Style()))
    assert text.startswith("policy,title,severity,verdict,message,hub_id,")
    assert text.count("\r\n") == 1


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\N{NO-BREAK SPACE}=1",
        "\uff1d1",
        "%0A=1",
        "\u200b=1",
        "\n=1",
    ],
)
def test_what_a_spreadsheet_would_calculate_is_text(name: str) -> None:
    (row,) = rows(report([finding(item=name)]))
    assert row["item"][0] in "'\N{REPLACEMENT CHARACTER}"


@given(st.text())
def test_no_name_breaks_out_of_its_cell(name: str) -> None:
    (row,) = rows(report([finding(item=name, hub=hub_ref(name))]))
    assert row["policy"] == "fqdn-no-azure-storage"
    assert not row["item"].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_rows_are_written_while_findings_are_read() -> None:
    endless = replace(report(), findings=(finding(item=str(number)) for number in count()))
    assert len(list(islice(csv.render(endless, Style()), 100))) == 100
