"""Folders of Terraform's configuration, and the hubs that they make."""

from __future__ import annotations

import pytest

from scanner.sources.code.symbols import written
from scanner.values import OpenList, Unknown

HUB = """
resource "azurerm_ai_foundry" "hub" {{
  name                = "hub1"
  resource_group_name = "rg"
  {}
}}
"""
MODE = "managed_network {\n    isolation_mode = %s\n  }"
RULE = "azurerm_machine_learning_workspace_network_outbound_rule"
WORKSPACES = "/providers/Microsoft.MachineLearningServices/workspaces"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg"


def hub(*lines):
    return HUB.format("\n  ".join(lines))


def mode(expression):
    return hub(MODE % expression)


@pytest.fixture
def load(write, scan):
    """Reads files as a folder: the text of ``main.tf``, or texts by their names."""

    def call(*texts, **files):
        for index, text in enumerate(texts):
            write(f"infra/main{index or ''}.tf", text)
        for name, text in files.items():
            write(f"infra/{name.replace('__', '/').replace('_tfvars', '.tfvars')}", text)
        return scan("infra")

    return call


def network(found):
    return found.document["properties"].get("managedNetwork")


def mode_of(found):
    return network(found)["isolationMode"]


def rules_of(found):
    return {written(one["name"]) or one["name"]: one["properties"] for one in found.document["outboundRules"]}


