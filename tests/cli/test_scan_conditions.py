"""``hubscan scan`` on hubs that may or may not be there: what is there with them is judged with them."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, nested, resource, template

POLICY = ("--select", "fqdn-no-azure-storage")
RULES = "Microsoft.MachineLearningServices/workspaces/outboundRules"


@pytest.fixture
def verdicts(tmp_path, monkeypatch, run):
    """The verdicts of a policy by the names of rules, of some files."""
    monkeypatch.chdir(tmp_path)

    def call(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        _, out, _ = run("scan", ".", *POLICY, "-o", "json")
        return {one["item"]: one["verdict"] for one in json.loads(out)["findings"]}

    return call


def rule(name, condition=None, **more):
    found = resource(
        name, RULES, properties={"type": "FQDN", "destination": "x.blob.core.windows.net"}, **more
    )
    return found if condition is None else {**found, "condition": condition}


PARAMETERS = {"on": {"type": "bool"}, "other": {"type": "bool"}}


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("[parameters('on')]", "fail"),
        ("[parameters('other')]", "unknown"),
        ("[not(parameters('on'))]", "unknown"),
        ("[and(parameters('on'), parameters('other'))]", "unknown"),
        (None, "fail"),
        ("on", "unknown"),
    ],
)
def test_a_rule_under_the_condition_of_its_hub_is_there_with_it(verdicts, condition, verdict):
    one = hub("h", condition="[parameters('on')]")
    assert verdicts(main_json=template(one, rule("h/blob", condition), parameters=PARAMETERS)) == {
        "blob": verdict
    }


def test_a_child_of_a_hub_with_a_condition_is_there_with_it(verdicts):
    inner = rule("blob", type="outboundRules")
    further = rule("more", "[parameters('other')]", type="outboundRules")
    one = hub("h", condition="[parameters('on')]", resources=[inner, further])
    found = verdicts(main_json=template(one, parameters=PARAMETERS))
    assert found == {"blob": "fail", "more": "unknown"}


def test_a_rule_under_a_condition_is_not_sure_where_its_hub_is(verdicts):
    found = verdicts(
        main_json=template(hub("h"), rule("h/blob", "[parameters('on')]"), parameters=PARAMETERS)
    )
    assert found == {"blob": "unknown"}


def test_what_one_conditional_deployment_makes_is_there_together(verdicts):
    inner = template(hub("h"), rule("h/blob"))
    outer = nested("inner", inner, condition="[parameters('on')]")
    assert verdicts(main_json=template(outer, parameters=PARAMETERS)) == {"blob": "fail"}


def test_each_turn_of_a_loop_has_its_children(verdicts):
    loop = {"name": "hubs", "count": "[length(parameters('list'))]"}
    one = hub("[format('h{0}', copyIndex())]", copy=loop, resources=[rule("blob", type="outboundRules")])
    assert verdicts(main_json=template(one, parameters={"list": {"type": "array"}})) == {"blob": "fail"}


def test_a_module_of_bicep_is_there_as_a_whole(verdicts):
    module = """
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub1'
  kind: 'Hub'
  properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } }
  resource blob 'outboundRules' = {
    name: 'blob'
    properties: { type: 'FQDN', destination: 'x.blob.core.windows.net' }
  }
}
"""
    main = "param on bool\nmodule hub 'hub.bicep' = if (on) { params: {} }\n"
    assert verdicts(main_bicep=main, hub_bicep=module) == {"blob": "fail"}


TERRAFORM = """
variable "on" { type = bool }
variable "other" { type = bool }
variable "hubs" { type = set(string) }
resource "azurerm_ai_foundry" "hub" {
  HUB
  name = "hub1"
  managed_network { isolation_mode = "AllowOnlyApprovedOutbound" }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "blob" {
  RULE
  name             = "blob"
  workspace_id     = ID
  destination_fqdn = "x.blob.core.windows.net"
}
"""


@pytest.mark.parametrize(
    ("of_hub", "of_rule", "reference", "verdict"),
    [
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0", "hub[0]", "fail"),
        ("count = var.on ? 1 : 0", "count = var.on ? 2 : 0", "hub[0]", "fail"),
        ("count = var.on ? 1 : 0", "count = var.on ? 0 : 1", "hub[0]", "unknown"),
        ("count = var.on ? 1 : 0", "count = var.other ? 1 : 0", "hub[0]", "unknown"),
        ("count = var.on ? 1 : 0", "count = var.on ? (var.other ? 1 : 0) : 0", "hub[0]", "unknown"),
        ("count = var.on ? 1 : 0", "", "hub[0]", "fail"),
        ("count = 1", "count = var.on ? 1 : 0", "hub[0]", "unknown"),
        ("for_each = var.hubs", "for_each = azurerm_ai_foundry.hub", "each", "fail"),
        ("lifecycle {\n    enabled = var.on\n  }", "lifecycle {\n    enabled = var.on\n  }", "hub", "fail"),
    ],
)
def test_what_terraform_counts_alike_is_there_together(verdicts, of_hub, of_rule, reference, verdict):
    text = TERRAFORM.replace("HUB", of_hub).replace("RULE", of_rule).replace("\\\n", "\n")
    wanted = "each.value.id" if reference == "each" else f"azurerm_ai_foundry.{reference}.id"
    found = verdicts(main_tf=text.replace("ID", wanted))
    assert set(found.values()) == {verdict}


def test_what_a_module_of_terraform_makes_is_there_together(verdicts):
    inner = TERRAFORM.replace("HUB", "").replace("RULE", "").replace("ID", "azurerm_ai_foundry.hub.id")
    inner = inner[inner.index("resource") :]
    main = 'variable "on" { type = bool }\nmodule "m" {\n  source = "./m"\n  count = var.on ? 1 : 0\n}\n'
    assert verdicts(main_tf=main, m__main_tf=inner) == {"blob": "fail"}


def test_a_patch_under_the_condition_of_its_hub_counts(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text("""
variable "on" { type = bool }
resource "azurerm_ai_foundry" "hub" {
  count = var.on ? 1 : 0
  name  = "hub1"
}
resource "azapi_update_resource" "network" {
  count       = var.on ? 1 : 0
  type        = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  resource_id = azurerm_ai_foundry.hub[0].id
  body        = { properties = { managedNetwork = { isolationMode = "AllowOnlyApprovedOutbound" } } }
}
""")
    _, out, _ = run(
        "scan", ".", "--select", "managed-network-isolation-enabled", "-o", "json", "--show-passes"
    )
    assert [one["verdict"] for one in json.loads(out)["findings"]] == ["pass"]
