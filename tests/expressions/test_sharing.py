"""An expression that was taken apart says what it says as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from expressions.drawing import documents, expressions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.expressions import STEPS, EvaluationError, ExpressionError, compile_expression
from scanner.expressions.facts import STOPPED, Facts, Ledger
from scanner.expressions.sharing import take_apart
from scanner.functions.registry import Function

ROOTS = ("hub", "item", "params")
FUNCTIONS = {
    function.name: function
    for function in (
        Function("shout", str.upper, (("string",),), returns="string"),
        Function("is_null", lambda value: value is None, (("any",),), returns="boolean", nulls=True),
        Function("joined", lambda a, b="": f"{a}{b}", (("string",), ("string", "number")), optional=1),
    )
}
LEAVES = (
    *(
        "hub.a",
        "hub.b",
        "hub.c",
        "$hub.a",
        "$hub",
        "item.a",
        "item.b",
        "$item",
        "item",
        "params.a",
        "$params.b",
    ),
    *(
        "shout(hub.a)",
        "joined($hub.a, item.b)",
        "is_null(params.c)",
        "hub.c[?a == $item.a]",
        "hub.c[?a == $hub.a]",
    ),
    *("hub.c[*].b", "params.c[?a == 'a']", "map(&a, hub.c)", "map(&[a, $hub.b, $item.b], hub.c)"),
    *("hub.c[*].[a, `1`]", "hub.c[*].{a: a, b: $hub.a}", "hub[*].['a']", "item.c[*].[$hub.a, 'x']"),
)
LETS = (
    "{}",
    "let $x = hub.a, $y = item.a in {}",
    "let $hub = item.a in {}",
    "let $h = hub in {} || $h.a",
    "let $h = $hub, $x = $hub.c in let $h = $h.b in [$h, $x[?a == $h], {}]",
    "let $h = hub, $i = item in is_null($h.a) || $i.a == $h.b || {}",
    "let $x = params.c[?b] in {} || $x",
    "hub.c[?let $x = a in {}]",
)

FAILED = object()


def whole(text: str, roots: dict[str, Any]) -> Any:
    try:
        return compile_expression(text, roots=ROOTS, functions=FUNCTIONS).evaluate(**roots)
    except EvaluationError:
        return FAILED


def apart(text: str, roots: dict[str, Any]) -> Any:
    expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
    ledger = Ledger()
    shared = take_apart(expression, roots["params"], ledger, "a")
    if shared.constant:
        return shared.value
    facts: Facts = ledger.of(roots["hub"])
    try:
        if shared.fact is not None:
            return facts[shared.fact]
        value = shared.run(roots["hub"], roots["item"], roots["params"], None, STEPS, facts)
    except STOPPED:
        return FAILED
    return FAILED if hasattr(value, "visit") else value


def same(one: Any, other: Any) -> bool:
    if one is FAILED or other is FAILED:
        return one is other
    return json.dumps(one) == json.dumps(other)


@settings(max_examples=600)
@given(expressions(*LEAVES, max_leaves=8), st.sampled_from(LETS), documents, documents, documents)
@example("shout(hub.a)", "{}", {"a": "a"}, None, {})
@example("hub.c[*].['x']", "{}", {"c": [None, 1]}, None, {})
def test_the_value_is_the_same(text: str, let: str, hub: Any, item: Any, params: Any) -> None:
    text = let.format(text)
    try:
        compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
    except ExpressionError:
        return
    roots = {"hub": hub, "item": item, "params": params}
    assert same(whole(text, roots), apart(text, roots))


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("hub.properties.kind", 1),
        ("hub.a == 'x' && hub.b", 2),
        ("length(hub.c[?a]) > `1`", 1),
        ("item.a == hub.a", 1),
        ("item.a == params.a", 0),
    ],
)
def test_what_a_value_rests_on_is_told(text: str, leaves: int) -> None:
    expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
    shared = take_apart(expression, {"a": "x"}, Ledger(), "a")
    assert len(shared.grounds.leaves) == leaves
    assert shared.on_item is ("item" in text)
    assert not shared.grounds.whole


def test_what_several_expressions_ask_of_the_hub_is_found_once() -> None:
    asked: list[Any] = []

    def first(hub: Any) -> Any:
        asked.append(hub)
        return hub["a"]

    functions = {"first": Function("first", first, (("object",),))}
    ledger = Ledger()
    texts = (
        "first(hub) == 'a'",
        "let $a = first(hub) in item.b == $a",
        "[ first( $hub ) ]",
        "item.c[?first($hub) == @]",
    )
    parts = [
        take_apart(compile_expression(text, roots=ROOTS, functions=functions), {}, ledger, text)
        for text in texts
    ]
    hub, item = {"a": "a"}, {"b": "a", "c": ["a", "b", "a"]}
    facts = ledger.of(hub)
    values = [
        facts[part.fact] if part.fact is not None else part.run(hub, item, {}, None, STEPS, facts)
        for part in parts
    ]
    assert values == [True, True, ["a"], ["a", "a"]]
    assert asked == [hub]


def test_what_fails_fails_each_time_it_is_asked_for_and_only_then() -> None:
    ledger = Ledger()
    text = "item.a && length(hub.a) == `1`"
    shared = take_apart(compile_expression(text, roots=ROOTS, functions=FUNCTIONS), {}, ledger, "a")
    facts = ledger.of({"a": 1})
    for item, fails in (({"a": False}, False), ({"a": True}, True), ({"a": True}, True)):
        try:
            value = shared.run({"a": 1}, item, {}, None, STEPS, facts)
        except STOPPED:
            value = FAILED
        assert (value is FAILED) is fails