class TestHubs:
    def test_are_made_of_resources_of_the_provider(self, load):
        found = load(mode('"AllowOnlyApprovedOutbound"'))
        assert (found.hub.ref.kind, found.hub.ref.name, found.hub.live) == ("Hub", "hub1", False)
        assert found.hub.ref.id.endswith("infra#hub1")
        assert found.document["id"] == f"{GROUP}{WORKSPACES}/hub1"
        assert found.document["properties"] == {
            "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
            "publicNetworkAccess": "Enabled",
        }
        assert [(note.kind, note.hubs) for note in found.notes] == [("terraform", 1)]
        assert found.gaps == []

    def test_have_no_network_where_none_is_written(self, load):
        assert network(load(hub())) is None

    def test_have_what_the_provider_sets_unasked(self, load):
        found = load('resource "azurerm_machine_learning_workspace" "w" {\n  name = "w"\n}\n')
        assert found.hub.ref.kind == "Default"
        assert found.document["properties"]["publicNetworkAccess"] == "Enabled"

    def test_may_write_booleans_as_texts(self, load):
        text = 'resource "azurerm_machine_learning_workspace" "w" {\n  name = "w"\n  public_network_access_enabled = "false"\n}\n'
        assert load(text).document["properties"]["publicNetworkAccess"] == "Disabled"

    def test_find_their_rules_and_what_these_point_to(self, load):
        found = load(
            mode('"AllowOnlyApprovedOutbound"'),
            f"""
            resource "{RULE}_fqdn" "web" {{
              name             = "web"
              workspace_id     = azurerm_ai_foundry.hub.id
              destination_fqdn = "contoso.com"
            }}
            resource "{RULE}_private_endpoint" "data" {{
              name                = "data"
              workspace_id        = azurerm_ai_foundry.hub.id
              service_resource_id = azurerm_storage_account.data.id
              sub_resource_target = "blob"
            }}
            resource "{RULE}_service_tag" "tag" {{
              name         = "tag"
              workspace_id = azurerm_ai_foundry.hub.id
              service_tag  = "DataFactory"
              protocol     = "TCP"
              port_ranges  = "443"
            }}
            resource "azurerm_storage_account" "data" {{
              name                          = "contoso${{random_string.suffix.result}}"
              resource_group_name           = "rg"
              public_network_access_enabled = false
            }}
            resource "random_string" "suffix" {{ length = 4 }}
            """,
        )
        rules = rules_of(found)
        assert rules["web"]["destination"] == "contoso.com"
        assert rules["tag"]["destination"]["portRanges"] == "443"
        target = rules["data"]["destination"]["serviceResourceId"]
        assert target.endswith("/storageAccounts/contoso{random_string.suffix.result}")
        (account,) = found.document["resources"]
        assert (account["id"], account["properties"]["publicNetworkAccess"]) == (target, "Disabled")
        assert found.gaps == []

    @pytest.mark.parametrize("body", ["{}", "jsonencode({})", "<<BODY\n{}\nBODY\n"])
    def test_are_made_of_azapi_resources(self, load, body):
        inner = '{"kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "Disabled"}}}'
        text = body.replace("{}", inner)
        found = load(
            'resource "azapi_resource" "hub" {\n'
            '  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"\n'
            f'  name      = "hub1"\n  parent_id = "{GROUP}"\n  body = {text}\n}}\n'
        )
        assert (found.hub.ref.kind, mode_of(found)) == ("Hub", "Disabled")
        assert found.document["id"] == f"{GROUP}{WORKSPACES}/hub1"

    def test_are_known_by_a_type_whose_version_is_open(self, load):
        found = load(
            'resource "azapi_resource" "hub" {\n'
            '  type = "Microsoft.MachineLearningServices/workspaces@${var.version}"\n  name = "hub1"\n'
            '  body = { kind = "Hub", properties = {} }\n}\nvariable "version" {}\n'
        )
        assert (found.hub.ref.kind, found.document["type"]) == (
            "Hub",
            "Microsoft.MachineLearningServices/workspaces",
        )

    def test_of_json_with_something_filled_in_are_known_beside_it(self, load):
        found = load(
            'resource "azapi_resource" "hub" {\n'
            '  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"\n  name = "hub1"\n'
            "  body = <<-BODY\n"
            '    {"kind": "Hub", "properties": {"friendlyName": "a \\" ${var.a}", "v1LegacyMode": ${var.b},\n'
            '     "managedNetwork": {"isolationMode": "Disabled"}}}\n'
            "  BODY\n}\n"
        )
        assert mode_of(found) == "Disabled"
        assert written(found.document["properties"]["friendlyName"]) == 'a " {var.a}'
        assert isinstance(found.document["properties"]["v1LegacyMode"], Unknown)

    def test_whose_body_is_open_may_be_hubs(self, load):
        found = load(
            'resource "azapi_resource" "hub" {\n'
            '  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"\n'
            '  name = "hub1"\n  body = var.body\n}\nvariable "body" {}\n'
        )
        assert found.hub.ref.kind == "Hub"
        assert isinstance(found.document["properties"], Unknown)

    def test_are_patched_by_update_resources(self, load):
        found = load(
            hub(),
            """
            resource "azapi_update_resource" "network" {
              type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
              resource_id = azurerm_ai_foundry.hub.id
              body = jsonencode({ properties = { managedNetwork = {
                isolationMode = "AllowOnlyApprovedOutbound"
                outboundRules = {
                  "${azurerm_storage_account.data.name}-file" = {
                    type        = "PrivateEndpoint"
                    destination = { serviceResourceId = azurerm_storage_account.data.id, subresourceTarget = "file" }
                  }
                }
              } } })
            }
            resource "azurerm_storage_account" "data" {
              name                = "contoso${random_string.suffix.result}"
              resource_group_name = "rg"
            }
            """,
        )
        assert mode_of(found) == "AllowOnlyApprovedOutbound"
        assert list(rules_of(found)) == ["contoso{random_string.suffix.result}-file"]
        assert len(found.document["resources"]) == 1

    def test_what_an_update_sets_was_written_in_the_update(self, load):
        found = load(
            """\
variable "mode" { default = "AllowInternetOutbound" }
resource "azurerm_ai_foundry" "hub" {
  name = "hub1"
  managed_network { isolation_mode = var.mode }
}
resource "azapi_update_resource" "network" {
  type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  resource_id = azurerm_ai_foundry.hub.id
  body        = { properties = { managedNetwork = { isolationMode = "Disabled" } } }
}
"""
        )
        network = found.document["properties"]["managedNetwork"]
        assert found.hub.places.of(network, "isolationMode").line == 9
        assert found.hub.places.origin(network, "isolationMode") is None

    def test_that_may_be_patched_are_not_known(self, load):
        found = load(
            mode('"Disabled"'),
            """
            resource "azapi_update_resource" "network" {
              count       = var.on ? 1 : 0
              type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
              resource_id = azurerm_ai_foundry.hub.id
              body        = { properties = { managedNetwork = { isolationMode = "AllowInternetOutbound" } } }
            }
            variable "on" {}
            """,
        )
        assert isinstance(mode_of(found), Unknown)

    def test_have_networks_and_rules_of_their_own_that_are_patched(self, load):
        found = load(
            hub(),
            """
            resource "azapi_update_resource" "network" {
              type        = "Microsoft.MachineLearningServices/workspaces/managedNetworks@2025-10-01-preview"
              resource_id = "${azurerm_ai_foundry.hub.id}/managedNetworks/default"
              body        = { properties = { isolationMode = "AllowOnlyApprovedOutbound" } }
            }
            resource "azapi_resource" "rule" {
              type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
              name      = "web"
              parent_id = azurerm_ai_foundry.hub.id
              body      = { properties = { type = "FQDN", destination = "contoso.com" } }
            }
            """,
        )
        assert mode_of(found) == "AllowOnlyApprovedOutbound"
        assert list(rules_of(found)) == ["web"]

    def test_that_are_only_read_are_judged_by_what_patches_them(self, load):
        found = load(
            """
            data "azurerm_machine_learning_workspace" "hub" {
              name                = "hub1"
              resource_group_name = "rg"
            }
            resource "azapi_update_resource" "network" {
              type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
              resource_id = data.azurerm_machine_learning_workspace.hub.id
              body        = { properties = { managedNetwork = { isolationMode = "AllowInternetOutbound" } } }
            }
            """
        )
        assert (found.hub.ref.name, mode_of(found)) == ("hub1", "AllowInternetOutbound")

    @pytest.mark.parametrize(
        "reference",
        ["azapi_resource.sa.output.id", "jsondecode(azapi_resource.sa.output).id", "azapi_resource.sa.id"],
    )
    def test_name_what_azapi_resources_answer(self, load, reference):
        found = load(
            hub(f"storage_account_id = {reference}"),
            """
            resource "azapi_resource" "sa" {
              type      = "Microsoft.Storage/storageAccounts@2023-01-01"
              name      = "sa1"
              parent_id = var.group_id
              body      = { properties = { publicNetworkAccess = "Disabled" } }
              identity {
                type = "SystemAssigned"
              }
            }
            variable "group_id" {}
            """,
        )
        (account,) = found.document["resources"]
        assert (account["name"], account["identity"]) == ("sa1", {"type": "SystemAssigned"})

    def test_of_one_address_are_all_read(self, load):
        assert load(hub(), hub().replace("hub1", "hub2")).names == ["hub1", "hub2"]

    def test_have_projects_and_what_depends_on_where_they_run(self, load):
        found = load(
            hub(
                'storage_account_id = "/subscriptions/${data.azurerm_client_config.me.subscription_id}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sa1"'
            ),
            """
            data "azurerm_client_config" "me" {}
            resource "azurerm_storage_account" "sa" {
              name                = "sa1"
              resource_group_name = "rg"
            }
            resource "azurerm_ai_foundry_project" "p" {
              name               = "p1"
              ai_services_hub_id = azurerm_ai_foundry.hub.id
            }
            """,
        )
        assert found.names == ["hub1", "p1"]
        assert [one["name"] for one in found.hubs[0].document["projects"]] == ["p1"]
        assert [one["name"] for one in found.hubs[0].document["resources"]] == ["sa1"]


