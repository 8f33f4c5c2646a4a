"""Templates as nobody should write them: each says what is wrong, none hangs."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import WORKSPACE, expanded, hub, nested, problems, resource, template, value_of

from scanner.sources.arm.source import Source, place_of
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.files.json_text import DEPTH
from scanner.values import OpenList, Unknown


class TestExpressions:
    @pytest.mark.parametrize(
        ("text", "column", "message"),
        [
            ("[concat('a'", 25, "does not end"),
            ("[concat('a'", 25, "expected ')'"),
            ("[concat('a)]", 23, "a text that does not end"),
            ("[concat('a',)]", 27, "unexpected ')'"),
            ("[a b]", 18, "is no function call"),
            ("[concat('a')]]", 28, "unexpected"),
        ],
    )
    def test_that_cannot_be_read_say_where(self, text, column, message):
        lines = (
            '{"resources": [{"type": "A/b", "name": "n", "properties": {\n        "x": '
            + json.dumps(text)
            + "\n}}]}"
        )
        result = expanded(lines)
        (problem,) = result.problems
        assert (problem.code, problem.reason) == ("malformed-expression", "failed")
        assert (problem.place.line, problem.place.column) == (2, column)
        assert message in problem.message
        assert isinstance(result.resources[0].document["properties"]["x"], Unknown)

    def test_of_a_function_that_nobody_knows_are_told_of_once(self):
        used = resource(properties={"x": "[fancy(1)]", "y": "[fancy(2)]", "z": "[other()]"})
        found = expanded(template(used))
        assert [problem.message for problem in found.problems] == [
            "'fancy' is no function that is known here",
            "'other' is no function that is known here",
        ]
        assert {problem.reason for problem in found.problems} == {"unresolved"}
        assert "fancy" in found.resources[0].document["properties"]["x"].reason

    def test_as_deep_as_nobody_writes_are_refused(self):
        text = "[" + "concat(" * 5_000 + ")" * 5_000 + "]"
        assert [code for code, _, _ in problems(template(resource(properties={"x": text})))] == [
            "malformed-expression"
        ]


class TestNamesThatGoInCircles:
    def test_of_variables(self):
        value = template(
            resource(properties={"x": "[variables('a')]"}),
            variables={"a": "[variables('b')]", "b": "[concat(variables('a'), 'x')]"},
        )
        assert [(code, message) for code, _, message in problems(value)] == [
            ("recursive", "the variable 'a' depends on itself")
        ]

    def test_of_parameters(self):
        declared = {"a": {"type": "string", "defaultValue": "[parameters('a')]"}}
        assert isinstance(value_of("[parameters('a')]", declared=declared), Unknown)

    def test_of_outputs(self):
        inner = template(outputs={"o": {"type": "string", "value": "[reference('n').outputs.o.value]"}})
        value = template(nested("n", inner), resource(properties={"x": "[reference('n').outputs.o.value]"}))
        assert isinstance(expanded(value).resources[0].document["properties"]["x"], Unknown)

    def test_of_functions(self):
        functions = [
            {
                "namespace": "f",
                "members": {"f": {"parameters": [], "output": {"type": "string", "value": "[f.f()]"}}},
            }
        ]
        assert isinstance(value_of("[f.f()]", functions=functions), Unknown)

    def test_of_a_thousand_variables_one_after_another(self):
        variables = {f"v{index}": f"[variables('v{index + 1}')]" for index in range(1_000)} | {"v1000": "x"}
        value = value_of("[variables('v0')]", variables=variables)
        assert isinstance(value, Unknown) or value == "x"


class TestParametersOfTheWrongType:
    @pytest.mark.parametrize(
        ("kind", "value", "said"),
        [
            ("string", 1, "a number, not a text"),
            ("int", "1", "a text, not a number"),
            ("bool", "true", "a text, not a boolean"),
            ("array", {}, "an object, not a list"),
            ("object", [], "a list, not an object"),
        ],
    )
    def test_have_no_value(self, kind, value, said):
        used = template(resource(properties={"x": "[parameters('p')]"}), parameters={"p": {"type": kind}})
        ((code, _, message),) = problems(used, {"p": value})
        assert (code, message) == ("wrong-type", f"the parameter 'p' is {said}")


class TestLoopsWithoutEnd:
    @pytest.mark.parametrize("count", [801, 10**9, -1, "x", True, None, 1.5])
    def test_of_a_resource_are_refused(self, count):
        copied = resource("[concat('r', copyIndex())]", copy={"name": "l", "count": count})
        found = expanded(template(copied))
        assert [problem.code for problem in found.problems] == ["copy"]
        assert [one.certain for one in found.resources] == [False]

    def test_inside_one_another_are_bounded_by_a_total(self):
        inner = nested(
            "i", template(resource("[concat('r', copyIndex())]", copy={"name": "b", "count": 800}))
        )
        inner["copy"] = {"name": "a", "count": 800}
        found = expanded(template(inner))
        assert len(found.resources) <= 20_000
        assert "too-much" in {problem.code for problem in found.problems}

    def test_of_lambdas_are_bounded_by_the_work_they_take(self):
        wide = "map(range(0, 10000), lambda('a', map(range(0, 10000), lambda('b', 1))))"
        found = expanded(template(resource(properties={"x": f"[length({wide})]"})))
        assert [problem.code for problem in found.problems] == ["too-much"]

    def test_of_values_that_double_are_bounded(self):
        texts = {"v0": "ab"} | {
            f"v{i}": f"[concat(variables('v{i - 1}'), variables('v{i - 1}'))]" for i in range(1, 60)
        }
        lists = {"v0": []} | {
            f"v{i}": f"[createArray(variables('v{i - 1}'), variables('v{i - 1}'))]" for i in range(1, 60)
        }
        opened = {**texts, "v0": "[parameters('p')]"}
        mixed = {**texts, "v0": "[concat('a', parameters('p'))]"}
        for variables in (texts, lists, opened, mixed):
            declared = {"p": {"type": "string"}}
            value = value_of("[string(variables('v59'))]", variables=variables, declared=declared)
            assert isinstance(value, Unknown)
            found = expanded(template(resource(properties={"x": "[variables('v59')]"}), variables=variables))
            assert isinstance(found.resources[0].document["properties"]["x"], Unknown)


class TestShapesThatAreNone:
    @pytest.mark.parametrize(
        "resources",
        [
            "x",
            1,
            [1],
            [None],
            [{}],
            [{"type": 1}],
            [{"type": "A/b"}],
            [{"type": "A/b", "name": []}],
            {"a": []},
        ],
    )
    def test_of_resources(self, resources):
        expanded({"resources": resources})

    @pytest.mark.parametrize("section", ["parameters", "variables", "outputs", "functions", "definitions"])
    @pytest.mark.parametrize("value", [None, 1, "x", [], [1], {"a": 1}, {"a": {"type": 1, "$ref": 2}}])
    def test_of_sections(self, section, value):
        used = resource(
            properties={"x": "[concat(parameters('a'), variables('a'), reference('a').outputs.a.value)]"}
        )
        expanded(template(used, **{section: value}))

    @pytest.mark.parametrize(
        "key", ["name", "type", "condition", "copy", "dependsOn", "scope", "resources", "properties"]
    )
    @pytest.mark.parametrize(
        "value", [None, 1, "[1]", "[parameters('x')]", [], [[]], {"a": "[b"}, {"name": 1, "count": {}}]
    )
    def test_of_one_resource(self, key, value):
        expanded(
            template(
                {**hub("h"), key: value}, {**resource("n", "Microsoft.Resources/deployments"), key: value}
            )
        )

    @pytest.mark.parametrize(
        "value", [None, 1, "x", [], {"template": 1}, {"template": {"resources": 1}, "parameters": 1}]
    )
    def test_of_a_nested_deployment(self, value):
        expanded(template(resource("n", "Microsoft.Resources/deployments", properties=value)))


class TestDuplicateKeys:
    TWICE = (
        '{"resources": [{"type": "%s", "name": "h", "kind": "Hub", "properties": {"managedNetwork": {\n'
        '"isolationMode": "AllowOnlyApprovedOutbound",\n'
        '"isolationMode": "%s",\n'
        '"outboundRules": {\n'
        '"a": {"type": "FQDN", "destination": "one.contoso.com"},\n'
        '"a": {"type": "FQDN", "destination": "[concat(\'two\', \'.contoso.com\')]"}}}}}]}'
    )

    def test_of_a_value_leave_it_open(self):
        network = self.network("Disabled")
        assert isinstance(network["isolationMode"], Unknown)

    def test_that_say_the_same_are_told_of(self):
        assert self.network("AllowOnlyApprovedOutbound")["isolationMode"] == "AllowOnlyApprovedOutbound"
        (problem,) = expanded(self.TWICE % (WORKSPACE, "AllowOnlyApprovedOutbound")).problems
        assert (problem.code, problem.message) == ("duplicate-key", "duplicate key 'isolationMode'")

    def test_that_say_the_same_expression_are_evaluated(self):
        same = self.TWICE.replace('"AllowOnlyApprovedOutbound"', "\"[concat('Dis', 'abled')]\"")
        found = expanded(same % (WORKSPACE, "[concat('Dis', 'abled')]"))
        network = found.resources[0].document["properties"]["managedNetwork"]
        assert network["isolationMode"] == "Disabled"

    @pytest.mark.parametrize("section", ["parameters", "variables"])
    def test_of_what_expressions_name_leave_it_open(self, section):
        one, other = ('{"type": "string", "defaultValue": "%s"}' if section == "parameters" else '"%s"',) * 2
        text = json.dumps(
            template(
                resource(properties={"x": f"[{section}('a')]", "y": f"[{section}('b')]"}),
                **{section: {"TWINS": 0}},
            )
        ).replace('"TWINS": 0', f'"a": {one % 1}, "a": {other % 2}, "b": {one % 3}, "b": {other % 3}')
        (only,) = expanded(text).resources
        properties = only.document["properties"]
        assert (properties["x"].reason, properties["y"]) == ("'a' is written twice", "3")
        assert [message for *_, message in problems(text)] == ["duplicate key 'a'", "duplicate key 'b'"]

    def test_of_symbolic_names_are_two_resources(self):
        text = json.dumps(template(resources={"TWINS": 0})).replace(
            '"TWINS": 0', f'"a": {json.dumps(resource("one"))}, "a": {json.dumps(resource("two"))}'
        )
        assert [one.name for one in expanded(text).resources] == ["one", "two"]

    def test_of_rules_are_two_rules_on_two_lines(self):
        found = expanded(self.TWICE % (WORKSPACE, "Disabled"))
        rules = found.resources[0].document["properties"]["managedNetwork"]["outboundRules"]
        assert [(rule["name"], rule["properties"]["destination"]) for rule in rules] == [
            ("a", "one.contoso.com"),
            ("a", "two.contoso.com"),
        ]
        assert [found.places.of(rule).line for rule in rules] == [5, 6]

    def network(self, mode):
        return expanded(self.TWICE % (WORKSPACE, mode)).resources[0].document["properties"]["managedNetwork"]


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "line", "column", "message"),
        [
            ('{\n  "a" 1}', 2, 7, "expected ':'"),
            ('{"a": }', 1, 7, "expected a value"),
            ('{"a": "x', 1, 7, "a text that does not end"),
            ('{"a": 1', 1, 8, "cut off"),
            ('{"a": 1 /* x', 1, 9, "a comment that does not end"),
            ('{"a": [1}', 1, 9, "expected ','"),
            ('{"a": 1} 2', 1, 10, "text follows"),
            ("{'a': 1}", 1, 2, "unexpected"),
            ('{"a": nul}', 1, 7, "unexpected word 'nul'"),
            ('{"a": "\\x"}', 1, 7, "escape"),
            ("[" * 100_000, 1, DEPTH + 1, "nested deeper"),
            ("", 1, 1, "cut off"),
        ],
    )
    def test_that_are_no_json_say_where(self, text, line, column, message):
        with pytest.raises(BadTemplate, match=message) as raised:
            Source(text.encode(), "x.json")
        place = place_of(text.encode(), "x.json", raised.value)
        assert (place.line, place.column) == (line, column)

    def test_may_have_comments_trailing_commas_and_several_lines(self):
        text = '// one\n{ /* two */ "a": [1, 2,], "b": "x\n  y", // three\n "c": TRUE, }'
        assert Source(text.encode(), "x.json").value == {"a": [1, 2], "b": "x\n  y", "c": True}

    def test_expressions_may_go_over_several_lines(self):
        text = '{"resources": [{"type": "A/b", "name": "n", "properties": {"x": "[concat(\n   \'a\',\n   \'b\')]"}}]}'
        assert expanded(text).resources[0].document["properties"]["x"] == "ab"


def test_work_grows_with_the_size_of_a_template_and_no_faster():
    def work(count):
        rules = {
            f"r{i}": {"type": "FQDN", "destination": f"[concat('h{i}', '.contoso.com')]"}
            for i in range(count)
        }
        return expanded(template(hub("h", rules=rules))).work

    assert work(4_000) < 4 * work(1_000) + 100


def test_open_lists_are_lists_of_rules_only():
    value = value_of("[if(parameters('p'), createArray(1), createArray())]", declared={"p": {"type": "bool"}})
    assert isinstance(value, OpenList)
