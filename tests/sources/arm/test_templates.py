"""What a template deploys: parameters, variables, loops, conditions, functions, nested deployments."""

from __future__ import annotations

import pytest
from sources.arm.builders import (
    SCHEMA,
    STORAGE,
    WORKSPACE,
    expanded,
    hub,
    nested,
    resource,
    template,
    value_of,
)

from scanner.sources.code.symbols import written
from scanner.values import OpenList, Unknown

NAMES = {"names": {"type": "array", "defaultValue": ["a", "b"]}}


def names(value, parameters=None):
    return [written(one.name) for one in expanded(value, parameters).resources]


def properties(value, parameters=None):
    (only,) = expanded(value, parameters).resources
    return only.document["properties"]


class TestParameters:
    def test_have_the_value_that_they_are_given_or_their_default(self):
        declared = {
            "a": {"type": "string", "defaultValue": "x"},
            "b": {"type": "string", "defaultValue": "y"},
        }
        assert value_of("[concat(parameters('A'), parameters('b'))]", {"B": "z"}, declared=declared) == "xz"

    def test_have_defaults_that_use_others(self):
        declared = {
            "env": {"type": "string", "defaultValue": "dev"},
            "name": {"type": "string", "defaultValue": "[if(equals(parameters('env'), 'dev'), 'd', 'p')]"},
        }
        assert value_of("[parameters('name')]", declared=declared) == "d"
        assert value_of("[parameters('name')]", {"env": "prod"}, declared=declared) == "p"

    def test_without_a_value_are_null_where_they_may_be(self):
        assert value_of("[parameters('p')]", declared={"p": {"type": "string", "nullable": True}}) is None

    def test_take_their_type_from_definitions(self):
        sections = {
            "definitions": {"net": {"type": "object", "nullable": True, "properties": {}}},
            "parameters": {"p": {"$ref": "#/definitions/net"}},
        }
        assert value_of("[coalesce(tryGet(parameters('p'), 'a'), 'none')]", **sections) == "none"

    @pytest.mark.parametrize("kind", ["securestring", "secureObject"])
    def test_that_are_secure_are_never_read(self, kind):
        declared = {"p": {"type": kind, "defaultValue": "hunter2"}}
        value = value_of("[concat('x', parameters('p'))]", {"p": "hunter3"}, declared=declared)
        assert isinstance(value, Unknown)
        assert "hunter" not in f"{value.reason} {value.text} {written(value)}"

    def test_from_a_vault_are_not_known(self):
        inner = template(
            resource(properties={"x": "[parameters('p')]"}), parameters={"p": {"type": "string"}}
        )
        deployment = nested("n", inner)
        deployment["properties"]["parameters"] = {
            "p": {"reference": {"keyVault": {"id": "v"}, "secretName": "s"}}
        }
        assert isinstance(properties(template(deployment))["x"], Unknown)


class TestVariables:
    def test_may_use_one_another_in_any_order(self):
        assert (
            value_of("[variables('a')]", variables={"a": "[concat(variables('b'), '!')]", "b": "x"}) == "x!"
        )

    def test_may_be_objects_with_expressions_deep_inside(self):
        variables = {"a": {"b": [{"c": "[toUpper('x')]"}]}}
        assert value_of("[variables('a').b[0].c]", variables=variables) == "X"

    def test_may_be_made_by_loops(self):
        variables = {
            "copy": [{"name": "disks", "count": 2, "input": {"n": "[copyIndex('disks', 1)]"}}],
            "object": {"copy": [{"name": "inner", "count": 2, "input": "[concat('i', copyIndex('inner'))]"}]},
        }
        assert value_of("[variables('disks')]", variables=variables) == [{"n": 1}, {"n": 2}]
        assert value_of("[variables('object').inner]", variables=variables) == ["i0", "i1"]


