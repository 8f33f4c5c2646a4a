"""What a history costs: questions to one of many findings, and what recording adds to a scan."""

from __future__ import annotations

import datetime
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from estates import hub
from measure import cost

from scanner.history.recording import record
from scanner.history.store import History
from scanner.model import Finding, HubEntry, HubRef, PolicyCard, Report, Severity, Summary, Verdict

_HUBS = 2_000
_SUBSCRIPTIONS = 100
_POLICIES = 50
_SCANS = 10
_BAD = {"type": "FQDN", "category": "UserDefined", "destination": "contoso.blob.core.windows.net"}


def main(sizes: list[int]) -> None:
    """Ask a history of 1,000,000 findings (or as many as are named), and record 10,000 beside scanning them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        size = (sizes or [1_000_000])[0]
        begun = time.process_time()
        for number in range(_SCANS):
            with History(path, writing=True) as history:
                record(history, _scan(number, size // _SCANS))
        spent = time.process_time() - begun
        print(
            f"{size} findings in {_SCANS} scans: {spent:.1f} s CPU to make and record, {path.stat().st_size / 1e6:.0f} MB"
        )
        empty = cost("-m", "scanner", "--version", times=3)
        for question in (("trend",), ("list",), ("show", f"{0:032x}")):
            asked = cost("-m", "scanner", "history", *question, "--history", str(path), times=3)
            print(
                f"history {question[0]}: {asked.seconds:.2f} s CPU, {asked.wall:.2f} s on the clock,"
                f" {asked.megabytes:.0f} MB (--version: {empty.seconds:.2f} s)",
                flush=True,
            )
        _recording(Path(folder))


def _recording(folder: Path) -> None:
    """A scan that finds 10,000 things, without a history, with a new one, and with one that knows them all."""
    path = folder / "estate.json"
    rules = [{"name": f"rule{number}", "properties": _BAD} for number in range(5)]
    hubs = [{**hub(number), "outboundRules": rules} for number in range(_HUBS)]
    path.write_text(json.dumps({"snapshot": "hubscan/v1", "hubs": hubs}), encoding="utf-8")
    scan = (
        "-m",
        "scanner",
        "scan",
        "-q",
        "-j",
        "1",
        "--fail-on",
        "never",
        "-o",
        "jsonl",
        "--select",
        "fqdn-*",
    )
    plain = cost(*scan, str(path))
    for name in ("a new history", "one that knows them"):
        kept = cost(*scan, str(path), "--history", str(folder / "kept.db"), "--today", "2026-11-01")
        print(f"{name}: {kept.seconds:.2f} s CPU, without {plain.seconds:.2f} s")


def _scan(number: int, size: int) -> Report:
    """One scan of the same hubs; none of its findings is in another."""
    at = (datetime.date(2026, 1, 1) + datetime.timedelta(days=number)).isoformat() + "T00:00:00Z"
    cards = tuple(
        PolicyCard(
            id=f"policy-{n}", title="Title", severity=list(Severity)[n % 5], category="fqdn", description=""
        )
        for n in range(_POLICIES)
    )
    return Report(
        tool_version="0",
        started_at=at,
        finished_at=at,
        sources=(),
        complete=True,
        summary=Summary(hubs=_HUBS, policies=_POLICIES, verdicts={}, failing={}, unknown={}, gaps=0),
        policies=cards,
        hubs=[HubEntry(**_named(n)) for n in range(_HUBS)],
        findings=_Findings(number * size, size, cards),
        gaps=(),
    )


def _named(number: int) -> dict[str, str]:
    subscription = f"00000000-0000-0000-0000-{number % _SUBSCRIPTIONS:012}"
    return {
        "id": f"/subscriptions/{subscription}/resourceGroups/rg/providers"
        f"/Microsoft.MachineLearningServices/workspaces/hub{number}",
        "name": f"hub{number}",
        "kind": "Hub",
        "subscription_id": subscription,
    }


@dataclass(frozen=True, slots=True)
class _Findings:
    first: int
    size: int
    cards: tuple[PolicyCard, ...]

    def __iter__(self) -> Iterator[Finding]:
        hubs = [HubRef(**_named(number)) for number in range(_HUBS)]
        for number in range(self.first, self.first + self.size):
            card = self.cards[number % _POLICIES]
            yield Finding(
                policy=card.id,
                title=card.title,
                severity=card.severity,
                verdict=Verdict.FAIL,
                message=f"FQDN rule 'rule{number}' leads to Azure Storage",
                hub=hubs[number // _POLICIES % _HUBS],
                item=f"rule{number}",
                fingerprint=f"{number:032x}",
            )
