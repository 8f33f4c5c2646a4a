"""What a scan of one snapshot does without: each import is paid for at every start."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hubs import hub, snapshot

SCAN = "from scanner.cli import main; import sys; main(sys.argv[1:]); print(*sys.modules)"

HEAVY = (
    *("azure", "base64", "gzip", "importlib.resources", "jinja2", "multiprocessing"),
    *("publicsuffixlist", "sarif_om", "shutil", "sqlite3", "subprocess", "tempfile", "yaml"),
)
OURS = (
    *(
        "scanner.baseline",
        "scanner.bench.warm",
        "scanner.expressions.checker",
        "scanner.expressions.compiler",
    ),
    *("scanner.expressions.sharing", "scanner.locations", "scanner.merge", "scanner.policies.parsing"),
    *("scanner.positions", "scanner.sources.api", "scanner.sources.arm", "scanner.sources.azure"),
    *("scanner.sources.code", "scanner.sources.redaction", "scanner.transitions"),
)


UNUSED = (
    *("scanner.cli.looks._SVG", "scanner.functions.dates._RFC_3339", "scanner.functions.matching._ATOM"),
    *("scanner.sources.documents.secrets._BEARER", "scanner.sources.documents.secrets._SIGNATURE"),
)
"""Regular expressions that this snapshot gives no cause to compile."""

DESCRIBED = (
    "import dataclasses, sys; made = []; real = dataclasses._process_class;"
    "dataclasses._process_class = lambda kind, *traits: made.append(kind.__name__) or real(kind, *traits);"
    "import scanner.cli.scan, scanner.policies.cache; print(*made)"
)


@pytest.fixture
def imported(tmp_path):
    """The modules that are there after a scan for which an earlier one kept what it read."""
    path = tmp_path / "estate.json"
    path.write_text(json.dumps(snapshot(hub(rules=[("a", "FQDN", "contoso.com")]))), encoding="utf-8")
    command = [sys.executable, "-c", SCAN, "scan", "-q", "--fail-on", "never", "-o", "jsonl", str(path)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("HUBSCAN_NO_CACHE", None)
    for _ in range(2):
        ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return ran.stdout.splitlines()[-1].split()


def test_it_imports_neither_libraries_nor_rooms_that_it_has_no_use_for(imported):
    assert "scanner.engine" in imported
    assert [name for name in (*HEAVY, *OURS) if name in imported] == []


def test_it_compiles_no_regular_expression_that_it_does_not_use(tmp_path):
    path = tmp_path / "estate.json"
    path.write_text(json.dumps(snapshot(hub(rules=[("a", "FQDN", "contoso.com")]))), encoding="utf-8")
    look = "import re; real = re.compile; seen = []; re.compile = lambda *said: seen.append(said[0]) or real(*said); "
    names = {name.rpartition(".")[0] for name in UNUSED}
    said = "; ".join(
        [
            f"import {', '.join(sorted(names))}",
            f"print(*[text for text in ({', '.join(f'{name}._said[0]' for name in UNUSED)},) if text in seen])",
        ]
    )
    command = [sys.executable, "-c", look + SCAN + "; " + said]
    command += ["scan", "-q", "--fail-on", "never", "-o", "jsonl", str(path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1] == ""


def test_no_class_is_described_where_it_is_defined():
    ran = subprocess.run([sys.executable, "-c", DESCRIBED], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == []


def test_whoever_reads_no_further_ends_a_scan_without_a_word_and_without_findings(tmp_path):
    path = tmp_path / "estate.json"
    path.write_text(json.dumps(snapshot(*map(hub, map("hub-{}".format, range(60))))), encoding="utf-8")
    command = [sys.executable, "-m", "scanner", "scan", "-q", "--show-passes", "--fail-on", "never"]
    with subprocess.Popen(
        [*command, "-o", "jsonl", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as scan:
        assert scan.stdout.readline().startswith(b'{"policy"')
        scan.stdout.close()
        assert (scan.wait(60), scan.stderr.read()) == (2, b"")
