"""What an expression yields for values that are known, each way there is to evaluate it.

`known_answers.txt` holds an expression and its answer on a line, for the document below.  jmespath's own
interpreter is asked for every one of them, so that no answer stands there which the language does not give.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jmespath
import pytest
from jmespath.exceptions import ArityError

from scanner.expressions import STEPS, EvaluationError, compile_expression
from scanner.expressions.compiler import compile_tree
from scanner.expressions.errors import StepsSpentError
from scanner.expressions.expression import Expression
from scanner.expressions.facts import STOPPED, Ledger
from scanner.expressions.fused import doubtful, fused
from scanner.expressions.reasons import failure_reason
from scanner.expressions.sharing import Shared, take_apart
from scanner.expressions.state import FAILURES
from scanner.expressions.syntax import ROOTS
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
    "ties": [
        {"x": 1, "n": "first"},
        {"x": 0, "n": "second"},
        {"x": 1, "n": "third"},
        {"x": 0, "n": "fourth"},
    ],
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
        Function("pair", lambda a, b: [a, b], (("any",), ("string", "null")), nulls=True),
        Function("paired", lambda a, b: [a, b], (("any",), ("string",))),
        Function(
            "visited", lambda reference: reference.visit(reference.expression, {"x": 1}), (("expref",),)
        ),
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


def compiled(text: str, **roots: Any) -> Any:
    """The value as generated code finds it, which takes over where an expression is evaluated often."""
    expression = compile_expression(text, functions=FUNCTIONS)
    run = compile_tree(expression.tree, FUNCTIONS, expression.offered)
    return run(*(roots.get(root) for root in ROOTS), STEPS)


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_every_way_to_evaluate_gives_what_jmespath_gives(text: str, answer: str) -> None:
    assert said(lambda: jmespath.search(text, DOCUMENT)) == answer
    assert said(lambda: compile_expression(text, functions={}).search(DOCUMENT)) == answer
    within = f"hub | {text}"
    assert said(lambda: compile_expression(within, functions={}).evaluate(hub=DOCUMENT)) == answer
    assert said(lambda: compiled(within, hub=DOCUMENT)) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("shout(name)", "'CONTOSO'"),
        ("shout(none)", "None"),
        ("shout(one)", "error: shout() wants a string, not a number"),
        ("shout('a')", "'A'"),
        ("shout(`1`)", "error: shout() wants a string, not a number"),
        ("shout(`null`)", "None"),
        ("shout()", "error: shout() takes 1 arguments, not 0"),
        ("shout(name, name)", "error: shout() takes 1 arguments, not 2"),
        ("[shout(word), shout(word), shout(name)]", "['A', 'A', 'CONTOSO']"),
        ("list[*].shout(@)", "['A', 'B', 'C']"),
        ("list[?shout(@) == 'B']", "['b']"),
        ("one && shout(word) || shout(name)", "'A'"),
        ("empty && shout(word) || shout(word)", "'A'"),
        ("echo(name)", "'contoso'"),
        ("echo('x')", "'x'"),
        ("echo(list)", "error: echo() wants a string, not an array"),
        ("echo(`[1]`)", "error: echo() wants a string, not an array"),
        ("echo(none)", "None"),
        ("echo(&x)", "error: echo() wants a string, not an expression reference"),
        ("[echo(one), length(one)]", "error: echo() wants a string, not a number"),
        ("size(list)", "3"),
        ("size(people)", "3"),
        ("size(`[1, 2]`)", "2"),
        ("size(name)", "error: size() wants an array or an object, not a string"),
        ("kind(name)", "'str'"),
        ("kind(one)", "'int'"),
        ("kind(half)", "'float'"),
        ("kind(yes)", "'bool'"),
        ("kind(list)", "'list'"),
        ("kind(people)", "'dict'"),
        ("kind('x')", "'str'"),
        ("kind(`true`)", "'bool'"),
        ("kind(none)", "None"),
        ("kind(&x)", "error: kind() wants any value, not an expression reference"),
        ("is_null(none)", "True"),
        ("is_null(`null`)", "True"),
        ("is_null(one)", "False"),
        ("is_null(list)", "False"),
        ("is_null(missing)", "True"),
        ("or_none(none)", "'None'"),
        ("or_none(name)", "'contoso'"),
        ("or_none(one)", "error: or_none() wants a string or null, not a number"),
        ("joined(name, word)", "'contosoa'"),
        ("joined(name, one)", "'contoso1'"),
        ("joined(name, half)", "'contoso0.5'"),
        ("joined(name)", "'contoso'"),
        ("joined(name, yes)", "error: joined() wants a string or a number, not a boolean"),
        ("joined(name, none)", "None"),
        ("joined(none, yes)", "error: joined() wants a string or a number, not a boolean"),
        ("joined()", "error: joined() takes 2 arguments, not 0"),
        ("joined(name, name, name)", "error: joined() takes 2 arguments, not 3"),
        ("nullary()", "'x'"),
        ("visited(&x)", "1"),
        ("pair(one, none)", "[1, None]"),
        ("paired(one, none)", "None"),
        ("paired(one, one)", "error: paired() wants a string, not a number"),
        ("visited(one)", "error: visited() wants an expression reference, not a number"),
        ("nullary(one)", "error: nullary() takes 0 arguments, not 1"),
    ],
)
def test_a_function_of_ours_is_called_with_what_it_takes(text: str, answer: str) -> None:
    assert said(lambda: compile_expression(text, functions=FUNCTIONS).search(DOCUMENT)) == answer
    within = f"hub | {text}"
    assert said(lambda: compile_expression(within, functions=FUNCTIONS).evaluate(hub=DOCUMENT)) == answer
    assert said(lambda: compiled(within, hub=DOCUMENT)) == answer


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("let $x = name in $x", "name"),
        ("let $x = name, $y = one in [$x, $y]", "[name, one]"),
        ("let $x = name in let $x = one, $y = $x in [$x, $y]", "[one, name]"),
        ("let $x = @ in $x.name", "name"),
        ("let $x = @ in [$x.one, $x == @]", "[one, `true`]"),
        ("let $x = one == `1` in $x && name", "name"),
        ("let $x = deep in list[?$x.a]", "list"),
        ("let $x = word in list[?@ == $x]", "list[?@ == 'a']"),
        ("let $x = abs(name), $y = length(one) in one", "abs(name)"),
        ("let $x = 'a' in $x == word", "'a' == word"),
        ("objects[*].let $x = x in [$x, y]", "objects[*].[x, y]"),
        (
            "list[*].let $v = @ in map(&[$v, @], ['x'])",
            "list[*].map(&[@, @], ['x']) | [[['a', 'x']], [['b', 'x']], [['c', 'x']]]",
        ),
        ("let $f = &x in max_by(objects, $f).y", "max_by(objects, &x).y"),
        ("let $f = &abs(@) in map($f, numbers)", "map(&abs(@), numbers)"),
        ("let $f = &abs(@) in map($f, list)", "map(&abs(@), list)"),
        ("let $f = &x in sort_by(objects, $f)[*].y", "sort_by(objects, &x)[*].y"),
        ("let $f = &x in sort_by(uneven, $f)", "sort_by(uneven, &x)"),
        ("let $f = &x in min_by(gaps, $f)", "min_by(gaps, &x)"),
        ("let $f = &[x, y] in map($f, objects)", "map(&[x, y], objects)"),
        ("let $f = &map(&@, @) in map($f, lists)", "lists"),
        ("let $w = word in let $f = &[$w, @] in map($f, list)", "map(&['a', @], list)"),
        (
            "let $fs = list[*].let $v = @ in &[$v, @] in [map($fs[0], numbers), map($fs[2], flags)]",
            "[map(&['a', @], numbers), map(&['c', @], flags)]",
        ),
        (
            "let $fs = objects[*].let $v = x, $w = y in &[$w, $v, @] in map($fs[1], flags)",
            "map(&['a', `1`, @], flags)",
        ),
        ("$hub.name", "hub.name"),
        ("objects[*].[x, $hub.name] | [0]", "[`2`, hub.name]"),
        ("list[?$hub.name == 'fabrikam']", "list"),
        ("deep | $hub", "hub"),
        ("let $hub = one in $hub", "one"),
    ],
)
def test_a_variable_is_what_it_was_bound_to(text: str, plain: str) -> None:
    answer = said(lambda: jmespath.search(plain, DOCUMENT))
    assert said(lambda: compile_expression(text, functions={}).search(DOCUMENT)) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hub", "{'name': 'fabrikam', 'list': [1]}"),
        ("@", "{'hub': {'name': 'fabrikam', 'list': [1]}, 'params': {'a': 'fabrikam'}}"),
        ("@ == @", "True"),
        ("@ == `1`", "False"),
        ("`1` == @", "False"),
        ("@ < `1`", "None"),
        ("@.hub.name", "'fabrikam'"),
        ("[hub.name, @.params.a]", "['fabrikam', 'fabrikam']"),
        ("item", "None"),
        ("nonsense", "None"),
        ("nonsense.name", "None"),
        ("nonsense || hub.name", "'fabrikam'"),
        ("keys(@)", "['hub', 'params']"),
        ("*.name", "['fabrikam']"),
        ("[*]", "None"),
        ("[0]", "None"),
        ("[?a]", "None"),
        ("@ && hub.name", "'fabrikam'"),
        ("(@ && hub).name", "'fabrikam'"),
        ("(@ || hub).name", "None"),
        ("(hub || @).name", "'fabrikam'"),
        ("(nonsense || @).params.a", "'fabrikam'"),
        ("(params && @).params.a", "'fabrikam'"),
        ("!@", "False"),
        ("{a: @}.a.hub.name", "'fabrikam'"),
        ("let $x = @ in $x.hub.name", "'fabrikam'"),
        ("let $x = @ in $x.nonsense", "None"),
        ("hub.list[*].[@, $hub.name, $params.a]", "[[1, 'fabrikam', 'fabrikam']]"),
        ("hub.name == params.a", "True"),
        ("length(@)", "2"),
        ("type(@)", "'object'"),
    ],
)
def test_the_roots_are_fields_of_an_object_that_has_no_others(text: str, answer: str) -> None:
    roots = {"hub": {"name": "fabrikam", "list": [1]}, "params": {"a": "fabrikam"}}
    assert said(lambda: compile_expression(text, functions={}).evaluate(**roots)) == answer
    assert said(lambda: compiled(text, **roots)) == answer


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("list[*]", 3),
        ("objects[*].x", 4),
        ("list[]", 3),
        ("many[]", 20),
        ("lists[]", 6),
        ("many_lists[]", 40),
        ("nested[]", 10),
        ("nested[][]", 14),
        ("lists[][]", 9),
        ("[lists[0], lists[2]][]", 6),
        ("objects[*].abs(x)[]", 8),
        ("objects[*].length(y)[]", 8),
        ("objects[*].[abs(x), y][]", 20),
        ("objects[?abs(x) > `1`][].y", 7),
        ("objects[?x == `2`].y", 4),
        ("people.*.x", 3),
        ("length(list[*])", 3),
        ("length(lists[])", 6),
        ("map(&@, list)", 3),
        ("map(&[@, @], list)", 3),
        ("sort_by(objects, &x)", 4),
        ("max_by(objects, &x)", 4),
        ("min_by(objects, &x)", 4),
        ("contains(list, one)", 3),
        ("contains(mixed, lists)", 76),
        ("contains(many, 'm3')", 20),
        ("contains(long, 'ab')", 1),
        ("contains(long, word)", 1),
        ("contains(['a', 'b'], word)", 0),
        ("contains(['a', 'b'], one)", 2),
        ("join('-', many)", 1),
        ("join('-', words)", 2),
        ("list == list", 0),
        ("list == lists", 4),
        ('list == `["a", "b", "c"]`', 0),
        ("list == ['a', 'b', 'c']", 7),
        ("['a', ['b']] == ['a', ['b']]", 8),
        ("[people] == [people]", 16),
        ("[people] == [list]", 10),
        ("{a: people} == {a: people}", 16),
        ("contains(mixed, [one])", 15),
        ("contains(mixed, people)", 61),
        ("contains(lists, list)", 19),
        ("name == word", 0),
        ('`["a"]` == list', 0),
        ("one == half", 0),
        ("objects[*].z[]", 6),
        ("objects[*].z[][]", 8),
        ("name[*]", 0),
        ("name[]", 0),
        ("length(many[])", 20),
        ("size(list)", 3),
        ("size(people)", 0),
        ("echo(name)", 0),
        ("kind(list)", 3),
        ("kind(people)", 0),
        ("is_null(list)", 3),
        ("is_null(none)", 0),
    ],
)
def test_each_member_that_is_looked_at_is_a_step(text: str, steps: int) -> None:
    def searched(limit: int) -> Any:
        return compile_expression(text, functions=FUNCTIONS, limit=limit).search(DOCUMENT)

    searched(steps)
    if steps:
        with pytest.raises(StepsSpentError, match=f"it needs more than {steps - 1} steps on this document"):
            searched(steps - 1)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("[?a", "]"),
        ("[?a.b == 'x' || a", "]"),
        ("[*].a", ""),
        ("[].a[*]", ""),
        ("[][]", ""),
        (".*", ""),
    ],
)
@pytest.mark.parametrize("depth", [3, 14, 15, 16, 24, 36])
def test_what_stands_deep_in_one_another_is_evaluated_all_the_same(begin: str, end: str, depth: int) -> None:
    text = "a" + begin * depth + end * depth
    document: Any = "x"
    for _ in range(depth + 2):
        document = {"a": [document]}
    assert said(lambda: compile_expression(text, functions={}).search(document)) == said(
        lambda: jmespath.search(text, document)
    )


@pytest.mark.parametrize(
    "call", ["map(&{}, @)", "sort_by(@, &{})", "max_by(@, &{})", "[{}]", "(!{})", "(@ && {})", "length([{}])"]
)
@pytest.mark.parametrize("depth", [3, 14, 15, 16, 24, 36])
def test_so_are_calls_and_conditions(call: str, depth: int) -> None:
    text, document = "@", "x"
    for _ in range(depth):
        text, document = call.format(text), [document]
    assert said(lambda: compile_expression(text, functions={}).search(document)) == said(
        lambda: jmespath.search(text, document)
    )


@pytest.mark.parametrize("depth", [3, 14, 15, 16, 24, 36])
def test_so_are_references_that_stand_where_no_loop_takes_them(depth: int) -> None:
    text, plain, document = "@", "@", "x"
    for _ in range(depth):
        text, plain, document = f"let $f = &{text} in map($f, @)", f"map(&{plain}, @)", [document]
    assert said(lambda: compile_expression(text, functions={}).search(document)) == said(
        lambda: jmespath.search(plain, document)
    )


ITEM = {"a": "a", "list": ["a", "contoso"], "b": {"c": 1}}


@pytest.mark.parametrize(
    "text",
    [
        "hub.name",
        "hub.name == item.a",
        "hub.deep.a.b.c[0] == item.b.c",
        "hub.list[?@ == $item.a]",
        "item.list[?@ == $hub.name]",
        "item.list[?contains($hub.list, @)]",
        "item.list[?contains($hub.list, @) || length($hub.list) == `3`]",
        "length(hub.list) == `3` && length(hub.list) > `2`",
        "[length(hub.list), length(hub.list), shout(hub.name), shout(hub.name)]",
        "shout(hub.name) == 'CONTOSO' && item.a",
        "item.missing && shout(hub.one)",
        "item.a && shout(hub.one)",
        "item.list[*].[@, shout($hub.name)]",
        "item.list[*].[@, length($hub.objects[?x == `2`])]",
        "hub.objects[?x == `2`].y | contains(@, 'b')",
        "hub.list[] == item.list",
        "hub.nested[][] | [@, $item.a]",
        "let $n = hub.name in item.list[?@ == $n]",
        "hub.many_lists[][0]",
        "sort_by(hub.objects, &x)[0].y == item.a",
        "hub.missing.deep || item.b.c",
    ],
)
def test_what_is_found_beforehand_is_what_is_found_in_place(text: str) -> None:
    def taken(expression: Expression, ledger: Ledger) -> Shared:
        return take_apart(expression, {}, ledger, "a")

    expression = compile_expression(text, roots=("hub", "item", "params"), functions=FUNCTIONS)
    wanted = said(lambda: expression.evaluate(hub=DOCUMENT, item=ITEM, params={}))
    for together in (False, True):
        ledger = Ledger()
        shared = taken(expression, ledger)
        facts = ledger.of(DOCUMENT)
        if together:
            with suppress(*STOPPED):
                fused(ledger.facts, set(range(len(ledger.facts))))(facts)
        if shared.fact is not None:
            assert repr(facts[shared.fact]) == wanted
        else:
            assert said(lambda: shared.run(DOCUMENT, ITEM, {}, None, STEPS, facts)) == wanted  # noqa: B023
    doubt = doubtful([taken(expression, ledger := Ledger())])
    assert doubt is not None
    assert doubt([ITEM], ledger.of(DOCUMENT)) == ([] if wanted == "True" else [ITEM])


@pytest.mark.parametrize(
    "text",
    [
        "[length(hub.objects[?x == `2`]), hub.objects[?x == `2`]]",
        "[shout(hub.name), [shout(hub.name), item.a]]",
        "hub.list[*].[@, shout($hub.name)]",
        "hub.deep.a.b.c[0] == `1` && length(hub.deep.a.b.c) > `1`",
        "let $x = hub.objects[?x == `2`] in [length($x), $x, $x[0].y]",
        "let $x = hub.objects[?x == `2`] in [length($x), $x, $x[0].y == item.a]",
        "[hub.lists[], item.a, length(hub.lists[]) > `2`, hub.lists[] | [0]]",
    ],
)
def test_a_fact_that_is_made_of_others_is_found_without_them(text: str) -> None:
    expression = compile_expression(text, roots=("hub", "item", "params"), functions=FUNCTIONS)
    ledger = Ledger()
    take_apart(expression, {}, ledger, "a")
    assert ledger.facts
    for number in range(len(ledger.facts)):
        alone, asked = ledger.of(DOCUMENT), ledger.of(DOCUMENT)
        fused(ledger.facts, {number})(alone)
        assert number in alone
        assert repr(alone[number]) == repr(asked[number])


def test_what_is_called_twice_in_one_place_is_called_once() -> None:
    calls: list[str] = []

    def noted(text: str) -> str:
        calls.append(text)
        return text

    functions = {"noted": Function("noted", noted, (("string",),))}
    text = "[noted(name), noted(name), list[?noted(@) == 'b'], noted(word)]"
    found = compile_expression(text, functions=functions).search(DOCUMENT)
    assert found == ["contoso", "contoso", ["b"], "a"]
    assert calls == ["contoso", "a", "b", "c", "a"]


@pytest.mark.parametrize("text", ["join(text, list)", "join('', map(&$hub.text, list))"])
def test_a_text_that_is_too_long_is_not_written(text: str) -> None:
    document = {"text": "a" * 1_000_000, "list": ["a"] * 22}
    expression = compile_expression(f"hub | {text}", functions={})
    for evaluate in (
        lambda: expression.evaluate(hub=document),
        lambda: compiled(expression.text, hub=document),
    ):
        with pytest.raises(EvaluationError, match="it writes a text of more than 20,000,000 characters"):
            evaluate()


def test_a_function_of_ours_says_exactly_how_many_arguments_it_takes() -> None:
    with pytest.raises(ArityError) as failure:
        compile_expression("shout()", functions=FUNCTIONS).search(DOCUMENT)
    assert type(failure.value) is ArityError
