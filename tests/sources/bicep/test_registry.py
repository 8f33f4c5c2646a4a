"""Modules of registries and template specs: restored, known, or not at hand."""

from __future__ import annotations

import json
import os

import pytest
import yaml
from sources.bicep.builders import HUB, errors_of, opened

from scanner.bundled import bundled
from scanner.sources.bicep.registry import parse
from scanner.values import Unknown

WORKSPACE = "br/public:avm/res/machine-learning-services/workspace"


def call(path, params="", name="m"):
    return f"module {name} '{path}' = {{\n  name: '{name}'\n  params: {{\n{params}  }}\n}}\n"


def hub_call(version="0.8.0", more="", path=WORKSPACE):
    network = "    managedNetworkSettings: {\n      isolationMode: 'AllowOnlyApprovedOutbound'\n    }\n"
    return call(f"{path}:{version}", f"    name: 'hub1'\n    sku: 'Basic'\n    kind: 'Hub'\n{network}{more}")


def template(mode):
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    hub = {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-10-01",
        "name": "[parameters('name')]",
        "kind": "Hub",
        "properties": {"managedNetwork": {"isolationMode": mode}},
    }
    return {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string", "defaultValue": "cached"}},
        "resources": [hub],
        "outputs": {
            "id": {
                "type": "string",
                "value": "[resourceId('Microsoft.MachineLearningServices/workspaces', parameters('name'))]",
            }
        },
    }


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Puts a template where the Bicep CLI keeps what it restored."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))

    def put(*segments, mode="Disabled"):
        folder = home.joinpath(".bicep", *segments)
        folder.mkdir(parents=True)
        (folder / "main.json").write_text(json.dumps(template(mode)))

    return put


def mode_of(hub):
    return hub.document["properties"]["managedNetwork"]["isolationMode"]


class TestAPublishedModule:
    def test_of_the_workspace_is_a_hub(self, write, scan):
        write("main.bicep", hub_call())
        hub = scan().hub
        assert (hub.ref.name, hub.ref.kind, mode_of(hub)) == ("hub1", "Hub", "AllowOnlyApprovedOutbound")
        assert hub.document["properties"]["publicNetworkAccess"] == "Disabled"

    @pytest.mark.parametrize(
        "path",
        [
            "br:mcr.microsoft.com/bicep/avm/res/machine-learning-services/workspace",
            "br:contoso.azurecr.io/avm/res/machine-learning-services/workspace",
        ],
    )
    def test_is_known_from_any_registry(self, write, scan, path):
        write("main.bicep", hub_call(path=path))
        assert mode_of(scan().hub) == "AllowOnlyApprovedOutbound"

    def test_of_another_kind_of_workspace_is_of_that_kind(self, write, scan):
        write("main.bicep", call(f"{WORKSPACE}:0.8.0", "    name: 'w'\n    sku: 'Basic'\n"))
        assert [hub.ref.kind for hub in scan().hubs] == ["Default"]

    def test_stands_where_its_values_are_given_and_else_where_it_is_called(self, write, scan):
        path = write("main.bicep", f"\n{hub_call()}")
        hub = scan().hub
        properties = hub.document["properties"]
        places = [
            hub.places.of(properties["managedNetwork"], "isolationMode"),
            hub.places.of(properties, "publicNetworkAccess"),
            hub.places.of(hub.document),
        ]
        assert [(place.path, place.line) for place in places] == [(path, 9), (path, 2), (path, 2)]
        assert hub.places.origin(properties["managedNetwork"], "isolationMode") is None

    def test_stands_where_it_is_given_a_parameter_that_was_written_elsewhere(self, write, scan):
        given = "    publicNetworkAccess: access\n"
        head = "param access string = 'Enabled'\nparam mode string = 'Disabled'\n"
        text = hub_call(more=given).replace("'AllowOnlyApprovedOutbound'", "mode")
        path = write("main.bicep", head + text)
        hub = scan().hub
        properties = hub.document["properties"]
        network = properties["managedNetwork"]
        assert [
            (place.path, place.line)
            for holder, key in [(properties, "publicNetworkAccess"), (network, "isolationMode")]
            for place in (hub.places.of(holder, key), hub.places.origin(holder, key))
        ] == [(path, 12), (path, 1), (path, 10), (path, 2)]

    def test_of_a_version_nobody_described_takes_what_is_given_and_guesses_no_default(self, write, scan):
        write("main.bicep", hub_call("9.1.0"))
        hub = scan().hub
        assert mode_of(hub) == "AllowOnlyApprovedOutbound"
        assert "version 9.1.0 of the module" in opened(hub.document["properties"]["publicNetworkAccess"])

    def test_of_what_the_hub_depends_on_is_joined(self, write, scan):
        storage = call(
            "br/public:avm/res/storage/storage-account:0.14.3",
            "    name: 'data'\n    publicNetworkAccess: 'Enabled'\n",
            name="s",
        )
        write(
            "main.bicep",
            storage + hub_call(more="    associatedStorageAccountResourceId: s.outputs.resourceId\n"),
        )
        found = scan()
        (account,) = found.document["resources"]
        assert account["properties"]["publicNetworkAccess"] == "Enabled"
        assert account["properties"]["networkAcls"]["defaultAction"] == "Deny"
        assert found.hub.gaps == ()

    def test_gives_the_hub_its_private_endpoints_and_settings(self, write, scan):
        more = (
            "    privateEndpoints: [\n      { subnetResourceId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/s' }\n    ]\n"
            "    lock: { kind: 'CanNotDelete' }\n"
            "    connections: [\n      { name: 'c', category: 'AzureBlob', target: 'https://contoso.blob.core.windows.net', connectionProperties: { authType: 'AAD' } }\n    ]\n"
        )
        write("main.bicep", hub_call(more=more))
        document = scan().document
        assert [one["type"] for one in document["resources"]] == ["Microsoft.Network/privateEndpoints"]
        assert document["locks"][0]["properties"]["level"] == "CanNotDelete"
        assert document["connections"][0]["properties"]["authType"] == "AAD"


