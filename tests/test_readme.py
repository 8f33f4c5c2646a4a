"""What the README shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.cli import main

README = Path(__file__).resolve().parents[1] / "README.md"
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


def _blocks() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


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
    estate = README.parent / "reports" / "examples" / "estate" / "contoso.jsonl"
    code = main(["scan", str(estate), "--config", str(config), "-q", "--fail-on", "never", "-o", "jsonl"])
    assert code == 3
