"""The functions of the language, by the results that their reference gives."""

from __future__ import annotations

import pytest
from sources.hcl.builders import value_of

from scanner.sources.hcl.functions import TABLE
from scanner.sources.hcl.values import SetOf
from scanner.values import Unknown


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ('format("%#x %#o %#b %#X", 255, 8, 5, 255)', "0xff 010 0b101 0XFF"),
        ('format("%#v % d", "a", 7)', '"a"  7'),
        ('format("%05s|%05q", "a", "b")', '0000a|00"b"'),
        ('format("%3t|%.1q", true, "abc")', 'true|"a"'),
        ('format("%g %G %g", 0.1, 1e21, 1 / 3)', "0.1 1E+21 0.3333333333333333"),
        ('substr("hello", -3, 0)', "llo"),
        ("alltrue([null])", False),
        ('can(anytrue(["yes"]))', False),
        ("can(range(1, 5, -1))", False),
        ("yamlencode(true)", "true\n...\n"),
        ("anytrue([null, true])", True),
        ('tolist(["a", 1, true])', ["a", "1", "true"]),
        ('distinct(["1", 1])', ["1"]),
        ('toset(["a", 1, 1])', ["1", "a"]),
        ('setproduct(["b", "a", "b"], toset(["x"]))', [["a", "x"], ["b", "x"]]),
        ('true ? 1 : "a"', "1"),
        ('length(true ? ["a", "a"] : toset([]))', 1),
        (
            r'yamlencode({b = ["x", 1], a = {}, c = "l1\nl2\n", d = jsonencode({e = true})})',
            '"a": {}\n"b":\n- "x"\n- 1\n"c": |\n  l1\n  l2\n"d": "{\\"e\\":true}"\n',
        ),
    ],
)
def test_results_are_those_of_the_program_itself(expression, result):
    assert value_of(expression) == result


def test_space_that_a_directive_takes_away_ends_with_its_line():
    template = "rules:\n%{ for one in rules ~}\n  - name: ${one}\n    type: FQDN\n%{ endfor ~}\n"
    value = value_of(
        'yamldecode(templatefile("rules.yaml", { rules = ["a", "b"] }))',
        files={"rules.yaml": template.encode()},
    )
    assert value == {"rules": [{"name": "a", "type": "FQDN"}, {"name": "b", "type": "FQDN"}]}


class TestIdsOfAzapi:
    @pytest.mark.parametrize(
        ("call", "result"),
        [
            ('build_resource_id("/g", "Contoso.X/a", "n")', "/g/providers/Contoso.X/a/n"),
            (
                'build_resource_id("/g/providers/Contoso.X/a/n", "Contoso.X/a/b@2024", "m")',
                "/g/providers/Contoso.X/a/n/b/m",
            ),
            (
                'resource_group_resource_id("s", "g", "Contoso.X/a/b", ["n", "m"])',
                "/subscriptions/s/resourceGroups/g/providers/Contoso.X/a/n/b/m",
            ),
            (
                'subscription_resource_id("s", "Contoso.X/a", ["n"])',
                "/subscriptions/s/providers/Contoso.X/a/n",
            ),
        ],
    )
    def test_are_put_together(self, call, result):
        assert value_of(f"provider::azapi::{call}") == result

    def test_that_are_known_in_part_say_what_they_are_of(self):
        value = value_of(
            'endswith(provider::azapi::resource_group_resource_id(var.s, "g", "Contoso.X/a", ["n"]), "/a/n")'
        )
        assert value is True

    @pytest.mark.parametrize("arguments", ['"/g", var.kind, "n"', 'var.g, "Contoso.X/a", var.n'])
    def test_of_what_is_open_are_open(self, arguments):
        assert isinstance(value_of(f"provider::azapi::build_resource_id({arguments})"), Unknown)

    @pytest.mark.parametrize(
        "call", ['build_resource_id("/g", "x", "n")', 'subscription_resource_id("s", "Contoso.X/a", [])']
    )
    def test_of_no_type_end_in_an_error(self, call):
        assert value_of(f"can(provider::azapi::{call})") is False


