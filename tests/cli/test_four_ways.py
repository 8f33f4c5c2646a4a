"""One hub, written in four languages: the findings differ in nothing but their place."""

from __future__ import annotations

import json

import pytest

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/contosodata"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contosokeys"
BACKEND = f"{GROUP}/providers/Microsoft.Network/privateLinkServices/backend"
TYPE = "Microsoft.MachineLearningServices/workspaces"
SNAKE = {
    "AllowOnlyApprovedOutbound": "allow_only_approved_outbound",
    "AllowInternetOutbound": "allow_internet_outbound",
    "Disabled": "disabled",
}


def fqdn(host):
    return {"type": "FQDN", "destination": host}


def endpoint(target, sub, *, spark=False):
    return {
        "type": "PrivateEndpoint",
        "destination": {"serviceResourceId": target, "subresourceTarget": sub, "sparkEnabled": spark},
    }


def tag(name, ports, protocol="TCP"):
    return {
        "type": "ServiceTag",
        "destination": {"serviceTag": name, "protocol": protocol, "portRanges": ports},
    }


APPROVED, INTERNET, OFF = SNAKE
HUBS = {
    "nothing but approved": {"mode": APPROVED},
    "no isolation": {"mode": OFF},
    "internet": {"mode": INTERNET},
    "no network at all": {},
    "a host of storage": {"mode": APPROVED, "rules": {"data": fqdn("contosodata.blob.core.windows.net")}},
    "hosts in one rule": {"mode": APPROVED, "rules": {"torch": fqdn("pytorch.org, *.pytorch.org")}},
    "a wildcard of everything": {"mode": APPROVED, "rules": {"all": fqdn("*.com")}},
    "a host with a port": {"mode": APPROVED, "rules": {"port": fqdn("contoso.com:8443")}},
    "a host without effect": {"mode": INTERNET, "rules": {"web": fqdn("contoso.com")}},
    "the basic firewall": {"mode": APPROVED, "sku": "Basic", "rules": {"web": fqdn("contoso.com")}},
    "a firewall without effect": {"mode": OFF, "sku": "Standard"},
    "endpoints": {
        "mode": APPROVED,
        "rules": {"blob": endpoint(STORAGE, "blob"), "keys": endpoint(VAULT, "vault", spark=True)},
    },
    "an endpoint of the wrong kind": {"mode": APPROVED, "rules": {"odd": endpoint(STORAGE, "vault")}},
    "an endpoint to what has none": {"mode": APPROVED, "rules": {"pls": endpoint(BACKEND, "")}},
    "tags": {
        "mode": APPROVED,
        "rules": {"factory": tag("DataFactory", "443"), "wide": tag("AzureCloud", "1-65535", "*")},
    },
    "open to the public": {
        "mode": APPROVED,
        "access": "Enabled",
        "rules": {"v_s": fqdn("vscode.blob.core.windows.net")},
    },
}


def properties(hub):
    network = {
        "isolationMode": hub.get("mode"),
        "firewallSku": hub.get("sku"),
        "outboundRules": hub.get("rules"),
    }
    made = {"publicNetworkAccess": hub.get("access", "Disabled")}
    if hub.get("mode"):
        made["managedNetwork"] = {name: value for name, value in network.items() if value}
    return made


def arm(hub):
    resource = {
        "type": TYPE,
        "apiVersion": "2024-10-01",
        "name": "hub1",
        "kind": "Hub",
        "location": "westeurope",
        "properties": properties(hub),
    }
    return "main.json", json.dumps(
        {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": [resource],
        },
        indent=1,
    )


def bicep(hub):
    def spelled(value):
        if isinstance(value, dict):
            inner = "\n".join(f"'{name}': {spelled(one)}" for name, one in value.items())
            return "{\n" + inner + "\n}"
        return str(value).lower() if isinstance(value, bool) else f"'{value}'"

    return "main.bicep", (
        f"resource hub '{TYPE}@2024-10-01' = {{\n  name: 'hub1'\n  kind: 'Hub'\n  location: 'westeurope'\n"
        f"  properties: {spelled(properties(hub))}\n}}\n"
    )


def azapi(hub):
    body = json.dumps({"kind": "Hub", "properties": properties(hub)}, indent=2)
    return "main.tf", (
        f'resource "azapi_resource" "hub" {{\n  type      = "{TYPE}@2024-10-01"\n  name      = "hub1"\n'
        f'  location  = "westeurope"\n  parent_id = "{GROUP}"\n  body      = jsonencode({body})\n}}\n'
    )


def azurerm(hub):
    def block(kind, name, attributes, inner=""):
        lines = "".join(f"  {key} = {json.dumps(value)}\n" for key, value in attributes.items())
        return f'resource "{kind}" "{name}" {{\n{lines}{inner}}}\n'

    access = {"public_network_access": hub.get("access", "Disabled")}
    network = (
        f'  managed_network {{\n    isolation_mode = "{hub.get("mode")}"\n  }}\n' if hub.get("mode") else ""
    )
    text = block("azurerm_ai_foundry", "hub", {"name": "hub1", "location": "westeurope", **access}, network)
    for name, rule in (hub.get("rules") or {}).items():
        kind, attributes = _azurerm_rule(rule["type"], rule["destination"])
        head = f"azurerm_machine_learning_workspace_network_outbound_rule_{kind}"
        inner = "  workspace_id = azurerm_ai_foundry.hub.id\n"
        text += block(head, name, {"name": name, **attributes}, inner)
    return "main.tf", text


