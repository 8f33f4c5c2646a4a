"""Which arguments a function of policies sees, and which are answered for it."""

from __future__ import annotations

from typing import Any

import pytest
from expressions.test_open_answers import hub, said

from scanner.expressions import EvaluationError, compile_expression
from scanner.expressions.expression import COLD
from scanner.functions.registry import Function
from scanner.values import OpenList, Partial

PLAIN = (("any", "string"), ("any",))
BUT_NUMBERS = ("string", "array", "object", "boolean")


def _called(*given: Any) -> str:
    """What every function here says of whatever it is given."""
    assert given
    return "called"


FUNCTIONS = {
    function.name: function
    for function in (
        Function("known", _called, PLAIN, optional=1),
        Function("seeing", _called, PLAIN, optional=1, nulls=True),
        Function("reading", _called, (("string",),), partials=True),
        Function("both", _called, PLAIN, optional=1, nulls=True, partials=True),
        Function("worded", _called, (BUT_NUMBERS,), partials=True),
    )
}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("known('a')", "'called'"),
        ("known(`null`)", "None"),
        ("known(hole)", "unknown for hole"),
        ("known(`null`, hole)", "None"),
        ("known('a', hole)", "unknown for hole"),
        ("seeing(`null`)", "'called'"),
        ("seeing(`null`, hole)", "unknown for hole"),
        ("reading(text)", "'called'"),
        # It is null where the text is, whatever the function says.
        ("reading(yes)", "unknown for yes or an error"),
        ("reading(hole)", "unknown for hole or an error"),
        ("both(hole)", "'called'"),
        ("both(`null`, hole)", "'called'"),
        ("worded('a')", "'called'"),
        ("worded(no)", "unknown for no"),
        ("worded(hole)", "unknown for hole or an error"),
    ],
)
def test_a_function_sees_the_nulls_and_unknown_values_that_it_asks_for(text: str, answer: str) -> None:
    expression = compile_expression(f"hub | {text}", functions=FUNCTIONS)
    document: Any = hub()
    for _ in range(COLD + 2):
        assert said(expression.evaluate(hub=document)) == answer


MEMBERS = [{"a": "x"}] * 10
OPEN = OpenList(tuple((member, True) for member in MEMBERS), "open")


@pytest.mark.parametrize(
    ("text", "document", "steps"),
    [
        ("[*].a", MEMBERS, 10),
        ("[*].a", OPEN, 10),
        ("[?a].a", MEMBERS, 10),
        ("[?a].a", OPEN, 10),
        # Each member is looked at in the list and in what that gives.
        ("[].a", MEMBERS, 20),
        ("[].a", OPEN, 20),
        ("[].a", [MEMBERS, {"a": "x"}], 23),
    ],
)
def test_every_member_that_is_looked_at_is_a_step(text: str, document: Any, steps: int) -> None:
    assert compile_expression(f"hub | {text}", limit=steps).evaluate(hub=document) is not None
    with pytest.raises(EvaluationError, match=f"more than {steps - 1} steps"):
        compile_expression(f"hub | {text}", limit=steps - 1).evaluate(hub=document)


@pytest.mark.parametrize(
    ("text", "document", "message"),
    [
        ("contains(many, wide)", {"many": [0] * 2_000, "wide": [0] * 1_500}, "more than 2,000,000 steps"),
        (
            "join(wide, many)",
            {"many": ["x"] * 1_500, "wide": Partial(("a" * 20_000, None), "wide")},
            "more than 20,000,000 characters",
        ),
    ],
)
def test_what_would_take_too_much_is_refused_before_it_is_done(
    text: str, document: Any, message: str
) -> None:
    expression = compile_expression(f"hub | {text}")
    with pytest.raises(EvaluationError, match=message):
        expression.evaluate(hub=document)
