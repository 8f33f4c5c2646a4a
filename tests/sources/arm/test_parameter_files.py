"""Which parameters templates are deployed with: each way is a hub of its own."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, resource, template
from sources.conftest import Harvest, reason

from scanner.sources import Code, collect

SCHEMA = "https://schema.management.azure.com/schemas/2015-01-01/deploymentParameters.json#"


def parameters(**values):
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {name: {"value": value} for name, value in values.items()},
    }


def modes(harvest):
    return {
        one.ref.id.rpartition("/")[2]: one.document["properties"]["managedNetwork"]["isolationMode"]
        for one in harvest.hubs
    }


TEMPLATE = template(
    hub("h", mode="[parameters('mode')]"),
    parameters={"mode": {"type": "string", "defaultValue": "Disabled"}},
)


class TestBesideTheTemplate:
    def test_each_file_is_a_way_of_its_own(self, write, scan):
        write("main.json", TEMPLATE)
        write("main.parameters.json", parameters(mode="AllowInternetOutbound"))
        write("main.parameters.prod.json", parameters(mode="AllowOnlyApprovedOutbound"))
        assert modes(scan()) == {
            "main.json+main.parameters.json#h": "AllowInternetOutbound",
            "main.json+main.parameters.prod.json#h": "AllowOnlyApprovedOutbound",
        }

    def test_without_any_the_defaults_count(self, write, scan):
        write("main.json", TEMPLATE)
        write("other.parameters.json", parameters(mode="AllowInternetOutbound"))
        write("below/main.parameters.json", parameters(mode="AllowInternetOutbound"))
        assert modes(scan()) == {"main.json#h": "Disabled"}

    def test_they_are_found_for_a_template_that_was_named_alone(self, write, scan):
        write("main.json", TEMPLATE)
        write("main.parameters.dev.json", parameters(mode="AllowInternetOutbound"))
        assert modes(scan("main.json")) == {"main.json+main.parameters.dev.json#h": "AllowInternetOutbound"}

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("azuredeploy.json", "azuredeploy.parameters.json"),
            ("template.json", "parameters.json"),
            ("main.json", "azuredeploy.parameters.json"),
            ("Main.json", "main.Parameters.test.json"),
        ],
    )
    def test_other_customary_names(self, write, scan, name, file):
        write(name, TEMPLATE)
        write(file, parameters(mode="AllowInternetOutbound"))
        assert list(modes(scan()).values()) == ["AllowInternetOutbound"]

    def test_a_customary_file_is_not_for_a_template_without_its_parameters(self, write, scan):
        write("main.json", TEMPLATE)
        write("azuredeploy.parameters.json", parameters(mode="AllowInternetOutbound", other=1))
        assert modes(scan()) == {"main.json#h": "Disabled"}

    def test_comments_and_expressions_in_them_mean_what_they_say(self, write, scan):
        write("main.json", TEMPLATE)
        write(
            "main.parameters.json",
            '{"$schema": "%s", // c\n"parameters": {"MODE": {"value": "Disabled",}}}' % SCHEMA,
        )
        assert list(modes(scan()).values()) == ["Disabled"]

    def test_a_file_without_a_schema_is_told_by_its_name(self, write, scan):
        write("main.json", TEMPLATE)
        write("main.parameters.json", {"parameters": {"mode": {"value": "AllowInternetOutbound"}}})
        assert list(modes(scan()).values()) == ["AllowInternetOutbound"]

    def test_of_the_wrong_type_are_a_gap_at_their_line(self, write, scan):
        write("main.json", TEMPLATE)
        write("main.parameters.json", json.dumps(parameters(mode=5), indent=1))
        (gap,) = scan().gaps
        assert (gap.subject.rpartition("/")[2], gap.code) == ("main.parameters.json:6:4", "wrong-type")
        assert gap.detail == "the parameter 'mode' is a number, not a text"


class TestAKeyThatStandsTwice:
    def deploy(self, write, scan, text):
        write("main.json", TEMPLATE)
        write("main.parameters.json", text)
        return scan()

    def test_with_different_values_is_not_known_and_said_at_its_line(self, write, scan):
        one, other = '{"value": "Disabled"}', '{"value": "AllowInternetOutbound"}'
        text = f'{{"$schema": "{SCHEMA}",\n"parameters": {{"mode": {one},\n"mode": {other}}}}}'
        harvest = self.deploy(write, scan, text)
        assert (
            reason(harvest.document["properties"]["managedNetwork"]["isolationMode"])
            == "'mode' is written twice"
        )
        ((subject, detail),) = [(gap.subject, gap.detail) for gap in harvest.gaps]
        assert subject.endswith("main.parameters.json:2:16")
        assert detail == "duplicate key 'mode'"

    def test_with_the_same_value_has_it(self, write, scan):
        one = '{"value": "Disabled"}'
        harvest = self.deploy(
            write, scan, f'{{"$schema": "{SCHEMA}", "parameters": {{"mode": {one}, "mode": {one}}}}}'
        )
        assert list(modes(harvest).values()) == ["Disabled"]
        assert harvest.codes == ["duplicate-key"]

    def test_inside_a_block_counts_too(self, write, scan):
        text = f'{{"$schema": "{SCHEMA}", "parameters": {{"mode": {{"value": "Disabled", "value": "x"}}}}}}'
        harvest = self.deploy(write, scan, text)
        assert (
            reason(harvest.document["properties"]["managedNetwork"]["isolationMode"])
            == "'value' is written twice"
        )

    def test_in_a_map_of_rules_makes_two_rules(self, write, scan):
        value = template(hub("h", rules="[parameters('rules')]"), parameters={"rules": {"type": "object"}})
        write("main.json", value)
        rules = ", ".join(
            f'"a": {{"type": "FQDN", "destination": "{host}.contoso.com"}}' for host in ("one", "two")
        )
        text = f'{{"$schema": "{SCHEMA}", "parameters": {{"rules": {{"value": {{{rules}}}}}}}}}'
        write("main.parameters.json", text)
        found = [
            (rule["name"], rule["properties"]["destination"]) for rule in scan().document["outboundRules"]
        ]
        assert found == [("a", "one.contoso.com"), ("a", "two.contoso.com")]


class TestNamedOnTheCommandLine:
    def collected(self, paths, files):
        return Harvest(collect(paths, code=Code(parameters=files)))

    def test_take_the_place_of_those_beside_it(self, write):
        main = write("main.json", TEMPLATE)
        write("main.parameters.json", parameters(mode="Disabled"))
        extra = write("elsewhere/extra.json", parameters(mode="AllowInternetOutbound"))
        assert modes(self.collected([main], [extra])) == {"extra.json#h": "AllowInternetOutbound"}

    def test_are_for_the_templates_that_declare_them(self, write, tmp_path):
        write("a/main.json", TEMPLATE)
        write("a/other.json", template(hub("o")))
        extra = write("extra.json", parameters(mode="AllowInternetOutbound"))
        found = self.collected([str(tmp_path / "a")], [extra])
        assert modes(found) == {
            "extra.json#h": "AllowInternetOutbound",
            "other.json#o": "AllowOnlyApprovedOutbound",
        }

    def test_that_no_template_takes_are_a_gap(self, write):
        one, two = write("one.json", template(hub("a"))), write("two.json", template(hub("b")))
        extra = write("extra.json", parameters(absent=1))
        assert self.collected([one, two], [extra]).codes == ["parameters"]


def test_templates_are_told_by_what_they_say(write, scan):
    write("a.json", json.dumps(template(hub("schema"))))
    write("b.json", {"contentVersion": "1.0.0.0", "resources": [hub("bare")]})
    write("c.json", b"\xef\xbb\xbf" + json.dumps(template(hub("bom"))).encode())
    write("d.json", json.dumps(template(hub("wide"))).encode("utf-16"))
    write("e.jsonc", "// a comment\n/* and one more */ " + json.dumps(template(hub("comment"))))
    assert sorted(scan().names) == ["bare", "bom", "comment", "schema", "wide"]


def test_templates_without_workspaces_are_nobodys_business(write, scan):
    write("a.json", template(resource(properties={"x": "[fancy()]"})))
    write("b.json", '{"$schema": "%s", oops' % SCHEMA)
    assert scan().all == []


@pytest.mark.parametrize("end", ['{"type"', '{"type": "Micro', "/* and"])
def test_a_template_that_is_cut_off_may_have_had_a_workspace(write, scan, end):
    write("main.json", '{"$schema": "%s", "resources": [%s' % (template()["$schema"], end))
    (gap,) = scan().gaps
    assert (gap.subject.rpartition("/")[2].split(":")[0], gap.code) == ("main.json", "syntax")


class TestParametersThatCannotBeRead:
    CUT = json.dumps(parameters(mode="Disabled"))[:-20]

    @pytest.mark.parametrize(
        "name", ["main.parameters.json", "main.parameters.prod.json", "azuredeploy.parameters.json"]
    )
    @pytest.mark.parametrize("named", [(), ("main.json",)])
    def test_of_a_template_with_a_workspace_they_are_a_gap(self, write, scan, name, named):
        write("main.json", TEMPLATE)
        write(name, self.CUT)
        harvest = scan(*named)
        assert [(gap.subject.rpartition("/")[2].split(":")[0], gap.code) for gap in harvest.gaps] == [
            (name, "syntax")
        ]
        assert len(harvest.hubs) == 1

    @pytest.mark.parametrize("named", [(), ("main.bicep",)])
    def test_so_they_are_of_bicep(self, write, scan, named):
        kind = "resource h 'Microsoft.MachineLearningServices/workspaces@2025-06-01'"
        write("main.bicep", f"{kind} = {{\n  name: 'h'\n  kind: 'Hub'\n}}\n")
        write("main.parameters.json", self.CUT)
        assert [gap.code for gap in scan(*named).gaps] == ["syntax"]

    def test_of_other_templates_they_are_nobodys_business(self, write, scan):
        write("main.json", template(resource()))
        write("main.parameters.json", self.CUT)
        write("alone.parameters.json", self.CUT)
        assert scan().all == []

    def test_where_others_are_named_nobody_deploys_with_them(self, write, tmp_path):
        write("main.json", TEMPLATE)
        write("main.parameters.json", self.CUT)
        given = write("named.json", parameters(mode="AllowInternetOutbound"))
        harvest = Harvest(collect([str(tmp_path)], code=Code(parameters=[given])))
        assert (len(harvest.hubs), harvest.gaps) == (1, [])


def test_templates_that_cannot_be_read_are_a_gap_at_their_line(write, scan):
    text = json.dumps(template(hub("h")), indent=1).replace('"kind": "Hub",', '"kind" "Hub",')
    write("main.json", text)
    (gap,) = scan().gaps
    line = text[: text.index('"kind" ')].count("\n") + 1
    assert gap.subject.rpartition("/")[2] == f"main.json:{line}:11"
    assert (gap.code, gap.detail) == ("syntax", "not JSON: expected ':'")
