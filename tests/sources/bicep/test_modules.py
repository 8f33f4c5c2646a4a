"""Bicep files that call and import one another, read as a user who names their folder would."""

from __future__ import annotations

import os

import pytest
from sources.bicep.builders import HUB, opened

from scanner.sources import collect

MODULE = """
param mode string
param name string = 'hub1'
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: name
  kind: 'Hub'
  properties: {
    managedNetwork: {
      isolationMode: mode
    }
  }
}
output hubId string = hub.id
output mode string = mode
"""


def call(path="hub.bicep", mode="'Disabled'", name="m", more=""):
    return f"module {name} '{path}' = {{\n  name: '{name}'\n  params: {{\n    mode: {mode}\n{more}  }}\n}}\n"


def mode_of(hub):
    return hub.document["properties"]["managedNetwork"]["isolationMode"]


class TestAModule:
    def test_is_judged_as_its_caller_deploys_it(self, write, scan):
        write("modules/hub.bicep", MODULE)
        write("main.bicep", call("modules/hub.bicep"))
        found = scan()
        assert mode_of(found.hub) == "Disabled"
        assert found.hub.ref.id.endswith("main.bicep#hub1")
        assert found.gaps == []

    def test_is_judged_alone_where_nobody_calls_it(self, write, scan):
        write("hub.bicep", MODULE)
        assert opened(mode_of(scan().hub)) == "the parameter 'mode' has no value"

    def test_is_read_where_only_its_caller_was_named(self, write, scan):
        write("modules/hub.bicep", MODULE)
        write("main.bicep", call("modules/hub.bicep"))
        assert mode_of(scan("main.bicep").hub) == "Disabled"

    def test_is_judged_once_for_each_caller(self, write, scan):
        write("hub.bicep", MODULE)
        write("one.bicep", call(mode="'Disabled'"))
        write("two.bicep", call(mode="'AllowInternetOutbound'"))
        assert sorted(map(mode_of, scan().hubs)) == ["AllowInternetOutbound", "Disabled"]

    def test_in_a_loop_is_there_for_each_turn(self, write, scan):
        write("hub.bicep", MODULE)
        write(
            "main.bicep",
            "module m 'hub.bicep' = [for n in ['a', 'b']: {\n  name: n\n  params: { mode: 'Disabled', name: n }\n}]\n",
        )
        assert scan().names == ["a", "b"]

    def test_over_a_list_nobody_knows_is_one_hub_that_is_not_known(self, write, scan):
        write("hub.bicep", MODULE)
        write(
            "main.bicep",
            "param all array\nmodule m 'hub.bicep' = [for n in all: {\n  params: { mode: n.mode, name: n.name }\n}]\n",
        )
        assert "the parameter 'all' has no value" in opened(mode_of(scan().hub))

    def test_with_a_false_condition_is_not_there(self, write, scan):
        write("hub.bicep", MODULE)
        write("main.bicep", call().replace("= {", "= if (false) {", 1))
        assert scan().hubs == []

    def test_gives_its_outputs(self, write, scan):
        write("first.bicep", "output mode string = 'AllowOnlyApprovedOutbound'\noutput all array = ['a']")
        write("hub.bicep", MODULE)
        write(
            "main.bicep", "module first 'first.bicep' = { name: 'first' }\n" + call(mode="first.outputs.mode")
        )
        assert mode_of(scan().hub) == "AllowOnlyApprovedOutbound"

    def test_that_is_not_deployed_gives_null(self, write, scan):
        write("first.bicep", "output mode string = 'Disabled'")
        write("hub.bicep", MODULE)
        write(
            "main.bicep",
            "module first 'first.bicep' = if (false) { name: 'first' }\n"
            + call(mode="first.?outputs.mode ?? 'AllowInternetOutbound'"),
        )
        assert mode_of(scan().hub) == "AllowInternetOutbound"

    def test_keeps_the_places_of_its_own_lines(self, write, scan):
        write("hub.bicep", MODULE)
        write("main.bicep", call())
        hub = scan().hub
        network = hub.document["properties"]["managedNetwork"]
        place = hub.places.of(network, "isolationMode")
        origin = hub.places.origin(network, "isolationMode")
        assert (os.path.basename(place.path), place.line, place.column) == ("hub.bicep", 9, 7)
        assert (os.path.basename(origin.path), origin.line, origin.column) == ("main.bicep", 4, 5)

    def test_may_be_a_json_template_which_is_then_not_judged_alone(self, write, scan):
        schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
        hub = {
            "type": "Microsoft.MachineLearningServices/workspaces",
            "apiVersion": "2024-10-01",
            "name": "hub1",
            "kind": "Hub",
            "properties": {"managedNetwork": {"isolationMode": "[parameters('mode')]"}},
        }
        write(
            "hub.json",
            {
                "$schema": schema,
                "contentVersion": "1.0.0.0",
                "parameters": {"mode": {"type": "string"}},
                "resources": [hub],
            },
        )
        write("main.bicep", call("hub.json"))
        assert mode_of(scan().hub) == "Disabled"

    def test_given_all_of_its_parameters_by_one_expression(self, write, scan):
        write("hub.bicep", MODULE)
        write(
            "main.bicep",
            "var all = { mode: 'Disabled' }\nmodule m 'hub.bicep' = {\n  params: { ...all, name: 'x' }\n}\n",
        )
        found = scan()
        assert (found.names, mode_of(found.hub)) == (["x"], "Disabled")

    def test_given_them_by_what_is_not_known_guesses_no_default(self, write, scan):
        write("hub.bicep", MODULE.replace("param mode string", "param mode string = 'Disabled'"))
        write("main.bicep", "param all object\nmodule m 'hub.bicep' = {\n  params: all\n}\n")
        assert "not known" in opened(mode_of(scan().hub))


