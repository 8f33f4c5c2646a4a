"""What an expression yields for values that are known, each way there is to evaluate it.

`known_answers.txt` holds an expression and its answer on a line, for the document below.  jmespath's own
interpreter is asked for every one of them, so that no answer stands there which the language does not give.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jmespath
import pytest

from scanner.expressions import STEPS, EvaluationError, compile_expression
from scanner.expressions.errors import StepsSpentError
from scanner.expressions.expression import COLD
from scanner.expressions.fused import fused
from scanner.expressions.reasons import failure_reason
from scanner.expressions.sharing import Ledger, take_apart
from scanner.expressions.state import FAILURES
from scanner.functions.registry import Function

LINES = Path(__file__).with_name("known_answers.txt").read_text(encoding="utf-8").splitlines()
ANSWERS = [line.split(" => ") for line in LINES if " => " in line]

DOCUMENT: dict[str, Any] = {
    "name": "contoso",
    "word": "a",
    "empty": "",
    "one": 1,
    "zero": 0,
    "half": 0.5,
    "yes": True,
    "no": False,
    "none": None,
    "list": ["a", "b", "c"],
    "numbers": [3, 1, 2.5],
    "flags": [True, False],
    "mixed": [1, "a", None, True, [1], {"x": 1}],
    "nothing": [],
    "void": {},
    "nested": [["a", ["b"]], "c", [], None, [None, "d"]],
    "lists": [["a"], [], ["b", "c"]],
    "deep": {"a": {"b": {"c": [1, {"d": "e"}]}}},
    "objects": [
        {"x": 2, "y": "b", "z": [1, [2]]},
        {"x": 1, "y": "a"},
        {"x": 2, "y": "c", "z": []},
        {"y": "a", "x": 3, "z": None},
    ],
    "ties": [{"x": 1, "n": "first"}, {"x": 0, "n": "second"}, {"x": 1, "n": "third"}, {"x": 0, "n": "fourth"}],
    "uneven": [{"x": 1}, {"x": "a"}],
    "uneven2": [{"x": "a"}, {"x": 1}],
    "gaps": [{"x": "a"}, {}, {"x": "b"}],
    "truths": [{"x": True}, {"x": False}],
    "people": {"a": {"x": 1}, "b": {"x": 2}, "c": None},
    "many": [f"m{number}" for number in range(20)],
    "many_lists": [[f"l{number}"] if number % 4 else None for number in range(20)],
    "words": ["a"] * 40,
    "long": "ab" * 3000,
    "pair": {"a": 1, "b": 1.0, "c": True},
    "hub": {"name": "fabrikam"},
}


def _joined(a: Any, b: Any = "") -> str:
    return f"{a}{b}"


FUNCTIONS = {
    function.name: function
    for function in (
        Function("shout", str.upper, (("string",),), returns="string", method="upper"),
        Function("echo", lambda text: text, (("string",),), returns="string"),
        Function("size", len, (("array", "object"),), returns="number"),
        Function("kind", lambda value: type(value).__name__, (("any",),), returns="string"),
        Function("is_null", lambda value: value is None, (("any",),), returns="boolean", nulls=True),
        Function("or_none", lambda value: f"{value}", (("string", "null"),), returns="string", nulls=True),
        Function("joined", _joined, (("string",), ("string", "number")), optional=1),
        Function("nullary", lambda: "x", (), returns="string"),
    )
}


def said(evaluate: Callable[[], Any]) -> str:
    """A value as text that tells true from 1, or why there is none."""
    try:
        return repr(evaluate())
    except EvaluationError as error:
        return f"error: {error}"
    except FAILURES as error:
        return f"error: {failure_reason(error)}"


def as_facts(text: str, *, together: bool) -> Any:
    """The value of an expression that was taken apart, its facts found one by one or all of them before."""
    expression = compile_expression(text, roots=("hub", "item", "params"), functions=FUNCTIONS)
    ledger = Ledger()
    shared = take_apart(expression, {}, ledger, "a")
    facts = ledger.of(DOCUMENT)
    if together:
        fused(ledger.facts, set(range(len(ledger.facts))))(facts)
    if shared.constant:
        return shared.value
    return facts[shared.fact] if shared.fact is not None else shared.run(DOCUMENT, None, {}, None, STEPS, facts)


def compiled(text: str, **roots: Any) -> Any:
    """The value as generated code finds it, which takes over where an expression is evaluated often."""
    expression = compile_expression(text, functions=FUNCTIONS)
    for _ in range(COLD):
        said(lambda: expression.evaluate(**roots))
    return expression.evaluate(**roots)


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_every_way_to_evaluate_gives_what_jmespath_gives(text: str, answer: str) -> None:
    assert said(lambda: jmespath.search(text, DOCUMENT)) == answer
    assert said(lambda: compile_expression(text, functions={}).search(DOCUMENT)) == answer
    within = f"hub | {text}"
    assert said(lambda: compile_expression(within, functions={}).evaluate(hub=DOCUMENT)) == answer
    assert said(lambda: compiled(within, hub=DOCUMENT)) == answer
