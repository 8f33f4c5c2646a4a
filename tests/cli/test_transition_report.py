"""What a comparison writes is a result like any other."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
from hubs import hub, snapshot

SCHEMA = Path(__file__).parents[2] / "reports" / "schema" / "result-v1.json"


def test_the_result_of_a_comparison_follows_the_published_schema(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    before = [hub(rules=[("a", "FQDN", "contoso.com")]), hub("gone")]
    after = [hub(mode="AllowInternetOutbound", rules=[("a", "FQDN", "*.contoso.com")]), hub("new")]
    for name, hubs in (("before.json", before), ("after.json", after)):
        (tmp_path / name).write_text(json.dumps(snapshot(*hubs)))
    code, out, _ = run("diff", "before.json", "after.json", "-o", "json")
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text()), validate_formats=True)
    assert code == 1
    assert list(validator.iter_errors(json.loads(out))) == []
    assert {change["change"] for change in json.loads(out)["changes"]} == {"added", "removed", "changed"}


def test_shards_of_a_comparison_merge_to_the_whole(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)

    def in_subscription(number, mode):
        document = hub(f"hub{number}", mode=mode)
        return {**document, "id": document["id"].replace("000001", f"00000{number}")}

    before = [in_subscription(number, "AllowOnlyApprovedOutbound") for number in range(1, 6)]
    after = [in_subscription(number, "AllowInternetOutbound") for number in range(2, 8)]
    for name, hubs in (("before.json", before), ("after.json", after)):
        (tmp_path / name).write_text(json.dumps(snapshot(*hubs)))
    command = ("scan", "after.json", "--against", "before.json", "--select", "isolation-mode-*")
    run(*command, "-o", "json=whole.json")
    for shard in ("1/2", "2/2"):
        run(*command, "--shard", shard, "-o", f"json=shard{shard[0]}.json")
    run("merge", "shard1.json", "shard2.json", "-o", "json=merged.json")
    whole, merged = (json.loads((tmp_path / name).read_text()) for name in ("whole.json", "merged.json"))
    for key in ("summary", "findings", "policies", "notices", "sources", "changes", "baseline"):
        assert merged[key] == whole[key]
    assert sum(1 for finding in whole["findings"] if finding["policy"] == "isolation-mode-no-downgrade") == 4


def test_a_plan_is_compared_with_what_is_there_before_it(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    was = {
        "name": "hub1",
        "resource_group_name": "rg",
        "location": "westeurope",
        "managed_network": [{"isolation_mode": "AllowOnlyApprovedOutbound"}],
    }
    change = {
        "address": "azurerm_ai_foundry.hub",
        "mode": "managed",
        "type": "azurerm_ai_foundry",
        "name": "hub",
        "change": {
            "actions": ["delete", "create"],
            "before": was,
            "after": {**was, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}]},
            "after_unknown": {},
            "before_sensitive": False,
            "after_sensitive": {},
        },
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": [change],
        "configuration": {"root_module": {"resources": []}},
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    for command in (("diff", "plan.json", "plan.json"), ("scan", "plan.json", "--against", "plan.json")):
        code, out, _ = run(
            *command, "--select", "*-no-downgrade", "--select", "hub-not-replaced", "-o", "text"
        )
        assert code == 1
        assert "high hub-not-replaced:" in out
        assert "The plan destroys the hub and creates it anew" in out
        assert "The managed network goes from AllowOnlyApprovedOutbound to AllowInternetOutbound" in out