class TestResourcesOfSeveralFiles:
    def test_are_joined_through_parameters_and_outputs(self, write, scan):
        write(
            "storage.bicep",
            "param name string\nresource store 'Microsoft.Storage/storageAccounts@2024-01-01' = {\n  name: name\n  properties: { publicNetworkAccess: 'Disabled' }\n}\noutput id string = store.id\n",
        )
        write(
            "main.bicep",
            "param prefix string\nmodule data 'storage.bicep' = {\n  params: { name: '${prefix}data' }\n}\n"
            + HUB.replace("properties: {", "properties: {\n    storageAccount: data.outputs.id", 1),
        )
        found = scan()
        (store,) = found.document["resources"]
        assert store["properties"] == {"publicNetworkAccess": "Disabled"}
        assert found.hub.gaps == ()


class TestWhatCannotBeFollowed:
    @pytest.mark.parametrize(
        ("path", "code", "detail"),
        [
            ("missing.bicep", "missing-module", "'missing.bicep' is not there"),
            ("../outside.bicep", "outside", "leads out of what is scanned"),
            ("/etc/passwd", "module", "is no relative path"),
            ("a\\\\u{0}b.bicep", "missing-module", "is not there"),
            ("folder", "missing-module", "is not there"),
        ],
    )
    def test_is_one_gap_at_its_line(self, write, tmp_path, path, code, detail):
        write("outside.bicep", HUB)
        write("in/folder/x.bicep", "")
        main = write("in/main.bicep", f"\n{call(path)}")
        gaps = [one for one in collect([str(tmp_path / "in")]) if type(one).__name__ == "Gap"]
        assert [(gap.subject, gap.code, gap.reason) for gap in gaps] == [(f"{main}:2:1", code, "failed")]
        assert detail in gaps[0].detail

    def test_a_link_does_not_lead_outside_either(self, write, scan, tmp_path):
        write("outside.bicep", HUB)
        write("in/main.bicep", call("link.bicep"))
        os.symlink(tmp_path / "outside.bicep", tmp_path / "in" / "link.bicep")
        found = scan("in")
        assert (found.codes, found.hubs) == (["outside"], [])

    def test_modules_that_call_each_other_are_judged_once_and_said(self, write, scan):
        write("a.bicep", HUB + "module b 'b.bicep' = { name: 'b' }\n")
        write("b.bicep", "module a 'a.bicep' = { name: 'a' }\n")
        found = scan()
        assert found.names == ["hub1"]
        assert found.codes == ["module-cycle"]
        assert "a.bicep → " in found.gaps[0].detail

    def test_a_module_that_calls_itself(self, write, scan):
        write("a.bicep", HUB + "module again 'a.bicep' = { name: 'b' }\n")
        found = scan()
        assert (found.names, found.codes) == (["hub1"], ["module-cycle"])

    def test_a_broken_file_keeps_no_other_from_being_read(self, write, scan):
        broken = write("broken.bicep", "var x = \n")
        write("main.bicep", HUB)
        found = scan()
        assert found.names == ["hub1"]
        assert [(gap.subject, gap.code) for gap in found.gaps] == [(f"{broken}:1:9", "syntax")]

    def test_modules_that_double_at_every_level_end(self, write, scan):
        for level in range(30):
            write(
                f"m{level}.bicep",
                "".join(f"module {n} 'm{level + 1}.bicep' = {{ name: '{n}' }}\n" for n in "ab"),
            )
        write("m30.bicep", HUB)
        assert "too-much" in scan().codes

    def test_a_long_chain_of_modules_is_said(self, write, scan):
        for level in range(60):
            write(f"m{level}.bicep", f"module n 'm{level + 1}.bicep' = {{ name: 'n' }}\n")
        write("m60.bicep", HUB)
        assert "too-deep" in scan().codes


