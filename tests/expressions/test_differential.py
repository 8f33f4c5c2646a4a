"""Every way to evaluate gives what jmespath's own interpreter gives: the same value, the same class of error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jmespath
import pytest
from expressions.drawing import documents, expressions, literal
from hypothesis import given, settings
from hypothesis import strategies as st
from jmespath.exceptions import JMESPathError

from scanner.expressions import EvaluationError, ExpressionError, compile_expression
from scanner.expressions.open import build
from scanner.expressions.parser import parse
from scanner.expressions.state import State

EXAMPLES = 600


def outcome(evaluate: Callable[[], Any]) -> str:
    """A value as text that tells true from 1, or the class of an error."""
    try:
        return repr(evaluate())
    except (JMESPathError, TypeError, ValueError, ArithmeticError) as error:
        return type(error).__name__


def expected(text: str, document: Any) -> str | None:
    """What jmespath's interpreter gives, None where it does not take the text for an expression."""
    try:
        compiled = jmespath.compile(text)
    except JMESPathError:
        with pytest.raises(ExpressionError):
            parse(text)
        return None
    return outcome(lambda: compiled.search(document))


def openly(text: str, document: Any) -> Any:
    state = State([10**6, 10**6])
    return state.settled(build(parse(text), {})(state, document, {}))


@settings(max_examples=EXAMPLES)
@given(expressions(), documents)
def test_generated_code_agrees_with_jmespath(text: str, document: Any) -> None:
    wanted = expected(text, document)
    if wanted is not None:
        assert outcome(lambda: compile_expression(text, functions={}).search(document)) == wanted


@settings(max_examples=EXAMPLES)
@given(expressions(), documents)
def test_closures_agree_with_jmespath(text: str, document: Any) -> None:
    wanted = expected(text, document)
    if wanted is not None:
        assert outcome(lambda: openly(text, document)) == wanted


@settings(max_examples=EXAMPLES // 2)
@given(expressions(), documents)
def test_evaluating_the_roots_agrees_with_jmespath_on_the_object_of_the_roots(
    text: str, document: Any
) -> None:
    text = f"hub | {text}"
    wanted = expected(text, {"hub": document, "params": None})
    if wanted is None:
        return
    try:
        got = repr(compile_expression(text, functions={}).evaluate(hub=document))
    except EvaluationError as error:
        got = type(error.__cause__).__name__
    assert got == wanted


@settings(max_examples=EXAMPLES // 2)
@given(expressions("hub", "hub.a", "params.b", max_leaves=8), documents, documents)
def test_the_current_value_of_the_outermost_scope_is_the_object_of_the_roots(
    text: str, hub: Any, params: Any
) -> None:
    wanted = expected(text, {"hub": hub, "params": params})
    if wanted is None:
        return
    try:
        got = repr(compile_expression(text, functions={}).evaluate(hub=hub, params=params))
    except EvaluationError as error:
        got = type(error.__cause__).__name__
    assert got == wanted


@settings(max_examples=EXAMPLES // 2)
@given(expressions("$v", "$v.a", "$w"), documents, documents, documents)
def test_a_variable_stands_for_its_value_wherever_it_is_used(
    text: str, document: Any, v: Any, w: Any
) -> None:
    replaced = text.replace("$v", literal(v)).replace("$w", literal(w))
    wanted = expected(replaced, document)
    if wanted is None:
        return
    bound = f"let $v = {literal(v)}, $w = {literal(w)} in {text}"
    assert outcome(lambda: compile_expression(bound, functions={}).search(document)) == wanted
    assert outcome(lambda: openly(bound, document)) == wanted


@settings(max_examples=EXAMPLES // 2)
@given(expressions("$hub", "$hub.a", "$params.b"), documents, documents)
def test_a_bound_root_stands_for_its_value_within_filters_and_projections(
    text: str, hub: Any, params: Any
) -> None:
    replaced = text.replace("$hub", literal(hub)).replace("$params", literal(params))
    wanted = expected(f"hub | {replaced}", {"hub": hub, "params": params})
    if wanted is None:
        return
    try:
        got = repr(compile_expression(f"hub | {text}", functions={}).evaluate(hub=hub, params=params))
    except EvaluationError as error:
        got = type(error.__cause__).__name__
    assert got == wanted


@given(st.text(alphabet="ab.[]?*|&!=<>@`'\"(){}:,-01 \\$\n", max_size=20))
def test_a_text_that_jmespath_refuses_is_refused_and_never_crashes(text: str) -> None:
    try:
        jmespath.compile(text)
    except (JMESPathError, ValueError, PendingDeprecationWarning):
        accepted = False
    else:
        accepted = True
    try:
        parse(text)
    except ExpressionError as error:
        assert not accepted
        assert all(0 <= problem.offset <= len(text) for problem in error.problems)
