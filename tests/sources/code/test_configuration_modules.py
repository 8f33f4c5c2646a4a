"""Modules: what is judged through its callers, and what is not at hand."""

from __future__ import annotations

import json

import pytest
import yaml
from sources.code.test_configuration import MODE, RULE, hub, mode, mode_of, network, rules_of

from scanner.bundled import bundled
from scanner.sources.hcl.parser import parse
from scanner.sources.hcl.source import Source
from scanner.values import Unknown

CHILD = """
variable "name" {}
variable "mode" { default = "Disabled" }
resource "azurerm_ai_foundry" "hub" {
  name                = var.name
  resource_group_name = "rg"
  managed_network {
    isolation_mode = var.mode
  }
}
output "id" { value = azurerm_ai_foundry.hub.id }
output "whole" { value = azurerm_ai_foundry.hub }
"""


def call(*lines, source="./hub", name="m"):
    return f'module "{name}" {{\n  source = "{source}"\n  ' + "\n  ".join(lines) + "\n}\n"


@pytest.fixture
def load(write, scan):
    """Reads texts by their names below one folder; ``hub/main.tf`` is a module that makes a hub."""

    def run(texts, *paths):
        write("infra/hub/main.tf", CHILD)
        for name, text in texts.items():
            write(f"infra/{name}", text)
        return scan(*(paths or ("infra",)))

    return run


class TestLocalModules:
    def test_are_judged_through_their_callers_alone(self, load):
        found = load({"main.tf": call('name = "hub1"', 'mode = "AllowInternetOutbound"')})
        assert found.hub.ref.id.endswith("infra#hub1")
        assert mode_of(found) == "AllowInternetOutbound"
        assert [(note.path.rpartition("/")[2], note.hubs) for note in found.notes] == [("infra", 1)]

    def test_that_nobody_calls_are_judged_by_themselves(self, load):
        found = load({})
        assert found.hub.ref.name == "{var.name}"
        assert mode_of(found) == "Disabled"

    @pytest.mark.parametrize(
        "text",
        [
            '# module "m" {\n#   source = "./hub"\n# }\n',
            '/* module "m" {\n  source = "./hub"\n} */\n',
            'locals {\n  text = <<-EOT\n    source = "./hub"\n  EOT\n}\n',
            'resource "contoso_upload" "u" {\n  source = "./hub"\n}\n',
        ],
    )
    def test_that_are_only_spoken_of_are_judged_by_themselves(self, load, text):
        found = load({"main.tf": text})
        assert (found.hub.ref.name, mode_of(found)) == ("{var.name}", "Disabled")

    def test_whose_caller_is_not_understood_are_judged_through_it_alone(self, load):
        found = load({"main.tf": f"{call()}module {{\n"})
        assert [one.ref.id for one in found.hubs if one.ref.id.endswith("hub#{var.name}")] == []
        assert "syntax" in found.codes

    def test_are_read_although_they_lie_outside_of_the_scan(self, load, tmp_path):
        (tmp_path / ".git").mkdir()
        found = load({"prod/main.tf": call('name = "hub1"', source="../hub")}, "infra/prod")
        assert mode_of(found) == "Disabled"

    def test_that_are_never_called_make_nothing(self, load):
        assert load({"main.tf": call("count = 0", 'name = "x"')}).hubs == []

    def test_are_made_as_often_as_they_are_called(self, load):
        text = call(
            'for_each = { a = "Disabled", b = "AllowInternetOutbound" }',
            "name = each.key",
            "mode = each.value",
        )
        found = load({"main.tf": text + call('name = "c"', name="other")})
        assert found.names == ["a", "b", "c"]
        assert [one.document["properties"]["managedNetwork"]["isolationMode"] for one in found.hubs] == [
            "Disabled",
            "AllowInternetOutbound",
            "Disabled",
        ]

    @pytest.mark.parametrize("meta", ["for_each = var.all", "count = var.all"])
    def test_of_which_nobody_knows_how_many_make_one_hub(self, load, meta):
        found = load({"main.tf": call(meta, 'name = "x"') + 'variable "all" {}'})
        assert mode_of(found) == "Disabled"

    @pytest.mark.parametrize(
        "reference",
        [
            'module.m["a"].id',
            "module.m[local.key].id",
            'module.m["a"].whole.id',
            "values(module.m)[0].id",
            '[for k, v in module.m : v.id if k == "a"][0]',
        ],
    )
    def test_have_outputs(self, load, reference):
        rule = (
            f'resource "{RULE}_fqdn" "r" {{\n  name = "web"\n  workspace_id = {reference}\n'
            '  destination_fqdn = "contoso.com"\n}\nlocals { key = "a" }\n'
        )
        found = load({"main.tf": call('for_each = toset(["a"])', "name = each.key") + rule})
        assert list(rules_of(found)) == ["web"]

    def test_hand_on_what_they_are_given_over_several_floors(self, load):
        middle = 'variable "settings" {}\n' + call(
            "name = var.settings.name", "mode = var.settings.mode", source="../hub"
        )
        top = (
            call('settings = { name = "hub1", mode = local.mode }', source="./middle")
            + 'locals { mode = "Disabled" }'
        )
        assert mode_of(load({"main.tf": top, "middle/main.tf": middle})) == "Disabled"

    def test_take_the_type_of_a_variable_and_its_defaults(self, load):
        child = mode("var.network.mode") + (
            'variable "network" {\n  type = object({ mode = optional(string, "Disabled"), sku = optional(string) })\n}\n'
        )
        texts = {"main.tf": call("network = {}", source="./other"), "other/main.tf": child}
        found = load(texts, "infra/main.tf")
        assert mode_of(found) == "Disabled"

    def test_are_not_confused_where_two_have_resources_of_one_name(self, load):
        rule = (
            'variable "id" {}\n'
            f'resource "{RULE}_fqdn" "r" {{\n  name = "web"\n  workspace_id = var.id\n  destination_fqdn = "contoso.com"\n}}\n'
        )
        text = (
            call('name = "a"', name="a")
            + call('name = "b"', name="b")
            + call("id = module.b.id", source="./rules", name="rules")
        )
        found = load({"main.tf": text, "rules/main.tf": rule})
        assert [(one.ref.name, len(one.document["outboundRules"])) for one in found.hubs] == [
            ("a", 0),
            ("b", 1),
        ]


