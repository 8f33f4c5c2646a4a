"""Files of parameters, and what Bicep files are deployed with."""

from __future__ import annotations

import json
import os

import pytest
from sources.bicep.builders import HUB, opened
from sources.conftest import Harvest

from scanner.sources import Code, collect

NETWORK = "managedNetwork: {\n      isolationMode: 'AllowOnlyApprovedOutbound'\n    }"
MAIN = "param mode string = 'AllowInternetOutbound'\nparam name string = 'hub1'\n" + HUB.replace(
    "'AllowOnlyApprovedOutbound'", "mode"
).replace("name: 'hub1'", "name: name")


def mode_of(hub):
    return hub.document["properties"]["managedNetwork"]["isolationMode"]


def modes(found):
    return sorted(opened(mode_of(hub)) for hub in found.hubs)


@pytest.fixture
def main(write):
    return write("main.bicep", MAIN)


def json_parameters(**values):
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    return {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {name: {"value": value} for name, value in values.items()},
    }


class TestAFileOfParameters:
    @pytest.mark.usefixtures("main")
    def test_deploys_the_file_that_it_uses_which_is_not_deployed_alone(self, write, scan):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
        found = scan()
        assert modes(found) == ["Disabled"]
        assert found.gaps == []

    @pytest.mark.usefixtures("main")
    def test_is_one_way_beside_one_in_json(self, write, scan):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
        write("main.parameters.json", json_parameters(mode="AllowOnlyApprovedOutbound"))
        assert modes(scan()) == ["AllowOnlyApprovedOutbound", "Disabled"]

    @pytest.mark.usefixtures("main")
    def test_is_one_way_of_several(self, write, scan):
        write("prod.bicepparam", "using './main.bicep'\nparam mode = 'Disabled'\n")
        write("dev.bicepparam", "using 'main.bicep'\nparam name = 'hub2'\n")
        assert modes(scan()) == ["AllowInternetOutbound", "Disabled"]

    @pytest.mark.usefixtures("main")
    def test_beside_a_file_that_was_named(self, write, scan):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
        write("other.bicepparam", "using 'elsewhere.bicep'\nparam mode = 'x'\n")
        assert modes(scan("main.bicep")) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_that_was_named_itself(self, write, scan):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
        assert modes(scan("prod.bicepparam")) == ["Disabled"]

    @pytest.mark.parametrize(
        "text",
        [
            "var m = 'Disabled'\nparam mode = m",
            "param mode = 'Dis${'abled'}'",
            "param name = 'x'\nparam mode = name == 'x' ? 'Disabled' : 'other'",
            "param mode = true ? 'Disabled' : 'x'",
            "import { m } from 'shared.bicep'\nparam mode = m",
            "import * as shared from 'shared.bicep'\nparam mode = shared.m",
            "param mode = loadJsonContent('mode.json').mode",
            "var all = [for x in ['Disabled']: x]\nparam mode = all[0]",
            "param mode = first(filter(['Disabled', 'x'], each => each != 'x'))",
        ],
    )
    @pytest.mark.usefixtures("main")
    def test_may_work_its_values_out(self, write, scan, text):
        write("shared.bicep", "@export()\nvar m = 'Disabled'\n")
        write("mode.json", {"mode": "Disabled"})
        write("prod.bicepparam", f"using 'main.bicep'\n{text}\n")
        assert modes(scan()) == ["Disabled"]

    def test_says_where_a_value_was_written(self, write, scan, main):
        given = write("prod.bicepparam", "using 'main.bicep'\n\nparam mode = 'Disabled'\n")
        hub = scan().hub
        network = hub.document["properties"]["managedNetwork"]
        assert hub.places.of(network, "isolationMode").path == main
        origin = hub.places.origin(network, "isolationMode")
        assert (origin.path, origin.line) == (given, 3)

    def test_is_where_a_value_was_written_that_a_module_is_handed(self, write, scan):
        write("hub.bicep", f"param net object\n{HUB.replace(NETWORK, 'managedNetwork: net')}")
        write(
            "main.bicep",
            "param hubs array\nmodule h 'hub.bicep' = [for one in hubs: {\n  name: one.name\n"
            "  params: { net: { isolationMode: one.mode } }\n}]\n",
        )
        given = write(
            "prod.bicepparam", "using 'main.bicep'\n\nparam hubs = [{ name: 'a', mode: 'Disabled' }]\n"
        )
        (hub,) = scan().hubs
        origin = hub.places.origin(hub.document["properties"]["managedNetwork"], "isolationMode")
        assert (origin.path, origin.line) == (given, 3)

    @pytest.mark.usefixtures("main")
    def test_for_a_file_that_is_not_there(self, write, scan):
        path = write("prod.bicepparam", "using 'gone.bicep'\nparam mode = 'Disabled'\n")
        found = scan()
        assert modes(found) == ["AllowInternetOutbound"]
        assert [(gap.subject, gap.code) for gap in found.gaps] == [(f"{path}:1:1", "missing-module")]

    @pytest.mark.parametrize("using", ["using none", "using 'br:contoso.azurecr.io/x:1'", "using 'ts:x/y:1'"])
    @pytest.mark.usefixtures("main")
    def test_for_no_file_here(self, write, scan, using):
        write("prod.bicepparam", f"{using}\nparam mode = 'Disabled'\n")
        found = scan()
        assert modes(found) == ["AllowInternetOutbound"]
        assert [gap for gap in found.gaps if gap.reason != "unresolved"] == []


