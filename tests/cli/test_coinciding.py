"""``hubscan scan`` on lists of which two members may be the same: how many there are is not known then."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, template

POLICY = ("--select", "fqdn-no-azure-storage", "--show-passes", "-o", "json")
BLOB = {"type": "FQDN", "destination": "x.blob.core.windows.net"}

MAIN = """\
resource "azurerm_ai_foundry" "hub" {
  name = "hub1"
  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "data" {
  count            = %s ? 1 : 0
  name             = "data"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "x.blob.core.windows.net"
}
variable "a" { type = string }
variable "b" { type = string }
"""


@pytest.fixture
def verdict(tmp_path, monkeypatch, run):
    """The verdict of the policy on a rule that a file makes or does not."""
    monkeypatch.chdir(tmp_path)

    def call(name, text):
        (tmp_path / name).write_text(text)
        _, out, _ = run("scan", name, *POLICY)
        (found,) = json.loads(out)["findings"]
        return found["verdict"]

    return call


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("length(toset([var.a, var.b])) > 1", "unknown"),
        ("length(toset([var.a, var.b])) == 2", "unknown"),
        ('length(distinct([var.a, "x"])) == 2', "unknown"),
        ("length(setunion([var.a], [var.b])) == 2", "unknown"),
        ("length(tolist(toset([var.a, var.b]))) == 2", "unknown"),
        ('length(distinct(["${var.a}-x", "y-${var.b}"])) == 2', "unknown"),
        ("length(distinct([{ n = var.a }, { n = var.b }])) == 2", "unknown"),
        # However many there are of them, it says the same.
        ("length(toset([var.a, var.b])) > 0", "fail"),
        ("length(toset([var.a, var.b])) < 3", "fail"),
        ('length(toset([var.a, "x", "y"])) < 2', "pass"),
        # These cannot be the same.
        ("length(toset([var.a, var.a])) == 1", "fail"),
        ('length(toset(["${var.a}-x", "${var.b}-y"])) == 2', "fail"),
        ('length(toset(["x-${var.a}", "y"])) == 2', "fail"),
        ('length(distinct([{ n = "x", m = var.a }, { n = "y", m = var.b }])) == 2', "fail"),
        ('length(distinct(["x", "y", "x"])) == 2', "fail"),
        ('contains(toset([var.a, "x"]), "x")', "fail"),
        ('contains([for at in range(length(distinct([var.a, "x"]))) : at], 1)', "fail"),
        # In a list as it stands each of them counts.
        ("length([var.a, var.b]) == 2", "fail"),
    ],
)
def test_members_of_a_set_in_terraform(verdict, condition, expected):
    assert verdict("main.tf", MAIN % condition) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("var.a", "var.b", "unknown"),
        ("var.a", '"docs"', "unknown"),
        ("var.a", "var.a", "fail"),
        ('"${var.a}-x"', '"y"', "pass"),
        ('"docs"', '"packages"', "pass"),
    ],
)
def test_rules_whose_names_may_be_the_same(tmp_path, monkeypatch, run, one, other, expected):
    monkeypatch.chdir(tmp_path)
    kind = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
    rules = [
        f'resource "{kind}" "r{at}" {{\n  name = {name}\n  workspace_id = azurerm_ai_foundry.hub.id\n'
        f'  destination_fqdn = "r{at}.contoso.com"\n}}\n'
        for at, name in enumerate((one, other))
    ]
    main = MAIN.partition(f'resource "{kind}"')[0]
    variables = 'variable "a" { type = string }\nvariable "b" { type = string }\n'
    (tmp_path / "main.tf").write_text(main + "".join(rules) + variables)
    options = ("--select", "outbound-rule-names-unique", "--show-passes", "-o", "json")
    _, out, _ = run("scan", "main.tf", *options)
    assert [found["verdict"] for found in json.loads(out)["findings"]] == [expected]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("[equals(length(union(createArray(parameters('a')), createArray(parameters('b')))), 2)]", "unknown"),
        ("[greater(length(union(createArray(parameters('a')), createArray('x'))), 1)]", "unknown"),
        ("[greater(length(union(createArray(parameters('a')), createArray('x'))), 0)]", "fail"),
        ("[empty(union(createArray(parameters('a')), createArray('x')))]", "pass"),
        ("[equals(length(union(createArray(parameters('a')), createArray(parameters('a')))), 1)]", "fail"),
        ("[equals(length(concat(createArray(parameters('a')), createArray('x'))), 2)]", "fail"),
    ],
)
def test_members_of_a_union_in_templates(verdict, condition, expected):
    one = hub("hub1")
    rule = {
        "type": "Microsoft.MachineLearningServices/workspaces/outboundRules",
        "apiVersion": "2025-09-01",
        "name": "hub1/data",
        "condition": condition,
        "properties": BLOB,
    }
    text = json.dumps(template(one, rule, parameters={"a": {"type": "string"}, "b": {"type": "string"}}))
    assert verdict("main.json", text) == expected


BICEP = """\
param a string
param b string
var hosts = union([a], ['x.blob.core.windows.net'])
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub1'
  kind: 'Hub'
  properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } }
}
resource rule 'Microsoft.MachineLearningServices/workspaces/outboundRules@2025-09-01' = [for host in %s: {
  parent: hub
  name: 'r${uniqueString(host)}'
  properties: { type: 'FQDN', destination: host }
}]
"""


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("union([a], ['x.blob.core.windows.net'])", "fail"),
        ("union(['x.blob.core.windows.net'], [a], [b])", "fail"),
        ("union(['${a}.blob.core.windows.net'], ['${b}.blob.core.windows.net'])", "fail"),
        ("union(['${a}.contoso.com'], ['docs.contoso.com'])", "pass"),
        ("union([a], ['docs.contoso.com'])", "unknown"),
        # The other ways to go over a list.
        ("map(range(0, length(hosts)), i => hosts[i])", "fail"),
        ("map(hosts, host => host)", "fail"),
    ],
)
def test_a_loop_goes_over_each_member_of_a_union(tmp_path, monkeypatch, run, hosts, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.bicep").write_text(BICEP % hosts)
    _, out, _ = run("scan", "main.bicep", *POLICY)
    assert expected in {found["verdict"] for found in json.loads(out)["findings"]}
