"""Parquet: a row for each finding, the same facts as in JSON Lines."""

from __future__ import annotations

import io
import json as standard_json
import sys
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from reporters.conftest import finding, hub_ref, place, report

from scanner.cli import main
from scanner.model import Exemption, Report, Style, Verdict
from scanner.reporters import jsonl, parquet

DECISION = Exemption(
    policy="fqdn-no-azure-storage",
    hub="hub-*",
    item=None,
    category="waiver",
    justification="agreed",
    ticket="A-1",
)

ESTATE = """\
{"snapshot": "hubscan/v1", "collected_at": "2026-11-02T05:17:00Z", "hubs": [
  {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/h",
   "name": "h", "kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "Disabled"}}, "outboundRules": []}]}
"""


def table(one: Report) -> Any:
    return pyarrow.parquet.read_table(io.BytesIO(b"".join(parquet.render(one, Style()))))


def flattened(line: str) -> dict[str, Any]:
    """The row that a line of JSON Lines stands for."""
    entry = standard_json.loads(line)
    hub, where, decision = entry.pop("hub"), entry.pop("location") or {}, entry.pop("exemption") or {}
    remediation, evidence = entry.pop("remediation"), entry.pop("evidence")
    forms = ("text", "azure_cli", "azureml_yaml", "bicep", "terraform")
    return {
        **entry,
        **{f"hub_{key}": hub[key] for key in ("id", "name", "kind")},
        "subscription_id": hub["subscription_id"],
        "resource_group": hub["resource_group"],
        "evidence": standard_json.dumps(evidence, separators=(",", ":")),
        **{f"remediation_{form}": remediation.get(form) for form in forms},
        **{f"location_{key}": where.get(key) for key in ("path", "line", "column", "end_line")},
        **{
            f"exemption_{key}": decision.get(key)
            for key in ("hub", "item", "category", "justification", "approved_by", "ticket", "expires")
        },
    }


def test_a_row_is_the_line_that_json_lines_has() -> None:
    one = report(
        [
            finding(location=place()),
            finding(verdict=Verdict.UNKNOWN, item=None, reason="not collected", evidence={}),
            finding(verdict=Verdict.EXEMPT, exemption=DECISION, hub=hub_ref(subscription_id=None)),
        ]
    )
    lines = "".join(jsonl.render(one, Style())).splitlines()
    assert table(one).to_pylist() == [flattened(line) for line in lines]


def test_a_file_without_findings_has_its_columns_and_says_of_which_scan_it_is() -> None:
    empty = table(report())
    assert empty.num_rows == 0
    assert "fingerprint" in empty.column_names
    assert empty.schema.metadata[b"finished_at"] == b"2026-01-02T03:04:06Z"


def test_what_is_no_text_elsewhere_is_text_here() -> None:
    hostile = "a\x00\ud800\u202e</script>"
    (row,) = table(report([finding(item=hostile)])).to_pylist()
    assert row["item"] == "a\x00?\u202e</script>"


def test_findings_are_written_while_they_are_read() -> None:
    endless = report()
    object.__setattr__(endless, "findings", (finding(item=str(number)) for number in count()))
    first = next(islice(parquet.render(endless, Style()), 1))
    assert first.startswith(b"PAR1")
    assert len(first) > 10_000


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "estate.json").write_text(ESTATE)
    return "estate.json"


def test_a_scan_writes_it_and_a_saved_result_is_rendered_to_the_same(estate: str) -> None:
    assert main(["scan", estate, "-q", "-o", "parquet=a.parquet", "-o", "json=a.json"]) == 1
    assert main(["report", "a.json", "-o", "parquet=b.parquet"]) == 0
    assert Path("a.parquet").read_bytes() == Path("b.parquet").read_bytes()
    policies = pyarrow.parquet.read_table("a.parquet")["policy"].to_pylist()
    assert "managed-network-isolation-enabled" in policies


@pytest.mark.parametrize("output", ["parquet", "parquet=-"])
def test_it_does_not_go_to_standard_output(
    estate: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", estate, "-o", output]) == 2
    told = "hubscan: error: parquet is not text: write it to a file, -o parquet=FILE\n"
    assert capsys.readouterr() == ("", told)


def test_without_its_library_it_is_one_line_that_says_how_to_get_it(
    estate: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["scan", estate, "-o", "parquet=a.parquet"]) == 2
    told = (
        "hubscan: error: parquet needs pyarrow, which is not installed: "
        "pip install 'hubscan[parquet]' (or pipx install --force, where pipx installed it)\n"
    )
    assert capsys.readouterr() == ("", told)
    assert not Path("a.parquet").exists()