class TestLoops:
    def test_make_a_resource_a_turn(self):
        copied = resource(
            "[parameters('names')[copyIndex()]]", copy={"name": "l", "count": "[length(parameters('names'))]"}
        )
        assert names(template(copied, parameters=NAMES)) == ["a", "b"]
        assert names(template(copied, parameters=NAMES), {"names": ["x", "y", "z"]}) == ["x", "y", "z"]

    def test_make_lists_in_properties(self):
        made = resource(
            properties={"copy": [{"name": "rules", "count": 3, "input": {"id": "[copyIndex('rules')]"}}]}
        )
        assert properties(template(made))["rules"] == [{"id": 0}, {"id": 1}, {"id": 2}]

    def test_of_a_count_that_is_not_known_make_one_that_may_be_there(self):
        declared = {"n": {"type": "int"}}
        copied = resource("[concat('r', copyIndex())]", copy={"name": "l", "count": "[parameters('n')]"})
        (only,) = expanded(template(copied, parameters=declared)).resources
        assert not only.certain
        made = resource(
            properties={
                "copy": [{"name": "rules", "count": "[parameters('n')]", "input": "[copyIndex('rules')]"}]
            }
        )
        rules = properties(template(made, parameters=declared))["rules"]
        assert isinstance(rules, OpenList)
        assert [certain for _, certain in rules.members] == [False]

    def test_make_outputs(self):
        inner = template(outputs={"o": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}})
        inner["resources"] = []
        used = resource(properties={"x": "[reference('n').outputs.o.value]"})
        assert properties(template(nested("n", inner), used))["x"] == [0, 1]

    def test_reach_the_children_of_a_resource(self):
        child = resource("[concat('c', copyIndex())]", "outboundRules", properties={})
        parent = hub("[concat('h', copyIndex())]", copy={"name": "l", "count": 2}, resources=[child])
        assert names(template(parent)) == ["h0", "h0/c0", "h1", "h1/c1"]


class TestConditions:
    def test_take_a_resource_and_its_children_away(self):
        child = resource("c", "blobServices")
        gone = resource("a", condition="[equals(1, 2)]", resources=[child])
        assert names(template(gone, resource("b", condition=True))) == ["b"]

    def test_that_nobody_can_decide_leave_it_in_doubt(self):
        doubtful = resource("a", condition="[parameters('p')]", resources=[resource("c", "blobServices")])
        found = expanded(template(doubtful, parameters={"p": {"type": "bool"}})).resources
        assert [one.certain for one in found] == [False, False]

    def test_hold_for_what_is_nested(self):
        inner = template(resource("a"))
        assert names(template(nested("n", inner, condition=False))) == []


class TestWholeObjects:
    """Where a condition chooses between objects, what holds in both cases is known."""

    DECLARED = {"p": {"type": "bool"}}

    def network(self, expression, **sections):
        made = resource("h", WORKSPACE, properties={"managedNetwork": expression})
        sections.setdefault("parameters", self.DECLARED)
        return properties(template(made, **sections))["managedNetwork"]

    def test_what_both_say_is_known(self):
        network = self.network(
            "[if(parameters('p'), createObject('isolationMode', 'Disabled', 'firewallSku', 'Basic'),"
            " createObject('isolationMode', 'Disabled', 'firewallSku', 'Standard'))]"
        )
        assert network["isolationMode"] == "Disabled"
        assert isinstance(network["firewallSku"], Unknown)
        assert "Basic, Standard" in network["firewallSku"].reason

    def test_what_one_says_may_be_missing(self):
        network = self.network(
            "[if(parameters('p'), createObject('isolationMode', 'AllowOnlyApprovedOutbound'), null())]"
        )
        assert isinstance(network["isolationMode"], Unknown)

    def test_rules_of_a_union_of_conditional_maps_may_be_there(self):
        network = self.network(
            {
                "isolationMode": "AllowInternetOutbound",
                "outboundRules": "[union(variables('always'), if(parameters('p'), variables('some'), createObject()))]",
            },
            variables={"always": {"a": {"type": "FQDN"}}, "some": {"b": {"type": "ServiceTag"}}},
        )
        rules = network["outboundRules"]
        assert isinstance(rules, OpenList)
        assert [(rule["name"], rule["properties"]["type"], sure) for rule, sure in rules.members] == [
            ("a", "FQDN", True),
            ("b", "ServiceTag", False),
        ]

    def test_properties_may_be_one_expression(self):
        made = resource(
            "h",
            WORKSPACE,
            properties="[shallowMerge(createArray(createObject('friendlyName', 'x'), if(equals(1, 1),"
            " createObject('managedNetwork', createObject('isolationMode', 'Disabled')), createObject())))]",
        )
        assert properties(template(made)) == {
            "friendlyName": "x",
            "managedNetwork": {"isolationMode": "Disabled"},
        }


