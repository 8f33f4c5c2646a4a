"""Many facts found by one function, and many requirements asked by one, are what they are one by one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from expressions.drawing import documents, expressions
from expressions.test_sharing import FUNCTIONS, LEAVES, LETS, ROOTS, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.expressions import ExpressionError, compile_expression
from scanner.expressions import fused as fused_module
from scanner.expressions.facts import STOPPED, Facts, Ledger
from scanner.expressions.fused import doubtful, fused
from scanner.expressions.sharing import Shared, take_apart
from scanner.values import Unknown

texts = st.lists(
    st.builds(str.format, st.sampled_from(LETS), expressions(*LEAVES, max_leaves=5)), min_size=1, max_size=4
)


def _taken_apart(given_texts: list[str], params: Any, ledger: Ledger) -> dict[str, Shared]:
    found = {}
    for text in given_texts:
        try:
            expression = compile_expression(text, roots=ROOTS, functions=FUNCTIONS)
        except ExpressionError:
            continue
        found[text] = take_apart(expression, params, ledger, "a")
    return found


def _found(number: int, facts: Facts) -> str:
    try:
        value = facts[number]
    except STOPPED:
        return "stopped"
    return repr(value) if not hasattr(value, "visit") else "stopped"


def _spoilt(document: Any, holes: list[str]) -> Any:
    if not isinstance(document, dict):
        return document
    return {**document, **{name: Unknown(name) for name in holes}}


holes = st.lists(st.sampled_from(["a", "b", "c"]), max_size=1)


@settings(max_examples=300)
@given(texts, documents, documents, holes, st.randoms(use_true_random=False))
def test_facts_are_the_same_whichever_of_them_are_found_in_one_go(
    given_texts: list[str], hub: Any, params: Any, open_fields: list[str], random: Any
) -> None:
    ledger = Ledger()
    _taken_apart(given_texts, params, ledger)
    hub = _spoilt(hub, open_fields)
    usual = {number for number in range(len(ledger.facts)) if random.random() < 0.7}
    together = ledger.of(hub)
    try:
        fused(ledger.facts, usual)(together)
    except STOPPED:
        pass
    else:
        assert all(
            number in together for number in usual if "params" not in json.dumps(ledger.facts[number].node)
        )
    alone = ledger.of(hub)
    for number in range(len(ledger.facts)):
        assert _found(number, together) == _found(number, alone)


@settings(max_examples=300)
@given(texts, documents, st.lists(documents, max_size=5), documents)
def test_items_are_in_doubt_unless_they_surely_meet_every_requirement(
    given_texts: list[str], hub: Any, items: list[Any], params: Any
) -> None:
    ledger = Ledger()
    parts = _taken_apart(given_texts, params, ledger)
    doubt = doubtful(list(parts.values())) if parts else None
    if doubt is None:
        return
    found = doubt(items, ledger.of(hub))
    surely = [
        item
        for item in items
        if all(whole(text, {"hub": hub, "item": item, "params": params}) is True for text in parts)
    ]
    assert [id(item) for item in items if not any(item is one for one in surely)] == [
        id(item) for item in found
    ]


LOOPS = (
    "length(hub.c[?a == 'a']) == `1`",
    "length(hub.c[?a == 'a' && b == 'x'])",
    "!(hub.c[?b == 'x'].a)",
    "hub.c[*].b",
    "hub.c[*]",
    "length(hub.c[?length(to_array(b)) == `1`]) != length(hub.c[*])",
    "length(hub.a[?b == 'x'])",
    "length(hub.c[?starts_with(a, 'a')]) > `0`",
    "hub.b && length(hub.c[?a == 'b']) == `1`",
)


@pytest.mark.parametrize(
    "hub",
    [
        {"c": [{"a": "a", "b": "x"}, {"a": "b"}, 3, None, {"a": "a", "b": []}], "a": [{"b": "x"}]},
        {"c": [], "a": None, "b": 1},
        {"c": {"a": "a"}, "a": []},
        {"c": None},
        {"c": Unknown("c"), "a": []},
        {"c": [{"a": Unknown("a"), "b": "x"}], "a": []},
        {"c": [Unknown("a member")], "a": [], "b": True},
        None,
    ],
)
def test_lists_that_several_facts_go_through_are_gone_through_together(hub: Any) -> None:
    ledger = Ledger()
    _taken_apart(list(LOOPS), {}, ledger)
    every = range(len(ledger.facts))
    found = ledger.of(hub)
    with suppress(*STOPPED):
        fused(ledger.facts, set(every))(found)
    alone = ledger.of(hub)
    assert [_found(number, found) for number in every] == [_found(number, alone) for number in every]


def test_loops_over_one_list_are_one_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []
    executed = fused_module.executed

    def noted(source: str, constants: dict[str, Any]) -> Any:
        sources.append(source)
        return executed(source, constants)

    monkeypatch.setattr(fused_module, "executed", noted)
    ledger = Ledger()
    _taken_apart(list(LOOPS), {}, ledger)
    fused(ledger.facts, set(range(len(ledger.facts))))
    (source,) = sources
    # The first three; any other is of another list, can fail, may not be asked for, or is no filter of a list.
    assert source.count("for ") == 1 + len(LOOPS) - 3 + 1
