"""A plan whose keys were sorted by another program is a plan all the same."""

from __future__ import annotations

import json

from scanner.cli import main


def test_a_plan_that_says_its_version_at_its_end_is_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    values = {"name": "hub1", "location": "westeurope", "managed_network": [{"isolation_mode": "Disabled"}]}
    resource = {
        "address": "azurerm_ai_foundry.hub",
        "mode": "managed",
        "type": "azurerm_ai_foundry",
        "name": "hub",
    }
    plan = {
        "configuration": {"filler": "x" * 100_000},
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**resource, "values": values}]}},
        "resource_changes": [
            {**resource, "change": {"actions": ["create"], "before": None, "after": values}}
        ],
        "terraform_version": "1.11.4",
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    code = main(["scan", "plan.json", "--select", "managed-network-isolation-enabled"])
    assert code == 1
    assert capsys.readouterr().out.startswith("plan.json:1:")
