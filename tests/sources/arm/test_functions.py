"""The functions of templates, by the results that their reference gives."""

from __future__ import annotations

import pytest
from sources.arm.builders import value_of

from scanner.sources.code.symbols import Text
from scanner.values import Unknown


def parts(expression, **more):
    value = value_of(expression, **more)
    assert isinstance(value, Text), value
    return value.parts


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("array('efg')", ["efg"]),
        ("array(createArray(1))", [1]),
        ("concat('prefix', '-', 3)", "prefix-3"),
        ("concat(createArray('1-1'), createArray('2-1', '2-2'))", ["1-1", "2-1", "2-2"]),
        ("contains('OneTwoThree', 'Two')", True),
        ("contains('OneTwoThree', 'two')", False),
        ("contains(createObject('one', 'a'), 'ONE')", True),
        ("contains(createArray('one', 'two'), 'three')", False),
        ("contains(createArray(1, 2), 2)", True),
        ("createArray('a', 'b', createArray(1))", ["a", "b", [1]]),
        ("empty(createArray())", True),
        ("empty(createObject())", True),
        ("empty('')", True),
        ("empty(null())", True),
        ("empty('x')", False),
        ("first('One Two')", "O"),
        ("first(createArray('one', 'two'))", "one"),
        ("first(createArray())", None),
        ("last('One Two')", "o"),
        ("last(createArray('one', 'two'))", "two"),
        ("flatten(createArray(createArray(1, 2), createArray(3)))", [1, 2, 3]),
        ("intersection(createArray('one', 'two', 'three'), createArray('two', 'three'))", ["two", "three"]),
        (
            "intersection(createObject('one', 'a', 'two', 'b'), createObject('one', 'a', 'two', 'z'))",
            {"one": "a"},
        ),
        ("length('One Two Three')", 13),
        ("length(createArray('one', 'two'))", 2),
        ("length(createObject('a', 1, 'b', 2))", 2),
        ("max(createArray(0, 3, 2, 5, 4))", 5),
        ("min(0, 3, -2)", -2),
        ("range(5, 3)", [5, 6, 7]),
        ("skip('one two three', 4)", "two three"),
        ("skip(createArray('one', 'two', 'three'), 2)", ["three"]),
        ("take('one two three', 2)", "on"),
        ("take(createArray('one', 'two'), 5)", ["one", "two"]),
        ("union(createArray('one', 'two'), createArray('two', 'three'))", ["one", "two", "three"]),
        ("indexFromEnd(createArray('a', 'b', 'c'), 1)", "c"),
        ("tryIndexFromEnd(createArray('a'), 2)", None),
    ],
)
def test_lists(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("createObject('one', 1, 'two', createObject('three', 3))", {"one": 1, "two": {"three": 3}}),
        ("createObject('a', 1).A", 1),
        ("objectKeys(createObject('b', 1, 'a', 2))", ["a", "b"]),
        (
            "items(createObject('item002', 'y', 'item001', 'x'))",
            [{"key": "item001", "value": "x"}, {"key": "item002", "value": "y"}],
        ),
        ("union(createObject('one', 'a'), createObject('one', 'b', 'two', 'c'))", {"one": "b", "two": "c"}),
        (
            "union(createObject('p', createObject('one', 1)), createObject('p', createObject('two', 2)))",
            {"p": {"one": 1, "two": 2}},
        ),
        (
            "shallowMerge(createArray(createObject('p', createObject('one', 1)), createObject('p', createObject('two', 2))))",
            {"p": {"two": 2}},
        ),
        ("tryGet(createObject('a', createObject('b', 1)), 'a', 'b')", 1),
        ("tryGet(createObject('a', createObject('b', 1)), 'x', 'b')", None),
        ("tryGet(createArray(1, 2), 7)", None),
        ("json('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("json('null')", None),
        ("null()", None),
        ("mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))", {"a": 2}),
    ],
)
def test_objects(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("coalesce(null(), null(), 'a', 'b')", "a"),
        ("coalesce(null())", None),
        ("equals('a', 'A')", False),
        ("equals(1, 1)", True),
        ("equals(1, true())", False),
        ("equals(createArray('a', 'b'), createArray('a', 'b'))", True),
        ("equals(createObject('a', 1), createObject('a', 2))", False),
        ("less(1, 2)", True),
        ("lessOrEquals('b', 'a')", False),
        ("greater('b', 'a')", True),
        ("greaterOrEquals(2, 2)", True),
        ("and(true(), false())", False),
        ("or(false(), true())", True),
        ("not(bool('True'))", False),
        ("bool(0)", False),
        ("if(equals('a', 'a'), 'yes', 'no')", "yes"),
        ("if(false(), fail('never'), 'no')", "no"),
    ],
)
def test_logic(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("add(5, 3)", 8),
        ("sub(7, 3)", 4),
        ("mul(5, 3)", 15),
        ("div(8, 3)", 2),
        ("div(-8, 3)", -2),
        ("mod(7, 3)", 1),
        ("int('4')", 4),
        ("float('3.5')", 3.5),
    ],
)
def test_numbers(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("base64('one, two, three')", "b25lLCB0d28sIHRocmVl"),
        ("base64ToString(base64('one'))", "one"),
        ('base64ToJson(base64(\'{"one": "a"}\'))', {"one": "a"}),
        ("dataUri('Hello')", "data:text/plain;charset=utf8;base64,SGVsbG8="),
        ("dataUriToString(dataUri('Hello, World!'))", "Hello, World!"),
        ("endsWith('abcdef', 'EF')", True),
        ("startsWith('abcdef', 'AB')", True),
        ("startsWith('abcdef', 'e')", False),
        ("format('{0}, {1}. Number: {2:N0}', 'Hello', 'User', 8175133)", "Hello, User. Number: 8,175,133"),
        ("format('{{{0:D3}}}|{1,4}|{2,-3}|', 7, 'ab', 'c')", "{007}|  ab|c  |"),
        ("format('{0}', true())", "True"),
        ("indexOf('abcdef', 'CD')", 2),
        ("indexOf('abcdef', 'z')", -1),
        ("indexOf(createArray('a', 'b'), 'b')", 1),
        ("lastIndexOf('testing', 't')", 3),
        ("join(createArray('one', 'two', 'three'), '_')", "one_two_three"),
        ("padLeft('123', 10, '0')", "0000000123"),
        ("padLeft(7, 3)", "  7"),
        ("replace('123-123-1234', '-', '')", "1231231234"),
        ("split('one,two,three', ',')", ["one", "two", "three"]),
        ("split('one;two,three', createArray(',', ';'))", ["one", "two", "three"]),
        ("string(createObject('valueA', 10, 'valueB', 'Example'))", '{"valueA":10,"valueB":"Example"}'),
        ("string(createArray('a', 'b'))", '["a","b"]'),
        ("string(5)", "5"),
        ("string(true())", "True"),
        ("substring('one two three', 4, 3)", "two"),
        ("substring('one two', 4)", "two"),
        ("toLower('One Two')", "one two"),
        ("toUpper('One Two')", "ONE TWO"),
        ("trim('    one two   ')", "one two"),
        ("uri('http://contoso.org/firstpath', 'myscript.sh')", "http://contoso.org/myscript.sh"),
        ("uri('http://contoso.org/firstpath/', 'myscript.sh')", "http://contoso.org/firstpath/myscript.sh"),
        ("uriComponent('http://contoso.com/a b')", "http%3A%2F%2Fcontoso.com%2Fa%20b"),
        ("uriComponentToString('http%3A%2F%2Fcontoso.com')", "http://contoso.com"),
        ("concat('it''s')", "it's"),
    ],
)
def test_texts(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("filter(range(0, 6), lambda('i', less(lambdaVariables('i'), 2)))", [0, 1]),
        (
            "map(createArray('a', 'b'), lambda('v', 'i', format('{0}{1}', lambdaVariables('v'), lambdaVariables('i'))))",
            ["a0", "b1"],
        ),
        (
            "reduce(createArray(5, 3, 2), 0, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))",
            10,
        ),
        (
            "sort(createArray(8, 3, 10, -13), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
            [-13, 3, 8, 10],
        ),
        (
            "toObject(createArray('x', 'y'), lambda('e', lambdaVariables('e')), lambda('e', toUpper(lambdaVariables('e'))))",
            {"x": "X", "y": "Y"},
        ),
        (
            "groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))",
            {"f": ["foo"], "b": ["bar", "baz"]},
        ),
        (
            "map(createArray(1, 2), lambda('a', map(createArray(10), lambda('b', add(lambdaVariables('a'), lambdaVariables('b'))))))",
            [[11], [12]],
        ),
    ],
)
def test_lambdas(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", "2023-04-07 14:53:14Z"),
        ("dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", "2020-03-29 14:53:14Z"),
        ("dateTimeAdd('2020-04-07 14:53:14Z', 'PT1H', 'yyyy-MM-dd')", "2020-04-07"),
        ("dateTimeAdd('2024-01-31T00:00:00Z', 'P1M')", "2024-02-29T00:00:00Z"),
        ("dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573),
        ("dateTimeFromEpoch(1683040573)", "2023-05-02T15:16:13Z"),
    ],
)
def test_dates(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("parseCidr('10.144.0.0/20').firstUsable", "10.144.0.1"),
        ("parseCidr('10.144.0.0/20').netmask", "255.255.240.0"),
        ("parseCidr('fdad:3236:5555::/48').firstUsable", "fdad:3236:5555::"),
        ("parseCidr('fdad:3236:5555::/48').lastUsable", "fdad:3236:5555:ffff:ffff:ffff:ffff:ffff"),
        ("contains(parseCidr('fdad:3236:5555::/48'), 'broadcast')", False),
        ("cidrSubnet('10.144.0.0/20', 24, 1)", "10.144.1.0/24"),
        ("cidrHost('10.144.3.0/24', 0)", "10.144.3.1"),
    ],
)
def test_networks(expression, result):
    assert value_of(f"[{expression}]") == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        (
            "resourceId('Microsoft.Storage/storageAccounts', 'st1')",
            (
                "/subscriptions/",
                None,
                "/resourceGroups/",
                None,
                "/providers/Microsoft.Storage/storageAccounts/st1",
            ),
        ),
        (
            "resourceId('other', 'Microsoft.Sql/servers/databases', 's', 'd')",
            ("/subscriptions/", None, "/resourceGroups/other/providers/Microsoft.Sql/servers/s/databases/d"),
        ),
        (
            "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')",
            ("/subscriptions/", None, "/providers/Microsoft.Authorization/roleDefinitions/r"),
        ),
        ("resourceGroup().id", ("/subscriptions/", None, "/resourceGroups/", None)),
        ("concat(subscription().id, '/x')", ("/subscriptions/", None, "/x")),
        (
            "extensionResourceId(resourceGroup().id, 'Microsoft.Authorization/locks', 'l')",
            ("/subscriptions/", None, "/resourceGroups/", None, "/providers/Microsoft.Authorization/locks/l"),
        ),
    ],
)
def test_ids_are_known_but_for_the_scope_of_the_deployment(expression, result):
    assert parts(f"[{expression}]") == result


