"""Where the values of a hub stand in its configuration, and where they were written."""

from __future__ import annotations

import pytest
from sources.code.test_configuration import RULE, network

WRITE = """
variable "mode" {
  default = "Disabled"
}
locals {
  mode = var.mode
  rules = {
    web = { host = "contoso.com" }
    raw = "fabrikam.com"
  }
  network = {
    isolationMode = "Disabled"
    outboundRules = {
      web = { type = "FQDN", destination = "contoso.com" }
    }
  }
}
"""


@pytest.fixture
def at(write, scan, tmp_path):
    """Reads ``main.tf`` beside ``values.tf``; gives the hub, and a function that says where a value stands."""

    def call(text, values=WRITE, **files):
        write("infra/values.tf", values)
        write("infra/main.tf", text)
        for name, content in files.items():
            write(f"infra/{name.replace('__', '/')}.tf", content)
        found = scan("infra")

        def where(holder, key=None):
            places = found.hub.places
            return [shown(one, tmp_path) for one in (places.of(holder, key), places.origin(holder, key))]

        return found, where

    return call


def shown(place, base):
    return place and f"{place.path.removeprefix(f'{base}/infra/')}:{place.line}:{place.column}"


def hub(expression):
    return f"""resource "azurerm_ai_foundry" "hub" {{
  name = "hub1"
  managed_network {{
    isolation_mode = {expression}
  }}
}}
"""


class TestAttributes:
    @pytest.mark.parametrize(
        ("expression", "origin"),
        [
            ('"Disabled"', None),
            ("var.mode", "values.tf:3:3"),
            ("local.mode", "values.tf:3:3"),
            ('"${var.mode}"', "values.tf:3:3"),
            ("lower(local.mode)", "values.tf:3:3"),
            ('true ? var.mode : "x"', "values.tf:3:3"),
            ("local.network.isolationMode", "values.tf:12:5"),
            ('local.network["isolationMode"]', "values.tf:12:5"),
            ('lookup(local.network, "isolationMode", "x")', "values.tf:11:3"),
            ("merge(local.network, {}).isolationMode", "values.tf:12:5"),
            ('{ a = "Disabled" }.a', "main.tf:4:24"),
        ],
    )
    def test_stand_where_they_are_used(self, at, expression, origin):
        found, where = at(hub(expression))
        assert where(network(found), "isolationMode") == ["main.tf:4:5", origin]

    def test_that_are_missing_have_the_place_of_their_block(self, at):
        found, where = at(hub('"Disabled"'))
        assert where(found.document["properties"], "publicNetworkAccess") == ["main.tf:1:1", None]
        assert where(network(found)) == ["main.tf:3:3", None]
        assert where(found.document) == ["main.tf:1:1", None]

    def test_that_a_file_of_values_gives_say_so(self, at, write):
        write("infra/terraform.tfvars", '\nmode = "AllowInternetOutbound"\n')
        found, where = at(hub("var.mode"))
        assert where(network(found), "isolationMode") == ["main.tf:4:5", "terraform.tfvars:2:1"]

    def test_of_a_dynamic_block_stand_in_its_content(self, at):
        found, where = at(
            'resource "azurerm_ai_foundry" "hub" {\n  name = "hub1"\n  dynamic "managed_network" {\n'
            "    for_each = [local.network]\n    content {\n      isolation_mode = managed_network.value.isolationMode\n    }\n  }\n}\n"
        )
        assert where(network(found), "isolationMode") == ["main.tf:6:7", "values.tf:12:5"]

    def test_of_an_override_stand_there(self, at):
        found, where = at(hub('"Disabled"'), over_override=hub('"AllowInternetOutbound"'))
        assert where(network(found), "isolationMode")[0] == "over_override.tf:4:5"


