"""What the expressions of Bicep come to."""

from __future__ import annotations

import pytest
from sources.bicep.builders import opened, properties_of, value_of

from scanner.values import Unknown


class TestTexts:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("''", ""),
            ("'plain'", "plain"),
            (r"'it\'s'", "it's"),
            (r"'a\nb\tc\rd'", "a\nb\tc\rd"),
            (r"'\u{1F680}'", "\U0001f680"),
            (r"'\\'", "\\"),
            (r"'\${name}'", "${name}"),
            ("'$name'", "$name"),
            ("'$'", "$"),
            ("'{0}'", "{0}"),
            ("'[not an expression]'", "[not an expression]"),
            ("'[[twice'", "[[twice"),
            ("'[open'", "[open"),
            ("'🚀'", "🚀"),
        ],
    )
    def test_of_one_line(self, written, value):
        assert value_of(written) == value

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("'''plain'''", "plain"),
            ("'''\nfirst\nsecond\n'''", "first\nsecond\n"),
            ("'''\r\nfirst'''", "first"),
            ("''''quoted''''", "'quoted'"),
            ("'''no ${hole} and no \\n'''", "no ${hole} and no \\n"),
            ("'''it's'''", "it's"),
            ("''''''", ""),
        ],
    )
    def test_of_several_lines_are_taken_as_they_stand(self, written, value):
        assert value_of(written) == value

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("$'''a ${name} b'''", "a blue b"),
            ("$$'''a ${name} $${name}'''", "a ${name} blue"),
            ("$$'''$$${name}'''", "$blue"),
            ("$'''\n{${name}}\n'''", "{blue}\n"),
            ("$'''${name}${name}'''", "blueblue"),
        ],
    )
    def test_of_several_lines_with_dollars_before_them_have_expressions(self, written, value):
        assert value_of(written, "var name = 'blue'") == value

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("'${name}'", "blue"),
            ("'a-${name}-b'", "a-blue-b"),
            ("'${1}${true}'", "1True"),
            ("'{${name}}'", "{blue}"),
            ("'${name == 'blue' ? 'yes' : 'no'}'", "yes"),
            ("'${'${'${name}'}'}'", "blue"),
            ("'${{ a: name }.a}'", "blue"),
            ("'${toUpper('${name}s')}!'", "BLUES!"),
        ],
    )
    def test_with_expressions_may_hold_quotes_in_them(self, written, value):
        assert value_of(written, "var name = 'blue'") == value


class TestOperators:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("1 + 2 * 3", 7),
            ("(1 + 2) * 3", 9),
            ("10 - 2 - 3", 5),
            ("7 / 2", 3),
            ("7 % 4", 3),
            ("-5", -5),
            ("-(5)", -5),
            ("!true", False),
            ("!(1 > 2)", True),
            ("1 < 2", True),
            ("2 <= 1", False),
            ("3 >= 3", True),
            ("'a' == 'A'", False),
            ("'a' =~ 'A'", True),
            ("'a' !~ 'A'", False),
            ("'a' != 'b'", True),
            ("true || false && false", True),
            ("false && true || true", True),
            ("1 + 1 == 2 && 'a' != 'b'", True),
            ("null ?? 'x'", "x"),
            ("null ?? null ?? 'x'", "x"),
            ("'x' ?? 'y'", "x"),
            ("true ? 'a' : 'b'", "a"),
            ("false ? 'a' : true ? 'b' : 'c'", "b"),
            ("true\n ? 'a'\n : 'b'", "a"),
            ("(\n true\n)\n  ? 'a' // why\n  : 'b'", "a"),
            ("[true, false][1]", False),
        ],
    )
    def test_bind_as_the_language_says(self, written, value):
        assert value_of(written) == value

    @pytest.mark.parametrize("written", ["false && fail('x')", "true || fail('x')"])
    def test_look_no_further_than_they_must(self, written):
        assert value_of(written) in (True, False)