def _azurerm_rule(kind, target):
    if kind == "FQDN":
        return "fqdn", {"destination_fqdn": target}
    if kind == "ServiceTag":
        names = {"service_tag": "serviceTag", "protocol": "protocol", "port_ranges": "portRanges"}
        return "service_tag", {name: target[own] for name, own in names.items()}
    names = {
        "service_resource_id": "serviceResourceId",
        "sub_resource_target": "subresourceTarget",
        "spark_enabled": "sparkEnabled",
    }
    return "private_endpoint", {name: target[own] for name, own in names.items()}


def azureml(hub):
    document = {
        "kind": "hub",
        "name": "hub1",
        "location": "westeurope",
        "public_network_access": hub.get("access", "Disabled"),
    }
    if hub.get("mode"):
        document["managed_network"] = network = {"isolation_mode": SNAKE[hub["mode"]]}
        if hub.get("sku"):
            network["firewall_sku"] = hub["sku"].lower()
        if hub.get("rules"):
            network["outbound_rules"] = [_azureml_rule(name, rule) for name, rule in hub["rules"].items()]
    return "hub.yml", json.dumps(document, indent=1)


def _azureml_rule(name, rule):
    target = rule["destination"]
    if rule["type"] == "FQDN":
        return {"name": name, "type": "fqdn", "destination": target}
    if rule["type"] == "ServiceTag":
        inner = {
            "service_tag": target["serviceTag"],
            "protocol": target["protocol"],
            "port_ranges": target["portRanges"],
        }
        return {"name": name, "type": "service_tag", "destination": inner}
    inner = {
        "service_resource_id": target["serviceResourceId"],
        "subresource_target": target["subresourceTarget"],
        "spark_enabled": target["sparkEnabled"],
    }
    return {"name": name, "type": "private_endpoint", "destination": inner}


@pytest.fixture
def judged(tmp_path, monkeypatch, run):
    """The findings of a file in a folder of its own: policy, verdict, item, message and reason of each."""
    monkeypatch.chdir(tmp_path)

    def call(file, folder):
        name, text = file
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
        _, out, err = run("scan", folder, "-o", "json", "--show-passes", "--fail-on", "never")
        assert out, err
        document = json.loads(out)
        assert [gap for gap in document["gaps"] if gap["code"] != "not-in-code"] == []
        assert [hub["name"] for hub in document["hubs"]] == ["hub1"]
        return sorted(
            (one["policy"], one["verdict"], one["item"] or "", one["message"], one["reason"] or "")
            for one in document["findings"]
        )

    return call


@pytest.mark.parametrize("name", HUBS)
def test_the_same_hub_gives_the_same_findings(judged, name):
    hub = HUBS[name]
    expected = judged(arm(hub), "arm")
    assert judged(bicep(hub), "bicep") == expected
    assert judged(azapi(hub), "azapi") == expected
    assert judged(azureml(hub), "azureml") == expected
    if not hub.get("sku"):  # the provider has no firewall SKU
        assert judged(azurerm(hub), "azurerm") == expected


def test_the_hubs_fail_in_a_dozen_ways(judged):
    found = [judged(arm(hub), f"hub{index}") for index, hub in enumerate(HUBS.values())]
    failing = {tuple(one[:3] for one in findings if one[1] == "fail") for findings in found}
    assert len(failing) >= 12


OPEN = ("OPEN-MODE", {"mode": "OPEN-MODE", "rules": {"web": fqdn("contoso.com")}})


@pytest.mark.parametrize("default", ["", "AllowInternetOutbound"])
def test_a_mode_that_is_handed_on_is_the_same_in_all_languages(judged, default):
    mark, hub = OPEN

    def filled(file, how, declared):
        name, text = file
        return name, text.replace(f'"{mark}"', how).replace(f"'{mark}'", how) + declared

    told = f"= '{default}'" if default else ""
    parameters = {"mode": {"type": "string", **({"defaultValue": default} if default else {})}}
    name, text = filled(arm(hub), "\"[parameters('mode')]\"", "")
    files = {
        "arm": (name, text.replace('"resources"', f'"parameters": {json.dumps(parameters)}, "resources"')),
        "bicep": filled(bicep(hub), "mode", f"param mode string {told}\n"),
        "azapi": filled(azapi(hub), "var.mode", _variable(default)),
        "azurerm": filled(azurerm(hub), "var.mode", _variable(default)),
    }
    found = {folder: [one[:3] for one in judged(file, folder)] for folder, file in files.items()}
    verdicts = {one[:2] for one in found["arm"]}
    assert all(one == found["arm"] for one in found.values())
    assert ("managed-network-isolation-enabled", "pass" if default else "unknown") in verdicts


def _variable(default):
    told = f'  default = "{default}"\n' if default else ""
    return f'variable "mode" {{\n  type = string\n{told}}}\n'