def test_every_known_module_is_bicep_without_errors():
    folder = bundled("policies") / "data" / "bicep-modules"
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    assert len(files) >= 7
    for file in files:
        data = yaml.safe_load(file.read_text())
        assert {"source", "date", "variants"} <= set(data)
        for variant in data["variants"]:
            text = variant["bicep"]
            assert errors_of(text if isinstance(text, str) else "\n".join(text)) == [], file.name
            for output in ("resourceId", "name"):
                assert f"output {output} string" in str(text)


class TestARestoredModule:
    @pytest.mark.parametrize(
        ("path", "segments"),
        [
            (
                f"{WORKSPACE}:0.8.0",
                ("br", "mcr.microsoft.com", "bicep$avm$res$machine-learning-services$workspace", "0.8.0$"),
            ),
            ("br:contoso.azurecr.io/hubs/secure:V1", ("br", "contoso.azurecr.io", "hubs$secure", "V1$1")),
            ("br:Contoso.azurecr.io:443/x:v1-RC", ("br", "contoso.azurecr.io$443", "x", "v1-RC$18")),
            (
                f"br:contoso.azurecr.io/x@sha256:{'0' * 64}",
                ("br", "contoso.azurecr.io", "x", f"sha256#{'0' * 64}"),
            ),
            (
                "ts:00000000-0000-0000-0000-000000000000/Specs/Hub:1.0",
                ("ts", "00000000-0000-0000-0000-000000000000", "specs", "hub", "1.0"),
            ),
        ],
    )
    def test_is_read_from_the_cache(self, write, scan, cache, path, segments):
        cache(*segments)
        main = write("src/main.bicep", call(path, "    name: 'mine'\n"))
        hub = scan("src").hub
        assert (hub.ref.name, mode_of(hub)) == ("mine", "Disabled")
        place = hub.places.of(hub.document["properties"]["managedNetwork"], "isolationMode")
        assert (place.path, place.line) == (main, 1)

    def test_is_found_by_an_alias(self, write, scan, cache):
        cache("br", "contoso.azurecr.io", "bicep$modules$hub", "v1$")
        aliases = {
            "br": {"ours": {"registry": "contoso.azurecr.io", "modulePath": "bicep/modules"}},
            "ts": {"specs": {"subscription": "s", "resourceGroup": "g"}},
        }
        write("src/bicepconfig.json", "// ours\n" + json.dumps({"moduleAliases": aliases}))
        write("src/deep/main.bicep", call("br/ours:hub:v1"))
        assert scan("src").names == ["cached"]

    def test_gives_its_outputs(self, write, scan, cache):
        cache("br", "contoso.azurecr.io", "hub", "v1$")
        write(
            "src/main.bicep",
            call("br:contoso.azurecr.io/hub:v1")
            + HUB.replace("kind: 'Hub'", "kind: 'Project'").replace(
                "properties: {", "properties: {\n    hubResourceId: m.outputs.id", 1
            ),
        )
        project = scan("src").hubs[1].document
        assert project["properties"]["hubResourceId"].endswith("/workspaces/cached")


