"""A pull request: 200 files of infrastructure code, 10 of them hubs, one of which it changes.

Run with ``python tests/benchmarks request``.  What is measured is a whole process, from its start to
all reports: judged beside the state before, by the policies of the state before.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from measure import cost

FILES = 200
HUBS = 10
REPORTS = ("json", "sarif", "markdown", "github")

_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_AUTHOR = {
    **{f"GIT_{who}_NAME": "Contoso" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "contoso@contoso.com" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def _hub(number: int, *, host: str = "learn.microsoft.com") -> str:
    rules = "".join(
        f"  - {{name: host-{rule}, type: fqdn, destination: api{rule}.hub{number}.contoso.com}}\n"
        for rule in range(20)
    )
    return (
        f"kind: hub\nname: hub-{number}\nlocation: westeurope\nmanaged_network:\n"
        "  isolation_mode: allow_only_approved_outbound\n  outbound_rules:\n"
        f"  - {{name: docs, type: fqdn, destination: {host}}}\n{rules}"
    )


def _storage(number: int) -> str:
    resource = {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-05-01",
        "name": f"contoso{number}",
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "properties": {"publicNetworkAccess": "Disabled", "allowBlobPublicAccess": False},
    }
    template = {"$schema": _SCHEMA, "contentVersion": "1.0.0.0", "resources": [resource]}
    return json.dumps(template, indent=2)


def _pipeline(number: int) -> str:
    steps = "".join(f"- script: make part-{step}\n  displayName: Part {step}\n" for step in range(15))
    return f"name: pipeline-{number}\ntrigger: [main]\nsteps:\n{steps}"


def write(folder: Path) -> None:
    """A repository with a commit, and a work tree in which one hub is changed."""
    for number in range(FILES):
        kind = "hubs" if number < HUBS else "storage" if number % 2 else "pipelines"
        text = _hub(number) if number < HUBS else _storage(number) if number % 2 else _pipeline(number)
        path = folder / kind / f"{number}.{'json' if kind == 'storage' else 'yml'}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "All of it")):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env={**os.environ, **_AUTHOR})
    (folder / "hubs" / "0.yml").write_text(_hub(0, host="data.blob.core.windows.net"), encoding="utf-8")


def main(_: list[int]) -> None:
    """Print what judging it costs, alone and beside the state before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "repository"
        folder.mkdir()
        write(folder)
        reports = [part for form in REPORTS for part in ("-o", f"{form}={name}/report.{form}")]
        scan = ("-m", "scanner", "scan", str(folder), "-q", "--fail-on", "never", *reports)
        beside = ("--against", "HEAD")
        cost(*scan, *beside)
        for what, options in (("alone", ()), ("beside the state before", beside)):
            spent = cost(*scan, *options, times=5)
            print(
                f"{FILES} files, {HUBS} hubs, {len(REPORTS)} reports, {what}: {spent.seconds:.2f} s CPU,"
                f" {spent.megabytes:.0f} MB"
            )