class TestMembers:
    BEFORE = "var it = { a: { b: ['x', 'y'] }, 'with space': 1, n: null }\nparam some object?"

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("it.a.b[1]", "y"),
            ("it['a'].b[0]", "x"),
            ("it['with space']", 1),
            ("it.a.b[^1]", "y"),
            ("it.?missing", None),
            ("it.?missing.deeper.still", None),
            ("it.?a.b[0]", "x"),
            ("it.a.b[?5]", None),
            ("it[?'missing']", None),
            ("it.?missing ?? 'default'", "default"),
            ("it!.a.b[0]", "x"),
            ("(it.?a!).b[0]", "x"),
            ("it.n", None),
            ("some.?x", None),
            ("empty(it.?missing)", True),
        ],
    )
    def test_are_found_or_null(self, written, value):
        assert value_of(written, self.BEFORE) == value

    def test_that_are_not_there_are_not_known(self):
        assert isinstance(value_of("it.missing", self.BEFORE), Unknown)


class TestObjectsAndLists:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("{}", {}),
            ("[]", []),
            ("{ a: 1, b: 2 }", {"a": 1, "b": 2}),
            ("[1, 2]", [1, 2]),
            ("[\n  1\n  2\n]", [1, 2]),
            ("[\n  1, 2\n  3\n]", [1, 2, 3]),
            ("{\n  // nothing here\n}", {}),
            (
                "{ 'a-b': 1, true: 2, null: 3, for: 4, resource: 5, if: 6 }",
                {"a-b": 1, "true": 2, "null": 3, "for": 4, "resource": 5, "if": 6},
            ),
            ("{ '${key}-x': 1 }", {"blue-x": 1}),
            ("{ ...base, b: 3 }", {"a": 1, "b": 3}),
            ("{ b: 3, ...base }", {"b": 2, "a": 1}),
            ("[0, ...list, 3]", [0, 1, 2, 3]),
            ("[...list]", [1, 2]),
            ("{ ...(true ? base : {}) }", {"a": 1, "b": 2}),
            ("{ '[x]': '[y]' }", {"[x]": "[y]"}),
        ],
    )
    def test_are_what_they_say(self, written, value):
        before = "var base = { a: 1, b: 2 }\nvar list = [1, 2]\nvar key = 'blue'"
        assert value_of(written, before) == value


class TestLambdas:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("map([1, 2], x => x * 2)", [2, 4]),
            ("map([1, 2], (x, i) => '${i}-${x}')", ["0-1", "1-2"]),
            ("filter([1, 2, 3], x => x > 1)", [2, 3]),
            ("reduce([1, 2, 3], 0, (sum, next) => sum + next)", 6),
            ("sort([3, 1, 2], (a, b) => a < b)", [1, 2, 3]),
            ("toObject(['a', 'b'], x => x, x => { is: x })", {"a": {"is": "a"}, "b": {"is": "b"}}),
            ("groupBy(['ab', 'ac', 'b'], x => substring(x, 0, 1))", {"a": ["ab", "ac"], "b": ["b"]}),
            ("mapValues({ a: 1 }, x => x + 1)", {"a": 2}),
            ("map(items({ b: 1, a: 2 }), each => each.key)", ["a", "b"]),
            ("map([1], x => map([2], y => x + y))", [[3]]),
            ("map([1], x => map([2], x => x))", [[2]]),
            ("map(\n  [1],\n  x => {\n    is: x\n  }\n)", [{"is": 1}]),
        ],
    )
    def test_change_and_choose(self, written, value):
        assert value_of(written) == value


