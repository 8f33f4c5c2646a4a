"""How what Bicep deploys becomes hubs: the shapes that people write."""

from __future__ import annotations

import pytest
from sources.bicep.builders import HUB, opened

from scanner.values import OpenList


def rules(document):
    listed = document["outboundRules"]
    if isinstance(listed, OpenList):
        return [(opened(rule["name"]), sure) for rule, sure in listed.members]
    return [rule["name"] for rule in listed]


def network(text):
    return HUB.replace(
        "managedNetwork: {\n      isolationMode: 'AllowOnlyApprovedOutbound'\n    }",
        f"managedNetwork: {text}",
    )


class TestRules:
    FQDN = "{ type: 'FQDN', destination: '${host}' }"

    def test_in_a_map_with_names_that_are_worked_out(self, write, scan):
        write(
            "main.bicep",
            "var host = 'contoso.com'\nvar env = 'prod'\n"
            + network(
                f"{{\n  isolationMode: 'AllowOnlyApprovedOutbound'\n  outboundRules: {{\n    'allow-${{env}}': {self.FQDN}\n  }}\n}}"
            ),
        )
        document = scan().document
        assert rules(document) == ["allow-prod"]
        assert document["outboundRules"][0]["properties"]["destination"] == "contoso.com"

    def test_of_conditions_that_are_decided(self, write, scan):
        text = f"union(true ? {{ a: {self.FQDN} }} : {{}}, false ? {{ b: {self.FQDN} }} : {{}})"
        write(
            "main.bicep",
            "var host = 'contoso.com'\n"
            + network(f"{{ isolationMode: 'AllowOnlyApprovedOutbound', outboundRules: {text} }}"),
        )
        assert rules(scan().document) == ["a"]

    def test_of_conditions_that_are_not_may_be_there(self, write, scan):
        text = f"union({{ a: {self.FQDN} }}, more ? {{ b: {self.FQDN} }} : {{}})"
        write(
            "main.bicep",
            "param more bool\nvar host = 'contoso.com'\n"
            + network(f"{{ isolationMode: 'AllowOnlyApprovedOutbound', outboundRules: {text} }}"),
        )
        assert rules(scan().document) == [("a", True), ("b", False)]

    def test_made_of_a_list_of_hosts(self, write, scan):
        text = "toObject(hosts, h => 'rule-${replace(h, '.', '-')}', h => { type: 'FQDN', destination: h })"
        write(
            "main.bicep",
            "var hosts = ['contoso.com', 'fabrikam.com']\n"
            + network(f"{{ isolationMode: 'AllowOnlyApprovedOutbound', outboundRules: {text} }}"),
        )
        assert rules(scan().document) == ["rule-contoso-com", "rule-fabrikam-com"]

    def test_spread_into_the_map(self, write, scan):
        write(
            "main.bicep",
            f"var host = 'contoso.com'\nvar common = {{ a: {self.FQDN} }}\n"
            + network(
                f"{{ isolationMode: 'AllowOnlyApprovedOutbound', outboundRules: {{ ...common, b: {self.FQDN} }} }}"
            ),
        )
        assert rules(scan().document) == ["a", "b"]

    @pytest.mark.parametrize(
        "rule",
        [
            "resource one 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {\n  parent: hub\n  name: 'one'\n  properties: { type: 'FQDN', destination: 'contoso.com' }\n}\n",
            "resource one 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = {\n  name: '${hub.name}/one'\n  properties: { type: 'FQDN', destination: 'contoso.com' }\n}\n",
            "resource one 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for h in ['one']: {\n  parent: hub\n  name: h\n  properties: { type: 'FQDN', destination: 'contoso.com' }\n}]\n",
        ],
    )
    def test_that_are_resources(self, write, scan, rule):
        write("main.bicep", HUB + rule)
        assert rules(scan().document) == ["one"]

    def test_of_a_hub_that_another_module_deploys(self, write, scan):
        write(
            "rules.bicep",
            "param name string\nresource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' existing = {\n  name: name\n  resource one 'outboundRules' = {\n    name: 'one'\n    properties: { type: 'FQDN', destination: 'contoso.com' }\n  }\n}\n",
        )
        write("main.bicep", HUB + "module more 'rules.bicep' = {\n  params: { name: hub.name }\n}\n")
        assert rules(scan().document) == ["one"]


