"""``yamldecode``: what Terraform 1.11 gives for each of these texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.hcl.builders import value_of

from scanner.sources.arm.errors import Failure
from scanner.values import Unknown


def decoded(text):
    return value_of("yamldecode(var)", var=text)


SCALARS = {
    "012": 12,
    "-012": -12,
    "09": 9,
    "0o14": 12,
    "0x1F": 31,
    "-0x1F": "-0x1F",
    "0o9": "0o9",
    "0b101": "0b101",
    "0x_1": "0x_1",
    "1:30": "1:30",
    "190:20:30.15": "190:20:30.15",
    "1_000": "1_000",
    "1e3": 1000,
    "1.5E+3": 1500,
    "-.5": -0.5,
    "5.": 5,
    "5.e3": 5000,
    "1p3": "1p3",
    ".e3": ".e3",
    "+ 1": "+ 1",
    "yes": True,
    "y": True,
    "N": False,
    "Off": False,
    "tRUE": "tRUE",
    "~": None,
    "Null": None,
    "nil": "nil",
    "=": "=",
    "2001-1-1": "2001-01-01T00:00:00Z",
    "2001-01-01t1:02:03.5-05:00": "2001-01-01T01:02:03-05:00",
    "2001-01-01  01:02:03": "2001-01-01T01:02:03Z",
    "2001-01-01T01:02:03,5Z": "2001-01-01T01:02:03Z",
    "2001-01-01T01:02:03+00:00": "2001-01-01T01:02:03Z",
    "2001-01-01T01:02:03": "2001-01-01T01:02:03",
    "2001-01-01 01:02:03 Z": "2001-01-01 01:02:03 Z",
    "2001-01-01 24:00:00": "2001-01-01 24:00:00",
    "2001-02-29": "2001-02-29",
    "2000-02-29": "2000-02-29T00:00:00Z",
    "1900-02-29": "1900-02-29",
    "2001-13-01": "2001-13-01",
    "2001-04-31": "2001-04-31",
    "'012'": "012",
    '"yes"': "yes",
    "|\n  5": "5",
    "!!str 012": "012",
    "!!int '5'": "5",
    "!!int 012": 12,
    "!!int 1.5": 1.5,
    "!!bool 1": 1,
    "!!int": None,
    "!!null x": None,
    "!!null 5": 5,
    "!!bool |-\n  true": True,
    "!!float 0x10": 16,
    "!!timestamp 2001-12-14": "2001-12-14T00:00:00Z",
    "!!binary aGVsbG8=": "aGVsbG8=",
    "0xFFFFFFFFFFFFFFFF": 2**64 - 1,
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_a_value_is_what_terraform_takes_it_for(text, value):
    found = decoded(f"a: {text}")["a"]
    assert (found, type(found) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("012: a\n0x10: b\n1e3: c", {"12": "a", "16": "b", "1000": "c"}),
        ("yes: a\n'no': b", {"true": "a", "no": "b"}),
        ("x: 1\ny: 2", {"x": 1, "true": 2}),
        ("2001-12-14: a", {"2001-12-14T00:00:00Z": "a"}),
        ("a: 1\na: 2", {"a": 2}),
        ("b: 3\n<<: {b: 1, c: 2}", {"b": 1, "c": 2}),
        ("<<: {b: 1}\nb: 3", {"b": 3}),
        ("<<: {a: 1}\n<<: {a: 2}", {"a": 2}),
        ("a: &m {x: 1}\nb: {<<: *m, z: 2}", {"a": {"x": 1}, "b": {"x": 1, "z": 2}}),
        ("'<<': {a: 1}", {"a": 1}),
        ("!!str <<: {b: 1}", {"<<": {"b": 1}}),
        ("a: <<", {"a": "<<"}),
        ("- &a 1\n- *a\n- &a 2\n- *a", [1, 1, 2, 2]),
        ("&a {b: &c 1, d: *c}", {"b": 1, "d": 1}),
        ("---", None),
        ("--- # c", None),
        ("%YAML 1.1\n--- 012", 12),
        ("a: 1\n...\n# c", {"a": 1}),
        ("!!seq [1]", [1]),
        ("!!map {}", {}),
    ],
)
def test_so_are_keys_merges_and_documents(text, value):
    assert decoded(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# c",
        "...",
        "%YAML 1.2\n--- a",
        "--- a\n--- b",
        "a: 1\n---",
        "a: [",
        "a: 'x",
        "a: *x",
        "a: &x [*x]",
        "null: a",
        "? \n: 1",
        "[a]: b",
        "<<: 5",
        "<<: null",
        "<<: [{b: 1}]",
        "!!merge <<: {a: 1}",
        "a: .nan",
        ".nan: a",
        "a: !!int x",
        "a: !!int 0xG",
        "a: !!int 2001-01-01",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: !!binary '@'",
        "a: !!binary 'aGk= '",
        "a: !foo 5",
        "a: ! 5",
        "a: !!set {a, b}",
        "a: !!omap [a: 1]",
        "a: !!str [1]",
        "a: !!map [1]",
        "a: !!seq {}",
        "a: !<x> 5",
        "0xFFFFFFFFFFFFFFFFF",
    ],
)
def test_where_terraform_ends_in_an_error_so_does_this(text):
    with pytest.raises(Failure):
        decoded(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1e999999999",
        "a: -.inf",
        "[" * 500 + "]" * 500,
        "a: &a [1]\n"
        + "".join(
            f"{n}: &{n} [{','.join([f'*{p}'] * 9)}]\n" for p, n in zip("abcdefghi", "bcdefghij", strict=True)
        ),
        "a: &a {" + ",".join(f"k{n}: 1" for n in range(500)) + "}\n" + "b: [" + "{<<: *a}," * 500 + "]",
    ],
    ids=["exponent", "endless", "deep", "aliases", "merges"],
)
def test_what_is_too_large_is_not_known(text):
    assert isinstance(decoded(text), Unknown)


@given(st.text(alphabet="ab01._-+:xo'\"[]{}&*!<>,|# \n\t~yn%?@", max_size=30))
def test_any_text_is_a_value_of_json_or_none(text):
    try:
        value = decoded(text)
    except Failure:
        return
    assert isinstance(value, Unknown) or json.dumps(value, allow_nan=False)
