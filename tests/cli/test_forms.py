"""One configuration in many forms: what changes nothing changes no verdict, and what is left open is never
decided otherwise than any of the configurations that it stands for.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SOME = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OUTBOUND = "azurerm_machine_learning_workspace_network_outbound_rule"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
FLAG = 'variable "p" {\n  type = bool\n}\n'

TERRAFORM = """
resource "azurerm_ai_foundry" "hub" {{
  {hub}
  name                  = "hub1"
  location              = "westeurope"
  resource_group_name   = "rg"
  storage_account_id    = azurerm_storage_account.data.id
  key_vault_id          = "{subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
  public_network_access = {access}
  managed_network {{
    isolation_mode = {mode}
  }}
}}
resource "azurerm_storage_account" "data" {{
  name                          = "contosodata"
  resource_group_name           = "rg"
  public_network_access_enabled = {public}
  network_rules {{
    default_action             = "Deny"
    bypass                     = {bypass}
    virtual_network_subnet_ids = {subnets}
  }}
}}
resource "{rule}_fqdn" "web" {{
  name             = "web"
  workspace_id     = {id}
  destination_fqdn = {host}
}}
resource "{rule}_private_endpoint" "data" {{
  name                = "data"
  workspace_id        = {id}
  service_resource_id = azurerm_storage_account.data.id
  sub_resource_target = "blob"
}}
"""
PLAIN = {
    "hub": "",
    "access": '"Disabled"',
    "mode": '"AllowOnlyApprovedOutbound"',
    "public": "false",
    "bypass": '["AzureServices"]',
    "subnets": "[]",
    "host": '"docs.contoso.com"',
    "id": "azurerm_ai_foundry.hub.id",
}
VALUES = {
    "access": ('"Disabled"', '"Enabled"', "null"),
    "mode": ('"AllowOnlyApprovedOutbound"', '"AllowInternetOutbound"', '"Disabled"'),
    "public": ("false", "true", "null"),
    "bypass": ('["AzureServices"]', '["Logging", "Metrics"]', "[]", "null"),
    "subnets": ("[]", '["/subscriptions/0/subnets/s"]', "null"),
    "host": ('"docs.contoso.com"', '"x.blob.core.windows.net"', '"*"', '"a.com:8080"'),
}


def terraform(*more, **parts):
    """The configuration, some of its values written otherwise."""
    words = {**PLAIN, **parts, "subscription": SUBSCRIPTION, "rule": OUTBOUND}
    return "".join((TERRAFORM.format(**words), *more))


@pytest.fixture
def verdicts(write, run):
    """What a scan of some files says, by policy, hub and item; nothing where a louder policy says it already."""

    def call(text="", name="main.tf", **files):
        for path, content in {name: text, **files}.items():
            write(path, content)
        code, out, err = run("scan", "infra", "--bicep-build", "never", "--show-passes", "-o", "json")
        assert code in (0, 1, 3), err
        found = {}
        for one in json.loads(out)["findings"]:
            if not (one["reason"] or "").endswith("says it already"):
                found.setdefault((one["policy"], one["hub"]["name"], one["item"]), set()).add(one["verdict"])
        return found

    return call


def contradictions(opened, plain):
    """The policies that an open form decides otherwise than a plain one does."""
    worst = [_worst(found) for found in (opened, plain)]
    return {
        key
        for key, verdict in worst[0].items()
        if verdict != "unknown" and worst[1].get(key, verdict) != verdict and worst[1][key] != "unknown"
    }


def _worst(found):
    worst = {}
    for (policy, hub, _), said in found.items():
        ranked = said | {worst.get((policy, hub), "skip")}
        worst[policy, hub] = next(one for one in ("unknown", "fail", "pass", "skip") if one in ranked)
    return worst


class TestTheSame:
    @pytest.mark.parametrize(
        ("hub", "reference"),
        [
            ("count = 1", "azurerm_ai_foundry.hub[0].id"),
            ("count = 1", "one(azurerm_ai_foundry.hub[*].id)"),
            ('for_each = toset(["a"])', 'azurerm_ai_foundry.hub["a"].id'),
            ('for_each = toset(["a"])', "values(azurerm_ai_foundry.hub)[0].id"),
            ("count = var.p ? 1 : 0", "azurerm_ai_foundry.hub[0].id"),
            ("count = var.p ? 1 : 0", "one(azurerm_ai_foundry.hub[*].id)"),
            ("count = var.p ? 1 : 0", "try(azurerm_ai_foundry.hub[0].id, null)"),
            ("count = var.p ? 1 : 0", "var.p ? azurerm_ai_foundry.hub[0].id : null"),
        ],
    )
    def test_hub_by_number_or_key(self, verdicts, hub, reference):
        plain = verdicts(terraform(FLAG))
        assert verdicts(terraform(FLAG, hub=hub, id=reference)) == plain

    @SOME
    @given(
        st.sampled_from(sorted(VALUES)).flatmap(
            lambda key: st.tuples(st.just(key), st.sampled_from(VALUES[key]))
        ),
        st.sampled_from(
            [
                "local.v",
                "true ? local.v : null",
                "try({}.x, local.v)",
                "[local.v][0]",
                "merge({ a = 1 }, { a = local.v }).a",
                "one([local.v])",
                "[for v in [local.v] : v][0]",
                "jsondecode(jsonencode({ a = local.v })).a",
            ]
        ),
    )
    def test_value_in_other_words(self, verdicts, value, form):
        key, written = value
        plain = verdicts(terraform(f"locals {{\n  v = {written}\n}}\n", **{key: written}))
        assert verdicts(terraform(f"locals {{\n  v = {written}\n}}\n", **{key: form})) == plain


class TestOneOfTwo:
    @SOME
    @given(
        st.sampled_from(sorted(VALUES)).flatmap(
            lambda key: st.tuples(st.just(key), *[st.sampled_from(VALUES[key])] * 2)
        ),
        st.sampled_from(
            ["var.p ? {} : {}", "[var.p ? {} : {}][0]", "try(var.p ? {} : {}, 1)", "var.u", "var.o.a"]
        ),
    )
    def test_is_decided_only_where_both_say_so(self, verdicts, values, form):
        key, *both = values
        variables = f'{FLAG}variable "u" {{}}\nvariable "o" {{}}\n'
        opened = verdicts(terraform(variables, **{key: form.format(*both)}))
        for one in both:
            assert not contradictions(opened, verdicts(terraform(variables, **{key: one})))

    @pytest.mark.parametrize("access", ["Disabled", "Enabled"])
    @pytest.mark.parametrize(
        "form",
        [
            'try(terraform_data.x[0].input, "{}")',
            'coalesce(var.p ? "Disabled" : null, "{}")',
            'coalesce(one(terraform_data.x[*].input), "{}")',
        ],
    )
    def test_of_which_one_may_not_be_there(self, verdicts, form, access):
        other = 'resource "terraform_data" "x" {\n  count = var.p ? 1 : 0\n  input = "Disabled"\n}\n'
        opened = verdicts(terraform(FLAG, other, access=form.format(access)))
        for one in ("Disabled", access):
            assert not contradictions(opened, verdicts(terraform(FLAG, other, access=f'"{one}"')))

    def test_word_of_a_list_takes_nothing_from_the_others(self, verdicts):
        policy = ("dependency-trusted-services-bypass", "hub1", "storageAccount")
        both = '["AzureServices", var.p ? "Logging" : "Metrics"]'
        assert "fail" not in verdicts(terraform(FLAG, bypass=both)).get(policy, set())
        assert verdicts(terraform(FLAG, bypass='[var.p ? "Logging" : "Metrics"]'))[policy] == {"fail"}

    def test_way_to_write_the_same_is_no_other(self, verdicts):
        assert verdicts(terraform(FLAG, public='var.p ? "false" : false')) == verdicts(terraform(FLAG))


class TestWhatBelongsToAHubThatNobodyCanTell:
    @pytest.mark.parametrize(
        ("kind", "properties", "policy"),
        [
            (
                "connections",
                'category = "AzureOpenAI", metadata = { ResourceId = "x" }',
                "connection-target-resource-id-valid",
            ),
            (
                "computes",
                'computeType = "ComputeInstance", properties = { enableNodePublicIp = true }',
                "compute-node-public-ip-disabled",
            ),
            (
                "onlineEndpoints",
                'publicNetworkAccess = "Enabled"',
                "online-endpoint-public-access-disabled",
            ),
            (
                "onlineEndpoints/deployments",
                'egressPublicNetworkAccess = "Disabled"',
                "online-deployment-egress-flag-unset",
            ),
        ],
    )
    @pytest.mark.parametrize("parent", ["var.u", "one(terraform_data.x[*].output)"])
    def test_may_be_any_hubs(self, verdicts, kind, properties, policy, parent):
        child = (
            f'variable "u" {{}}\nresource "azapi_resource" "child" {{\n  type = "{WORKSPACES}/{kind}@2025-09-01"\n'
            f'  name = "child"\n  parent_id = {parent}\n  body = {{ properties = {{ {properties} }} }}\n}}\n'
        )
        found = verdicts(terraform(child))
        assert {one for key, said in found.items() if key[0] == policy for one in said} == {"unknown"}

    def test_may_be_a_lock(self, verdicts):
        lock = 'resource "azurerm_management_lock" "l" {{\n  name = "l"\n  scope = {}\n  lock_level = "ReadOnly"\n}}\n'
        policy = ("resource-locks-compatible", "hub1", None)
        assert verdicts(terraform('variable "u" {}\n', lock.format("var.u")))[policy] == {"unknown"}

    def test_may_be_a_deployment_of_an_endpoint_that_is_there_already(self, verdicts):
        text = (
            f"resource hub '{WORKSPACES}@2025-09-01' = {{\n  name: 'hub1'\n  kind: 'Hub'\n  properties: {{}}\n"
            "  resource ep 'onlineEndpoints' existing = {\n    name: 'ep'\n    resource blue 'deployments' = {\n"
            "      name: 'blue'\n      properties: { egressPublicNetworkAccess: 'Disabled' }\n    }\n  }\n}\n"
        )
        found = verdicts(text, "main.bicep")
        (said,) = [
            said for key, said in found.items() if key[0] == "online-deployment-egress-flag-unset" and key[2]
        ]
        assert said == {"fail"}


class TestOtherFiles:
    LOCK = 'resource "azurerm_management_lock" "l" {{\n  name = "l"\n  scope = "{}"\n  lock_level = "ReadOnly"\n}}\n'

    @pytest.mark.parametrize(
        ("scope", "said"),
        [
            (f"{SUBSCRIPTION}/resourceGroups/rg/providers/{WORKSPACES}/hub1", "fail"),
            (f"{SUBSCRIPTION}/resourceGroups/rg", "unknown"),
            (f"{SUBSCRIPTION}/resourceGroups/other", "skip"),
        ],
    )
    def test_lock_a_hub_by_its_id_or_perhaps_its_group(self, verdicts, scope, said):
        found = verdicts(terraform(), "hubs/main.tf", **{"locks/main.tf": self.LOCK.format(scope)})
        assert {
            one for key, verdict in found.items() if key[0] == "resource-locks-compatible" for one in verdict
        } == {said}