class TestExtending:
    @pytest.mark.usefixtures("main")
    def test_takes_what_is_not_set_again(self, write, scan):
        write("base.bicepparam", "using none\nvar m = 'Disabled'\nparam mode = m\nparam name = 'base'\n")
        write(
            "prod.bicepparam",
            "using 'main.bicep'\nextends 'base.bicepparam'\nparam name = '${base.name}-prod'\n",
        )
        found = scan()
        assert (found.names, modes(found)) == (["base-prod"], ["Disabled"])

    @pytest.mark.usefixtures("main")
    def test_in_circles_ends(self, write, scan):
        write("a.bicepparam", "using 'main.bicep'\nextends 'b.bicepparam'\nparam mode = 'Disabled'\n")
        write("b.bicepparam", "extends 'a.bicepparam'\nparam name = 'x'\n")
        assert "cycle" in scan().codes

    @pytest.mark.usefixtures("main")
    def test_of_a_file_that_is_not_there_is_said(self, write, scan):
        write("a.bicepparam", "using 'main.bicep'\nextends 'gone.bicepparam'\nparam mode = 'Disabled'\n")
        found = scan()
        assert (modes(found), found.codes) == (["Disabled"], ["import"])


class TestTheEnvironment:
    READS = "using 'main.bicep'\nparam mode = readEnvironmentVariable('MODE', 'AllowInternetOutbound')\n"

    @pytest.mark.usefixtures("main")
    def test_is_not_read_unasked(self, write, scan, monkeypatch):
        monkeypatch.setenv("MODE", "Disabled")
        write("prod.bicepparam", self.READS)
        assert modes(scan()) == ["the environment variable MODE is not read without --env MODE"]

    @pytest.mark.usefixtures("main")
    def test_is_read_where_it_is_allowed(self, write, tmp_path, monkeypatch):
        monkeypatch.setenv("MODE", "Disabled")
        write("prod.bicepparam", self.READS)
        assert modes(Harvest(collect([str(tmp_path)], code=Code(environment=["MODE"])))) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_has_defaults_for_what_is_not_set(self, write, tmp_path, monkeypatch):
        monkeypatch.delenv("MODE", raising=False)
        write("prod.bicepparam", self.READS)
        assert modes(Harvest(collect([str(tmp_path)], code=Code(environment=["MODE"])))) == [
            "AllowInternetOutbound"
        ]

    @pytest.mark.parametrize(
        ("value", "unread", "read"),
        [
            ("${MODE}", "the environment variable MODE is not read without --env MODE", "Disabled"),
            (
                "${MODE=AllowInternetOutbound}",
                "the environment variable MODE is not read without --env MODE",
                "Disabled",
            ),
            ("x-${MODE}", "x-*", "x-Disabled"),
            (
                "$(secretOrRandomPassword kv mode)",
                "what 'secretOrRandomPassword kv mode' gives is known only when it is deployed",
                None,
            ),
            ("costs 5$", "costs 5$", "costs 5$"),
        ],
    )
    @pytest.mark.usefixtures("main")
    def test_stands_in_json_parameters_as_placeholders(
        self, write, scan, tmp_path, monkeypatch, value, unread, read
    ):
        monkeypatch.setenv("MODE", "Disabled")
        write("main.parameters.json", json_parameters(mode=value))
        assert modes(scan()) == [unread]
        if read is not None:
            assert modes(Harvest(collect([str(tmp_path)], code=Code(environment=["MODE"])))) == [read]