class TestValues:
    @pytest.mark.parametrize(
        ("expression", "more"),
        [
            ('"Disabled"', ""),
            ("var.mode", 'variable "mode" { default = "Disabled" }'),
            ("local.mode", 'locals { mode = "Disabled" }'),
            (
                "local.modes[var.env]",
                'locals { modes = { dev = "Disabled" } }\nvariable "env" { default = "dev" }',
            ),
            ('var.on ? "Disabled" : "AllowInternetOutbound"', 'variable "on" { default = true }'),
            ('var.on ? "Disabled" : "Disabled"', 'variable "on" {}'),
            (
                "var.network.mode",
                'variable "network" {\n  type = object({ mode = optional(string, "Disabled") })\n  default = {}\n}',
            ),
            ('try(var.network.mode, "Disabled")', 'variable "network" { default = {} }'),
            ('lookup(local.modes, "x", "Disabled")', "locals { modes = {} }"),
            ('"Dis${local.rest}"', 'locals { rest = "abled" }'),
            ('yamldecode(file("${path.module}/mode.yaml")).mode', ""),
            ('jsondecode(file("mode.json"))["mode"]', ""),
            (
                'one([for one in local.all : one.mode if one.name == "b"])',
                'locals { all = [{ name = "a", mode = "x" }, { name = "b", mode = "Disabled" }] }',
            ),
            (
                "coalesce(var.mode, local.mode)",
                'variable "mode" { default = null }\nlocals { mode = "Disabled" }',
            ),
            ("azurerm_ai_foundry.other.managed_network[0].isolation_mode", ""),
            ('element(split(",", "a,Disabled"), 1)', ""),
        ],
    )
    def test_are_followed(self, write, load, expression, more):
        write("infra/mode.yaml", "mode: Disabled\n")
        write("infra/mode.json", '{"mode": "Disabled"}')
        other = mode('"Disabled"').replace('"hub"', '"other"').replace("hub1", "hub2")
        found = load(mode(expression), more, other)
        assert found.hubs[0].document["properties"]["managedNetwork"]["isolationMode"] == "Disabled"

    @pytest.mark.parametrize(
        ("expression", "more", "why"),
        [
            ("var.mode", 'variable "mode" {}', "the variable 'mode' has no default"),
            ("var.mode", "", "the variable 'mode' is not declared"),
            ("local.mode", "", "the local 'mode' is not declared"),
            ("local.a", "locals {\n  a = local.b\n  b = local.a\n}", "refers to itself"),
            ("local.a", "locals { a = local.a }", "local.a refers to itself"),
            (
                'var.on ? "Disabled" : "AllowInternetOutbound"',
                'variable "on" {}',
                "one of Disabled, AllowInternetOutbound",
            ),
            (
                "data.azurerm_key_vault_secret.x.value",
                'data "azurerm_key_vault_secret" "x" {}',
                "known only after apply",
            ),
            ("contoso_thing.x.mode", 'resource "contoso_thing" "x" {}', "known only after apply"),
            ("contoso_thing.x.mode", "", "contoso_thing.x is not declared"),
            ('fancy("x")', "", "the function fancy() is not known"),
            ("module.x.mode", "", "module.x is not declared"),
            ("terraform.workspace", "", "known only in a run"),
            ("{ a = 1 }.mode", "", "there is no member 'mode'"),
            ('file("/etc/hostname")', "", "outside of what may be read"),
            ('file("../../../../../etc/hostname")', "", "outside of what may be read"),
            (
                'lookup({ dev = "Disabled" }, var.env, "AllowInternetOutbound")',
                'variable "env" {}',
                "has no default",
            ),
            ("each.value", "", "'each' stands for nothing here"),
        ],
    )
    def test_that_nothing_decides_are_not_known(self, load, expression, more, why):
        value = mode_of(load(mode(expression), more))
        assert isinstance(value, Unknown)
        assert why in value.reason

    def test_that_are_not_known_say_what_stands_for_them(self, load):
        assert mode_of(load(mode("var.mode"))).text == "var.mode"
        assert mode_of(load(mode('"${var.mode}x"'))).text == "${var.mode}x"

    def test_a_thousand_locals_one_after_another_end(self, load):
        chain = "\n".join(f"a{index} = local.a{index + 1}" for index in range(1000))
        value = mode_of(load(mode("local.a0"), f'locals {{\n{chain}\na1000 = "Disabled"\n}}\n'))
        assert isinstance(value, Unknown) or value == "Disabled"

    def test_of_conditional_networks_are_open_where_the_condition_is(self, load):
        text = hub(
            'dynamic "managed_network" {\n    for_each = %s\n    content { isolation_mode = managed_network.value }\n  }'
        )
        mode = mode_of(load(text % 'var.on ? ["Disabled"] : []', 'variable "on" {}'))
        assert (isinstance(mode, Unknown), mode.options) == (True, ("Disabled", None))
        assert isinstance(network(load(text % "var.on", 'variable "on" {}')), Unknown)
        assert mode_of(load(text % '["Disabled"]')) == "Disabled"
        assert network(load(text % "[]")) is None

    def test_of_dynamic_blocks_may_have_an_iterator_of_another_name(self, load):
        text = hub(
            'dynamic "managed_network" {\n    for_each = { a = "Disabled" }\n    iterator = it\n    content { isolation_mode = it.value }\n  }'
        )
        assert mode_of(load(text)) == "Disabled"