class TestLoopsOverValues:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("[for x in [1, 2]: x + 1]", [2, 3]),
            (
                "[for (x, i) in ['a', 'b']: { name: x, at: i }]",
                [{"name": "a", "at": 0}, {"name": "b", "at": 1}],
            ),
            ("[for i in range(3, 2): i]", [3, 4]),
            ("[\n  for x in [1]: x\n]", [1]),
            ("[for x in []: x]", []),
            ("[for x in [1, 2]: [for y in [3]: x * y]]", [[3], [6]]),
            ("{ inner: [for x in [1]: x] }", {"inner": [1]}),
        ],
    )
    def test_have_a_member_for_each(self, written, value):
        assert value_of(written) == value

    def test_over_what_is_not_known_have_some(self):
        assert opened(value_of("[for x in names: 'a-${x}']", "param names array")) == [("a-*", False)]

    def test_over_a_list_known_in_part_keep_what_is_known(self):
        before = "param more bool\nvar names = concat(['a'], more ? ['b'] : [])"
        assert opened(value_of("[for x in names: { is: x }]", before))[0][0] == {"is": "a"}

    def test_over_what_is_no_list_are_not_known(self):
        assert "not a list" in opened(value_of("[for x in 'abc': x]"))


class TestNames:
    def test_of_variables_may_come_later(self):
        assert value_of("early", "var early = late\nvar late = 1") == 1

    def test_of_a_loop_hide_those_outside(self):
        assert value_of("[for x in [1]: x]", "var x = 9") == [1]

    @pytest.mark.parametrize("written", ["az.toLower('A')", "sys.toLower('A')", "toLower('A')"])
    def test_of_functions_may_have_a_namespace(self, written):
        assert value_of(written) == "a"

    def test_that_nobody_declared_are_not_known(self):
        assert opened(value_of("nobody")) == "'nobody' is not declared"

    def test_that_go_in_circles_are_not_known(self):
        assert "depends on itself" in opened(value_of("a", "var a = b\nvar b = a"))

    def test_of_functions_nobody_knows_are_not_known(self):
        assert "brandNew" in opened(value_of("brandNew('x')")) or "brandnew" in opened(
            value_of("brandNew('x')")
        )

    @pytest.mark.parametrize(
        ("written", "value"), [("any({ a: 1 })", {"a": 1}), ("nameof(it)", "it"), ("nameof(it.a)", "a")]
    )
    def test_that_only_the_compiler_reads(self, written, value):
        assert value_of(written, "var it = { a: 1 }") == value


class TestUsersOwnFunctions:
    def test_are_called_with_their_arguments(self):
        before = "func greet(name string, loud bool) string => loud ? toUpper('hi ${name}') : name"
        assert value_of("greet('ana', true)", before) == "HI ANA"

    def test_may_call_each_other(self):
        before = "func one(x int) int => two(x) + 1\nfunc two(x int) int => x * 2"
        assert value_of("one(3)", before) == 7

    def test_may_give_objects_and_loop(self):
        before = "func made(names array) object => { all: [for n in names: '${n}!'] }"
        assert value_of("made(['a'])", before) == {"all": ["a!"]}

    def test_may_stretch_over_lines(self):
        before = "func pick(\n  a string,\n  b string\n) string =>\n  empty(a) ? b : a"
        assert value_of("pick('', 'x')", before) == "x"

    def test_that_call_themselves_are_not_known(self):
        assert isinstance(value_of("f(1)", "func f(x int) int => f(x + 1)"), Unknown)

    def test_that_call_themselves_twice_end(self):
        assert isinstance(value_of("f(1)", "func f(x int) int => f(x) + f(x + 1)"), Unknown)

    def test_with_too_few_arguments_are_not_known(self):
        assert "takes 1 arguments, not 0" in opened(value_of("f()", "func f(x int) int => x"))


