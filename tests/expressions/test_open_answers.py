"""What an expression says where some of what it reads is not known: as much as holds in every case.

`open_answers.txt` holds an expression and its answer on a line, for the hub below.  Soundness alone would be
kept by an answer of "unknown" everywhere; here it is said what is decided, and for which reason the rest is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from expressions.test_soundness import FUNCTIONS

from scanner.expressions import EvaluationError, compile_expression
from scanner.expressions.expression import COLD
from scanner.expressions.unknowns import Count
from scanner.values import OpenList, Partial, Unknown

LINES = Path(__file__).with_name("open_answers.txt").read_text(encoding="utf-8").splitlines()
ANSWERS = [line.split(" => ") for line in LINES if " => " in line]


def hub() -> dict[str, Any]:
    """Values of which too little is known, each of which has its name for a reason."""
    return {
        "hole": Unknown("hole"),
        "hole2": Unknown("hole2"),
        "yes": Unknown("yes", truth=True),
        "no": Unknown("no", truth=False),
        "switch": Unknown("switch", boolean=True),
        "other": Unknown("other", boolean=True),
        "text": Partial(("ab", None, "yz"), "text"),
        "start": Partial(("ab", None), "start"),
        "other_start": Partial(("ax", None), "other_start"),
        "end": Partial((None, "yz"), "end"),
        "other_end": Partial((None, "xz"), "other_end"),
        "middle": Partial((None, "mm", None), "middle"),
        "two": Partial((None, "1", None, "2", None), "two"),
        "list": OpenList((("a", True), ("b", False), ("c", True)), "list"),
        "maybe": OpenList((("a", False),), "maybe"),
        "objects": OpenList((({"x": 1}, True), ({"x": 2}, False)), "objects"),
        "nested": OpenList(((["a"], True), (["b", "c"], False), ("d", True)), "nested"),
        "sizes": OpenList(((1, True), ("a", False)), "sizes"),
        "numbers": OpenList(((1, True), (2, False), (3, True)), "numbers"),
        "mixed": [{"x": Unknown("x")}, {"x": 1}, {"y": 2}],
        "partly": [Unknown("part"), "a"],
        "unsorted": [{"x": 2, "y": Unknown("y")}, {"x": 1, "y": 1}],
        "same": "a",
    }


def said(value: Any) -> str:
    """A value as JSON has it nearly, and what is known of one that is not: ``?`` marks what may not be there."""
    if not isinstance(value, Unknown):
        if isinstance(value, dict):
            return f"{{{', '.join(f'{name}: {said(one)}' for name, one in value.items())}}}"
        return f"[{', '.join(map(said, value))}]" if isinstance(value, list) else repr(value)
    rest = f" for {value.reason}{' or an error' if value.fallible else ''}"
    if isinstance(value, OpenList):
        return f"({', '.join(said(one) + '?' * (not sure) for one, sure in value.members)}){rest}"
    if isinstance(value, Partial):
        return f"'{''.join('…' if part is None else part for part in value.parts)}'{rest}"
    if isinstance(value, Count):
        return f"{value.low} to {'…' if value.high is None else value.high}{rest}"
    kind = "boolean" if value.boolean else {True: "true", False: "false", None: ""}[value.truth]
    return f"{kind} unknown{rest}".strip()


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_what_is_known_decides_and_what_is_not_is_told(text: str, answer: str) -> None:
    expression = compile_expression(f"hub | {text}", functions=FUNCTIONS)
    document = hub()
    # The first evaluations go through closures, later ones through generated code.
    for _ in range(COLD + 2):
        try:
            found = said(expression.evaluate(hub=document))
        except EvaluationError as error:
            found = f"error: {error}"
        assert found == answer
