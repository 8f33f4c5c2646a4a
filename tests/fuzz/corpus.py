"""What readers take in good order, to be spoilt: the bundled estate, bundled policies, texts of other tests."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import yaml
from sources.arm import builders as arm
from sources.code.test_odd_code import PLAN, WORKSPACE
from sources.test_api import SHOWN, rule, workspace

from scanner.bundled import bundled

_TESTS = Path(__file__).resolve().parents[1]
ESTATE = bundled("reports") / "examples" / "estate" / "contoso.jsonl"
PLANS = [PLAN]
WORKSPACES = [WORKSPACE]


@cache
def records():
    """The lines of the bundled estate."""
    return [json.loads(line) for line in ESTATE.read_text(encoding="utf-8").splitlines()]


@cache
def snapshots():
    """A snapshot for each hub of the estate."""
    head, hubs = records()[0], [record["hub"] for record in records() if "hub" in record]
    return [{**head, "hubs": [hub], "gaps": []} for hub in hubs]


@cache
def answers():
    """Answers of the Azure API in some of their wrappings."""
    return [
        workspace(rules={"a": {"type": "FQDN", "destination": "contoso.com"}}),
        {"value": [workspace(), rule()], "nextLink": None},
        [workspace("hub1"), workspace("hub2", kind="Project"), rule()],
        SHOWN,
    ]


@cache
def templates():
    """ARM templates: plain, with children, loops and conditions, nested, and with symbolic names."""
    host = {"type": "FQDN", "destination": "[format('{0}.contoso.com', parameters('env'))]"}
    declared = {"env": {"type": "string", "defaultValue": "dev", "allowedValues": ["dev", "prod"]}}
    child = arm.resource(
        "[concat('hub1/', 'r', copyIndex())]",
        f"{arm.WORKSPACE}/outboundRules",
        copy={"name": "c", "count": "[length(variables('hosts'))]"},
        properties={"type": "FQDN", "destination": "[variables('hosts')[copyIndex()]]"},
        dependsOn=["[resourceId('Microsoft.MachineLearningServices/workspaces', 'hub1')]"],
    )
    plain = arm.template(
        arm.hub(rules={"host": host}, condition="[equals(parameters('env'), 'dev')]"),
        child,
        parameters=declared,
        variables={
            "hosts": ["a.contoso.com", "b.contoso.com"],
            "copy": [{"name": "n", "count": 2, "input": "[copyIndex('n')]"}],
        },
        outputs={"id": {"type": "string", "value": "[resourceId('x/y', 'z')]"}},
    )
    inner = arm.template(arm.hub("[parameters('name')]"), parameters={"name": {"type": "string"}})
    symbolic = arm.template(languageVersion="2.0", resources={"hub": arm.hub(), "st": arm.resource()})
    return [plain, arm.template(arm.nested("net", inner, parameters={"name": "hub2"})), symbolic]


@cache
def texts(folder, *marks):
    """The texts in the tests of a folder that hold one of some marks."""
    found = {}
    for file in sorted((_TESTS / folder).glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and "\n" in value and any(mark in value for mark in marks):
                found[value] = None
    return list(found)


@cache
def terraform():
    """Configurations of Terraform."""
    return [_TERRAFORM, *texts("sources/code", 'resource "', 'module "'), *texts("sources/hcl", "= ")]


@cache
def bicep():
    """Files of Bicep."""
    return [_BICEP, *texts("sources/bicep", "resource ", "module ", "param ", "func ")]


@cache
def policies():
    """The bundled policies."""
    return [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in sorted(_policy_files())]


def _policy_files():
    return [file for file in Path(str(bundled("policies"))).iterdir() if file.name.endswith(".yaml")]


_TERRAFORM = """
variable "hosts" {
  type    = map(object({ host = string, port = optional(number, 443) }))
  default = { a = { host = "contoso.com" } }
}
locals {
  names = [for key, one in var.hosts : upper("${key}-${one.host}") if one.port > 0]
}
resource "azurerm_ai_foundry" "hub" {
  name                = "hub1"
  resource_group_name = "rg"
  storage_account_id  = azurerm_storage_account.st.id
  managed_network {
    isolation_mode = length(local.names) > 0 ? "AllowOnlyApprovedOutbound" : "Disabled"
  }
}
resource "azurerm_storage_account" "st" {
  name = <<-EOT
    st${1 + 1}
  EOT
  dynamic "network_rules" {
    for_each = toset(["Deny"])
    content {
      default_action = network_rules.value
    }
  }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "r" {
  for_each         = var.hosts
  name             = each.key
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = each.value.host
}
"""

_BICEP = """
targetScope = 'resourceGroup'
@allowed(['dev', 'prod'])
param env string = 'dev'
param hosts array = ['a.contoso.com', 'b.contoso.com']
type mode = 'AllowOnlyApprovedOutbound' | 'Disabled'
func named(x string) string => '${x}-hub'
var rules = toObject(hosts, h => replace(h, '.', '-'), h => { type: 'FQDN', destination: h })
resource st 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'st1'
}
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = if (env == 'dev') {
  name: named(env)
  kind: 'Hub'
  properties: {
    storageAccount: st.id
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: union(rules, { x: { type: 'ServiceTag', destination: { serviceTag: 'AzureMonitor', protocol: 'TCP', portRanges: '443' } } })
    }
  }
  resource more 'outboundRules' = [for (h, i) in hosts: {
    name: 'r${i}'
    properties: { type: 'FQDN', destination: h }
  }]
}
output id string = hub.id
"""

PARAMETERS = "using 'main.bicep'\nvar x = 'prod'\nparam env = x\nparam hosts = ['c.contoso.com', readEnvironmentVariable('HOST', 'd')]\n"

VARIABLES = 'hosts = {\n  b = { host = "fabrikam.com", port = 80 }\n}\n'

CONFIGURATION = {
    "select": ["fqdn-*", "category:isolation"],
    "ignore": ["scenario-*"],
    "fail_on": "high",
    "parameters": {"fqdn-no-azure-storage": {"storageFqdnExceptions": ["vscode.blob.core.windows.net"]}},
    "scenarios": [{"hub": "hub-*", "needs": ["python-packages", "vscode"]}],
    "exemptions": [
        {
            "policy": "fqdn-no-azure-storage",
            "hub": "*",
            "item": "*",
            "category": "waiver",
            "justification": "agreed for the migration",
            "approved_by": "network team",
            "ticket": "NET-1",
            "expires": "2026-12-31",
        },
        {"policy": "managed-network-isolation-enabled", "justification": "test", "expires": "2020-01-01"},
    ],
}
