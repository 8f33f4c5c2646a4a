"""Text and lists: plain helpers that no input can slow down."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

call = {name: function.call for name, function in table().items()}


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("lower", "AzureCloud.\u00c4", "azurecloud.\u00e4"),
        ("upper", "tcp \u00e4", "TCP \u00c4"),
        ("trim", " \tcontoso.com \n", "contoso.com"),
        ("trim", "a b", "a b"),
    ],
)
def test_a_text_is_given_in_another_case_and_without_what_stands_around_it(name, text, answer):
    assert call[name](text) == answer


@given(st.text("aAbB.*?\n[", max_size=12), st.text("aAbB.*?\n", max_size=8))
def test_a_glob_matches_as_file_names_do(text, pattern):
    assert call["glob"](text, pattern) == fnmatch.fnmatchcase(text.lower(), pattern.lower())


@pytest.mark.parametrize(
    ("text", "pattern", "answer"),
    [
        ("hub-prod-1", "HUB-*-1", True),
        ("hub-prod-1", "hub-?", False),
        ("hub", "hub?", False),
        ("hub", "*?hub", False),
        ("", "*", True),
        ("", "", True),
        ("a[b]", "a[b]", True),
        ("b", "[b]", False),
    ],
)
def test_only_star_and_question_mark_are_special(text, pattern, answer):
    assert call["glob"](text, pattern) is answer


def test_a_glob_of_many_stars_takes_no_long_time():
    start = time.process_time()
    assert not call["glob"]("a" * 20_000, "*a" * 500 + "b")
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("glob", ("a" * 10_000_000, "?" * 1_000)), ("replace", ("a" * 1_000_000, "a", "b" * 1_000))],
)
def test_what_would_take_too_long_or_too_much_is_not_known(name, arguments):
    with pytest.raises(Touched, match="too long"):
        call[name](*arguments)


def test_what_takes_no_more_than_allowed_is_known():
    assert call["glob"]("a" * 50_000, "?" * 1_000) is False
    assert len(call["replace"]("a" * 5_000, "a", "b" * 9_999)) == 49_995_000
    for name, arguments in (
        ("glob", ("a" * 50_001, "?" * 1_000)),
        ("replace", ("a" * 5_000 + "c", "a", "b" * 9_999)),
    ):
        with pytest.raises(Touched, match="too long"):
            call[name](*arguments)


@given(st.text(max_size=20), st.text(max_size=2))
def test_splitting_can_be_undone(text, separator):
    assert separator.join(call["split"](text, separator)) == text


@given(st.text("ab", max_size=10), st.text("ab", max_size=2), st.text("abc", max_size=2))
def test_replacing_nothing_changes_nothing(text, old, new):
    assert call["replace"](text, old, new) == (text.replace(old, new) if old else text)


@given(
    st.lists(st.sampled_from([1, 1.0, True, False, 0, None, "1", "", [1], [True], {"a": 1}, {"a": [1]}, {}]))
)
def test_unique_keeps_the_first_of_equal_values(values):
    kept = call["unique"](values)
    assert all(value in kept for value in values)
    assert len(kept) == len({str(value).replace("1.0", "1") if value != "1" else "text" for value in values})
    assert call["unique"](kept) == kept


def test_unique_keeps_true_apart_from_one():
    assert [type(value) for value in call["unique"]([True, 1, 1.0, "1"])] == [bool, int, str]


def test_unique_takes_lists_of_any_depth():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert len(call["unique"]([deep, 1, deep])) == 2


def test_unique_does_not_guess_about_unknown_values():
    with pytest.raises(Touched):
        call["unique"](["a", {"b": Unknown("var.b")}])


@given(st.dictionaries(st.text("aAbB", max_size=2), st.integers()), st.text("aAbB", max_size=2))
def test_lookup_finds_what_a_key_holds_and_prefers_its_own_case(values, key):
    found = call["lookup"](values, key)
    alike = [name for name in values if name.lower() == key.lower()]
    assert found == (values[key] if key in values else values[alike[0]] if alike else None)


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("West Europe", "westeurope", True),
        ("westeurope", "northeurope", False),
        ("westeurope", None, None),
        (None, None, None),
    ],
)
def test_regions_are_one_whatever_their_case_and_blanks(a, b, answer):
    assert call["same_region"](a, b) is answer


def test_regions_that_are_not_known_are_one_where_they_are_one_value():
    region = Unknown("var.region")
    assert call["same_region"](region, region) is True
    for other in (Unknown("var.region"), "westeurope", 7):
        with pytest.raises(Touched):
            call["same_region"](region, other)
    with pytest.raises(Touched, match="a region is a text"):
        call["same_region"](7, "westeurope")
