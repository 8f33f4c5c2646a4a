"""Configuration that is broken, hostile or merely odd: it ends in gaps with their place, and the rest is judged."""

from __future__ import annotations

import pytest
from sources.code.test_configuration import RULE, hub, mode, mode_of, network

from scanner.values import Unknown


@pytest.fixture
def load(write, scan):
    def call(text, **files):
        write("infra/main.tf", text)
        for name, content in files.items():
            write(f"infra/{name}.tf", content)
        return scan("infra")

    return call


def gaps(found):
    return [(gap.subject.rpartition("/")[2], gap.code, gap.detail) for gap in found.gaps]


class TestSyntaxErrors:
    def test_say_where_and_the_other_files_go_on(self, load):
        found = load(hub(), other='variable "a" {\n  default = \n}\nresource "x" "y" {\n')
        assert found.names == ["hub1"]
        assert gaps(found) == [
            ("other.tf:2:13", "syntax", "expected a value, found the end of the line"),
            (
                "other.tf:5:1",
                "syntax",
                "expected '}' that closes the block 'resource' of line 4, found the end of the text",
            ),
        ]

    def test_in_one_block_leave_the_blocks_behind_it(self, load):
        found = load(hub("location = ") + hub().replace("hub1", "hub2"))
        assert found.names == ["hub2"]
        assert gaps(found)[0][0] == "main.tf:5:14"

    def test_in_folders_without_hubs_are_nobodys_business(self, load):
        assert load('resource "azurerm_subnet" "s" {\n').gaps == []

    def test_in_json_say_where(self, write, scan):
        write("infra/main.tf", hub())
        write("infra/more.tf.json", '{"locals": {"a": 1,,}}')
        found = scan("infra")
        assert found.names == ["hub1"]
        assert [gap.subject.rpartition("/")[2] for gap in found.gaps] == ["more.tf.json:1:20"]

    def test_in_templates_of_json_say_where(self, write, scan):
        write("infra/main.tf", hub())
        write("infra/more.tf.json", '{\n"locals": {\n  "a": "${b"}}')
        assert [gap.subject.rpartition("/")[2] for gap in scan("infra").gaps] == ["more.tf.json:3:3"]


class TestTooMuch:
    @pytest.mark.parametrize(
        "value",
        [
            "[" * 5000,
            "{a=" * 5000,
            "(" * 5000,
            '"${' * 5000,
            "f(" * 5000,
            "!" * 5000,
            "[" * 60 + "]" * 60,
            "1" + "+1" * 5000,
        ],
    )
    def test_depth(self, load, value):
        found = load(hub() + f"locals {{\n  a = {value}\n}}\n")
        assert found.names == ["hub1"]

    def test_depth_of_blocks_from_the_beginning_of_a_file(self, load):
        found = load("a {\n" * 5000, hub=hub())
        assert found.names == ["hub1"]
        assert "nested deeper" in gaps(found)[0][2]

    @pytest.mark.parametrize(
        "expression",
        [
            "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]",
            "setproduct(range(1000), range(1000), range(1000))",
            'format("%1000000000s", "a")',
            'join("", [for a in range(1000) : join("", [for b in range(1000) : "aaaaaaaaaaaaaaaaaaaaaa"])])',
            'regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")',
            "pow(10, pow(10, 10))",
            'cidrsubnets("::/0", range(1000)...)',
        ],
    )
    def test_work(self, load, expression):
        found = load(mode(f'"${{{expression}}}"'))
        assert found.hubs == [] or isinstance(mode_of(found), Unknown)
        assert found.hubs or found.codes == ["too-much"]

    @pytest.mark.parametrize("depth", [90, 500, 1500])
    @pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
    def test_depth_of_json(self, load, write, depth, brackets):
        opening, closing = brackets[:-1], brackets[-1]
        write("infra/deep.json", opening * depth + "1" + closing * depth)
        found = load(mode('jsondecode(file("deep.json"))'))
        assert isinstance(mode_of(found), Unknown)

    def test_depth_of_values(self, load):
        nested = "\n".join(f"  a{index} = [local.a{index - 1}]" for index in range(1, 300))
        found = load(mode("local.a299") + f"locals {{\n  a0 = 1\n{nested}\n}}\n")
        assert isinstance(mode_of(found), Unknown)

    def test_values_that_double(self, load):
        doubling = "\n".join(
            f"  a{index} = [local.a{index - 1}, local.a{index - 1}]" for index in range(1, 60)
        )
        found = load(mode("jsonencode(local.a59)") + f"locals {{\n  a0 = 1\n{doubling}\n}}\n")
        assert isinstance(mode_of(found), Unknown)

    def test_instances(self, load):
        found = load(hub("count = 1000000"))
        assert isinstance(found.hub.ref.name, str)
        assert len(found.hubs) == 1

    def test_instances_of_modules(self, write, scan):
        write("infra/main.tf", 'module "m" {\n  source = "./m"\n  count = 2000\n}\n' + hub())
        write("infra/m/main.tf", 'module "n" {\n  source = "./n"\n  count = 2000\n}\n')
        write("infra/m/n/main.tf", hub().replace("hub1", "inner"))
        found = scan("infra")
        assert "hub1" in found.names or found.codes == ["too-much"]

    def test_size_of_a_file(self, load):
        text = "".join(f'locals {{\n  a{index} = "{"x" * 200}-${{var.y}}"\n}}\n' for index in range(20_000))
        assert len(text) > 4_500_000
        assert load(mode("local.a7") + text).names == ["hub1"]


