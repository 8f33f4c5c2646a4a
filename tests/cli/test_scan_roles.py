"""``hubscan scan`` on role assignments in code, which never shows all there are."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, resource, template
from sources.code.plans import block, change, hub_block, plan, to
from sources.code.plans import hub as planned

OWNER, READER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"
POLICY = f"""\
id: no-owner
title: Nobody is Owner
severity: high
category: identity
description: Nobody is Owner of a hub.
needs: [roleAssignments]
each: hub.roleAssignments
require: "!ends_with(item.properties.roleDefinitionId, '{OWNER}')"
message: Owner
remediation: {{text: Take the role away.}}
examples:
  pass: [{{kind: Hub, roleAssignments: []}}]
  fail: [{{kind: Hub, roleAssignments: [{{name: a, properties: {{roleDefinitionId: "/{OWNER}"}}}}]}}]
"""
MAIN = """\
resource "azurerm_resource_group" "rg" {
  name = "rg"
}
resource "azurerm_storage_account" "data" {
  name                = "data"
  resource_group_name = azurerm_resource_group.rg.name
}
resource "azurerm_ai_foundry" "hub" {
  name                = "hub1"
  resource_group_name = azurerm_resource_group.rg.name
  storage_account_id  = azurerm_storage_account.data.id
}
%s
"""
ASSIGNMENT = """\
resource "azurerm_role_assignment" "a" {
  scope                = %s
  %s
  principal_id         = var.someone
}
variable "someone" {}
"""
HUB, GROUP = "azurerm_ai_foundry.hub.id", "azurerm_resource_group.rg.id"
BY_NAME = 'role_definition_name = "{}"'
BY_ID = 'role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/{}"'


@pytest.fixture
def verdicts(tmp_path, monkeypatch, run):
    """The verdicts of a user's own policy on what some code says of roles."""
    monkeypatch.chdir(tmp_path)

    def call(**files):
        (tmp_path / "no-owner.yaml").write_text(POLICY)
        (tmp_path / "infra").mkdir(exist_ok=True)
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / "infra" / name.replace("_", ".")).write_text(text)
        options = ("-p", "no-owner.yaml", "--no-bundled-policies", "--show-passes", "-o", "json")
        _, out, _ = run("scan", "infra", *options)
        return sorted(one["verdict"] for one in json.loads(out)["findings"])

    return call


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("", ["unknown"]),
        (ASSIGNMENT % (HUB, BY_NAME.format("Owner")), ["fail", "unknown"]),
        (ASSIGNMENT % (GROUP, BY_NAME.format("owner")), ["fail", "unknown"]),
        (ASSIGNMENT % (HUB, BY_ID.format(OWNER)), ["fail", "unknown"]),
        (ASSIGNMENT % (HUB, BY_NAME.format("Reader")), ["unknown"]),
        (ASSIGNMENT % (HUB, BY_NAME.format("Role of our own")), ["unknown", "unknown"]),
        # What is assigned on something else says nothing of the hub.
        (ASSIGNMENT % ("azurerm_storage_account.data.id", BY_NAME.format("Owner")), ["unknown"]),
    ],
)
def test_a_role_that_terraform_assigns_is_seen_where_it_holds_for_the_hub(verdicts, assignment, expected):
    assert verdicts(main_tf=MAIN % assignment) == expected


@pytest.mark.parametrize(("role", "expected"), [("Owner", ["fail", "unknown"]), ("Reader", ["unknown"])])
def test_a_role_in_a_plan_is_seen_as_well(verdicts, role, expected):
    values = {"role_definition_name": role, "principal_id": "p"}
    unknown = {"id": True, "name": True, "scope": True, "role_definition_id": True}
    made = change("azurerm_role_assignment", "a", values, unknown=unknown)
    written = {"scope": to("azurerm_ai_foundry.hub.id"), "role_definition_name": {"constant_value": role}}
    blocks = [hub_block(), block("azurerm_role_assignment", "a", written)]
    assert verdicts(plan_json=plan([planned(), made], blocks)) == expected


@pytest.mark.parametrize(
    ("role", "expected"), [(OWNER, ["fail", "unknown"]), (READER, ["unknown"]), (None, ["unknown"])]
)
def test_a_role_that_a_template_assigns_is_not_all_there_is(verdicts, role, expected):
    definition = f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{role}')]"
    assignment = resource(
        "[guid('x')]",
        "Microsoft.Authorization/roleAssignments",
        scope="[resourceId('Microsoft.MachineLearningServices/workspaces', 'hub1')]",
        properties={"roleDefinitionId": definition, "principalId": "p"},
    )
    assert verdicts(main_json=template(hub("hub1"), *([assignment] if role else []))) == expected