class TestVariables:
    DECLARED = 'variable "mode" { default = "Disabled" }'

    def test_are_given_as_terraform_gives_them(self, load, write):
        write("infra/terraform.tfvars", 'mode = "one"')
        write("infra/a.auto.tfvars", 'mode = "two"')
        write("infra/b.auto.tfvars.json", '{"mode": "three"}')
        write("infra/prod.tfvars", 'mode = "four"')
        assert mode_of(load(mode("var.mode"), self.DECLARED)) == "three"

    def test_that_are_null_have_their_default_where_they_must_have_a_value(self, load, write):
        write("infra/terraform.tfvars", "mode = null")
        declared = 'variable "mode" {\n  default  = "Disabled"\n  nullable = false\n}'
        assert mode_of(load(mode("var.mode"), declared)) == "Disabled"

    @pytest.mark.parametrize(
        ("type_", "given", "expression", "value"),
        [
            ("string", "5", "var.x", "5"),
            ("number", '"5"', 'var.x == 5 ? "y" : "n"', "y"),
            ("bool", '"true"', 'var.x ? "y" : "n"', "y"),
            ("list(string)", "[1, true]", 'join("-", var.x)', "1-true"),
            ("set(string)", '["b", "a", "b"]', 'join("-", var.x)', "a-b"),
            ("map(string)", "{ a = 1 }", "var.x.a", "1"),
            ("tuple([string, number])", '[1, "2"]', "var.x[0]", "1"),
            (
                "object({ a = string, b = optional(number, 7) })",
                "{ a = 1, c = 2 }",
                '"${var.x.a}${var.x.b}${length(var.x)}"',
                "172",
            ),
            ('object({ a = optional(object({ b = optional(string, "d") }), {}) })', "{}", "var.x.a.b", "d"),
            ('object({ a = optional(string, "d") })', "{ a = null }", "var.x.a", "d"),
            ('map(object({ a = optional(string, "d") }))', "{ k = {} }", 'var.x["k"].a', "d"),
            ("any", "{ a = [1] }", 'var.x.a[0] == 1 ? "y" : "n"', "y"),
        ],
    )
    def test_become_what_their_type_says(self, load, write, type_, given, expression, value):
        write("infra/terraform.tfvars", f"x = {given}")
        assert mode_of(load(mode(expression), f'variable "x" {{\n  type = {type_}\n}}\n')) == value

    def test_that_are_sensitive_are_not_shown(self, load, write):
        write("infra/terraform.tfvars", 'mode = "hush"')
        found = load(mode("var.mode"), 'variable "mode" {\n  sensitive = true\n}\n')
        assert "sensitive" in mode_of(found).reason
        assert "hush" not in repr(found.document)

    def test_that_are_not_of_their_type_are_not_known(self, load, write):
        write("infra/terraform.tfvars", "x = [1]")
        assert isinstance(
            mode_of(load(mode("var.x.a"), 'variable "x" { type = object({ a = string }) }')), Unknown
        )


