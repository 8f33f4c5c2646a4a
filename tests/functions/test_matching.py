"""Patterns of text: a small part of regular expressions, in bounded time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched

matches = table()["matches"].call

NAMES = "^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$"


@pytest.mark.parametrize(
    ("text", "pattern", "answer"),
    [
        ("abc", NAMES, True),
        ("ab", NAMES, False),
        ("a" * 33, NAMES, True),
        ("a" * 34, NAMES, False),
        ("allow.docs", NAMES, False),
        ("abc\n", NAMES, False),
        ("ABC", "[a-z]+", False),
        ("", "a*", True),
        ("aaa", "a{2}", False),
        ("aaa", "a{2,}", True),
        ("a.b", r"a\.b", True),
        ("axb", r"a\.b", False),
        ("a]b", "a[]]b", True),
        ("a5b", r"a\db", True),
        ("a٣b", r"a\db", False),
        ("x\ny", "x.y", True),
        ("a^b", "a[^^]b", False),
        ("aaa", "a?a{1,2}", True),
        ("aaaa", "a?a{1,2}", False),
        ("docs", "docs?", True),
        ("doc", "^docs?$", True),
        ("a$", r"a\$", True),
    ],
)
def test_a_whole_text_matches_a_pattern(text, pattern, answer):
    assert matches(text, pattern) is answer


@pytest.mark.parametrize(
    "pattern", ["(a|b)", "a|b", "a{2", "[a", "a**", "*", "+a", "a{3,2,1}", "[z-a]", "^^"]
)
def test_a_pattern_of_another_kind_is_no_pattern(pattern):
    assert matches("a", pattern) is None


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\w"])
COUNTS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,}", "{0,2}"])


@given(st.text("abc", max_size=12), st.lists(st.tuples(ATOMS, COUNTS), max_size=6))
def test_it_decides_as_regular_expressions_do(text, atoms):
    pattern = "".join(atom + count for atom, count in atoms)
    assert matches(text, pattern) is bool(re.fullmatch(pattern, text, re.DOTALL | re.ASCII))


def test_a_pattern_has_no_more_pieces_than_a_name_has_characters():
    assert matches("a", "a?" * 1_000) is True
    assert matches("a", "a?" * 1_001) is None


def test_a_pattern_that_makes_others_slow_is_decided_all_the_same():
    assert matches("a" * 1_000, "a*" * 200 + "b") is False


def test_a_text_that_is_no_name_is_not_compared():
    with pytest.raises(Touched, match="more than 1000 characters"):
        matches("a" * 1_001, "a+")