class TestTheNetwork:
    @pytest.mark.parametrize(
        ("before", "text", "mode"),
        [
            (
                "param secure bool = true\n",
                "secure ? { isolationMode: 'AllowOnlyApprovedOutbound' } : { isolationMode: 'Disabled' }",
                "AllowOnlyApprovedOutbound",
            ),
            ("param n object = { isolationMode: 'Disabled' }\n", "n", "Disabled"),
            ("param n object = {}\n", "{ ...n, isolationMode: n.?mode ?? 'Disabled' }", "Disabled"),
            (
                "param a string = b ? 'Disabled' : 'x'\nparam b bool = c == 'y'\nparam c string = 'y'\n",
                "{ isolationMode: a }",
                "Disabled",
            ),
            (
                "",
                "union({ isolationMode: 'Disabled' }, { isolationMode: 'AllowInternetOutBound' })",
                "AllowInternetOutbound",
            ),
        ],
    )
    def test_that_the_source_decides(self, write, scan, before, text, mode):
        write("main.bicep", before + network(text))
        assert scan().document["properties"]["managedNetwork"]["isolationMode"] == mode

    @pytest.mark.parametrize(
        ("before", "text"),
        [
            ("param m string\n", "{ isolationMode: m }"),
            ("param n object\n", "{ isolationMode: n.mode }"),
            ("param b bool\n", "{ isolationMode: b ? 'Disabled' : 'AllowInternetOutbound' }"),
            (
                "param b bool\n",
                "b ? { isolationMode: 'Disabled' } : { isolationMode: 'AllowInternetOutbound' }",
            ),
            ("", "{ isolationMode: deployment().name }"),
            (
                "resource other 'Microsoft.MachineLearningServices/workspaces@2024-10-01' existing = { name: 'o' }\n",
                "{ isolationMode: other.properties.managedNetwork.isolationMode }",
            ),
            ("", "{ isolationMode: readFrom('x') }"),
        ],
    )
    def test_that_it_does_not_decide_is_not_known(self, write, scan, before, text):
        write("main.bicep", before + network(text))
        mode = scan().document["properties"]["managedNetwork"]["isolationMode"]
        assert not isinstance(mode, (str, type(None)))

    def test_that_is_a_parameter_as_a_whole(self, write, scan):
        write("main.bicep", "param n object\n" + network("n"))
        assert opened(scan().document["properties"]["managedNetwork"]) == "the parameter 'n' has no value"


class TestHubs:
    def test_that_exclude_each_other_are_those_that_are_there(self, write, scan):
        one = HUB.replace("= {", "= if (env == 'prod') {", 1)
        other = (
            HUB.replace("= {", "= if (env != 'prod') {", 1)
            .replace("resource hub", "resource dev")
            .replace("'hub1'", "'dev'")
        )
        write("main.bicep", "param env string = 'prod'\n" + one + other)
        assert scan().names == ["hub1"]

    def test_lie_where_their_module_is_deployed(self, write, scan):
        write("hub.bicep", HUB)
        write(
            "main.bicep",
            "targetScope = 'subscription'\nresource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = {\n  name: 'rg-${env}'\n  location: 'westeurope'\n}\nparam env string = 'x'\nmodule hub 'hub.bicep' = {\n  scope: rg\n}\nmodule far 'hub.bicep' = {\n  name: 'far'\n  scope: resourceGroup('11111111-0000-0000-0000-000000000000', 'elsewhere')\n}\n",
        )
        groups = [hub.document["id"].split("/providers/")[0] for hub in scan().hubs]
        assert groups == [
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-x",
            "/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/elsewhere",
        ]

    def test_are_the_same_in_bicep_and_compiled(self, write, scan):
        write("one/main.bicep", "param p string\n" + network("{ isolationMode: p }"))
        compiled = {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": {"p": {"type": "string"}},
            "resources": [
                {
                    "type": "Microsoft.MachineLearningServices/workspaces",
                    "apiVersion": "2024-10-01",
                    "name": "hub1",
                    "kind": "Hub",
                    "properties": {"managedNetwork": {"isolationMode": "[parameters('p')]"}},
                }
            ],
        }
        write("other/main.json", compiled)
        one, other = (hub.document for hub in scan().hubs)
        modes = [document["properties"]["managedNetwork"].pop("isolationMode") for document in (one, other)]
        assert modes[0].key == modes[1].key
        assert [document["outboundRules"] for document in (one, other)] == [[], []]
        assert {key: value for key, value in one.items() if isinstance(value, str)} == {
            key: value for key, value in other.items() if isinstance(value, str)
        }
