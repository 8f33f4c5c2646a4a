"""What expressions give where something in them is not known."""

from __future__ import annotations

import pytest
from sources.hcl.builders import value_of

from scanner.sources.arm.errors import Failure, Spent
from scanner.sources.arm.openness import Choice, OpenObject
from scanner.sources.code.symbols import Symbol, Text, written
from scanner.values import OpenList, Unknown


def is_open(value):
    return isinstance(value, Unknown)


class TestKnownInSpiteOfAnOpenPart:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('var.x ? "a" : "a"', "a"),
            ("var.x ? {a = 1} : {a = 1}", {"a": 1}),
            ("var.x ? [1] : [1]", [1]),
            ("false && var.x", False),
            ("var.x && false", False),
            ("true || var.x", True),
            ("var.x || true", True),
            ("var.x == var.x", True),
            ('"${var.x}-a" == "b"', False),
            ('"${var.x}" == null ? 1 : 1', 1),
            ('"a${var.x}" == null', False),
            ("[var.x] == null", False),
            ("[1, var.x][0]", 1),
            ("{a = 1, b = var.x}.a", 1),
            ("length([var.x, var.y])", 2),
            ('contains(["a", var.x], "a")', True),
            ('contains(["a${var.x}"], "b")', False),
            ('startswith("ab${var.x}", "a")', True),
            ('startswith("ab${var.x}", "b")', False),
            ('endswith("${var.x}ab", "b")', True),
            ('strcontains("${var.x}ab", "ab")', True),
            ('substr("abc${var.x}", 0, 2)', "ab"),
            ("keys({a = var.x})", ["a"]),
            ("merge({a = 1}, {b = var.x}).a", 1),
            ("try(var.x.y, 1) == var.x.y", True),
            ("can({a = 1}.b)", False),
            ("[for x in [1, 2] : x if x > 1 || var.x && false]", [2]),
            ('coalesce("a", var.x)', "a"),
            ('(var.x ? "ab" : "ac") == "b"', False),
            ('startswith(var.x ? "ab" : "ac", "a")', True),
        ],
    )
    def test_is_known(self, text, value):
        assert value_of(text) == value


class TestOpen:
    @pytest.mark.parametrize(
        "text",
        [
            "var.x",
            "var.x.y.z",
            "var.x[0]",
            "!var.x",
            "-var.x",
            "var.x + 1",
            "var.x == 1",
            "var.x ? 1 : 2",
            "var.x && true",
            "[for x in var.x : x]",
            "{for x in var.x : x => x}",
            "var.x[*].y",
            "lower(var.x)",
            "length(var.x)",
            "merge(var.x, {a = 1})",
            'lookup(var.x, "a", "b")',
            'coalesce(var.x, "a")',
            "toset(var.x)",
            "flatten([var.x])",
            "jsondecode(var.x)",
            "jsonencode(var.x)",
            'replace(var.x, "a", "b")',
            "timestamp()",
            'sensitive("a")',
            "uuid()",
            'bcrypt("a")',
            "max(var.x...)",
            "no_such_function(1)",
            "can(var.x)",
            "contains(var.x, 1)",
            "[1, 2][var.x]",
            "{a = 1, b = 2}[var.x]",
            "{(var.x) = 1}.a",
            "one(var.x)",
            "element([1, 2], var.x)",
            "range(var.x)",
            "file(var.x)",
        ],
    )
    def test_stays_open(self, text):
        assert is_open(value_of(text))

    def test_says_which_function_nobody_knows(self):
        assert value_of("fancy(1)").reason == "the function fancy() is not known"
        assert "different in each run" in value_of("uuid()").reason

    def test_two_calls_of_uuid_are_two_values(self):
        assert is_open(value_of("uuid() == uuid()"))

    def test_the_time_is_one_throughout_a_run(self):
        assert value_of("timestamp() == timestamp()") is True

    def test_a_text_keeps_what_is_known_of_it(self):
        value = value_of('"https://${var.x}.contoso.com"')
        assert isinstance(value, Text)
        assert (value.parts, value.written) == (
            ("https://", None, ".contoso.com"),
            "https://{var.x}.contoso.com",
        )

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ('upper("a${var.x}b")', "A{upper(var.x)}B"),
            ('format("%s-%s", "a", var.x)', "a-{var.x}"),
            ('join("-", ["a", var.x])', "a-{var.x}"),
            ('trimprefix("ab${var.x}", "a")', "b{var.x}"),
            ('trimsuffix("${var.x}ab", "b")', "{var.x}a"),
            ('replace("a-${var.x}", "-", "")', "a{replace(var.x,'-','')}"),
            ('tostring("a${var.x}")', "a{var.x}"),
            ("<<-EOT\n  a${var.x}\n  EOT\n", "a{var.x}\n"),
            ('"%{ if true }a%{ endif }${var.x}"', "a{var.x}"),
        ],
    )
    def test_functions_of_a_text_keep_what_is_known_of_it(self, text, shown):
        assert written(value_of(text)) == shown

    def test_the_names_of_members_may_be_known_in_part(self):
        value = value_of('{"${var.x}-file" = 1, a = 2}')
        assert list(value) == ["{var.x}-file", "a"]
        assert is_open(value_of('{"${var.x}-file" = 1}.b'))

    def test_a_condition_that_is_open_leaves_one_of_two(self):
        value = value_of('var.x ? "a" : "b"')
        assert isinstance(value, Choice)
        assert value.options == ("a", "b")
        text = value_of('"${var.x ? "a" : "b"}-c"')
        assert text.options == ("a-c", "b-c")

    def test_a_condition_that_is_open_leaves_members_of_an_object_open(self):
        value = value_of("var.x ? {a = 1, b = 2} : {a = 1}")
        assert isinstance(value, OpenObject)
        assert value.members["a"] == (1, True)
        assert value.members["b"] == (2, False)
        assert value_of("(var.x ? {a = 1, b = 2} : {a = 1}).a") == 1

    def test_a_condition_that_is_open_leaves_members_of_a_list_open(self):
        value = value_of("concat([1], var.x ? [2] : [])")
        assert isinstance(value, OpenList)
        assert value.members == ((1, True), (2, False))

    def test_a_loop_with_an_open_condition_leaves_its_members_open(self):
        value = value_of("[for x in [1, 2] : x if x == 1 || var.x]")
        assert value.members == ((1, True), (2, False))
        value = value_of('{for x in ["a", "b"] : x => 1 if x == "a" || var.x}')
        assert value.members == {"a": (1, True), "b": (1, False)}

    def test_what_fails_on_one_side_of_an_open_condition_is_never_asked_for(self):
        assert is_open(value_of("var.x ? {a = 1}.b : 2"))

    def test_json_remembers_what_it_was_made_of(self):
        assert value_of('jsondecode(jsonencode({a = 1, b = "x"}))') == {"a": 1, "b": "x"}
        assert value_of("jsondecode(jsonencode({a = 1, b = var.x})).a") == 1

    def test_equal_expressions_are_equal_values(self):
        assert value_of("lower(var.x) == lower(var.x)") is True
        assert isinstance(value_of("lower(var.x)"), Symbol)