class TestJsonParameters:
    @pytest.mark.parametrize(
        "name", ["main.parameters.json", "main.parameters.prod.json", "azuredeploy.parameters.json"]
    )
    @pytest.mark.usefixtures("main")
    def test_beside_a_file(self, write, scan, name):
        write(name, json_parameters(mode="Disabled"))
        assert modes(scan()) == ["Disabled"]
        assert modes(scan("main.bicep")) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_deploy_a_file_that_another_one_calls_as_well(self, write, scan):
        write("main.test.bicep", "module main 'main.bicep' = {\n  params: { mode: 'Disabled' }\n}\n")
        assert modes(scan()) == ["Disabled"]
        write("main.parameters.json", json_parameters(mode="AllowOnlyApprovedOutbound"))
        assert modes(scan()) == ["AllowOnlyApprovedOutbound", "Disabled"]

    @pytest.mark.usefixtures("main")
    def test_of_whatever_is_in_the_folder_deploy_no_file_that_another_one_calls(self, write, scan):
        write(
            "azuredeploy.bicep",
            "param mode string\nmodule main 'main.bicep' = {\n  params: { mode: mode }\n}\n",
        )
        write("azuredeploy.parameters.json", json_parameters(mode="Disabled"))
        assert modes(scan()) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_of_the_command_line_keep_those_beside_a_called_file_from_counting(self, write, tmp_path):
        write("all.bicep", "param mode string\nmodule main 'main.bicep' = {\n  params: { mode: mode }\n}\n")
        write("main.parameters.json", json_parameters(mode="AllowOnlyApprovedOutbound"))
        given = write("elsewhere/prod.json", json_parameters(mode="Disabled"))
        found = Harvest(collect([str(tmp_path)], code=Code(parameters=[given])))
        assert modes(found) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_of_the_command_line(self, write, tmp_path):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'AllowInternetOutbound'\n")
        given = write("elsewhere/prod.json", json_parameters(mode="Disabled"))
        found = Harvest(collect([str(tmp_path / "main.bicep")], code=Code(parameters=[given])))
        assert modes(found) == ["Disabled"]
        assert found.gaps == []

    @pytest.mark.usefixtures("main")
    def test_of_the_command_line_may_be_bicep(self, write, tmp_path):
        write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'AllowInternetOutbound'\n")
        given = write("elsewhere/prod.bicepparam", "using '../main.bicep'\nparam mode = 'Disabled'\n")
        found = Harvest(collect([str(tmp_path)], code=Code(parameters=[given])))
        assert modes(found) == ["Disabled"]

    @pytest.mark.usefixtures("main")
    def test_that_nothing_takes_are_said(self, write, tmp_path):
        given = write("other/odd.json", json_parameters(unheard=1))
        write("second.bicep", "param x int = 1\n")
        found = Harvest(
            collect(
                [str(tmp_path / "main.bicep"), str(tmp_path / "second.bicep")], code=Code(parameters=[given])
            )
        )
        assert found.codes == ["parameters"]


class TestCompiledTwins:
    COMPILED = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": {"_generator": {"name": "bicep"}},
        "resources": [
            {
                "type": "Microsoft.MachineLearningServices/workspaces",
                "apiVersion": "2024-10-01",
                "name": "hub1",
                "kind": "Hub",
                "properties": {"managedNetwork": {"isolationMode": "Disabled"}},
            }
        ],
    }

    @pytest.mark.usefixtures("main")
    def test_are_judged_once_through_their_source(self, write, scan):
        write("main.json", self.COMPILED)
        assert modes(scan()) == ["AllowInternetOutbound"]
        os.remove(write("main.bicep", MAIN))
        assert modes(scan()) == ["Disabled"]
        write("main.json", json.dumps({**self.COMPILED, "metadata": {}}))
        write("main.bicep", MAIN)
        assert modes(scan()) == ["AllowInternetOutbound", "Disabled"]

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("param location string = 'westeurope'\n", ["Disabled"]),
            ("param on bool = false\nmodule hub 'hub.bicep' = if (on) {\n}\n", ["Disabled"]),
            ("param on bool\nmodule hub 'hub.bicep' = if (on) {\n}\n", ["AllowInternetOutbound"]),
            ("module other 'gone.bicep' = {\n}\n", []),
            ("param location = \n", ["Disabled"]),
        ],
    )
    def test_speak_for_themselves_where_their_source_deploys_no_workspace(
        self, write, scan, source, expected
    ):
        write("main.json", self.COMPILED)
        write("hub.bicep", MAIN)
        write("main.bicep", source)
        assert modes(scan("main.bicep", "main.json")) == expected
