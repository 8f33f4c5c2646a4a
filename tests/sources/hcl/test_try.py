"""``try`` and ``can``: what fails in Terraform fails here, and what may fail is not known to hold."""

from __future__ import annotations

import pytest
from sources.hcl.builders import value_of

from scanner.sources.arm.errors import Failure
from scanner.values import Unknown


@pytest.mark.parametrize(
    "expression",
    [
        'tonumber("1_000")',
        'tonumber(" 5")',
        'tonumber("٣")',
        '1 + "5 "',
        'parseint("1_0", 10)',
        'parseint("0x1f", 16)',
        "parseint(5, 12)",
        "signum(-1.5)",
        "length(5)",
        "length(true)",
        'join(",")',
        "contains([1, null], null)",
        "index([1, null], null)",
        'concat(["a"], toset(["b"]))',
        'element(toset(["b"]), 0)',
        'zipmap(["a"], toset(["b"]))',
        'coalesce("a", ["b"])',
        'coalescelist(["a"], null)',
        "coalescelist({a = 1}, [1])",
        "compact([[1]])",
        'setunion(["a"], [["b"]])',
        'setintersection([["a"]], ["b"])',
        'setsubtract(["a"], [["b"]])',
        'setproduct(["a"])',
        'textdecodebase64("", "none")',
        'format("a", 1)',
        'format("%s", "a", "b")',
        'formatlist("%s", ["a"], "b")',
        'cidrnetmask("fd00::/48")',
        'indent(-1, "a")',
        'index(toset(["a"]), "a")',
        'regex("(?P<n>a)(b)?", "ab")',
        'regexall("(?P<n>a)(b)?", "c")',
        "true || 5",
        "true || null",
        "false && null",
        "true ? 1 : [2]",
        "false ? {} : []",
    ],
)
def test_what_fails_in_terraform_is_what_stands_ready_for_that(expression):
    assert value_of(f'try({expression}, "other")') == "other"
    assert value_of(f"can({expression})") is False


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('coalesce(1, "x")', "1"),
        ('chunklist([1, "x"], 1)', [["1"], ["x"]]),
        ('compact([1, "x", null])', ["1", "x"]),
        ('tomap({a = 1, b = "x"})', {"a": "1", "b": "x"}),
        ('setproduct([1, "x"], ["a"])', [["1", "a"], ["x", "a"]]),
        ('tonumber("+1.5e1")', 15),
        ('format("%[2]s%%", "a", "b")', "b%"),
        ('replace("ab", "/(?P<n>a)(b)/", "x")', "x"),
        ("chunklist([], 0)", []),
        ('pathexpand("a/b")', "a/b"),
        ('parseint("-ff", 16)', -255),
        ("true ? [1] : null", [1]),
        ('true ? {a = 1} : {b = "x"}', {"a": 1}),
    ],
)
def test_what_does_not_is_its_value(expression, value):
    assert value_of(expression) == value_of(f"try({expression}, null)") == value


@pytest.mark.parametrize(
    "expression",
    [
        '{prod = "x"}[var.stage]',
        '{prod = "x", test = "x"}[var.stage]',
        "[5][var.index]",
        "{a = lower(var.x), b = 1}",
        "[1, var.x + 1]",
        '"${var.x}.contoso.com"',
        'pathexpand("~/a")',
        'contains(var.x, "a")',
        "var.x || var.y",
        "!var.x",
        "var.x > 1",
        "{a = [{b = tonumber(var.x)}]}",
    ],
)
def test_what_may_fail_is_not_known(expression):
    assert isinstance(value_of(f'try({expression}, "other")'), Unknown)
    assert isinstance(value_of(f"can({expression})"), Unknown)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('{prod = "x"}[var.stage]', "x"),
        ('try({a = "${1}x"}, null)', {"a": "1x"}),
        ('try({prod = "x"}.test, var.stage == "a" ? "b" : "b")', "b"),
        ("can({a = 1})", True),
        ("can(var.x == 1)", True),
        ('can({a = "x"}.b)', False),
    ],
)
def test_what_is_not_open_stays_known(expression, value):
    found = value_of(expression)
    assert not isinstance(found, Unknown)
    assert found == value


def test_a_name_in_an_object_is_there_whatever_its_value():
    found = value_of("try({a = var.x, b = 1}, {})")
    assert found["b"] == 1
    assert isinstance(found["a"], Unknown)


def test_where_all_fail_so_does_the_whole():
    with pytest.raises(Failure):
        value_of('try({prod = "x"}.test, [1][2])')