class TestRules:
    @pytest.mark.parametrize(
        ("collection", "value", "origin"),
        [
            ("local.rules", "try(each.value.host, each.value)", "values.tf:8:13"),
            ("{ web = local.rules.web }", "each.value.host", "values.tf:8:13"),
            ("{ web = local.rules.raw }", "each.value", "values.tf:9:5"),
            ('{ web = "contoso.com" }', "each.value", "main.tf:2:16"),
            ('toset([local.rules.raw, "web"])', "each.value", "main.tf:2:38"),
            (
                '{ for key, one in local.rules : key => one if key == "web" }',
                "each.value.host",
                "values.tf:8:13",
            ),
            (
                '{ for key, one in local.rules : key => one.host if key == "web" }',
                "each.value",
                "values.tf:8:13",
            ),
        ],
    )
    def test_made_by_for_each_were_written_in_what_it_goes_over(self, at, collection, value, origin):
        text = (
            f'resource "{RULE}_fqdn" "r" {{\n  for_each = {collection}\n  name = each.key\n'
            f"  workspace_id = azurerm_ai_foundry.hub.id\n  destination_fqdn = {value}\n}}\n"
        )
        found, where = at(text + hub('"Disabled"'))
        rule = next(one for one in found.document["outboundRules"] if one["name"] == "web")
        assert where(rule["properties"], "destination") == ["main.tf:5:3", origin]

    def body(self, text):
        return (
            'resource "azapi_resource" "hub" {\n  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"\n'
            f'  name = "hub1"\n  body = {text}\n}}\n'
        )

    @pytest.mark.parametrize("wrap", ["%s", "jsonencode(%s)"])
    def test_of_a_body_stand_on_their_own_lines(self, at, wrap):
        found, where = at(
            self.body(
                wrap
                % """{
    kind = "Hub"
    properties = {
      managedNetwork = {
        isolationMode = local.mode
        outboundRules = {
          web = {
            type        = "FQDN"
            destination = "contoso.com"
          }
        }
      }
    }
  }"""
            )
        )
        (rule,) = found.document["outboundRules"]
        assert where(network(found), "isolationMode") == ["main.tf:8:9", "values.tf:3:3"]
        assert where(rule) == ["main.tf:10:11", None]
        assert where(rule["properties"], "destination") == ["main.tf:12:13", None]

    def test_of_a_body_that_is_written_elsewhere_stand_where_it_is_used(self, at):
        found, where = at(
            self.body(
                '{\n    kind = "Hub"\n    properties = {\n      managedNetwork = local.network\n    }\n  }'
            )
        )
        (rule,) = found.document["outboundRules"]
        assert where(network(found), "isolationMode") == ["main.tf:7:7", "values.tf:12:5"]
        assert where(rule["properties"], "destination") == ["main.tf:7:7", "values.tf:14:30"]

    def test_of_merged_objects_were_written_where_each_was(self, at):
        found, where = at(
            self.body(
                '{\n    kind = "Hub"\n    properties = { managedNetwork = merge(local.network, {\n'
                '      isolationMode = "AllowInternetOutbound"\n    }) }\n  }'
            )
        )
        assert where(network(found), "isolationMode") == ["main.tf:7:7", None]


class TestModules:
    CHILD = 'variable "mode" {}\n' + hub("var.mode")

    @pytest.mark.parametrize(
        ("argument", "origin"),
        [
            ('"Disabled"', "main.tf:3:3"),
            ("local.mode", "values.tf:3:3"),
            ("local.network.isolationMode", "values.tf:12:5"),
        ],
    )
    def test_stand_in_the_module_and_were_written_by_the_caller(self, at, argument, origin):
        found, where = at(
            f'module "m" {{\n  source = "./child"\n  mode = {argument}\n}}\n', child__main=self.CHILD
        )
        assert where(network(found), "isolationMode") == ["child/main.tf:5:5", origin]

    def test_have_outputs_that_were_written_there(self, at):
        found, where = at(
            'module "m" {\n  source = "./child"\n}\n' + hub("module.m.mode"),
            child__main='output "mode" {\n  value = "Disabled"\n}\n',
        )
        assert where(network(found), "isolationMode") == ["main.tf:7:5", "child/main.tf:2:3"]


def test_values_of_json_have_places_too(write, scan, tmp_path):
    write(
        "infra/main.tf.json",
        '{\n "resource": {"azurerm_ai_foundry": {"hub": {\n  "name": "hub1",\n  "managed_network": {\n'
        '   "isolation_mode": "${local.mode}"\n  }\n }}},\n "locals": {\n  "mode": "Disabled"\n }\n}\n',
    )
    found = scan("infra")
    places = found.hub.places
    assert shown(places.of(network(found), "isolationMode"), tmp_path) == "main.tf.json:5:4"
    assert shown(places.origin(network(found), "isolationMode"), tmp_path) == "main.tf.json:9:3"


@pytest.mark.parametrize(
    "text", ["${var.mode}", "Allow${var.mode}", r"${lookup(var.map, \"mode\")}", r"\t${var.mode}"]
)
def test_what_is_open_in_json_stands_where_it_is_written_in_its_own_words(write, scan, text):
    write(
        "infra/main.tf.json",
        '{"variable": {"mode": {}, "map": {}},\n'
        ' "resource": {"azurerm_ai_foundry": {"hub": {\n'
        '  "name": "hub1",\n'
        f'  "location": "{text}"\n'
        "}}}}\n",
    )
    location = scan("infra").document["location"]
    assert location.text == text
    assert (location.place.line, location.place.column) == (4, 16)