class TestModulesThatAreNotThere:
    @pytest.mark.parametrize(
        ("source", "code"),
        [
            ("./nope", "missing-module"),
            ("../../../../../etc", "outside"),
            (".", "module-cycle"),
            ("./loop", "module-cycle"),
        ],
    )
    def test_are_gaps_with_their_place_and_the_rest_is_judged(self, load, source, code):
        found = load({"main.tf": hub() + call(source=source), "loop/main.tf": call(source="../")})
        assert "hub1" in found.names
        (gap,) = [gap for gap in found.gaps if gap.code == code]
        assert gap.subject.endswith((":6:1", "loop/main.tf:1:1", ":7:1"))

    def test_that_call_one_another_in_a_circle_are_judged_once(self, load):
        found = load({"a/main.tf": hub() + call(source="../b"), "b/main.tf": call(source="../a")})
        assert found.names.count("hub1") == 1
        assert "module-cycle" in found.codes

    @pytest.mark.parametrize(
        "source",
        [
            "contoso/ai-foundry/azurerm",
            "contoso/machine-learning-workspace/azurerm",
            "git::https://contoso.com/terraform-aml.git?ref=v1",
            "app.terraform.io/contoso/aihub/azurerm",
            "contoso/workspace/azurerm",
            "git::https://contoso.com/modules/hub.git",
        ],
    )
    def test_whose_names_say_that_they_may_make_a_hub_are_told_of_once(self, load, source):
        found = load({"main.tf": hub() + call(source=source) + call(source=source, name="n")})
        assert [(gap.subject, gap.reason, gap.code) for gap in found.gaps] == [
            (source, "unresolved", "module-not-at-hand")
        ]

    @pytest.mark.parametrize(
        "source",
        [
            "Azure/naming/azurerm",
            "Azure/avm-res-storage-storageaccount/azurerm",
            "Azure/avm-res-operationalinsights-workspace/azurerm",
            "contoso/databricks-workspace/azurerm",
            "contoso/hub-network/azurerm",
            "contoso/hub-and-spoke/azurerm",
            "contoso/vwan-hub/azurerm",
            "git::https://contoso.com/mail.git",
        ],
    )
    def test_whose_names_say_nothing_of_hubs_are_not_told_of(self, load, source):
        text = hub("storage_account_id = module.m.resource_id") + call(source=source)
        found = load({"main.tf": text}, "infra/main.tf")
        assert found.gaps == []
        assert isinstance(found.document["properties"]["storageAccount"], Unknown)

    @pytest.mark.parametrize(
        "argument",
        [
            'isolation_mode = "Disabled"',
            "managed_network = {}",
            "outboundRules = var.x",
            "network = { isolationMode = 1 }",
        ],
    )
    def test_whose_arguments_say_that_they_make_the_network_of_a_hub_are_told_of(self, load, argument):
        found = load({"main.tf": call(argument, source="contoso/platform/azurerm")}, "infra/main.tf")
        assert [(gap.subject, gap.code) for gap in found.gaps] == [
            ("contoso/platform/azurerm", "module-not-at-hand")
        ]

    def test_that_terraform_fetched_are_read(self, load):
        entries = [
            {"Key": "", "Dir": "."},
            {"Key": "m", "Source": "x", "Version": "1.0.0", "Dir": ".terraform/modules/m"},
        ]
        found = load(
            {
                "main.tf": call('name = "hub1"', source="contoso/ai-foundry/azurerm"),
                ".terraform/modules/modules.json": json.dumps({"Modules": entries}),
                ".terraform/modules/m/main.tf": CHILD,
            },
            "infra/main.tf",
        )
        assert found.names == ["hub1"]
        assert found.gaps == []

    @pytest.mark.parametrize(
        "manifest",
        [
            "{",
            "[]",
            '{"Modules": 1}',
            '{"Modules": [1, {"Key": "m", "Dir": "/etc"}]}',
            '{"Modules": [{"Key": "m", "Dir": "../../../../../../../etc"}]}',
        ],
    )
    def test_are_not_read_from_a_list_that_is_odd(self, load, manifest):
        found = load(
            {
                "main.tf": hub() + call(source="contoso/ai-foundry/azurerm"),
                ".terraform/modules/modules.json": manifest,
            }
        )
        assert found.codes == ["module-not-at-hand"]