PATTERNS = [
    (r"\\d+", "٣4", "4"),
    (r"\\w+", "é1", "1"),
    (r"(?i)ABC", "abc", "abc"),
    (r"(?m)a$", "a\\nb", "a"),
    (r"^[[:alpha:]$]+$", "a$b", "a$b"),
    (r"[^]$[]+", "]a", "a"),
    (r"\\$\\z", "a$", "$"),
    (r"(?<first>a)", "a", {"first": "a"}),
    (r"a\\++", "a++", "a++"),
]


@pytest.mark.parametrize(("pattern", "text", "result"), PATTERNS)
def test_patterns_are_those_of_the_language(pattern, text, result):
    assert value_of(f'regex("{pattern}", "{text}")') == result


@pytest.mark.parametrize(
    "pattern", ["^b$", "(?=b)", "(?!a)", "(?<=a)b", "(b)\\\\1", "b*+", "(?>b)", "(?P<x>b)(?P=x)"]
)
def test_what_only_python_has_is_no_pattern(pattern):
    assert value_of(f'can(regex("{pattern}", "b\\n"))') is False


@pytest.mark.parametrize("pattern", ["\\\\pL", "(?U)a+", "\\\\Qa.b\\\\E", "a" * 600])
def test_a_pattern_that_is_not_read_leaves_open_what_it_matches(pattern):
    assert isinstance(value_of(f'can(regex("{pattern}", "a.b"))'), Unknown)
    assert isinstance(value_of(f'try(regex("{pattern}", "a.b"), "none")'), Unknown)
    assert isinstance(value_of(f'replace("a.b", "/{pattern}/", "c")'), Unknown)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("abs(-12.4)", 12.4),
        ("ceil(5.1)", 6),
        ("floor(4.9)", 4),
        ("log(16, 2)", 4),
        ("max(12, 54, 3)", 54),
        ("min([12, 54, 3]...)", 3),
        ('parseint("FF", 16)', 255),
        ("pow(3, 2)", 9),
        ("signum(-13)", -1),
        ("7 % 3", 1),
        ('"${1.0}:${4e2}:${1.50}"', "1:400:1.5"),
        ('chomp("hello\\n")', "hello"),
        ('endswith("hello", "lo")', True),
        (
            'format("Hello, %s! %d%% %05.1f %q %t %v %x", "Ander", 5, 2.25, "a", true, [1], 255)',
            'Hello, Ander! 5% 002.2 "a" true [1] ff',
        ),
        ('format("%-5s|%5s|%[2]s", "a", "b")', "a    |    b|b"),
        ('format("%#v", 1)', "1"),
        ('formatlist("Hello, %s%s!", ["a", "b"], "c")', ["Hello, ac!", "Hello, bc!"]),
        ('indent(2, "[\\n  foo\\n]")', "[\n    foo\n  ]"),
        ('join(", ", ["foo", "bar"], ["baz"])', "foo, bar, baz"),
        ('lower("HELLO")', "hello"),
        ('replace("hello world", "/w.*d/", "everybody")', "hello everybody"),
        ('replace("a-b", "/(\\\\w)-(\\\\w)/", "$2-${1}")'.replace("${1}", "$${1}"), "b-a"),
        ('replace("1 + 2", "+", "-")', "1 - 2"),
        ('split(",", "foo,bar")', ["foo", "bar"]),
        ('split(",", "")', [""]),
        ('startswith("hello", "he")', True),
        ('strcontains("hello", "ell")', True),
        ('strrev("hello")', "olleh"),
        ('substr("hello world", 1, 4)', "ello"),
        ('substr("hello world", -5, -1)', "world"),
        ('title("hello world")', "Hello World"),
        ('trim("?!hello?!", "!?")', "hello"),
        ('trimprefix("helloworld", "hello")', "world"),
        ('trimsuffix("helloworld", "world")', "hello"),
        ('trimspace("  hello\\n\\n")', "hello"),
        ('upper("hello")', "HELLO"),
        ('regex("[a-z]+", "53453453.345345aaabbbccc23454")', "aaabbbccc"),
        ('regex("(\\\\d\\\\d\\\\d\\\\d)-(\\\\d\\\\d)", "2019-02")', ["2019", "02"]),
        (
            'regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://contoso.com/x")',
            {"scheme": "https", "authority": "contoso.com"},
        ),
        ('regexall("[a-z]+", "1234abcd5678efgh9")', ["abcd", "efgh"]),
        ('length(regexall("[a-z]+", "123"))', 0),
        ('alltrue([true, "true"])', True),
        ("alltrue([])", True),
        ("anytrue([false, true])", True),
        ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]),
        ('coalesce("", "b")', "b"),
        ('coalescelist([], ["c"])', ["c"]),
        ('compact(["a", "", "b", null])', ["a", "b"]),
        ('concat(["a", ""], ["b"])', ["a", "", "b"]),
        ('contains(["a", "b"], "a")', True),
        ('distinct(["a", "b", "a"])', ["a", "b"]),
        ('element(["a", "b"], 3)', "b"),
        ('flatten([["a", "b"], [], ["c", [["d"]]]])', ["a", "b", "c", "d"]),
        ('index(["a", "b"], "b")', 1),
        ("keys({c = 1, a = 2})", ["a", "c"]),
        ('length("abc")', 3),
        ("length({a = 1})", 1),
        ('lookup({a = "ay"}, "a", "x")', "ay"),
        ('lookup({a = "ay"}, "c", "x")', "x"),
        ('matchkeys(["i1", "i2"], ["w", "e"], ["w"])', ["i1"]),
        ("merge({a = 1, b = 2}, {b = 3}, null)", {"a": 1, "b": 3}),
        ("one([5])", 5),
        ("range(3)", [0, 1, 2]),
        ("range(1, 8, 3)", [1, 4, 7]),
        ("range(3, 1)", [3, 2]),
        ("reverse([1, 2])", [2, 1]),
        ('setproduct(["d", "p"], ["a"])', [["d", "a"], ["p", "a"]]),
        ("slice([1, 2, 3], 1, 3)", [2, 3]),
        ('sort(["e", "d"])', ["d", "e"]),
        ("sum([10, 13.5])", 23.5),
        ('transpose({a = ["1", "2"], b = ["2"]})', {"1": ["a"], "2": ["a", "b"]}),
        ("values({b = 1, a = 2})", [2, 1]),
        ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
        ('base64decode("SGVsbG8=")', "Hello"),
        ('base64encode("Hello")', "SGVsbG8="),
        ('csvdecode("a,b\\n1,2\\n")', [{"a": "1", "b": "2"}]),
        ('jsondecode("{\\"a\\": [1, null]}")', {"a": [1, None]}),
        ('jsonencode({b = [1, true, null], a = "<x>"})', '{"a":"\\u003cx\\u003e","b":[1,true,null]}'),
        ('textdecodebase64(textencodebase64("Hé", "UTF-16LE"), "UTF-16LE")', "Hé"),
        ('urlencode("Hello World/☃")', "Hello+World%2F%E2%98%83"),
        ('urldecode("Hello+World")', "Hello World"),
        ('yamldecode("a: 1\\nb: [x]")', {"a": 1, "b": ["x"]}),
        ('yamldecode(yamlencode({a = [1, {b = "c"}]}))', {"a": [1, {"b": "c"}]}),
        ('cidrhost("10.12.112.0/20", 16)', "10.12.112.16"),
        ('cidrhost("10.12.112.0/20", -2)', "10.12.127.254"),
        ('cidrnetmask("172.16.0.0/12")', "255.240.0.0"),
        ('cidrsubnet("172.16.0.0/12", 4, 2)', "172.18.0.0/16"),
        ('cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', "fd00:fd12:3456:7800:a200::/72"),
        (
            'cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)',
            ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"],
        ),
        ('formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', "02 Jan 2018 23:12 UTC"),
        ('formatdate("EEEE, DD-MMM-YY", "2018-01-02T23:12:01-08:00")', "Tuesday, 02-Jan-18"),
        ('formatdate("\'at\' h:mm aa", "2018-01-02T23:12:01Z")', "at 23:12 pm"),
        ('timeadd("2017-11-22T00:00:00Z", "10m")', "2017-11-22T00:10:00Z"),
        ('timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")', 0),
        ('md5("hello world")', "5eb63bbbe01eeed093cb22bb8f5acdc3"),
        ('sha1("hello world")', "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"),
        ('base64sha256("hello world")', "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="),
        ('tobool("true")', True),
        ('tolist(toset(["b", "a"]))', ["a", "b"]),
        ("tomap({a = 1})", {"a": 1}),
        ('tonumber("1.5")', 1.5),
        ("tostring(1.0)", "1"),
        ("tostring(null)", None),
        ("type([1])", "tuple"),
        ("nonsensitive(1)", 1),
        ("core::max(1, 2)", 2),
        ('templatestring("<$${a}%%{ for x in b }$${x}%%{ endfor }>", {a = 1, b = [2, 3]})', "<123>"),
    ],
)
def test_gives(expression, result):
    assert value_of(expression) == result


