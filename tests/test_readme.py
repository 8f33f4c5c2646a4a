"""What the README and the pages beside it show works."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml
from command_lines import COMMANDS, faults, options, shown

from scanner.cli import hubscan, main

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "policies/configuration.md", "policies/expressions.md"),
    *("reports/README.md", ".github/examples/README.md"),
)
ESTATE = ROOT / "reports" / "examples" / "estate" / "contoso.jsonl"
POLICY = """\
id: vault-purge-protected
title: The hub's key vault is protected from purging
severity: high
category: dependency
description: What is deleted can be brought back.
{lines}
message: "The key vault of the hub may be purged"
remediation: {{text: Turn on purge protection.}}
references: []
examples:
  pass:
    - kind: Hub
      properties: {{keyVault: {vault}}}
      resources: [{{id: {vault}, properties: {{enablePurgeProtection: true}}}}]
  fail:
    - kind: Hub
      properties: {{keyVault: {vault}}}
      resources: [{{id: {vault}, properties: {{enablePurgeProtection: false}}}}]
"""
VAULT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _blocks(language: str = "yaml") -> list[str]:
    text = "".join(map(_page, PAGES))
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def _tested(folder: Path, text: str) -> int:
    name = re.match(r"id: (\S+)", text)
    assert name is not None
    file = folder / f"{name[1]}.yaml"
    file.write_text(text, encoding="utf-8")
    return main(["policy", "test", str(file)])


def test_the_policy_over_rules_does_what_its_examples_say(tmp_path: Path) -> None:
    (text,) = (block for block in _blocks() if block.startswith("id: "))
    assert _tested(tmp_path, text) == 0


def test_the_lines_over_dependencies_make_a_policy(tmp_path: Path) -> None:
    (lines,) = (block for block in _blocks() if block.startswith("needs: [resources]"))
    assert _tested(tmp_path, POLICY.format(lines=lines.strip(), vault=VAULT)) == 0


@pytest.mark.parametrize("first", ["fail_on: high", "scenarios:"])
def test_a_configuration_that_is_shown_is_taken(first: str, tmp_path: Path) -> None:
    (text,) = (block for block in _blocks() if block.startswith(first))
    config = tmp_path / "hubscan.yaml"
    config.write_text(text, encoding="utf-8")
    code = main(["scan", str(ESTATE), "--config", str(config), "-q", "--fail-on", "never", "-o", "jsonl"])
    assert code == 3


@pytest.mark.parametrize("name", PAGES)
def test_every_command_line_of_a_page_is_one(name: str) -> None:
    assert [(line, fault) for line in shown(_page(name)) for fault in faults(line)] == []


def test_command_lines_that_are_none_are_found() -> None:
    assert faults("hubscan scna infra") == ["no command scna"]
    assert faults("hubscan scan infra --framework NIST") == ["scan has no --framework"]
    assert faults("hubscan policy list --framework NIST -o x") == ["policy has no -o"]
    assert faults("hubscan history trends") == ["no command below history"]


@pytest.mark.parametrize("name", PAGES)
def test_every_option_that_a_page_names_is_one_of_some_command(name: str) -> None:
    every = {option for command in COMMANDS.values() for option in options(command)} | {"--help", "--version"}
    of_others = {"--force", "--strict", "--check", "--scope"}
    named = re.findall(r"`(--?[a-z][a-z-]*)[^`]*`", _page(name))
    assert [option for option in named if option not in every | of_others] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_variable_that_a_page_names_is_looked_at(name: str) -> None:
    parameters = [
        parameter
        for command in (hubscan, *COMMANDS.values())
        for parameter in command.get_params(click.Context(command))
    ]
    known = {str(parameter.envvar) for parameter in parameters} | {"HUBSCAN_NO_CACHE", "HUBSCAN_"}
    assert set(re.findall(r"(?<!`)\bHUBSCAN_[A-Z_]*", _page(name))) <= known


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)<>\s]+)\)", _page(name)):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, target


@pytest.mark.parametrize("name", PAGES)
def test_every_target_of_make_is_there(name: str) -> None:
    rules = set(re.findall(r"^([a-z-]+):", _page("Makefile"), re.MULTILINE))
    lines = re.findall(r"(?:^|`)make ([a-z-]+)(?=`| {2}|$)", _page(name), re.MULTILINE)
    assert set(lines) <= rules


def test_the_inputs_of_the_action_are_those_that_it_has() -> None:
    action = yaml.safe_load(_page("action.yml"))
    page = _page(".github/examples/README.md")
    rows = [row.split(" | ") for row in re.findall(r"^\| (`.*) \|$", page, re.MULTILINE)]
    assert [(row[0].strip("`"), row[1]) for row in rows if "pre-commit" not in row[0]] == [
        (name, entry["description"]) for name, entry in action["inputs"].items()
    ]
    outputs = re.search(r"^Outputs: (.*)\.$", page, re.MULTILINE)
    assert outputs is not None
    assert re.findall(r"`([^`]+)`", outputs[1]) == list(action["outputs"])


def test_what_the_demo_says_is_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["scan", str(ESTATE), "-o", "table", "--today", "2026-11-02", "-q"]) == 1
    said = capfd.readouterr().out.splitlines()
    block = next(block for block in _blocks("") if block.startswith("20 findings"))
    assert [line for line in block.splitlines() if line != "..." and line not in said] == []


HUB = """\
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-06-01' = {
  name: 'hub1'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        docs: { type: 'FQDN', destination: 'HOST' }
      }
    }
  }
}
"""
SNAPSHOT = (
    '{"snapshot": "hubscan/v1", "collected_at": "2026-11-01T06:00:00Z"}\n{"hub": {"id": "/subscriptions/1/'
    'resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/hub1", "name": "hub1",'
    ' "kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}}}}\n'
    '{"end": {"hubs": 1, "gaps": 0}}\n'
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose branch adds a bad rule to infra, with a snapshot, a result and a history beside it."""
    monkeypatch.chdir(tmp_path)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "contoso")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "contoso@example.com")
    code = tmp_path / "infra" / "hub.bicep"
    code.parent.mkdir()
    code.write_text(HUB.replace("HOST", "docs.contoso.com"), encoding="utf-8")
    for line in (
        *("init -q -b main", "add -A", "commit -qm one", "update-ref refs/remotes/origin/main HEAD"),
    ):
        subprocess.run(["git", *shlex.split(line)], check=True, env=os.environ)
    code.write_text(HUB.replace("HOST", "contosodata.blob.core.windows.net"), encoding="utf-8")
    (tmp_path / "estate.jsonl.gz").write_bytes(gzip.compress(SNAPSHOT.encode()))
    assert main(["scan", "infra", "-q", "-o", "json=audit.json", "--history", "audit.db"]) == 1
    return tmp_path


CODES = {
    "hubscan scan infra": 1,
    "hubscan scan infra --allow-empty --against origin/main --policy-ref origin/main": 1,
    "hubscan diff infra estate.jsonl.gz": 1,
}


def test_the_command_lines_of_the_readme_do_what_it_says(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """All but those that read Azure, one after the other, as they stand there."""
    lines = [line for block in _blocks("bash") for line in shown(f"```\n{block}```\n")]
    run = [line for line in lines if "--all-subscriptions" not in line]
    assert len(run) >= 10
    for line in run:
        words = shlex.split(line, comments=True)
        assert main(words[1:]) == CODES.get(shlex.join(words), 0), (line, capfd.readouterr().err)
    assert (checkout / "hubscan.yaml").exists()
    assert (checkout / "audit.html").exists()
    assert (checkout / "fix.sh").exists()
