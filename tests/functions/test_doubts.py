"""Keys that are not known: which of them may be equal to another one."""

from __future__ import annotations

import pytest

from scanner.functions import doubts
from scanner.functions.doubts import doubt_among, first, is_open, listed, lowered, sure
from scanner.values import OpenList, Partial, Unknown

OPEN = Unknown("a hole")


def part(*parts):
    return Partial(parts, "a part")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OPEN, "a"),
        (OPEN, part("a", None)),
        (part("a", None), "ab"),
        ("ab", part("a", None)),
        (part("a", None), part("ab", None)),
        (part(None, "c"), part(None, "bc")),
        (part("a", None), part(None, "z")),
        (part("a", None), 7),
        (7, part("a", None)),
        ("a", OPEN),
    ],
)
def test_what_agrees_as_far_as_it_is_known_may_be_the_same(one, other):
    assert doubt_among([("host", OPEN, one)], [("host", "x", other)]) is OPEN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (part("a", None), "b"),
        (part(None, "a"), "b"),
        (part("a", None), part("b", None)),
        (part(None, "a"), part(None, "b")),
        (part(None, "ab"), part(None, "cb")),
        (part("a", None, "c"), part("a", None, "d")),
        (part("a", None, "c"), part("b", None, "c")),
    ],
)
def test_what_differs_in_what_is_known_is_not_the_same(one, other):
    assert doubt_among([("host", one)], [("host", other)]) is None
    assert doubt_among([("host", one), ("host", other)], []) is None


def test_keys_of_other_lengths_or_known_parts_are_not_the_same():
    assert doubt_among([("host", OPEN)], [("host",), ("tag", "a")]) is None


def test_open_keys_are_compared_with_each_other():
    assert doubt_among([("host", OPEN), ("host", part("a", None))], []) is not None
    assert doubt_among([("host", OPEN)], []) is None


def test_too_many_are_not_compared_and_may_be_the_same(monkeypatch):
    monkeypatch.setattr(doubts, "BUDGET", 2)
    assert doubt_among([("a", OPEN)], [("b", "x")] * 2) is None
    assert doubt_among([("a", OPEN)], [("b", "x")] * 3) is OPEN
    monkeypatch.setattr(doubts, "BUDGET", 1)
    assert doubt_among([("a", OPEN), ("b", OPEN)], []) is None
    monkeypatch.setattr(doubts, "BUDGET", 0)
    assert doubt_among([("a", OPEN), ("b", OPEN)], []) is OPEN


def test_the_first_doubt_that_there_is_counts():
    other = Unknown("another")
    assert first(None, OPEN, other) is OPEN
    assert first(None, None) is None


def test_a_key_is_open_where_a_part_of_it_is_not_known():
    assert is_open(("host", OPEN)) is True
    assert is_open(("host", part("a", None))) is True
    assert is_open(("host", "a")) is False


def test_a_text_that_is_not_known_is_lowered_as_far_as_it_is_known():
    assert lowered(part("Data-", None, ".COM")).parts == ("data-", None, ".com")
    assert lowered(OPEN) is OPEN


def test_what_is_surely_there_is_told_from_what_may_be():
    assert sure(["a"]) == (["a"], None)
    members, doubt = sure(OpenList((("a", True), ("b", False)), "var.count"))
    assert (members, doubt.reason) == (["a"], "var.count")


def test_a_list_is_open_where_there_is_a_doubt_or_a_member_is_not_known():
    assert listed(["a"], None) == ["a"]
    for found, doubt in ((["a"], OPEN), (["a", OPEN], None)):
        answer = listed(found, doubt)
        assert answer.reason == "a hole"
        assert answer.members[0] == ("a", True)
        (rest,) = answer.members[1:]
        assert (rest[0].reason, rest[1]) == ("a hole", False)
