"""How wide a text is on a terminal, and where it is broken."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reporters._cells import cells, padded, wrapped

SHOWN = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("hub-finance", 11),
        ("é", 1),
        ("e\u0301", 1),
        ("数据", 4),
        ("ﾊﾌﾞ", 3),
        ("\uff21", 2),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("🚀", 2),
        ("हि", 1),
        ("→", 1),
        ("\N{REPLACEMENT CHARACTER}", 1),
    ],
)
def test_a_character_has_the_cells_that_unicode_gives_it(text, expected):
    assert cells(text) == expected


@given(SHOWN, st.integers(0, 80))
def test_what_is_padded_has_the_width_or_its_own(text, width):
    assert cells(padded(text, width)) == max(width, cells(text))
    assert padded(text, width).startswith(text)


@given(SHOWN, st.integers(1, 20), st.booleans())
def test_no_line_is_wider_and_nothing_but_space_is_lost(text, width, at_hyphens):
    lines = wrapped(text, width, at_hyphens=at_hyphens)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.strip(" ") for line in lines)
    assert all(cells(line) <= width or len(line) == 1 for line in lines)


WORDS = st.lists(st.text("abcä.'", min_size=1, max_size=8), max_size=12).map(" ".join)


@given(WORDS, st.integers(8, 40))
def test_words_that_fit_are_broken_as_the_standard_library_does(text, width):
    assert wrapped(text, width) == textwrap.wrap(text, width, break_on_hyphens=False)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("service-tag-no-internet-equivalent", 24, ["service-tag-no-internet-", "equivalent"]),
        ("rule-1-22-333", 8, ["rule-1-2", "2-333"]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("to contosodata.blob", 10, ["to", "contosodat", "a.blob"]),
        ("数据存储", 5, ["数据", "存储"]),
        ("数", 1, ["数"]),
        ("ae\u0301", 1, ["a", "e\u0301"]),
        ("a  b", 2, ["a", "b"]),
        ("   ", 2, []),
    ],
)
def test_a_word_without_room_begins_a_line(text, width, expected):
    assert wrapped(text, width, at_hyphens=True) == expected