class TestNames:
    def test_of_children_have_those_of_their_parents(self):
        inner = resource("r", "outboundRules")
        network = resource("default", "managedNetworks", resources=[inner])
        found = expanded(template(hub("h", resources=[network]))).resources
        assert [(one.type, one.name) for one in found] == [
            (WORKSPACE, "h"),
            (f"{WORKSPACE}/managedNetworks", "h/default"),
            (f"{WORKSPACE}/managedNetworks/outboundRules", "h/default/r"),
        ]

    def test_of_keys_may_be_expressions(self):
        made = resource(properties={"[concat('a', 'b')]": 1, "[format('{0}-x', parameters('p'))]": 2})
        keys = list(properties(template(made, parameters={"p": {"type": "string"}})))
        assert keys == ["ab", "{parameters('p')}-x"]

    def test_symbolic_ones_lead_to_a_resource(self):
        resources = {
            "store": resource("[concat('s', 't')]"),
            "user": resource("u", properties={"x": "[resourceInfo('store').id]"}),
        }
        found = expanded(template(resources=resources, languageVersion="2.0")).resources
        assert written(found[1].document["properties"]["x"]) == written(found[0].id)

    def test_existing_resources_are_told_from_deployed_ones(self):
        resources = {"old": resource("o", existing=True, resourceGroup="rg2"), "new": resource("n")}
        old, new = expanded(template(resources=resources)).resources
        assert (old.exists, new.exists) == (True, False)
        assert "/resourceGroups/rg2/" in written(old.id)


class TestIds:
    def test_of_extensions_begin_with_their_scope(self):
        lock = resource("l", "Microsoft.Authorization/locks", scope=f"[format('{WORKSPACE}/{{0}}', 'h')]")
        (only,) = expanded(template(lock)).resources
        assert written(only.id).endswith(
            f"/providers/{WORKSPACE}/h/providers/Microsoft.Authorization/locks/l"
        )

    def test_in_a_subscription_have_no_group(self):
        schema = SCHEMA.replace("deploymentTemplate", "subscriptionDeploymentTemplate")
        group = resource("rg1", "Microsoft.Resources/resourceGroups")
        inner = nested("n", template(resource("st")), resourceGroup="rg1")
        found = expanded(template(group, inner, schema=schema)).resources
        assert [written(one.id) for one in found] == [
            "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Resources/resourceGroups/rg1",
            f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg1/providers/{STORAGE}/st",
        ]