class TestInstances:
    @pytest.mark.parametrize(
        ("meta", "names"),
        [
            ("count = 0", []),
            ("count = 2", ["h-0", "h-1"]),
            ("count = var.off ? 1 : 0", []),
            ('for_each = toset(["b", "a"])', ["h-a", "h-b"]),
            ('for_each = { x = "1", y = "2" }', ["h-x", "h-y"]),
            ("for_each = {}", []),
            ('for_each = { for one in ["p", "q"] : one => one if one != "p" }', ["h-q"]),
        ],
    )
    def test_are_made_of_count_and_for_each(self, load, meta, names):
        name = "count.index" if "count" in meta else "each.key"
        text = f'resource "azurerm_ai_foundry" "h" {{\n  {meta}\n  name = "h-${{{name}}}"\n}}\n'
        assert load(text, 'variable "off" { default = false }').names == names

    @pytest.mark.parametrize(
        "meta",
        ["count = var.many", "for_each = var.many", "for_each = toset(var.many)", "count = var.many ? 1 : 0"],
    )
    def test_of_which_nobody_knows_how_many_are_one(self, load, meta):
        found = load(hub(meta, MODE % '"Disabled"'), 'variable "many" {}')
        assert mode_of(found) == "Disabled"

    def test_of_any_kind_have_ids_which_are_never_null(self, load):
        thing = 'resource "contoso_thing" "x" {}\n'
        for attribute, certain in (("id", True), ("mode", False)):
            rule = (
                f'resource "{RULE}_fqdn" "r" {{\n  count = contoso_thing.x.{attribute} == null ? 0 : 1\n'
                '  name = "web"\n  workspace_id = azurerm_ai_foundry.hub.id\n  destination_fqdn = "contoso.com"\n}\n'
            )
            rules = load(hub(), thing + rule).document["outboundRules"]
            assert isinstance(rules, list) is certain
        found = load(hub("primary_user_assigned_identity = contoso_thing.x.id"), thing).document
        assert found["properties"]["primaryUserAssignedIdentity"].truth is True

    def test_whose_keys_are_not_known_have_values_that_are_not(self, load):
        found = load(
            'resource "azurerm_ai_foundry" "h" {\n  for_each = var.hubs\n  name = each.key\n'
            "  managed_network {\n    isolation_mode = each.value.mode\n  }\n}\n",
            'variable "hubs" {}',
        )
        assert found.hub.ref.name == "{azurerm_ai_foundry.h.each.key}"
        assert isinstance(mode_of(found), Unknown)

    def test_of_rules_go_to_their_own_hub(self, load):
        found = load(
            'resource "azurerm_ai_foundry" "h" {\n  for_each = toset(["a", "b"])\n  name = each.key\n}\n',
            f'resource "{RULE}_fqdn" "r" {{\n  for_each = {{ a = "contoso.com", b = "fabrikam.com" }}\n'
            "  name = each.key\n  workspace_id = azurerm_ai_foundry.h[each.key].id\n  destination_fqdn = each.value\n}\n",
        )
        assert [
            [one["properties"]["destination"] for one in hub.document["outboundRules"]] for hub in found.hubs
        ] == [
            ["contoso.com"],
            ["fabrikam.com"],
        ]

    def test_of_rules_that_may_not_be_there_may_be_members(self, load):
        found = load(
            hub("count = var.also ? 1 : 0"),
            f'resource "{RULE}_fqdn" "r" {{\n  count = var.on ? 1 : 0\n  name = "web"\n'
            '  workspace_id = azurerm_ai_foundry.hub[0].id\n  destination_fqdn = "contoso.com"\n}\nvariable "on" {}\nvariable "also" {}\n',
        )
        rules = found.document["outboundRules"]
        assert isinstance(rules, OpenList)
        assert [(rule["name"], sure) for rule, sure in rules.members] == [("web", False)]

    def test_of_rules_over_a_map_that_is_open_are_one_that_may_be_there(self, load):
        found = load(
            hub(),
            f'resource "{RULE}_fqdn" "r" {{\n  for_each = var.hosts\n  name = each.key\n'
            '  workspace_id = azurerm_ai_foundry.hub.id\n  destination_fqdn = each.value\n}\nvariable "hosts" {}\n',
        )
        ((rule, sure),) = found.document["outboundRules"].members
        assert not sure
        assert isinstance(rule["properties"]["destination"], Unknown)


