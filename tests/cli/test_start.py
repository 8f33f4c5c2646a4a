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
    *("azure", "gzip", "importlib.resources", "jinja2", "multiprocessing", "publicsuffixlist"),
    *("sarif_om", "shutil", "sqlite3", "subprocess", "tempfile", "yaml"),
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