class TestAModuleThatIsNotAtHand:
    @pytest.mark.parametrize(
        "argument", ["    networkIsolationMode: 'Disabled'\n", "    managedNetworkSettings: {}\n"]
    )
    def test_is_said_where_it_is_told_what_the_network_of_a_hub_has(self, write, scan, argument):
        write("main.bicep", call("br:contoso.azurecr.io/bicep/platform:v1", argument))
        assert scan().codes == ["module-not-at-hand"]
        write("main.bicep", call("br:contoso.azurecr.io/bicep/platform:v1", "    mode: 'Disabled'\n") + HUB)
        assert scan().codes == []

    @pytest.mark.usefixtures("cache")
    @pytest.mark.parametrize(
        "path",
        [
            "br:contoso.azurecr.io/bicep/ai-hub:v1",
            "br:contoso.azurecr.io/platform/mlw:v1",
            "br/public:avm/ptn/ai-platform/baseline:0.6.0",
            "ts:00000000-0000-0000-0000-000000000000/specs/azureml-workspace:1.0",
            "br/nobody:hub:v1",
            "odd:thing",
        ],
    )
    def test_is_said_once_where_it_may_make_a_hub(self, write, scan, path):
        write("one.bicep", call(path) + call(path, name="again"))
        write("two.bicep", call(path) + HUB)
        found = scan()
        assert [(gap.code, gap.reason) for gap in found.gaps] == [("module-not-at-hand", "unresolved")]
        assert found.names == ["hub1"]

    @pytest.mark.usefixtures("cache")
    @pytest.mark.parametrize(
        "path",
        [
            "br/public:avm/res/network/virtual-network:0.5.0",
            "br/public:avm/res/operational-insights/workspace:0.9.0",
            "br/public:avm/res/databricks/workspace:0.9.0",
            "br/public:avm/utl/types/avm-common-types:0.6.0",
            "br:contoso.azurecr.io/bicep/network/hub:v1",
            "br:contoso.azurecr.io/log-analytics-workspace:v1",
            "br:contoso.azurecr.io/event-hub:v1",
        ],
    )
    def test_is_not_worth_a_word_where_it_makes_none(self, write, scan, path):
        write("main.bicep", call(path) + HUB)
        found = scan()
        assert (found.names, found.gaps) == (["hub1"], [])

    @pytest.mark.usefixtures("cache")
    def test_gives_outputs_that_are_not_known(self, write, scan):
        write(
            "main.bicep",
            call("br/public:avm/res/network/virtual-network:0.5.0")
            + HUB.replace("'AllowOnlyApprovedOutbound'", "m.outputs.mode"),
        )
        assert "known only when it is deployed" in opened(mode_of(scan().hub))


@pytest.mark.parametrize(
    "text", ["br:", "br:x", "br:x/y", "br:../../etc/x:v1", "ts:x", "ts:a/b/c", "br:x/../y:1", "br/a", "x:y"]
)
def test_what_is_no_reference_is_none(text):
    assert parse(text, {}) is None


def test_a_cache_is_looked_into_only_below_its_folder(cache, tmp_path):
    cache("br", "contoso.azurecr.io", "hub", "v1$")
    found = parse("br:contoso.azurecr.io/hub:v1", {})
    assert found.location(None).startswith(os.path.realpath(tmp_path / "home" / ".bicep") + os.sep)