class TestParameters:
    @pytest.mark.parametrize(
        ("declared", "value"),
        [
            ("param p string = 'x'", "x"),
            ("param p string = q\nparam q string = 'chained'", "chained"),
            ("param p string?", None),
            ("param p string? = null", None),
            ("@description('what')\n@minLength(1)\nparam p string = 'x'", "x"),
            ("@sys.description('what')\nparam p int = 3", 3),
            ("param p 'a' | 'b' = 'b'", "b"),
            ("param p ('a' | 'b')[] = ['b']", ["b"]),
            ("type mine = { a: string, b: int? }\nparam p mine = { a: 'x' }", {"a": "x"}),
        ],
    )
    def test_have_their_defaults(self, declared, value):
        assert value_of("p", declared) == value

    @pytest.mark.parametrize(
        "declared",
        [
            "param p string",
            "@secure()\nparam p string = 'x'",
            "@secure()\nparam p object = {}",
            "@secure()\ntype secret = string\nparam p secret = 'x'",
            "param p resourceInput<'Microsoft.Storage/storageAccounts@2024-01-01'>.properties.sku",
        ],
    )
    def test_without_one_or_secret_are_not_known(self, declared):
        assert isinstance(value_of("p", declared), Unknown)

    def test_that_may_be_one_of_a_few_decide_what_all_of_them_decide(self):
        declared = "@allowed(['Enabled', 'enabled'])\nparam p string"
        assert value_of("toLower(p)", declared) == "enabled"

    def test_of_a_literal_type_are_one_of_a_few(self):
        assert value_of("startsWith(p, 'a')", "param p 'ab' | 'ac'") is True


class TestOpenValues:
    def test_carry_the_text_that_their_author_wrote(self):
        assert value_of("toLower(p)", "param p string").text == "toLower(p)"
        assert value_of("p.?mode ?? 'x'", "param p object").text == "p.?mode ?? 'x'"

    def test_of_a_text_keep_what_is_known(self):
        assert (
            opened(value_of("'${p}-data.blob.core.windows.net'", "param p string"))
            == "*-data.blob.core.windows.net"
        )

    def test_of_a_condition_decide_where_both_sides_agree(self):
        assert value_of("p ? 'same' : 'same'", "param p bool") == "same"

    def test_have_no_secrets_in_their_text(self):
        text = value_of("'AccountKey=abcdefghijklmnop0123456789==;${p}'", "param p string").text
        assert "abcdefghijklmnop" not in text

    def test_of_the_deployment_are_known_later(self):
        document = properties_of("name: 'probe'\nlocation: resourceGroup().location")
        assert document["location"].text == "resourceGroup().location"


class TestWhatTakesTooMuch:
    @pytest.mark.parametrize(
        "expression",
        [
            "x" + ".a" * 5_000,
            "x" + "!" * 5_000,
            " + ".join(["1"] * 5_000),
            "map(range(0, 800), a => map(range(0, 800), b => map(range(0, 800), c => a + b + c)))",
            "[for a in range(0, 800): [for b in range(0, 800): [for c in range(0, 800): a]]]",
            "[for a in range(0, 801): a]",
        ],
    )
    def test_is_not_known(self, expression):
        value = value_of(f"length(string({expression}))", "var x = 'x'")
        assert isinstance(value, Unknown)

    def test_of_one_operator_after_another_is_no_trouble(self):
        assert value_of(" && ".join(["true"] * 5_000)) is True

    def test_of_texts_that_double_ends(self):
        doubled = "\n".join(f"var v{i} = '${{v{i - 1}}}${{v{i - 1}}}'" for i in range(1, 60))
        assert not isinstance(value_of("v59", f"var v0 = 'ab'\n{doubled}"), str)


class TestNamesThatDifferInCaseAlone:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("map([1], x => map([2], X => x))", [[1]]),
            ("map([1], x => map([2], X => X))", [[2]]),
            ("map([1], X => map([2], x => map([3], X => [x, X])))", [[[[2, 3]]]]),
            ("[for x in [1]: [for X in [2]: [x, X]]]", [[[1, 2]]]),
            ("map([1], x => [for (X, i) in [2]: x + X + i])", [[3]]),
            ("'${a}${A}'", "lowerUPPER"),
            ("f() + F()", 3),
            ("thing.name", "one"),
            ("Thing.name", "two"),
            ("last(split(Thing.id, '/'))", "two"),
        ],
    )
    def test_mean_what_they_say(self, expression, value):
        before = (
            "var a = 'lower'\nvar A = 'UPPER'\nfunc f() int => 1\nfunc F() int => 2\n"
            "resource thing 'Contoso.Things/things@2024-01-01' = { name: 'one' }\n"
            "resource Thing 'Contoso.Things/things@2024-01-01' = { name: 'two' }\n"
        )
        assert value_of(expression, before) == value