class TestFiles:
    def test_of_json_are_configuration_too(self, load, write):
        write(
            "infra/main.tf.json",
            {
                "//": "a comment",
                "resource": {
                    "azurerm_ai_foundry": {
                        "hub": {
                            "name": "${var.name}-hub",
                            "managed_network": {"isolation_mode": "${local.mode}"},
                        }
                    }
                },
                "variable": {"name": {"type": "string", "default": "contoso"}},
                "locals": {"mode": "Disabled"},
            },
        )
        found = load()
        assert (found.hub.ref.name, mode_of(found)) == ("contoso-hub", "Disabled")

    def test_of_json_fill_in_the_names_of_members_too(self, load, write):
        rule = {"type": "FQDN", "destination": "${var.name}.contoso.com"}
        network = {"outboundRules": {"${var.name}-web": rule, "plain": rule}}
        kind = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
        body = {"kind": "Hub", "properties": {"managedNetwork": network}}
        write(
            "infra/main.tf.json",
            {
                "resource": {"azapi_resource": {"hub": {"type": kind, "name": "hub1", "body": body}}},
                "variable": {"name": {"default": "data"}},
            },
        )
        assert list(rules_of(load())) == ["data-web", "plain"]

    def test_of_json_declare_types_and_plain_defaults(self, load, write):
        kinds = 'map(object({ mode = string, pna = optional(string, "Enabled") }))'
        write(
            "infra/main.tf.json",
            {
                "variable": {
                    "hubs": {"type": kinds, "default": {"a": {"mode": "Disabled"}}},
                    "name": {"type": "string", "default": "${hub}"},
                },
                "resource": {
                    "azurerm_ai_foundry": {
                        "hub": {
                            "for_each": "${var.hubs}",
                            "name": "${each.key}",
                            "description": "${var.name}",
                            "public_network_access": "${each.value.pna}",
                            "managed_network": {"isolation_mode": "${each.value.mode}"},
                        }
                    }
                },
            },
        )
        properties = load().document["properties"]
        assert (properties["publicNetworkAccess"], properties["description"]) == ("Enabled", "${hub}")

    def test_of_json_fill_in_what_modules_are_given(self, load, write):
        write("infra/m/main.tf", 'variable "type" {}\n' + mode("var.type"))
        call = {"source": "./m", "type": "${local.mode}"}
        write("infra/main.tf.json", {"module": {"m": call}, "locals": {"mode": "Disabled"}})
        assert mode_of(load()) == "Disabled"

    def test_that_override_are_merged_into_the_others(self, load, write):
        write(
            "infra/main_override.tf",
            mode('"AllowInternetOutbound"').replace('  name                = "hub1"\n', ""),
        )
        write("infra/override.tf", 'locals { x = "y" }\nvariable "x" { default = "z" }\n')
        found = load(mode('"Disabled"'))
        assert (found.hub.ref.name, mode_of(found)) == ("hub1", "AllowInternetOutbound")

    def test_of_a_folder_are_read_where_one_is_named(self, load, scan):
        load(mode("var.mode"), 'variable "mode" { default = "Disabled" }')
        assert mode_of(scan("infra/main.tf")) == "Disabled"

    def test_without_a_hub_are_nothing(self, load):
        found = load('resource "azurerm_storage_account" "sa" {\n  name = "sa"\n}\n')
        assert found.hubs == found.gaps == found.notes == []

    def test_of_other_folders_declare_what_a_hub_names(self, write, scan):
        write(
            "a/main.tf",
            hub(f'storage_account_id = "{GROUP}/providers/Microsoft.Storage/storageAccounts/sa1"'),
        )
        write(
            "b/main.tf",
            'resource "azurerm_storage_account" "sa" {\n  name = "sa1"\n  resource_group_name = "rg"\n}\n',
        )
        found = scan()
        assert [one["name"] for one in found.document["resources"]] == ["sa1"]

    def test_that_terraform_fetched_are_no_configuration_of_their_own(self, write, scan):
        write("infra/.terraform/modules/x/main.tf", hub())
        write("infra/main.tf", hub().replace("hub1", "own"))
        assert scan("infra").names == ["own"]