def test_ids_with_a_subscription_are_known():
    name = "resourceId('11111111-1111-1111-1111-111111111111', 'rg', 'Microsoft.KeyVault/vaults', 'kv')"
    assert value_of(f"[{name}]") == (
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    )
    assert value_of("[tenantResourceId('Microsoft.X/y', 'z')]") == "/providers/Microsoft.X/y/z"


def test_a_resource_id_takes_as_many_names_as_its_type_has():
    assert isinstance(value_of("[resourceId('Microsoft.Sql/servers/databases', 's')]"), Unknown)
    assert parts("[resourceId('Microsoft.Sql/servers/databases', 's/d')]")[-1].endswith(
        "/servers/s/databases/d"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "reference('x').y",
        "listKeys('x', '2024-01-01').keys[0].value",
        "listAccountSas('x', '2024-01-01')",
        "newGuid()",
        "utcNow('d')",
        "guid('a', 'b')",
        "uniqueString(resourceGroup().id)",
        "resourceGroup().location",
        "deployer().objectId",
        "parameters('p')",
        "add(parameters('p'), 1)",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westus')",
    ],
)
def test_what_only_a_deployment_knows_is_not_known_and_says_its_text(expression):
    value = value_of(f"[{expression}]", declared={"p": {"type": "int"}})
    assert isinstance(value, Unknown)
    assert value.text is not None
    assert value.text.startswith(expression.split("(")[0])


