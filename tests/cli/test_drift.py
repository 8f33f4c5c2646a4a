"""``hubscan diff infra snapshot``: what was declared and is not there, and what is there undeclared."""

from __future__ import annotations

import json

import pytest
from hubs import SUBSCRIPTION, hub, snapshot

STORE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"
SYSTEM = {
    "name": "__SYS_ST_AzureMonitor_TCP",
    "properties": {
        "type": "ServiceTag",
        "category": "Required",
        "destination": {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": "443"},
    },
}


def endpoint(target):
    return {"serviceResourceId": target, "subresourceTarget": "blob"}


def declared(name, *, mode="AllowOnlyApprovedOutbound", rules=(), **network):
    """A hub as a resource of an ARM template."""
    return {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-10-01",
        "name": name,
        "kind": "Hub",
        "location": "westeurope",
        "properties": {
            "managedNetwork": {
                "isolationMode": mode,
                "outboundRules": {rule: {"type": kind, "destination": to} for rule, kind, to in rules},
                **network,
            }
        },
    }


@pytest.fixture
def drift(tmp_path, monkeypatch, run):
    """Compares code with a snapshot: each change by hub name and item, as its word and its detail."""
    monkeypatch.chdir(tmp_path)

    def call(code, live, *, reverse=False):
        template = {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": {"name": {"type": "string"}},
            "resources": code,
        }
        (tmp_path / "infra").mkdir(exist_ok=True)
        (tmp_path / "infra" / "main.json").write_text(json.dumps(template))
        (tmp_path / "live.json").write_text(json.dumps(snapshot(*live)))
        paths = ("live.json", "infra") if reverse else ("infra", "live.json")
        _, out, _ = run("diff", *paths, "-o", "json")
        return {
            (one["hub"]["name"], one["item"]): (one["change"], one["detail"])
            for one in json.loads(out)["changes"]
        }

    return call


def test_a_declared_rule_that_is_missing_live_is_told_from_one_nobody_declared(drift):
    code = [declared("hub1", rules=[("a", "FQDN", "a.contoso.com"), ("b", "FQDN", "b.contoso.com")])]
    live = [hub(rules=[("b", "FQDN", "b.contoso.com"), ("z", "FQDN", "z.contoso.com")])]
    expected = {
        ("hub1", "a"): "declared, and missing live",
        ("hub1", "z"): "live, and nobody declared it",
    }
    found = drift(code, live)
    assert {key: detail for key, (_, detail) in found.items()} == expected
    assert [word for word, _ in found.values()] == ["added", "removed"]
    found = drift(code, live, reverse=True)
    assert {key: detail for key, (_, detail) in found.items()} == expected


def test_what_the_platform_made_is_no_drift(drift):
    live = hub()
    live["outboundRules"].append(SYSTEM)
    assert drift([declared("hub1")], [live]) == {}


def test_a_rule_that_azure_could_not_make_is_said(drift):
    live = hub(rules=[("a", "FQDN", "a.contoso.com")])
    live["outboundRules"][0]["properties"]["status"] = "Failed"
    found = drift([declared("hub1", rules=[("a", "FQDN", "a.contoso.com")])], [live])
    assert found == {
        ("hub1", "a"): ("changed", "declared, and its status is Failed live: it is not in force")
    }


def test_a_target_in_the_group_of_the_deployment_is_the_live_one(drift):
    target = "[resourceId('Microsoft.Storage/storageAccounts', 'st1')]"
    code = [declared("hub1", rules=[("pe", "PrivateEndpoint", endpoint(target))])]
    assert drift(code, [hub(rules=[("pe", "PrivateEndpoint", endpoint(STORE))])]) == {}
    other = STORE.replace("st1", "st2")
    found = drift(code, [hub(rules=[("pe", "PrivateEndpoint", endpoint(other))])])
    assert found["hub1", "pe"][0] == "changed"


def test_a_target_in_another_group_is_another_target(drift):
    target = "[resourceId('rg-other', 'Microsoft.Storage/storageAccounts', 'st1')]"
    code = [declared("hub1", rules=[("pe", "PrivateEndpoint", endpoint(target))])]
    found = drift(code, [hub(rules=[("pe", "PrivateEndpoint", endpoint(STORE))])])
    assert found["hub1", "pe"][0] == "changed"


def test_mode_and_firewall_differ_in_words_that_say_which_is_which(drift):
    live = hub(mode="AllowInternetOutbound")
    live["properties"]["managedNetwork"]["firewallSku"] = "Standard"
    found = drift([declared("hub1", firewallSku="Basic")], [live])
    assert found["hub1", "firewallSku"] == ("changed", "Basic -> Standard (declared -> live)")
    assert found["hub1", "isolationMode"][1].endswith("(declared -> live)")
    assert drift([declared("hub1", firewallSku="Basic")], [live], reverse=True)["hub1", "firewallSku"] == (
        "changed",
        "Standard -> Basic (live -> declared)",
    )


def test_what_code_leaves_to_azure_is_no_drift(drift):
    live = hub()
    live["properties"]["publicNetworkAccess"] = "Enabled"
    live["properties"]["managedNetwork"] |= {"firewallSku": "Standard", "managedNetworkKind": "V1"}
    assert drift([declared("hub1")], [live]) == {}


def test_hubs_that_only_one_side_has(drift):
    found = drift([declared("hub1"), declared("hub2")], [hub(), hub("hub3")])
    assert found == {
        ("hub2", None): ("removed", "declared, and not found live"),
        ("hub3", None): ("added", "live, and no code that was read declares it"),
    }


def test_a_name_that_the_code_leaves_open_decides_nothing(drift):
    found = drift([declared("[parameters('name')]")], [hub()])
    assert {word for word, _ in found.values()} == {"unknown"}


def test_of_two_live_hubs_of_one_name_none_is_guessed(drift):
    other = hub(mode="Disabled")
    other["id"] = other["id"].replace("/rg/", "/rg-2/")
    found = drift([declared("hub1")], [hub(), other])
    assert set(found.values()) == {
        (
            "unknown",
            "which of 2 hubs of this name the code means is not known: it decides no resource group",
        )
    }
