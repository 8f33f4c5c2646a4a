"""YAML with places: what is read, what is refused, and where it is said to stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import positions
from scanner.positions import Mark, YamlError


def test_every_key_and_value_knows_its_line_and_column():
    document = positions.load("id: x\nparameters:\n  - a\n  - {b: 2}\n", "f.yaml")
    assert document.data == {"id": "x", "parameters": ["a", {"b": 2}]}
    assert document.keys["parameters",] == Mark(2, 1)
    assert document.values["id",] == Mark(1, 5)
    assert document.values["parameters", 1, "b"] == Mark(4, 9)


def test_a_path_that_is_not_there_stands_where_its_nearest_parent_does():
    document = positions.load("a:\n  b: 1\n", "f.yaml")
    assert document.mark(("a", "missing", 3)) == document.values["a",]


def test_a_duplicate_key_is_a_problem_with_both_lines():
    document = positions.load("a: 1\nb: 2\na: 3\n", "f.yaml")
    assert [str(problem) for problem in document.problems] == [
        "f.yaml:3:1: duplicate key 'a' (first at line 1)"
    ]


def test_dates_stay_text_and_numbers_are_numbers():
    assert positions.load("{a: 2027-01-31, b: 1, c: 1.5, d: true, e: null, f: '1'}", "f").data == {
        "a": "2027-01-31",
        "b": 1,
        "c": 1.5,
        "d": True,
        "e": None,
        "f": "1",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!bool 1", "1"),
        ("!!bool x", "x"),
        ("!!int", ""),
        ("!!float", ""),
        ("!!int x", "x"),
        ("!!bool yes", True),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", float(2**64)),
        ("-9223372036854775809", float(-(2**63) - 1)),
        ("9" * 400, "9" * 400),
    ],
)
def test_what_its_tag_does_not_fit_is_a_text_and_no_number_is_larger_than_json_holds(text, value):
    found = positions.load(f"a: {text}", "f").data["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[" * 100_000, "f:1:102: nested deeper than 100 levels", id="a hundred thousand brackets"
        ),
        pytest.param(
            "- " * 100_000, "f:1:203: nested deeper than 100 levels", id="a hundred thousand dashes"
        ),
        pytest.param("? " * 1000, "f:1:3: a key that is not text", id="keys that are maps"),
        pytest.param("a: &a [*a]", "f:1:8: alias '*a' stands for nothing that is complete here", id="a loop"),
        pytest.param(
            "--- 1\n--- 2\n", "f:2:1: a second document (one file holds one document)", id="two documents"
        ),
        pytest.param("a: !run x", "f:1:4: tag '!run' is not read here", id="a tag"),
        pytest.param("a: [1, 2", "f:2:1: not YAML: did not find expected ',' or ']'", id="an open bracket"),
        pytest.param(
            "a: \x00",
            'f:1:1: not YAML: unacceptable character #x0000: control characters are not allowed in "<unicode string>",'
            " position 3",
            id="a null byte",
        ),
    ],
)
def test_what_cannot_be_read_ends_in_one_line_with_its_place(text, message):
    with pytest.raises(YamlError) as caught:
        positions.load(text, "f")
    assert str(caught.value) == message


def test_aliases_that_double_themselves_are_refused():
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    with pytest.raises(YamlError, match="aliases write out to more than 200000 values"):
        positions.load("\n".join(rows), "f")


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.getcwd []", "a: !!python/name:os.system x", "!!binary aGk="]
)
def test_a_tag_builds_nothing(text):
    with pytest.raises(YamlError, match="is not read here"):
        positions.load(text, "f")


@given(st.one_of(st.text(), st.binary()))
def test_any_input_gives_data_or_one_line(text):
    try:
        positions.load(text, "f")
    except YamlError as error:
        assert len(str(error).splitlines()) == 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdef", min_size=1), inner),
    max_leaves=20,
)


@given(json_values)
def test_json_reads_as_itself(value):
    assert positions.load(json.dumps(value, ensure_ascii=False), "f").data == value
