"""What a template allows the values of its parameters to be."""

from __future__ import annotations

import pytest
from sources.arm.builders import expanded, problems, resource, template, value_of

from scanner.values import Partial, Unknown

ENVIRONMENTS = {"type": "string", "allowedValues": ["dev", "test", "prod"]}


def declared(**constraints):
    return template(
        resource(properties={"x": "[parameters('p')]"}),
        parameters={"p": {"type": "string", **constraints}},
    )


class TestAValueThatIsNotAllowed:
    @pytest.mark.parametrize(
        ("constraints", "said"),
        [
            ({"allowedValues": ["a", "b"], "defaultValue": "c"}, "none of those that it may be: a, b"),
            ({"minLength": 3, "defaultValue": "ab"}, "shorter than 3 characters"),
            ({"maxLength": 1, "defaultValue": "ab"}, "longer than 1 characters"),
            ({"type": "int", "minValue": 2, "defaultValue": 1}, "less than 2"),
            ({"type": "int", "maxValue": 2, "defaultValue": 3}, "more than 2"),
            ({"type": "array", "maxLength": 1, "defaultValue": ["a", "b"]}, "longer than 1 members"),
            (
                {"type": "array", "allowedValues": ["a"], "defaultValue": ["a", "z"]},
                "none of those that it may be: a",
            ),
        ],
    )
    def test_is_what_azure_refuses(self, constraints, said):
        value = declared(**constraints)
        ((code, _, message),) = problems(value)
        assert (code, message) == ("not-allowed", f"the parameter 'p' is {said}")
        (only,) = expanded(value).resources
        assert isinstance(only.document["properties"]["x"], Unknown)

    def test_counts_when_it_is_given_too_and_the_value_is_not_told(self):
        ((_, _, message),) = problems(declared(allowedValues=["a"]), {"p": "hunter2"})
        assert "hunter2" not in message

    def test_may_be_said_by_a_definition(self):
        value = template(
            resource(properties={"x": "[parameters('p')]"}),
            definitions={"word": {"type": "string", "allowedValues": ["a"]}},
            parameters={"p": {"$ref": "#/definitions/word", "defaultValue": "b"}},
        )
        assert [code for code, *_ in problems(value)] == ["not-allowed"]

    @pytest.mark.parametrize(
        "constraints",
        [
            {"allowedValues": ["Standard"], "defaultValue": "standard"},
            {"type": "array", "allowedValues": ["a", "b"], "defaultValue": ["b"]},
            {"type": "array", "allowedValues": [["a"]], "defaultValue": ["a"]},
            {"minLength": 2, "maxLength": 2, "defaultValue": "ab"},
            {"type": "int", "minValue": 1, "maxValue": 1, "defaultValue": 1},
            {"allowedValues": ["a"], "defaultValue": "[uniqueString('x')]"},
            {"nullable": True, "allowedValues": ["a"]},
            {"allowedValues": "a", "minLength": "x", "defaultValue": "b"},
        ],
    )
    def test_is_not_seen_where_there_is_none(self, constraints):
        assert problems(declared(**constraints)) == []


class TestAParameterWithoutValue:
    def test_is_the_one_value_that_it_may_be(self):
        assert (
            value_of("[parameters('p')]", declared={"p": {"type": "string", "allowedValues": ["a"]}}) == "a"
        )

    def test_says_what_it_may_be(self):
        value = value_of("[parameters('env')]", declared={"env": ENVIRONMENTS})
        assert value.reason == "it is one of dev, test, prod: the parameter 'env' has no value"

    def test_is_known_by_what_its_values_have_in_common(self):
        modes = {"type": "string", "allowedValues": ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]}
        value = value_of("[parameters('mode')]", declared={"mode": modes})
        assert isinstance(value, Partial)
        assert value.parts == ("Allow", None, "Outbound")

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("[equals(parameters('env'), 'sandbox')]", False),
            ("[contains(createArray('dev','test','prod','x'), parameters('env'))]", True),
            ("[if(equals(parameters('env'), 'sandbox'), 'a', 'b')]", "b"),
            ("[greater(length(parameters('env')), 2)]", True),
            ("[empty(parameters('env'))]", False),
            ("[not(startsWith(parameters('env'), 'z'))]", True),
            ("[createObject('dev', 1, 'test', 1, 'prod', 1)[parameters('env')]]", 1),
        ],
    )
    def test_decides_where_each_of_its_values_does_alike(self, expression, expected):
        assert value_of(expression, declared={"env": ENVIRONMENTS}) == expected

    @pytest.mark.parametrize(
        "expression",
        [
            "[equals(parameters('env'), 'prod')]",
            "[equals(parameters('env'), 'Prod')]",
            "[contains(createArray('Dev'), parameters('env'))]",
            "[createObject('dev', 1, 'test', 2, 'prod', 1)[parameters('env')]]",
            "[parameters(parameters('env'))]",
        ],
    )
    def test_decides_nothing_where_they_differ(self, expression):
        assert isinstance(value_of(expression, declared={"env": ENVIRONMENTS}), Unknown)

    def test_keeps_its_name_in_texts(self):
        value = value_of("[concat('hub-', parameters('env'))]", declared={"env": ENVIRONMENTS})
        assert value.written == "hub-{parameters('env')}"

    def test_chooses_objects_of_which_the_common_part_is_known(self):
        value = value_of(
            "[variables('settings')[parameters('env')]]",
            declared={"env": {"type": "string", "allowedValues": ["dev", "prod"]}},
            variables={"settings": {"dev": {"mode": "A", "size": 1}, "prod": {"mode": "A", "size": 2}}},
        )
        assert value["mode"] == "A"
        assert isinstance(value["size"], Unknown)

    def test_is_narrowed_by_the_module_that_it_is_handed_to(self):
        inner = template(
            resource(properties={"x": "[equals(parameters('env'), 'sandbox')]"}),
            parameters={"env": ENVIRONMENTS},
        )
        value = template(
            {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": "2022-09-01",
                "name": "inner",
                "properties": {
                    "expressionEvaluationOptions": {"scope": "inner"},
                    "parameters": {"env": {"value": "[parameters('env')]"}},
                    "template": inner,
                },
            },
            parameters={"env": {"type": "string"}},
        )
        (only,) = expanded(value).resources
        assert only.document["properties"]["x"] is False
