"""Whatever a value that is not known turns out to be, it never contradicts an answer that was decided."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from expressions.drawing import expressions
from expressions.holes import allows, filled, hubs, opened
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scanner.expressions import EvaluationError, ExpressionError, compile_expression
from scanner.functions.registry import Function
from scanner.values import Partial, Touched, Unknown

FAILURE = object()
FILLINGS = 8


def _mirrored(text: Any) -> Any:
    """Reads what is known of a string."""
    if isinstance(text, Partial):
        parts = tuple(part and part[::-1] for part in reversed(text.parts))
        return Partial(parts, text.reason)
    if isinstance(text, Unknown):
        raise Touched(text)
    return text[::-1]


def _first(values: list[Any]) -> Any:
    """Consults a member, which may not be known."""
    return any(value == "a" for value in values)


FUNCTIONS = {
    function.name: function
    for function in (
        Function("shout", str.upper, (("string",),), returns="string"),
        Function("mirrored", _mirrored, (("string",),), returns="string", partials=True),
        Function("has_a", _first, (("array",),), returns="boolean"),
        Function("is_null", lambda value: value is None, (("any",),), returns="boolean", nulls=True),
        Function("joined", lambda a, b="": f"{a}{b}", (("string",), ("string", "number")), optional=1),
    )
}
LEAVES = ("shout(a)", "mirrored(b)", "has_a(@)", "is_null(a)", "joined(a, b)", "joined(a)", "$hub.a", "$hub")


IDIOMS = (
    "length(c[?a=='a']) == `0`",
    "length(c[?a=='a' && b!='b']) > `1`",
    "c[?a=='a' || b].name",
    "c[?a && !b].[a, b]",
    "c[*].a | [0]",
    "c[].a | contains(@, 'a')",
    "name[?a=='a'].b | [1]",
    "name[*].{x: a, y: b}[?x].y",
    "length(name[?a]) < length(c)",
    "c[?contains(a, 'a')] || name[?starts_with(b, 'a')]",
    "contains(name[].a, b) && `false`",
    "sort_by(c, &a)[*].b",
    "max_by(name, &b).a",
    "map(&a, name)[?@=='a']",
    "c[?a == $hub.b].name",
    "let $first = c[0] in name[?a == $first.a || $first.b]",
    "not_null(b, a) == 'a'",
    "join('-', c[].a) == 'a-b'",
    "ends_with(b, 'b') || contains(b, 'a')",
    "a == b || b != a",
    "[a, b] == ['a', 'b']",
    "type(b) == 'string' && length(b) > `1`",
    "c[:1].a == name[-1:].a",
    "to_number(b) > `0`",
    "(b || 'a') == 'a'",
    "b && 'a' || 'b'",
    "reverse(name)[0].a",
    "sum(c[].a) >= `1`",
    "keys(c[0]) == ['a']",
    "*.a",
    "c[?!a].a",
    "[a, b, c[]][] | length(@)",
    "max(name[].a) == 'a'",
    "shout(b) == 'A'",
    "c[?has_a([a, b])].name",
    "merge(c[0], {a: b}).a",
)


def evaluated(text: str, hub: Any) -> Any:
    try:
        return compile_expression(text, functions=FUNCTIONS).evaluate(hub=hub)
    except EvaluationError:
        return FAILURE


def check(text: str, hub: Any, random: Random) -> None:
    answer = evaluated(text, hub)
    for _ in range(FILLINGS):
        concrete = filled(hub, random)
        value = evaluated(text, concrete)
        note(f"{answer!r} {getattr(answer, 'members', '')}; filled {concrete!r} gives {value!r}")
        if answer is FAILURE:
            assert value is FAILURE
        elif value is FAILURE:
            assert isinstance(answer, Unknown)
            assert answer.fallible
        else:
            assert allows(answer, value)


@settings(max_examples=400, deadline=None)
@given(expressions(*LEAVES), hubs, st.randoms(use_true_random=False))
def test_a_decided_answer_holds_for_every_filling_of_the_holes(text: str, drawn: Any, random: Random) -> None:
    text, hub = f"hub | {text}", opened(drawn)
    try:
        compile_expression(text, functions=FUNCTIONS)
    except ExpressionError:
        return
    check(text, hub, random)


@pytest.mark.parametrize("text", IDIOMS)
@settings(max_examples=12, deadline=None)
@given(hubs, st.randoms(use_true_random=False))
def test_so_it_does_for_what_policies_write(text: str, drawn: Any, random: Random) -> None:
    check(f"hub | {text}", opened(drawn), random)