class TestActions:
    ACTION = """
        resource "azapi_resource_action" "network" {{
          type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
          resource_id = azurerm_ai_foundry.hub.id
          {settings}
          body        = {{ properties = {{ managedNetwork = {{ isolationMode = "AllowInternetOutbound" }} }} }}
        }}
        variable "word" {{}}
    """

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ('method = "PATCH"', "AllowInternetOutbound"),
            ('method = "patch"\n when = "apply"', "AllowInternetOutbound"),
            ('method = "PATCH"\n when = "destroy"', "Disabled"),
            ('method = "PATCH"\n action = "sub"', "Disabled"),
            ('action = "provisionManagedNetwork"', "Disabled"),
            ("", "Disabled"),
        ],
    )
    def test_patch_what_they_name(self, load, settings, expected):
        assert mode_of(load(mode('"Disabled"'), self.ACTION.format(settings=settings))) == expected

    @pytest.mark.parametrize("settings", ["method = var.word", 'method = "PATCH"\n when = var.word'])
    def test_that_may_patch_leave_it_open(self, load, settings):
        assert isinstance(mode_of(load(mode('"Disabled"'), self.ACTION.format(settings=settings))), Unknown)

    def test_that_put_leave_all_of_it_open(self, load):
        found = load(mode('"Disabled"'), self.ACTION.format(settings='method = "PUT"'))
        assert isinstance(found.document["properties"], Unknown)

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ('action = "provisionManagedNetwork"', True),
            ('action = "ProvisionManagedNetwork"\n method = "POST"\n when = "apply"', True),
            ('action = "provisionManagedNetwork"\n when = "destroy"', None),
            ('action = "provisionManagedNetwork"\n method = "GET"', None),
            ('action = "provisionManagedNetwork"\n count = 0', None),
            ('action = "diagnose"', None),
        ],
    )
    def test_may_provision_the_network(self, load, settings, expected):
        found = load(hub(), self.ACTION.format(settings=settings))
        assert found.document["properties"].get("provisionNetworkNow") is expected
        assert "managedNetwork" not in found.document["properties"]

    def test_that_may_provision_the_network_leave_it_open(self, load):
        settings = 'action = "provisionManagedNetwork"\n count = var.word ? 1 : 0'
        found = load(hub(), self.ACTION.format(settings=settings))
        assert isinstance(found.document["properties"]["provisionNetworkNow"], Unknown)

    def test_of_something_else_with_that_name_provision_no_network(self, load):
        text = self.ACTION.format(settings='action = "provisionManagedNetwork"')
        found = load(hub(), text.replace("workspaces@", "registries@"))
        assert found.document["properties"].get("provisionNetworkNow") is None