class TestAConfiguredCache:
    @pytest.mark.parametrize("form", ["~/elsewhere", "{home}/elsewhere"])
    def test_is_where_the_configuration_says(self, write, scan, cache, tmp_path, form):
        cache("..", "elsewhere", "br", "contoso.azurecr.io", "hub", "v1$")
        write("src/bicepconfig.json", json.dumps({"cacheRootDirectory": form.format(home=tmp_path / "home")}))
        write("src/main.bicep", call("br:contoso.azurecr.io/hub:v1"))
        assert scan("src").names == ["cached"]

    @pytest.mark.parametrize("said", ["elsewhere", "../home/elsewhere", "", 1, None])
    def test_that_is_no_whole_path_is_passed_over(self, write, scan, cache, said):
        cache("br", "contoso.azurecr.io", "hub", "v1$")
        write("src/bicepconfig.json", json.dumps({"cacheRootDirectory": said}))
        write("src/main.bicep", call("br:contoso.azurecr.io/hub:v1"))
        assert scan("src").names == ["cached"]

    @pytest.mark.parametrize("said", ["~nobody-of-that-name/x", "~/\0", "/nowhere"])
    def test_that_is_not_there_holds_nothing(self, write, scan, cache, said):
        cache("br", "contoso.azurecr.io", "hub", "v1$")
        write("src/bicepconfig.json", json.dumps({"cacheRootDirectory": said}))
        write("src/main.bicep", call("br:contoso.azurecr.io/hub:v1"))
        assert scan("src").codes == ["module-not-at-hand"]


class TestImportsOfARestoredModule:
    EXPORTS = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "languageVersion": "2.0",
        "metadata": {"__bicep_exported_variables!": [{"name": "mode"}, {"name": "tags"}, {"name": "gone"}]},
        "functions": [
            {
                "namespace": "__bicep",
                "members": {
                    "named": {
                        "parameters": [{"type": "string", "name": "part"}],
                        "output": {
                            "type": "string",
                            "value": "[__bicep._inner(format('{0}-{1}', variables('word'), parameters('part')))]",
                        },
                        "metadata": {"__bicep_export!": True},
                    },
                    "_inner": {
                        "parameters": [{"type": "string", "name": "x"}],
                        "output": {"type": "string", "value": "[toLower(parameters('x'))]"},
                    },
                },
            }
        ],
        "variables": {
            "word": "HUB",
            "mode": "[if(equals(variables('word'), 'HUB'), 'AllowOnlyApprovedOutbound', 'Disabled')]",
            "tags": {"team": ["[variables('word')]", "[[plain]"]},
            "hidden": "x",
        },
        "resources": {},
    }

    @pytest.fixture
    def main(self, write, scan, cache, tmp_path):
        cache("br", "contoso.azurecr.io", "shared", "v1$")
        path = tmp_path / "home" / ".bicep" / "br" / "contoso.azurecr.io" / "shared" / "v1$" / "main.json"
        path.write_text(json.dumps(self.EXPORTS))

        def read(imported, name, mode, more="", path="br:contoso.azurecr.io/shared:v1"):
            text = f"import {imported} from '{path}'\nvar word = 'own'\n"
            text += HUB.replace("'hub1'", name).replace("'AllowOnlyApprovedOutbound'", mode)
            write("main.bicep", text.replace("  kind:", f"{more}  kind:"))
            return scan()

        return read

    @pytest.mark.parametrize(
        ("imported", "space"), [("{ named, mode as m, tags }", ""), ("* as lib", "lib.")]
    )
    def test_give_their_variables_and_functions(self, main, imported, space):
        mode = "m" if not space else "lib.mode"
        hub = main(imported, f"{space}named('One')", mode, f"  tags: {space}tags\n").hub
        assert (hub.ref.name, mode_of(hub)) == ("hub-one", "AllowOnlyApprovedOutbound")
        assert hub.document["tags"] == {"team": ["HUB", "[plain]"]}

    @pytest.mark.parametrize("name", ["hidden", "gone", "nothing"])
    def test_give_nothing_that_is_not_exported(self, main, name):
        assert isinstance(mode_of(main(f"{{ {name} }}", "'hub1'", name).hub), Unknown)

    def test_that_were_not_restored_are_not_known(self, main):
        found = main("{ mode }", "'hub1'", "mode", path="br:contoso.azurecr.io/other:v1")
        assert isinstance(mode_of(found.hub), Unknown)
        assert "import" in found.codes
