"""The made-up estates that the benchmarks scan."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from benchmarks.estates import hub, write_estate


def test_an_estate_is_a_whole_snapshot(tmp_path: Path) -> None:
    write_estate(tmp_path / "estate.jsonl", 250)
    text = (tmp_path / "estate.jsonl").read_text(encoding="utf-8")
    first, *middle, last = (json.loads(line) for line in text.splitlines())
    assert first["snapshot"] == "hubscan/v1"
    assert sum("hub" in line for line in middle) == 250
    assert sum("subscription" in line for line in middle) == 2
    assert last == {"end": {"hubs": 250, "gaps": 0}}


def test_the_same_arguments_write_the_same_lines_packed_or_not(tmp_path: Path) -> None:
    write_estate(tmp_path / "a.jsonl", 5, seed=7)
    write_estate(tmp_path / "b.jsonl.gz", 5, seed=7)
    write_estate(tmp_path / "c.jsonl", 5, seed=8)
    plain = (tmp_path / "a.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "b.jsonl.gz").read_bytes()) == plain
    assert (tmp_path / "c.jsonl").read_bytes() != plain


@pytest.mark.parametrize("rules", [40, 600])
def test_a_hub_has_the_rules_that_were_asked_for_and_every_target_of_them(rules: int) -> None:
    document = hub(3, rules)
    assert len(document["outboundRules"]) == rules
    read = {document["id"], *(resource["id"] for resource in document["resources"])}
    destinations = [rule["properties"]["destination"] for rule in document["outboundRules"]]
    pointed = {to["serviceResourceId"] for to in destinations if "serviceResourceId" in to}
    assert pointed <= read


def test_a_hub_of_forty_rules_with_all_that_belongs_to_it_is_about_twenty_kilobytes() -> None:
    sizes = [len(json.dumps(hub(number), separators=(",", ":"))) for number in range(50)]
    assert 15_000 < sum(sizes) / len(sizes) < 22_000
