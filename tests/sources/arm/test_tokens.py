"""The reader of JSON with places, for any value."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.arm.source import Source
from scanner.sources.arm.tokens import BadTemplate, Scanner

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=8))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(VALUES, st.sampled_from([None, 2]))
def test_reads_what_json_writes(value, indent):
    assert Scanner(json.dumps(value, indent=indent)).read() == value


@given(VALUES, st.booleans())
def test_every_key_and_entry_has_the_place_where_it_stands(value, ascii_only):
    text = json.dumps(value, indent=1, ensure_ascii=ascii_only)
    source = Source(text.encode("utf-8", "surrogatepass"), "x.json")
    lines = text.split("\n")

    def check(node):
        entries = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in entries:
            place = source.place(node, key)
            rest = lines[place.line - 1][place.column - 1 :]
            begins = json.dumps(key, ensure_ascii=ascii_only) if isinstance(node, dict) else ""
            assert rest.startswith(begins)
            if not isinstance(node, dict) and not isinstance(inner, (dict, list)):
                assert rest.startswith(json.dumps(inner, ensure_ascii=ascii_only))
            if isinstance(inner, (dict, list)):
                check(inner)

    if isinstance(source.value, (dict, list)):
        check(source.value)


@given(st.text(alphabet='{}[]",:/* \n\\1tnu', max_size=60))
def test_any_text_is_read_or_refused_at_a_place_in_it(text):
    try:
        Source(text.encode(), "x.json")
    except BadTemplate as error:
        assert 0 <= error.offset <= len(text)
