"""Templates that link to other files of the scan."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, resource, template

SCHEMA = "https://schema.management.azure.com/schemas/2015-01-01/deploymentParameters.json#"
INNER = template(
    hub("[parameters('name')]", mode="[parameters('mode')]"),
    parameters={"name": {"type": "string"}, "mode": {"type": "string", "defaultValue": "Disabled"}},
    outputs={"id": {"type": "string", "value": "[resourceId('x/y', parameters('name'))]"}},
)


def linked(link, *, name="inner", parameters=None, **more):
    blocks = {key: {"value": value} for key, value in (parameters or {"name": "h"}).items()}
    properties = {
        "mode": "Incremental",
        "templateLink": link,
        "parameters": blocks,
        **more.pop("properties", {}),
    }
    return resource(name, "Microsoft.Resources/deployments", properties=properties, **more)


def relative(path, **more):
    return linked({"relativePath": path}, **more)


def seen(harvest):
    return [
        (
            one.ref.id.split("#")[0].rpartition("/")[2],
            one.ref.name,
            one.document["properties"]["managedNetwork"]["isolationMode"],
        )
        for one in harvest.hubs
    ]


class TestARelativePath:
    def test_is_followed_and_the_file_is_not_deployed_alone(self, write, scan, tmp_path):
        write(
            "main.json",
            template(relative("nested/hub.json", parameters={"name": "h", "mode": "AllowInternetOutbound"})),
        )
        write("nested/hub.json", json.dumps(INNER, indent=1))
        harvest = scan()
        assert seen(harvest) == [("main.json", "h", "AllowInternetOutbound")]
        assert harvest.gaps == []
        assert harvest.hub.path == f"{tmp_path}/nested/hub.json"
        place = harvest.hub.places.of(harvest.document["properties"]["managedNetwork"], "isolationMode")
        assert place.path == f"{tmp_path}/nested/hub.json"
        assert '"isolationMode"' in (tmp_path / "nested/hub.json").read_text().splitlines()[place.line - 1]

    def test_leads_from_the_file_in_which_it_stands(self, write, scan):
        write("main.json", template(relative("a/middle.json")))
        middle = template(
            relative("../b/hub.json", parameters={"name": "[parameters('name')]"}),
            parameters={"name": {"type": "string"}},
        )
        write("a/middle.json", middle)
        write("b/hub.json", INNER)
        assert seen(scan()) == [("main.json", "h", "Disabled")]

    def test_is_followed_from_a_template_that_was_named_alone_but_not_out_of_its_folder(self, write, scan):
        write("infra/main.json", template(relative("nested/hub.json"), relative("../hub.json", name="other")))
        write("infra/nested/hub.json", INNER)
        write("hub.json", INNER)
        harvest = scan("infra/main.json")
        assert seen(harvest) == [("main.json", "h", "Disabled")]
        assert [gap.code for gap in harvest.gaps] == ["linked-template"]

    def test_through_a_symbolic_link_is_not_followed(self, write, scan, tmp_path):
        write("infra/main.json", template(relative("hub.json"), hub("own")))
        write("hub.json", INNER)
        (tmp_path / "infra/hub.json").symlink_to(tmp_path / "hub.json")
        assert seen(scan("infra/main.json")) == [("main.json", "own", "AllowOnlyApprovedOutbound")]

    def test_gives_outputs_to_the_others(self, write, scan):
        user = hub("user", properties={"keyVault": "[reference('inner').outputs.id.value]"})
        write("main.json", template(relative("hub.json"), user))
        write("hub.json", INNER)
        document = next(one for one in scan().hubs if one.ref.name == "user").document
        assert document["properties"]["keyVault"].endswith("/providers/x/y/h")


class TestAUri:
    @pytest.mark.parametrize(
        "uri",
        [
            "[uri(deployment().properties.templateLink.uri, 'nested/hub.json')]",
            "[concat(parameters('base'), '/nested/hub.json', parameters('token'))]",
            "[uri(parameters('base'), concat('nested/hub.json', parameters('token')))]",
            "[concat(parameters('base'), 'nested/hub.json?sv=1')]",
            "https://raw.githubusercontent.com/contoso/repo/main/infra/nested/hub.json",
        ],
    )
    def test_is_the_file_that_its_end_names(self, write, scan, uri):
        parameters = {"base": {"type": "string"}, "token": {"type": "securestring"}}
        write("infra/main.json", template(linked({"uri": uri}), parameters=parameters))
        write("infra/nested/hub.json", INNER)
        write("other/hub.json", template(hub("other")))
        assert seen(scan()) == [
            ("main.json", "h", "Disabled"),
            ("hub.json", "other", "AllowOnlyApprovedOutbound"),
        ]

    @pytest.mark.parametrize(
        "uri",
        [
            "https://raw.githubusercontent.com/contoso/elsewhere/main/hub.json",
            "[parameters('base')]",
            "[uri(parameters('base'), concat('hub-', parameters('base'), '.json'))]",
            "https://[",
            7,
        ],
    )
    def test_that_names_none_is_a_gap_of_the_deployment_alone(self, write, scan, uri):
        value = template(linked({"uri": uri}), hub("own"), parameters={"base": {"type": "string"}})
        write("infra/main.json", value)
        write("other/hub.json", template(hub("other")))
        harvest = scan()
        assert [one.ref.name for one in harvest.hubs] == ["own", "other"]
        assert [(gap.code, gap.reason) for gap in harvest.gaps] == [("linked-template", "unresolved")]

    def test_that_two_files_may_be_is_neither(self, write, scan):
        write(
            "main.json",
            template(
                linked({"uri": "[concat(parameters('b'), '/n/hub.json')]"}),
                hub("own"),
                parameters={"b": {"type": "string"}},
            ),
        )
        write("one/n/hub.json", template(hub("one")))
        write("two/n/hub.json", template(hub("two")))
        harvest = scan()
        assert [one.ref.name for one in harvest.hubs] == ["own", "one", "two"]
        assert harvest.codes == ["linked-template"]


class TestWhatIsLinked:
    def test_in_a_circle_is_deployed_once_and_said(self, write, scan):
        write("a.json", template(relative("b.json"), hub("a")))
        write("b.json", template(relative("a.json"), hub("b")))
        harvest = scan()
        assert sorted(one.ref.name for one in harvest.hubs) == ["a", "b"]
        assert harvest.codes == ["recursive"]

    def test_one_by_one_for_ever_has_an_end(self, write, scan):
        for number in range(60):
            write(f"t{number:02}.json", template(relative(f"t{number + 1:02}.json"), hub(f"h{number}")))
        write("t60.json", template(hub("last")))
        harvest = scan("t00.json")
        assert sorted(harvest.names) == sorted(f"h{number}" for number in range(21))
        assert harvest.codes == ["recursive"]

    def test_and_has_parameters_of_its_own_is_deployed_with_them_too(self, write, scan):
        write("main.json", template(relative("hub.json")))
        write("hub.json", INNER)
        own = {"name": {"value": "own"}, "mode": {"value": "AllowInternetOutbound"}}
        write("hub.parameters.json", {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "parameters": own})
        assert sorted(one[1] for one in seen(scan())) == ["h", "own"]

    def test_only_where_a_condition_never_holds_is_deployed_by_itself(self, write, scan):
        write("main.json", template(relative("hub.json", condition=False)))
        write("hub.json", template(hub("alone")))
        assert [one[1] for one in seen(scan())] == ["alone"]

    def test_with_a_file_of_parameters_is_given_them(self, write, scan):
        deployment = relative("hub.json", properties={"parametersLink": {"relativePath": "hub-values.json"}})
        del deployment["properties"]["parameters"]
        write("main.json", template(deployment))
        write("hub.json", INNER)
        values = {"name": {"value": "given"}, "mode": {"value": "AllowInternetOutbound"}}
        write("hub-values.json", {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "parameters": values})
        assert [one[1:] for one in seen(scan())] == [("given", "AllowInternetOutbound")]

    def test_with_parameters_that_are_not_here_has_no_defaults(self, write, scan):
        deployment = relative(
            "hub.json", properties={"parametersLink": {"uri": "https://contoso.com/x.json"}}
        )
        del deployment["properties"]["parameters"]
        write("main.json", template(deployment))
        write("hub.json", INNER)
        harvest = scan()
        assert (
            "comes from another file"
            in harvest.document["properties"]["managedNetwork"]["isolationMode"].reason
        )
        assert harvest.codes[0] == "linked-template"

    def test_has_its_own_duplicate_keys(self, write, scan):
        rule = '{"type": "FQDN", "destination": "%s.contoso.com"}'
        text = json.dumps(template(hub("h", rules={"RULES": 0})))
        text = text.replace('"RULES": 0', f'"a": {rule % "one"}, "a": {rule % "two"}')
        write("main.json", template(relative("hub.json", parameters={})))
        write("hub.json", text)
        destinations = [one["properties"]["destination"] for one in scan().document["outboundRules"]]
        assert destinations == ["one.contoso.com", "two.contoso.com"]