class TestOpenTofu:
    def test_files_are_read_and_stand_in_for_those_of_terraform(self, write, scan):
        write("infra/main.tf", mode('"Disabled"'))
        write("infra/main.tofu", mode('"AllowOnlyApprovedOutbound"'))
        write("infra/other.tofu.json", '{"locals": {"a": 1}}')
        found = scan("infra")
        assert mode_of(found) == "AllowOnlyApprovedOutbound"
        assert found.hub.path.endswith("main.tofu")

    def test_files_override_under_their_own_name(self, write, scan):
        write("infra/main.tofu", mode('"Disabled"'))
        write("infra/main_override.tofu", hub().replace("hub1", "hub2"))
        assert scan("infra").hub.ref.name == "hub2"


def test_a_file_that_is_made_later_leaves_open_the_property_alone_that_holds_it(load):
    found = load(
        """
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub1"
  body = {
    kind = "Hub"
    properties = {
      description    = file("${path.module}/made.txt")
      managedNetwork = { isolationMode = "AllowInternetOutbound" }
    }
  }
}
"""
    )
    assert found.hub.ref.kind == "Hub"
    assert mode_of(found) == "AllowInternetOutbound"
    assert isinstance(found.document["properties"]["description"], Unknown)


def test_an_update_of_one_of_two_hubs_leaves_open_what_it_sets(load):
    found = load(
        mode('"AllowOnlyApprovedOutbound"'),
        mode('"AllowOnlyApprovedOutbound"').replace('" "hub"', '" "other"').replace("hub1", "hub2"),
        """
variable "which" { type = bool }
resource "azapi_update_resource" "net" {
  type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  resource_id = var.which ? azurerm_ai_foundry.hub.id : azurerm_ai_foundry.other.id
  body        = { properties = { managedNetwork = { isolationMode = "Disabled" } } }
}
""",
    )
    assert [isinstance(mode_of(one), Unknown) for one in found.hubs] == [True, True, False]


@pytest.mark.parametrize(
    "workspace",
    [
        "data.azapi_resource_id.hub.id",
        'provider::azapi::build_resource_id(local.group, "Microsoft.MachineLearningServices/workspaces", "hub1")',
    ],
)
def test_a_rule_finds_its_hub_by_an_id_that_is_put_together(load, workspace):
    found = load(
        mode('"AllowOnlyApprovedOutbound"'),
        """
data "azurerm_client_config" "me" {}
locals {
  group = "/subscriptions/${data.azurerm_client_config.me.subscription_id}/resourceGroups/rg"
}
data "azapi_resource_id" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  parent_id = local.group
  name      = "hub1"
}
"""
        f'resource "{RULE}_fqdn" "web" {{\n  name = "web"\n  workspace_id = {workspace}\n'
        '  destination_fqdn = "contoso.com"\n}\n',
    )
    assert list(rules_of(found)) == ["web"]


class TestTypes:
    """A literal in brackets is a tuple, and equals no list; one in braces is an object, and equals no map."""

    @pytest.mark.parametrize(
        ("type_", "condition"),
        [
            ("list(string)", "var.given == []"),
            ("list(string)", 'split(",", "a") == ["a"]'),
            ("list(string)", "concat(var.given) == []"),
            ("set(string)", "[] == var.given"),
        ],
    )
    def test_of_lists_are_told_apart(self, load, type_, condition):
        declared = f'variable "given" {{\n  type = {type_}\n  default = []\n}}\n'
        assert mode_of(load(declared + mode(f'{condition} ? "Disabled" : "AllowInternetOutbound"'))) == (
            "AllowInternetOutbound"
        )

    def test_of_maps_are_told_apart(self, load):
        declared = 'variable "given" {\n  type = map(string)\n  default = {}\n}\n'
        assert mode_of(load(declared + mode('var.given != {} ? "AllowInternetOutbound" : "Disabled"'))) == (
            "AllowInternetOutbound"
        )

    @pytest.mark.parametrize("type_", ["any", "object({})", "tuple([])"])
    def test_of_any_other_kind_are_compared_by_their_members(self, load, type_):
        empty = "{}" if type_ == "object({})" else "[]"
        declared = f'variable "given" {{\n  type = {type_}\n  default = {empty}\n}}\n'
        assert mode_of(load(declared + mode(f'var.given == {empty} ? "Disabled" : "x"'))) == "Disabled"