class TestOddities:
    @pytest.mark.parametrize(
        "text",
        [
            'resource "azurerm_ai_foundry" {\n}\n',
            "resource {\n}\n",
            'resource "azurerm_ai_foundry" "hub" "x" {\n}\n',
            'module "m" {\n}\n',
            'module "m" {\n  source = var.x\n}\n',
            'module {\n  source = "./x"\n}\n',
            'module "m" {\n  source = "./\\u0000"\n}\n',
            "variable {\n}\n",
            'variable "a" {\n  type = nothing(1, 2)\n}\n',
            "locals {\n  a = each.key\n}\n",
            'output "x" {\n}\n',
            'data "azurerm_resource_group" "x" {\n}\n',
            'provider "azurerm" {\n  features {}\n}\n',
            'terraform {\n  required_version = ">= 1.9"\n}\n',
            'moved {\n  from = a.b\n  to   = a.c\n}\nimport {\n  to = a.b\n  id = "x"\n}\nremoved {\n  from = a.d\n}\n',
            'check "c" {\n  assert {\n    condition     = var.x\n    error_message = "no"\n  }\n}\n',
            "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n",
        ],
    )
    def test_do_no_harm(self, load, text):
        assert load(hub() + text).names == ["hub1"]

    @pytest.mark.parametrize(
        "line",
        [
            "name = null",
            "name = 5",
            'name = "a/b"',
            "name = [1]",
            "name = { a = 1 }",
            "resource_group_name = null",
            "managed_network = 5",
            'managed_network = "x"',
            "managed_network = []",
            "managed_network = [1]",
            "managed_network = null",
            "tags = 5",
            'storage_account_id = ["x"]',
            "location = azurerm_ai_foundry.hub",
            "storage_account_id = azurerm_ai_foundry.hub.id",
            'dynamic "managed_network" {\n}',
            'dynamic "managed_network" {\n    for_each = 5\n    content {}\n  }',
            "dynamic {\n}",
            "managed_network {\n    managed_network {\n    }\n  }",
            "lifecycle {\n    ignore_changes = all\n  }",
        ],
    )
    def test_of_a_hub_leave_a_hub(self, load, line):
        text = f'resource "azurerm_ai_foundry" "hub" {{\n  {line}\n}}\n'
        assert len(load(text).hubs) == 1

    def test_a_network_that_is_an_attribute_is_read(self, load):
        assert mode_of(load(hub('managed_network = [{ isolation_mode = "Disabled" }]'))) == "Disabled"
        assert mode_of(load(hub('managed_network = { isolation_mode = "Disabled" }'))) == "Disabled"

    @pytest.mark.parametrize(
        "body",
        [
            "5",
            '"x"',
            "[]",
            "null",
            "{}",
            "{ properties = 5 }",
            "{ properties = { managedNetwork = 5 } }",
            "{ properties = null, kind = null }",
        ],
    )
    def test_of_an_azapi_body_leave_a_hub(self, load, body):
        found = load(
            'resource "azapi_resource" "hub" {\n  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"\n'
            f'  name = "hub1"\n  body = {body}\n}}\n'
        )
        assert found.names == ["hub1"]

    @pytest.mark.parametrize(
        "kind", ["5", "var.x", '"workspaces"', '"Microsoft.MachineLearningServices/workspaces"']
    )
    def test_of_an_azapi_type_are_bearable(self, load, kind):
        found = load(hub() + f'resource "azapi_resource" "x" {{\n  type = {kind}\n  name = "hub2"\n}}\n')
        assert found.names[0] == "hub1"
        told = [("main.tf:8:3", "open-type")] if kind == "var.x" else []
        assert [(where, code) for where, code, _ in gaps(found)] == told

    def test_a_rule_of_no_hub_in_sight_has_one_that_is_not_known(self, load):
        found = load(
            f'resource "{RULE}_fqdn" "r" {{\n  name = "web"\n  workspace_id = var.hub\n  destination_fqdn = "contoso.com"\n}}\n'
            'variable "hub" {}\n'
        )
        assert isinstance(
            found.document["properties"]["managedNetwork"]
            if isinstance(found.document["properties"], dict)
            else found.document["properties"],
            Unknown,
        )

    def test_a_folder_and_a_file_named_alike_are_told_apart(self, load, write):
        write("infra/main.tfvars/x.txt", "")
        assert load(hub()).names == ["hub1"]

    def test_names_with_signs_of_their_own_do_no_harm(self, load):
        found = load(hub().replace("hub1", "a::error|<b>\\u001b[0m 🚀"))
        assert found.names == ["a::error|<b>\x1b[0m 🚀"]

    def test_bytes_that_are_no_text_do_no_harm(self, write, scan):
        write("infra/main.tf", hub().encode() + b"# \xff\xfe\n")
        assert network(scan("infra")) is None
