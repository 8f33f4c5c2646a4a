"""Where the values of evaluated templates stand."""

from __future__ import annotations

from sources.arm.builders import WORKSPACE, expanded

from scanner.sources.code.join import join

TEMPLATE = """{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "mode": {
      "type": "string",
      "defaultValue": "Disabled"
    },
    "network": {
      "type": "object",
      "defaultValue": {
        "isolationMode": "[parameters('mode')]",
        "outboundRules": {
          "a": {"type": "FQDN", "destination": "a.contoso.com"}
        }
      }
    }
  },
  "variables": {
    "host": "b.contoso.com"
  },
  "resources": [
    {
      "type": "Microsoft.MachineLearningServices/workspaces",
      "apiVersion": "2024-10-01",
      "name": "one",
      "properties": {
        "managedNetwork": {
          "isolationMode": "[parameters('mode')]",
          "outboundRules": {
            "b": {
              "type": "FQDN",
              "destination": "[concat(variables('host'))]"
            }
          }
        }
      },
      "resources": [
        {
          "type": "outboundRules",
          "apiVersion": "2024-10-01",
          "name": "child",
          "properties": {"type": "FQDN", "destination": "c.contoso.com"}
        }
      ]
    },
    {
      "type": "Microsoft.MachineLearningServices/workspaces",
      "apiVersion": "2024-10-01",
      "name": "two",
      "properties": {
        "managedNetwork": "[parameters('network')]"
      }
    }
  ]
}
"""


def line_of(text):
    (line,) = [number for number, line in enumerate(TEMPLATE.splitlines(), 1) if text in line]
    return line


ONE = line_of('"name": "one"') - 3


class TestOfResources:
    def setup_method(self):
        found = expanded(TEMPLATE)
        self.places = found.places
        self.one, self.child, self.two = found.resources
        self.network = self.one.document["properties"]["managedNetwork"]

    def test_the_block_stands_where_it_begins(self):
        assert (self.one.place.line, self.one.place.column) == (ONE, 5)
        assert self.one.place == self.places.of(self.one.document)

    def test_a_value_stands_at_its_key(self):
        place = self.places.of(self.network, "isolationMode")
        assert (place.path, place.line, place.column) == ("main.json", ONE + 6, 11)
        assert self.places.of(self.one.document["properties"], "managedNetwork").line == ONE + 5

    def test_what_an_expression_gives_was_written_elsewhere(self):
        assert self.places.origin(self.network, "isolationMode").line == line_of('"defaultValue": "Disabled"')
        rule = self.network["outboundRules"]["b"]
        assert self.places.of(rule, "destination").line == line_of("[concat(variables('host'))]")
        assert self.places.origin(rule, "destination").line == line_of('"host": "b.contoso.com"')

    def test_everything_in_an_object_that_an_expression_gives_stands_at_the_expression(self):
        network = self.two.document["properties"]["managedNetwork"]
        used = line_of("\"[parameters('network')]\"")
        assert self.places.of(network, "isolationMode").line == used
        assert self.places.of(network["outboundRules"]["a"], "destination").line == used
        origin = self.places.origin(network["outboundRules"]["a"], "destination")
        assert origin.line == line_of("a.contoso.com")

    def test_a_parameter_file_is_where_its_values_were_written(self):
        found = expanded(TEMPLATE, {"mode": "AllowOnlyApprovedOutbound"})
        network = found.resources[0].document["properties"]["managedNetwork"]
        assert found.places.of(network, "isolationMode").path == "main.json"
        assert found.places.origin(network, "isolationMode").path == "main.parameters.json"

    def test_what_is_not_there_has_no_place(self):
        assert self.places.of(self.network, "firewallSku") is None
        assert self.places.origin(self.network, "firewallSku") is None
        assert self.places.of({}, "x") is None


class TestOfHubs:
    def setup_method(self):
        self.one, self.two = join(expanded(TEMPLATE).resources)

    def line(self, hub, container, key=None):
        return hub.places.of(container, key).line

    def test_rules_stand_where_their_keys_do(self):
        rules = {rule["name"]: rule for rule in self.one.document["outboundRules"]}
        assert self.line(self.one, rules["b"]) == line_of('"b": {')
        assert self.line(self.one, rules["b"]["properties"], "destination") == line_of(
            "[concat(variables('host'))]"
        )
        assert self.line(self.one, rules["child"], "name") == line_of('"name": "child"')
        assert self.line(self.one, rules["child"]) == line_of('"name": "child"') - 3

    def test_rules_of_an_object_from_elsewhere_stand_where_it_is_used(self):
        (rule,) = self.two.document["outboundRules"]
        assert self.line(self.two, rule) == line_of("\"[parameters('network')]\"")
        assert self.two.places.origin(rule["properties"], "destination").line == line_of("a.contoso.com")

    def test_the_network_stands_where_it_did(self):
        network = self.one.document["properties"]["managedNetwork"]
        assert self.line(self.one, network, "isolationMode") == ONE + 6
        assert self.line(self.one, self.one.document["properties"], "managedNetwork") == ONE + 5

    def test_the_hub_stands_at_its_block(self):
        assert self.line(self.one, self.one.document) == ONE
        assert self.one.document["type"] == WORKSPACE


def test_properties_that_are_one_expression_stand_at_it():
    text = (
        '{"resources": [{"type": "A/b", "name": "n",\n'
        "\"properties\": \"[createObject('a', createObject('b', parameters('p')))]\"}],\n"
        '"parameters": {"p": {"type": "object", "defaultValue": {\n'
        '"c": 1}}}}'
    )
    found = expanded(text)
    properties = found.resources[0].document["properties"]
    assert found.places.of(properties, "a").line == 2
    assert found.places.of(properties["a"]["b"], "c").line == 2
    assert found.places.origin(properties["a"]["b"], "c").line == 4
    assert found.places.of(properties["a"]["b"], "d") is None
