"""Several processes say what one says, and one that ends takes no hub with it."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest
from benchmarks.estates import hub, write_estate

from scanner import policies, sources, workers
from scanner.cli import main
from scanner.crew import DIED
from scanner.desk import Desk, Rules, Said, Sheet
from scanner.exemptions import Register
from scanner.model import Gap, Hub

RULES = Rules(
    policies=policies.load((), include_bundled=True), register=Register((), datetime.date(2026, 11, 2))
)
HERE = os.getpid()


def _scanned(path: Path, folder: Path, jobs: str) -> list[bytes]:
    reports = {name: folder / f"{jobs}.{name}" for name in ("json", "jsonl", "sarif", "markdown")}
    outputs = [argument for name, file in reports.items() for argument in ("-o", f"{name}={file}")]
    code = main(["scan", str(path), "-q", "-j", jobs, "--show-passes", *outputs])
    return [str(code).encode(), *(file.read_bytes() for file in reports.values())]


def test_reports_are_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    estate = tmp_path / "estate.jsonl"
    write_estate(estate, 200)
    lines = estate.read_text(encoding="utf-8").splitlines()
    again = json.dumps({"hub": {**hub(7), "tags": {"other": "version"}}})
    gap = json.dumps({"gap": {"subject": "/subscriptions/1", "reason": "forbidden", "status": 403}})
    lines[150:150] = [again, '{"hub": {"id": ', gap, '{"hub": []}', again]
    estate.write_text("\n".join(lines) + "\n", encoding="utf-8")
    one, two, three = (_scanned(estate, tmp_path, jobs) for jobs in "123")
    assert one[0] == b"1"
    assert two == one
    assert three == one


def test_a_number_of_processes_below_one_is_a_wrong_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "x.json", "-j", "0"]) == 2
    assert "'--jobs'" in capsys.readouterr().err


class _Fragile(Desk):
    """A desk at which a process ends when it meets a hub of that name."""

    def sheet(self, hub: Hub) -> Sheet:
        """End, or judge."""
        if hub.ref.name == "hub-000060" and os.getpid() != HERE:
            os._exit(9)
        return super().sheet(hub)


def test_of_a_hub_at_which_processes_end_nothing_is_known_and_the_others_are_judged(tmp_path: Path) -> None:
    estate = tmp_path / "estate.jsonl"
    write_estate(estate, 150)
    parts = list(sources.pieces([str(estate)]))

    def judged(desk: Desk, jobs: int) -> list[Said]:
        return list(workers.judged(parts, desk, lambda: desk, jobs))

    plain = judged(Desk(RULES), 1)
    fragile = judged(_Fragile(RULES), 2)
    gaps = [said for said in fragile if isinstance(said, Gap)]
    assert [(gap.code, gap.reason, gap.detail) for gap in gaps] == [("worker-died", "failed", DIED)]
    assert "hub-000060" in gaps[0].subject
    rest = [said for said in fragile if not isinstance(said, Gap)]
    assert len(rest) == len(plain)
    for one, other in zip(plain, rest, strict=True):
        if isinstance(one, Sheet) and one.hub.name == "hub-000060":
            assert isinstance(other, Sheet)
            assert {verdict for _, verdict in other.said} == {"unknown"}
            assert len(other.said) == sum("hub" in policy.kinds for policy in RULES.policies)
            assert all(DIED in json.loads(data)["reason"] for _, data in other.records)
        else:
            assert _plain(one) == _plain(other)


def _plain(said: Said) -> Any:
    return (said.hub, said.records, said.quiet, said.said) if isinstance(said, Sheet) else said