class TestImports:
    SHARED = """
@export()
type mode = 'AllowInternetOutbound' | 'AllowOnlyApprovedOutbound'
@export()
var chosen = '${base}${suffix()}'
var base = 'AllowOnly'
@export()
func suffix() string => tail('Approved')
func tail(word string) string => '${word}Outbound'
@export()
@secure()
type hidden = string
"""

    @pytest.mark.parametrize(
        ("statement", "expression"),
        [
            ("import { chosen } from 'shared.bicep'", "chosen"),
            ("import { chosen as picked, mode } from './shared.bicep'", "picked"),
            ("import {\n  chosen\n  suffix\n} from 'shared.bicep'", "chosen"),
            ("import * as shared from 'shared.bicep'", "shared.chosen"),
            ("import * as shared from 'shared.bicep'", "'AllowOnly${shared.suffix()}'"),
            ("import { suffix as end } from 'shared.bicep'", "'AllowOnly${end()}'"),
            ("import { 'chosen' as picked } from 'shared.bicep'", "picked"),
        ],
    )
    def test_bring_variables_and_functions(self, write, scan, statement, expression):
        write("shared.bicep", self.SHARED)
        write(
            "main.bicep",
            f"{statement}\n{HUB.replace(chr(39) + 'AllowOnlyApprovedOutbound' + chr(39), expression)}",
        )
        assert mode_of(scan().hub) == "AllowOnlyApprovedOutbound"

    def test_may_be_handed_on(self, write, scan):
        write("shared.bicep", self.SHARED)
        write("between.bicep", "import { chosen } from 'shared.bicep'\n@export()\nvar again = chosen\n")
        write(
            "main.bicep",
            "import { again } from 'between.bicep'\n" + HUB.replace("'AllowOnlyApprovedOutbound'", "again"),
        )
        assert mode_of(scan().hub) == "AllowOnlyApprovedOutbound"

    def test_bring_types(self, write, scan):
        write("shared.bicep", self.SHARED)
        write(
            "main.bicep",
            "import { hidden } from 'shared.bicep'\nparam m hidden = 'x'\n"
            + HUB.replace("'AllowOnlyApprovedOutbound'", "m"),
        )
        assert opened(mode_of(scan().hub)) == "the parameter 'm' is secure"

    def test_that_are_not_there_are_said_once(self, write, scan):
        write(
            "main.bicep",
            "import { x, y } from 'gone.bicep'\nvar both = '${x}${y}'\n"
            + HUB.replace("'AllowOnlyApprovedOutbound'", "both"),
        )
        found = scan()
        assert found.codes == ["import"]
        assert opened(mode_of(found.hub)) == "'x' is not declared"

    def test_in_circles_end(self, write, scan):
        write(
            "a.bicep",
            "import { y } from 'b.bicep'\n@export()\nvar x = y\n"
            + HUB.replace("'AllowOnlyApprovedOutbound'", "x"),
        )
        write("b.bicep", "import { x } from 'a.bicep'\n@export()\nvar y = x\n")
        assert "depends on itself" in opened(mode_of(scan().hub))

    def test_of_types_alone_from_a_registry_are_no_gap(self, write, scan):
        write(
            "main.bicep",
            "import { lockType } from 'br/public:avm/utl/types/avm-common-types:0.6.1'\nparam lock lockType?\n"
            + HUB,
        )
        assert scan().gaps == []