class TestThePublishedModule:
    SOURCE = "Azure/avm-res-machinelearningservices-workspace/azurerm"

    def load(self, load, *lines, version='version = "~> 0.9"', source=SOURCE):
        lines = (
            'name = "hub1"',
            'resource_group_name = "rg"',
            'location = "westeurope"',
            'kind = "Hub"',
            version,
            *lines,
        )
        return load({"main.tf": call(*lines, source=source)}, "infra/main.tf")

    def test_makes_a_hub_of_its_parameters(self, load):
        found = self.load(
            load,
            """workspace_managed_network = {
    isolation_mode = "AllowOnlyApprovedOutbound"
    firewall_sku   = "Basic"
    outbound_rules = {
      fqdn             = { web = { destination = "contoso.com" } }
      private_endpoint = { data = { resource_id = azurerm_storage_account.data.id, sub_resource_target = "blob" } }
      service_tag      = { tag = { action = "Allow", service_tag = "DataFactory", protocol = "TCP", port_ranges = "443" } }
    }
  }
}
resource "azurerm_storage_account" "data" {
  name                = "sa1"
  resource_group_name = "rg\"""",
        )
        assert found.hub.ref.name == "hub1"
        assert network(found) == {"isolationMode": "AllowOnlyApprovedOutbound", "firewallSku": "Basic"}
        rules = rules_of(found)
        assert rules["web"] == {"type": "FQDN", "destination": "contoso.com"}
        assert rules["data"]["destination"]["subresourceTarget"] == "blob"
        assert rules["tag"]["destination"]["portRanges"] == "443"
        assert [one["name"] for one in found.document["resources"]] == ["sa1"]
        assert found.gaps == []

    def test_has_the_places_of_its_arguments(self, load):
        found = self.load(
            load,
            'workspace_managed_network = {\n    isolation_mode = local.mode\n  }\n}\nlocals {\n  mode = "Disabled"',
        )
        place = found.hub.places.of(network(found), "isolationMode")
        origin = found.hub.places.origin(network(found), "isolationMode")
        assert (place.line, place.column, origin.line, origin.column) == (9, 5, 13, 3)
        assert found.hub.places.of(found.document["properties"], "publicNetworkAccess").line == 1

    @pytest.mark.parametrize(
        ("version", "lines", "access"),
        [
            ('version = "0.9.0"', (), "Disabled"),
            ('version = "~> 0.8"', ("public_network_access_enabled = true",), "Enabled"),
            ('version = "0.8.0"', ("is_private = true",), "Disabled"),
            ('version = "0.7.0"', (), "Enabled"),
            ('version = "0.5.0"', ("is_private = true",), "Disabled"),
            ("", ("public_network_access_enabled = false",), "Disabled"),
            ("", ("is_private = false",), "Enabled"),
        ],
    )
    def test_has_the_defaults_of_its_version(self, load, version, lines, access):
        found = self.load(load, *lines, version=version)
        assert network(found)["isolationMode"] == "Disabled"
        assert found.document["properties"]["publicNetworkAccess"] == access

    def test_has_no_default_where_its_version_is_not_known(self, load):
        found = self.load(load, version="")
        assert isinstance(found.document["properties"]["publicNetworkAccess"], Unknown)

    @pytest.mark.parametrize(
        ("source", "access"),
        [
            (
                "git::https://github.com/Azure/terraform-azurerm-avm-res-machinelearningservices-workspace.git?ref=v0.9.0",
                "Disabled",
            ),
            (
                "github.com/Azure/terraform-azurerm-avm-res-machinelearningservices-workspace?ref=0.7.0",
                "Enabled",
            ),
        ],
    )
    def test_is_known_by_other_sources(self, load, source, access):
        found = self.load(load, version="", source=source)
        assert found.document["properties"]["publicNetworkAccess"] == access

    def test_is_known_by_the_name_of_its_registry(self, load):
        found = self.load(load, source=f"registry.terraform.io/{self.SOURCE}")
        assert found.document["properties"]["publicNetworkAccess"] == "Disabled"

    def test_makes_projects_too(self, load):
        found = load(
            {
                "main.tf": hub(MODE % '"Disabled"')
                + call(
                    'name = "p1"',
                    'resource_group_name = "rg"',
                    'location = "westeurope"',
                    'kind = "Project"',
                    "azure_ai_hub = { resource_id = azurerm_ai_foundry.hub.id }",
                    'version = "0.9.0"',
                    source=self.SOURCE,
                )
            },
            "infra/main.tf",
        )
        assert found.names == ["hub1", "p1"]
        assert [one["name"] for one in found.hubs[0].document["projects"]] == ["p1"]

    @pytest.mark.parametrize("version", ['version = "0.10.0"', 'version = "2.1"'])
    def test_of_a_version_that_is_not_described_has_no_defaults(self, load, version):
        found = self.load(load, version=version)
        assert isinstance(network(found)["isolationMode"], Unknown)
        assert isinstance(found.document["properties"]["publicNetworkAccess"], Unknown)

    def test_of_a_version_that_is_not_described_is_what_it_is_given(self, load):
        given = 'workspace_managed_network = { isolation_mode = "AllowInternetOutbound" }'
        found = self.load(load, given, version='version = "0.10.0"')
        assert network(found)["isolationMode"] == "AllowInternetOutbound"

    @pytest.mark.parametrize(
        ("version", "known"),
        [('version = "~> 0.7.1"', True), ('version = ">= 0.9.0"', True), ('version = ">= 0.5"', False)],
    )
    def test_has_defaults_for_a_range_that_decides_them(self, load, version, known):
        access = self.load(load, version=version).document["properties"]["publicNetworkAccess"]
        assert isinstance(access, str) is known

    def test_is_not_one_of_the_modules_in_it(self, load):
        found = self.load(load, source=f"{self.SOURCE}//modules/connection")
        assert (found.names, found.codes) == ([], ["module-not-at-hand"])