class TestTextsKnownInPart:
    DECLARED = {"p": {"type": "string"}}

    @pytest.mark.parametrize(
        ("expression", "known"),
        [
            ("concat(parameters('p'), '.blob.core.windows.net')", (None, ".blob.core.windows.net")),
            ("format('{0}-x-{1}', parameters('p'), 'y')", (None, "-x-y")),
            ("toLower(concat('A', parameters('p')))", ("a", None)),
            ("replace(concat('a-b', parameters('p')), '-', '')", ("ab", None)),
            ("join(createArray('a', parameters('p')), ',')", ("a,", None)),
            ("substring(concat('ab', parameters('p')), 0, 5)", ("ab", None)),
            ("take(concat('ab', parameters('p')), 5)", ("ab", None)),
            (
                "format('{0}.blob.{1}', parameters('p'), environment().suffixes.storage)",
                (None, ".blob.core.windows.net"),
            ),
        ],
    )
    def test_keep_what_is_known(self, expression, known):
        assert parts(f"[{expression}]", declared=self.DECLARED) == known

    @pytest.mark.parametrize(
        ("expression", "result"),
        [
            ("take(concat('abc', parameters('p')), 2)", "ab"),
            ("startsWith(concat('abc', parameters('p')), 'AB')", True),
            ("endsWith(concat(parameters('p'), '.net'), '.com')", False),
            ("contains(concat('a/b', parameters('p')), '/')", True),
            ("equals(concat('a', parameters('p')), 'b')", False),
            ("empty(concat('a', parameters('p')))", False),
            ("equals(parameters('p'), parameters('p'))", True),
            ("first(concat('a', parameters('p')))", "a"),
            ("last(split(resourceId('Microsoft.KeyVault/vaults', 'kv'), '/'))", "kv"),
            ("split(resourceId('rg1', 'Microsoft.KeyVault/vaults', 'kv'), '/')[4]", "rg1"),
            ("coalesce(concat('a', parameters('p')), 'b')[1]", Unknown),
            ("and(false(), equals(parameters('p'), 'x'))", False),
            ("and(equals(parameters('p'), 'x'), false())", False),
            ("or(equals(parameters('p'), 'x'), true())", True),
            ("if(equals(parameters('p'), 'x'), 'same', 'same')", "same"),
            ("contains(createArray(parameters('p'), 'a'), 'a')", True),
            ("length(createArray(parameters('p')))", 1),
            ("concat(if(equals(parameters('p'), 'x'), 'a', 'b'), 'c')", Unknown),
        ],
    )
    def test_decide_where_the_known_part_does(self, expression, result):
        value = value_of(f"[{expression}]", declared=self.DECLARED)
        if result is Unknown:
            assert isinstance(value, Unknown)
        else:
            assert value is result if isinstance(result, bool) else value == result


@pytest.mark.parametrize(
    "expression",
    [
        "add('a', 1)",
        "div(1, 0)",
        "substring('abc', 2, 5)",
        "createObject('a').b",
        "createArray(1)[4]",
        "createObject('a', 1).c",
        "int('x')",
        "json('{')",
        "base64ToString('%')",
        "length(5)",
        "range(0, 100000)",
        "parameters('absent')",
        "variables('absent')",
        "copyIndex()",
        "lambdaVariables('x')",
        "not('x')",
        "if('x', 1, 2)",
        "format('{1}', 'a')",
        "format('{0:C,##}', 7)",
        "format('{', 'a')",
        "cidrSubnet('10.0.0.0/24', 20, 0)",
        "dateTimeAdd('soon', 'P1D')",
        "padLeft('a', 100000000)",
        "mul(9223372036854775807, 2)",
        "concat()[0]",
        "equals(1)",
    ],
)
def test_what_would_fail_has_no_value(expression):
    assert isinstance(value_of(f"[{expression}]"), Unknown)
