"""An expression that was taken apart is explained as a whole one is, whatever is known of hubs before."""

from __future__ import annotations

from typing import Any

import pytest
from expressions.drawing import expressions
from expressions.holes import holed, hubs, opened
from expressions.test_sharing import FUNCTIONS, LEAVES, LETS, ROOTS
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.expressions import EvaluationError, ExpressionError, compile_expression, facts
from scanner.expressions.facts import Ledger
from scanner.expressions.sharing import take_apart
from scanner.functions.registry import Function
from scanner.values import NotCollected, OpenList, Unknown

_ASKED = (
    *("hub.a", "hub.b", "$hub.a", "item.a", "params.a", "shout(hub.a)", "shout(hub.b)", "length(hub.a)"),
    *("hub.a == hub.b", "hub.a > `0`", "hub.a[?@ == 'a']", "contains(hub.a, 'a')", "is_null(hub.b)"),
    *("is_null($hub)", "keys($hub)", "to_array(hub.a)", "hub.a || hub.b", "starts_with(hub.a, 'a')"),
)
texts = st.builds(
    str.format,
    st.sampled_from(
        (
            *LETS,
            "let $x = {} in $x",
            "let $x = {} in item.a == `1` || $x || shout($x)",
            "let $x = {} in hub.b[?$x]",
            "let $x = {} in item.b[*].[$x]",
            "hub.b[?{}]",
        )
    ),
    st.one_of(expressions(*LEAVES, max_leaves=8), expressions(*_ASKED, max_leaves=5)),
)
_WORDS = ("a", "b", 1, True, None)
_HOLES = (*("one", "other"), *("was not collected", "was not read"))
alike = st.fixed_dictionaries(
    {
        name: st.one_of(
            st.sampled_from(_WORDS), st.builds(NotCollected, st.sampled_from(_HOLES)), st.builds(list)
        )
        for name in "ab"
    }
)
"""Hubs of which the same is known, or not known for the same reasons."""
PARAMS = {"a": "x", "b": 1, "c": [{"a": "a", "b": 2}]}


def described(value: Any) -> Any:
    """All that there is to a value, known or not."""
    if isinstance(value, OpenList):
        members = [(described(member), certain) for member, certain in value.members]
        return ("open list", members, value.reason, value.truth, value.fallible)
    if isinstance(value, Unknown):
        told = [
            getattr(value, name, None) for name in ("reason", "text", "place", "truth", "boolean", "parts")
        ]
        return (type(value).__name__, *told, value.fallible)
    if isinstance(value, dict):
        return {name: described(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [described(inner) for inner in value]
    return (type(value).__name__, value)


def said(compute: Any) -> Any:
    try:
        return described(compute())
    except EvaluationError as error:
        return error.reason


@settings(max_examples=600)
@given(
    st.lists(texts, min_size=1, max_size=3),
    st.one_of(st.lists(hubs.map(opened), min_size=1, max_size=3), st.lists(alike, min_size=1, max_size=6)),
    holed,
)
def test_it_says_the_same_of_hub_after_hub(given_texts: list[str], drawn: list[Any], item: Any) -> None:
    ledger = Ledger()
    parts = []
    for text in given_texts:
        try:
            expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
        except ExpressionError:
            continue
        parts.append((expression, take_apart(expression, PARAMS, ledger, "a")))
    roots = {"item": opened(item), "params": PARAMS}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLD", "_MISSES"):
            patch.setattr(facts, name, 2)
        patch.setattr(facts, "_SELDOM", 3)
        # Each hub again and again: what was not compiled is, and what was found of one serves for others.
        for hub in [*drawn, *drawn, *drawn, *drawn]:
            found = ledger.of(hub)
            for expression, shared in parts:
                wanted = said(lambda: expression.evaluate(hub=hub, **roots))  # noqa: B023
                assert said(lambda: shared.run.explained(found, roots["item"], PARAMS)) == wanted  # noqa: B023


def test_what_rests_on_the_same_hole_in_every_hub_is_found_once() -> None:
    asked: list[Any] = []

    def noted(value: Any) -> Any:
        asked.append(value)
        return value

    functions = {"noted": Function("noted", noted, (("any",),), nulls=True, partials=True)}
    text = (
        "let $code = hub.live == `false`, $size = noted(hub.a.size) in $code || $size == `3` || noted($size)"
    )
    expression = compile_expression(text, roots=ROOTS, functions=functions)
    ledger = Ledger()
    shared = take_apart(expression, {}, ledger, "a")
    for number in range(5):
        hub = {"live": True, "a": NotCollected("a was not collected"), "name": f"hub-{number}"}
        found = shared.run.explained(ledger.of(hub), None, {})
        assert described(found) == described(Unknown("a was not collected"))
    assert len(asked) == 2
    # Another reason is another hole, and what is known has no need of one.
    other = {"live": True, "a": NotCollected("nobody may read a")}
    assert shared.run.explained(ledger.of(other), None, {}).reason == "nobody may read a"
    assert shared.run.explained(ledger.of({"live": True, "a": {"size": 3}}), None, {}) is True


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("hub.a == `5` || hub.b", 1, True),
        ("hub.a || [$hub][].b", "b", None),
        ("hub.a || length(to_array(hub)[0].b) == `1`", "b", "two"),
        ("hub.a || hub.b", "", []),
        ("hub.a || type(hub.b) == 'object'", {}, []),
        ("hub.a || hub.b", "b", NotCollected("b was not collected")),
        ("hub.a && shout(hub.b)", "b", 1),
    ],
)
def test_what_tells_two_hubs_apart_is_not_overlooked(text: str, one: Any, other: Any) -> None:
    expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
    ledger = Ledger()
    shared = take_apart(expression, {}, ledger, "a")
    for value in (one, other, one, other):
        hub = {"a": NotCollected("a was not collected"), "b": value}
        wanted = said(lambda: expression.evaluate(hub=hub, params={}))  # noqa: B023
        assert said(lambda: shared.run.explained(ledger.of(hub), None, {})) == wanted  # noqa: B023


@pytest.mark.parametrize("hole", [NotCollected("b"), Unknown("b", truth=True), OpenList(((1, False),), "b")])
@pytest.mark.parametrize(
    "text",
    [
        "let $x = shout(hub.a) in hub.b[?$x]",
        "let $x = shout(hub.a) in hub.b[?$x == item.a]",
        "let $x = shout('a') in hub.b[?$x]",
        "hub.b[?shout('a')]",
        "hub.b[?shout($hub.a) == 'A']",
        "let $x = shout(hub.a) in item.b.[$x]",
        "let $x = shout(params.a) in item.b[*].[$x]",
    ],
)
def test_what_cannot_fail_any_more_leaves_no_doubt_and_what_can_leaves_one(text: str, hole: Any) -> None:
    expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
    ledger = Ledger()
    shared = take_apart(expression, PARAMS, ledger, "a")
    hub, item = {"a": "a", "b": hole}, {"a": "A", "b": hole}
    wanted = said(lambda: expression.evaluate(hub=hub, item=item, params=PARAMS))
    assert said(lambda: shared.run.explained(ledger.of(hub), item, PARAMS)) == wanted