class TestAModuleThatIsKnownToMakeNoHub:
    @pytest.mark.parametrize(
        ("name", "version"),
        [("avm-ptn-aiml-ai-foundry", "0.11.2"), ("avm-ptn-aiml-landing-zone", "~> 0.5")],
    )
    def test_is_none(self, load, name, version):
        text = call(f'version = "{version}"', source=f"Azure/{name}/azurerm")
        found = load({"main.tf": hub(MODE % '"Disabled"') + text}, "infra/main.tf")
        assert (found.names, found.codes) == (["hub1"], [])

    def test_may_make_one_in_a_version_that_is_not_described(self, load):
        text = call('version = "0.99.0"', source="Azure/avm-ptn-aiml-ai-foundry/azurerm")
        found = load({"main.tf": hub(MODE % '"Disabled"') + text}, "infra/main.tf")
        assert found.codes == ["module-not-at-hand"]


def test_every_known_module_is_configuration_without_errors():
    folder = bundled("policies") / "data" / "terraform-modules"
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    assert len(files) >= 3
    for file in files:
        data = yaml.safe_load(file.read_text())
        assert {"source", "date", "variants"} <= set(data)
        texts = [variant["terraform"] for variant in data["variants"]]
        for text in (*texts, data.get("any", []), data.get("later", [])):
            for part in [text] if isinstance(text, str) else text:
                assert parse(Source(part, file.name))[1] == [], file.name