@pytest.mark.parametrize(
    ("expression", "members"),
    [
        ('toset(["c", "b", "b"])', ["b", "c"]),
        ('setunion(["a", "b"], ["b", "c"])', ["a", "b", "c"]),
        ('setintersection(["a", "b"], ["b", "c"])', ["b"]),
        ('setsubtract(["a", "b"], ["a"])', ["b"]),
        ('setsymmetricdifference(["a", "b"], ["b", "c"])', ["a", "c"]),
    ],
)
def test_gives_a_set(expression, members):
    value = value_of(expression)
    assert isinstance(value, SetOf)
    assert value == members


def test_sets_are_gone_over_by_their_members():
    assert value_of('{for k, v in toset(["b", "a"]) : k => v}') == {"a": "a", "b": "b"}


class TestFiles:
    FILES = {
        "a.txt": b"hello",
        "t.tpl": b"%{ for x in list ~}\n${x}-${name}\n%{ endfor ~}\n",
        "bad.tpl": b"${",
        "rules/a.yaml": b"",
        "rules/eu/b.yaml": b"",
        "rules/eu/west/c.yaml": b"",
    }

    @pytest.mark.parametrize(
        ("expression", "result"),
        [
            ('file("a.txt")', "hello"),
            ('fileexists("a.txt")', True),
            ('fileexists("b.txt")', False),
            ('filebase64("a.txt")', "aGVsbG8="),
            ('filemd5("a.txt")', "5d41402abc4b2a76b9719d911017c592"),
            ('templatefile("t.tpl", {list = ["a", "b"], name = "n"})', "a-n\nb-n\n"),
            ('fileset(".", "*.t{xt,pl}")', ["a.txt", "bad.tpl", "t.tpl"]),
            ('fileset("rules", "**/*.yaml")', ["a.yaml", "eu/b.yaml", "eu/west/c.yaml"]),
            ('fileset("rules", "*/[!c].yaml")', ["eu/b.yaml"]),
            ('fileset("rules", "*.json")', []),
            ('basename("rules/eu/b.yaml")', "b.yaml"),
            ('basename("rules/eu/")', "eu"),
            ('dirname("rules/eu/b.yaml")', "rules/eu"),
            ('dirname("b.yaml")', "."),
            ('try(file("b.txt"), "none")', "none"),
            ('try(templatefile("bad.tpl", {}), "none")', "none"),
        ],
    )
    def test_are_read(self, expression, result):
        assert value_of(expression, files=self.FILES) == result


def test_every_function_of_the_language_is_known():
    names = "abs alltrue cidrsubnets coalescelist formatdate jsondecode matchkeys regexall setproduct uuidv5"
    assert not set(names.split()) - TABLE.keys()


def test_one_argument_of_a_few_and_another_that_is_open_leave_the_result_open():
    assert isinstance(value_of('cidrsubnets(var.c ? 1 : 2, toset(["a", var.x]))'), Unknown)
