"""The parser of template expressions, for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.arm.errors import BadExpression
from scanner.sources.arm.parser import is_expression, parse
from scanner.sources.arm.syntax import Call, Literal, Member

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(max_size=12)
NUMBERS = st.integers(-(10**9), 10**9)


def written(node):
    """An expression as its author would write it."""
    if isinstance(node, Literal):
        return str(node.value) if isinstance(node.value, int) else "'" + node.value.replace("'", "''") + "'"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(written, node.arguments))})"
    key = node.key
    if isinstance(key, Literal) and key.text == "name":
        return f"{written(node.base)}.{key.value}"
    return f"{written(node.base)}[{written(key)}]"


def bare(node):
    """An expression without the text it was read from."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Call):
        return node.name, tuple(map(bare, node.arguments))
    return bare(node.base), bare(node.key)


LITERALS = st.one_of(TEXTS, NUMBERS).map(lambda value: Literal(value, ""))


def _calls(inner):
    return st.builds(
        lambda name, arguments: Call(name.lower(), tuple(arguments), ""), NAMES, st.lists(inner, max_size=3)
    )


def _extended(inner):
    calls = _calls(inner)
    keys = st.one_of(NAMES.map(lambda name: Literal(name, "name")), LITERALS, calls)
    return st.one_of(calls, st.builds(lambda base, key: Member(base, key, ""), calls, keys))


NODES = st.recursive(LITERALS, _extended, max_leaves=12)


@given(NODES)
def test_what_is_written_is_read(node):
    assert bare(parse(f"[{written(node)}]")) == bare(node)


@given(NODES)
def test_white_space_means_nothing(node):
    text = written(node)
    spaced = "".join(f" {char} " if char in "()" and "'" not in text else char for char in text)
    assert bare(parse(f"[\n{spaced}\t]")) == bare(node)


@given(st.text(alphabet="ab'()[].,1- \n", max_size=60).map(lambda text: f"[{text}"))
def test_any_text_is_read_or_refused_at_a_place_in_it(text):
    try:
        parse(text)
    except BadExpression as error:
        assert 0 <= error.offset < max(len(text), 1)
        assert str(error)


@given(NODES)
def test_the_text_of_a_part_is_where_it_stands(node):
    text = f"[{written(node)}]"

    def check(part):
        assert part.text in text
        for inner in getattr(part, "arguments", ()):
            check(inner)
        if isinstance(part, Member):
            check(part.base)

    check(parse(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[concat('a')]", True),
        ("[concat('a'", True),
        ("[ concat( 'a'", True),
        ("[[concat('a')]", False),
        ("[half", False),
        ("[x]", True),
    ],
)
def test_what_is_an_expression(text, expected):
    assert is_expression(text) is expected
