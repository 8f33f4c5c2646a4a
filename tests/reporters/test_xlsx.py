"""Excel: three sheets, and no cell that is anything but text or a number."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from reporters.conftest import finding, hub_ref, place, report

from scanner.cli import main
from scanner.model import Gap, Report, Style
from scanner.reporters import xlsx

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def book(one: Report) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(xlsx.render(one, Style()))))


def sheet(one: Report, number: int) -> list[list[str]]:
    root = ET.fromstring(book(one).read(f"xl/worksheets/sheet{number}.xml"))
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{NAMESPACE}c")]
        for row in root.iter(f"{NAMESPACE}row")
    ]


def test_a_finding_is_a_row() -> None:
    names, row = sheet(report([finding(location=place())]), 2)
    assert names[:3] == ["policy", "title", "severity"]
    assert row[0] == "fqdn-no-azure-storage"
    assert str(place().line) in row


def test_the_first_sheet_says_what_was_found_and_the_last_what_was_not_read() -> None:
    gap = Gap(subject="hub-b", reason="forbidden", status=403)
    one = replace(report([finding()]), gaps=(gap,), complete=False)
    first = dict(row for row in sheet(one, 1) if len(row) == 2)
    assert "1 high finding fails on 1 of" in first["Verdict"]
    assert first["Complete"].startswith("no")
    assert sheet(one, 3)[1] == ["hub-b", "forbidden", "403"]


def test_a_name_is_never_a_formula_or_a_link() -> None:
    hostile = ["=1+1", "http://fabrikam.example", "{=A1}", "@x", "a\x00b\ud800"]
    one = report([finding(item=name, hub=hub_ref(name)) for name in hostile])
    with book(one) as archive:
        assert not any("rels" in name and "sheet" in name for name in archive.namelist())
        content = archive.read("xl/worksheets/sheet2.xml").decode()
    assert not re.search(r"<f[ >]|<hyperlink", content)
    assert "=1+1" in content


def test_the_same_report_gives_the_same_bytes() -> None:
    one = report([finding()])
    assert b"".join(xlsx.render(one, Style())) == b"".join(xlsx.render(one, Style()))


def test_without_the_library_it_is_one_line_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "xlsxwriter" else found(name)
    )
    assert main(["report", "x.json", "-o", "xlsx=x.xlsx"]) == 2
    assert "pip install 'hubscan[xlsx]'" in capsys.readouterr().err
