"""Values are shown to people in one way, by whichever module their JSON was written."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.expressions import display, display_json

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=8), st.dictionaries(TEXTS, inner, max_size=8)),
    max_leaves=30,
)


@given(VALUES)
@example({"a": ['é\x7f\u2028\x1f\u202e\b\f\n\r\t/\\"' * 20, "😀" * 90]})
@pytest.mark.parametrize("repeated", [1, 9])
def test_a_value_is_shown_as_it_is_where_its_json_is_at_hand(repeated: int, value: Any) -> None:
    shown = [value] * repeated
    assert display_json(shown, orjson.dumps(shown)) == display(shown)


@given(NUMBERS)
@example(1e16)
@example(123456789012345680.0)
@example(1e-5)
@example(0.0001)
@example(float("inf"))
def test_so_is_a_number_in_a_list(number: float) -> None:
    assert display_json([number], orjson.dumps([number])) == display([number])


def test_a_long_text_is_shown_as_itself() -> None:
    text = 'quoted "\n' * 100
    assert display_json(text, orjson.dumps(text)) == display(text)