class TestFailures:
    @pytest.mark.parametrize("text", ['{a = file("made.txt"), b = "known"}.b', '[{}.a, "known"][1]'])
    def test_of_a_member_take_nothing_from_the_others(self, text):
        assert value_of(text) == "known"

    def test_of_a_member_are_those_of_the_whole_where_something_else_stands_ready(self):
        assert value_of('try({a = file("made.txt"), b = 1}, "else")') == "else"
        assert value_of("can([for x in [1] : {a = {}.b}])") is False

    @pytest.mark.parametrize(
        "text",
        [
            "{a = 1}.b",
            "[1][1]",
            "[1][-1]",
            "[1][0.5]",
            "null.a",
            '"a".b',
            "toset([1])[0]",
            "1 / 0",
            '"a" + 1',
            '"a${null}"',
            '"a${[1]}"',
            '"a" ? 1 : 2',
            "[for x in 1 : x]",
            '{for x in ["a", "a"] : x => 1}',
            "{(null) = 1}",
            "max([1], 2)",
            "upper()",
            "element([], 0)",
            "one([1, 2])",
            'regex("b", "a")',
            'coalesce(null, "")',
            'lookup({}, "a")',
            "range(5000)",
            'jsondecode("{")',
            'base64decode("%")',
            'cidrhost("x", 1)',
            'parseint("zz", 10)',
            "max(1...)",
            "try()",
            'file("nope")',
        ],
    )
    def test_have_no_value(self, text):
        with pytest.raises(Failure):
            value_of(text)

    def test_are_what_try_and_can_are_for(self):
        assert value_of('try({a = 1}.b, [][0], "c")') == "c"
        assert value_of("can({a = 1}.b)") is False
        assert value_of("can({a = 1}.a)") is True

    def test_of_files_outside_of_the_root_leave_it_open(self):
        assert is_open(value_of('file("/etc/passwd")'))

    @pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(a?){30}a{30}"])
    def test_a_pattern_of_too_much_work_is_not_tried(self, pattern):
        assert isinstance(value_of(f'regex("{pattern}", "{"a" * 32}!")'), Unknown)

    @pytest.mark.parametrize(
        "text",
        [
            "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]",
            "setproduct(range(1000), range(1000))",
            'format("%1000000s", "a")',
            'indent(1000000, "a\\nb")',
            "pow(10, 400) + 1",
        ],
    )
    def test_of_too_much_work_end_soon(self, text):
        with pytest.raises((Failure, Spent)):
            value_of(text)