class TestNestedDeployments:
    INNER = template(
        resource("[parameters('name')]", properties={"x": "[variables('v')]"}),
        parameters={"name": {"type": "string", "defaultValue": "default"}},
        variables={"v": "inner"},
        outputs={"id": {"type": "string", "value": f"[resourceId('{STORAGE}', parameters('name'))]"}},
    )

    def test_of_inner_scope_have_names_of_their_own(self):
        outer = template(
            nested("n", self.INNER, parameters={"name": "[variables('v')]"}), variables={"v": "outer"}
        )
        (only,) = expanded(outer).resources
        assert (only.name, only.document["properties"]["x"]) == ("outer", "inner")

    def test_of_outer_scope_use_those_around(self):
        outer = template(
            nested("n", template(resource("[variables('v')]"), variables={"v": "inner"}), scope="outer"),
            variables={"v": "outer"},
        )
        assert names(outer) == ["outer"]

    @pytest.mark.parametrize(
        "reference",
        [
            "reference('n')",
            "reference(resourceId('Microsoft.Resources/deployments', 'n'), '2022-09-01')",
            "reference(resourceId('Microsoft.Resources/deployments', 'n'))",
        ],
    )
    def test_give_outputs(self, reference):
        used = resource("u", properties={"x": f"[{reference}.outputs.id.value]"})
        found = expanded(template(used, nested("n", self.INNER, parameters={"name": "st"}))).resources
        assert written(found[0].document["properties"]["x"]) == written(found[1].id)

    def test_of_symbolic_names_give_outputs(self):
        resources = {
            "module": nested("[concat('n', uniqueString(resourceGroup().id))]", self.INNER),
            "user": resource("u", properties={"x": "[reference('module').outputs.id.value]"}),
        }
        found = expanded(template(resources=resources)).resources
        assert written(found[1].document["properties"]["x"]) == written(found[0].id)

    def test_in_loops_are_told_apart(self):
        copied = nested(
            "[concat('n', copyIndex())]",
            self.INNER,
            parameters={"name": "[concat('s', copyIndex())]"},
            copy={"name": "l", "count": 2},
        )
        used = resource("u", properties={"x": "[reference('n1').outputs.id.value]"})
        found = expanded(template(copied, used)).resources
        assert [one.name for one in found] == ["s0", "s1", "u"]
        assert written(found[2].document["properties"]["x"]) == written(found[1].id)

    def test_may_have_all_that_they_are_in_a_variable(self):
        inner = template(resource("[[parameters('name')]"), parameters={"name": {"type": "string"}})
        deployment = resource("n", "Microsoft.Resources/deployments", properties="[variables('deployment')]")
        outer = template(
            deployment,
            variables={
                "deployment": {
                    "mode": "Incremental",
                    "template": inner,
                    "parameters": {"name": {"value": "[concat('s', 't')]"}},
                }
            },
        )
        found = expanded(outer)
        assert [one.name for one in found.resources] == ["st"]
        assert not found.problems

    def test_of_which_nothing_is_known_are_said(self):
        deployment = resource("n", "Microsoft.Resources/deployments", properties="[parameters('deployment')]")
        outer = template(deployment, parameters={"deployment": {"type": "object"}})
        assert [problem.code for problem in expanded(outer).problems] == ["open-template"]

    def test_get_null_for_a_parameter_with_a_default(self):
        deployment = nested("n", self.INNER)
        deployment["properties"]["parameters"] = {
            "name": "[if(equals(1, 2), createObject('value', 'x'), createObject('value', null()))]"
        }
        assert names(template(deployment)) == ["default"]

    def test_that_are_linked_are_said_not_to_be_read(self):
        linked = resource(
            "n", "Microsoft.Resources/deployments", properties={"templateLink": {"relativePath": "x.json"}}
        )
        assert [problem.code for problem in expanded(template(linked)).problems] == ["linked-template"]

    def test_of_two_that_leave_the_same_open_what_is_open_is_not_the_same(self):
        inner = template(
            resource("[parameters('name')]"),
            parameters={"name": {"type": "string"}},
        )
        first, second = expanded(template(nested("a", inner), nested("b", inner))).resources
        assert written(first.id) != written(second.id)


def test_functions_of_the_users_own():
    functions = [
        {
            "namespace": "contoso",
            "members": {
                "name": {
                    "parameters": [{"name": "prefix", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(toLower(parameters('prefix')), '-x')]"},
                }
            },
        }
    ]
    assert value_of("[Contoso.name('AB')]", functions=functions) == "ab-x"
    assert isinstance(value_of("[contoso.name()]", functions=functions), Unknown)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[concat('a')]", "[concat('a')]"),
        ("[not closed", "[not closed"),
        ("plain [x]", "plain [x]"),
        ("", ""),
    ],
)
def test_texts_that_are_no_expressions(text, value):
    assert value_of(text) == value