class TestContents:
    @pytest.mark.parametrize(
        ("name", "content", "expression"),
        [
            ("mode.txt", "AllowOnlyApprovedOutbound", "loadTextContent('mode.txt')"),
            (
                "mode.json",
                {"network": {"modes": ["x", "AllowOnlyApprovedOutbound"]}},
                "loadJsonContent('mode.json').network.modes[1]",
            ),
            (
                "mode.json",
                {"network": {"mode": "AllowOnlyApprovedOutbound"}},
                "loadJsonContent('mode.json', '$.network.mode')",
            ),
            (
                "mode.jsonc",
                '{"mode": "AllowOnlyApprovedOutbound", /* why */}',
                "loadJsonContent('mode.jsonc').mode",
            ),
            ("mode.yaml", "mode: AllowOnlyApprovedOutbound\n", "loadYamlContent('mode.yaml').mode"),
            ("mode.txt", "AllowOnlyApprovedOutbound", "base64ToString(loadFileAsBase64('./mode.txt'))"),
            ("mode.txt", "AllowOnlyApprovedOutbound", "loadTextContent('${name}.txt', 'utf-8')"),
        ],
    )
    def test_are_loaded(self, write, scan, name, content, expression):
        write(name, content)
        write(
            "main.bicep",
            f"var name = 'mode'\n{HUB.replace(chr(39) + 'AllowOnlyApprovedOutbound' + chr(39), expression)}",
        )
        assert mode_of(scan("main.bicep").hub) == "AllowOnlyApprovedOutbound"

    @pytest.mark.parametrize(
        ("expression", "code"),
        [
            ("loadTextContent('gone.txt')", "content"),
            ("loadTextContent('../secret.txt')", "content"),
            ("loadJsonContent('bad.json')", "content"),
            ("loadYamlContent('bad.yaml')", "content"),
            ("loadJsonContent('good.json', 'no.such')", "content"),
        ],
    )
    def test_that_cannot_be_are_a_gap_and_not_known(self, write, scan, expression, code):
        write("secret.txt", "AllowOnlyApprovedOutbound")
        write("in/bad.json", "{")
        write("in/bad.yaml", "a: [")
        write("in/good.json", {"a": 1})
        write("in/main.bicep", HUB.replace("'AllowOnlyApprovedOutbound'", expression))
        found = scan("in")
        assert found.codes == [code]
        assert type(mode_of(found.hub)).__name__ == "Symbol"

    def test_named_by_a_parameter_are_not_known(self, write, scan):
        write(
            "main.bicep",
            "param p string\n" + HUB.replace("'AllowOnlyApprovedOutbound'", "loadTextContent(p)"),
        )
        assert "known only when it is compiled" in opened(mode_of(scan().hub))
