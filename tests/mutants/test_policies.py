"""A policy that is wrong in one place is found out by its own examples, wherever the place is."""

from __future__ import annotations

from functools import cache

import pytest
from mutants.policies import Tally, bundled, explained, messages, tally, told, trials
from mutants.trees import Node, mutants
from mutants.writing import written

from scanner.expressions.parser import parse
from scanner.policy import Policy

WHOLE, EACH = 99.0, 90.0
"""What share of all mutants, and of those of one policy, must be killed, in percent."""


@cache
def tallies() -> dict[str, Tally]:
    """What the examples of every policy make of its mutants: some seconds for all of them."""
    return {policy.card.id: tally(policy) for policy in bundled()}


def test_nearly_every_wrong_policy_is_told_from_the_right_one() -> None:
    total = sum(one.total for one in tallies().values())
    survivors = sum(len(one.survivors) for one in tallies().values())
    assert total > 4_000
    assert 100 * (total - survivors) / total >= WHOLE
    assert {name: round(one.killed, 1) for name, one in tallies().items() if one.killed < EACH} == {}


def test_what_is_not_told_is_explained_and_what_is_explained_is_not_told() -> None:
    left = {name: set(one.survivors) for name, one in tallies().items() if one.survivors}
    assert left == {name: set(reasons) for name, reasons in explained().items()}
    assert all(len(reason) > 20 for reasons in explained().values() for reason in reasons.values())


def test_the_words_of_failing_examples_are_these() -> None:
    found = {
        policy.card.id: {
            trial.name: messages(trial.judge(policy)) for trial in trials(policy) if trial.words is not None
        }
        for policy in bundled()
    }
    assert {name: words for name, words in found.items() if words} == told()


@pytest.mark.parametrize("policy", bundled(), ids=lambda policy: str(policy.card.id))
def test_a_policy_itself_is_told_by_none_of_its_examples(policy: Policy) -> None:
    assert [trial.name for trial in trials(policy) if trial.tells(policy)] == []


def plain(node: Node) -> object:
    """What a tree says, without where it stands."""
    return node["type"], repr(node.get("value")), [plain(child) for child in node["children"] if child]


@pytest.mark.parametrize("policy", bundled(), ids=lambda policy: str(policy.card.id))
def test_what_a_mutant_changed_is_shown_as_the_policy_writes_it(policy: Policy) -> None:
    for expression in (policy.when, policy.each, policy.require):
        if expression is not None:
            assert plain(parse(written(expression.tree))) == plain(expression.tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == b", {"!(a == b)", "a != b"}),
        ("a && b && c", {"!(a && b && c)", "b && c", "a && c", "a && b", "a || (b && c)", "(a && b) || c"}),
        ("a || b || c", {"!(a || b || c)", "b || c", "a || c", "a || b", "(a && b) || c", "a || (b && c)"}),
        ("!a", {"!!a", "a"}),
        ("a[?b].c", {"!(a[?b].c)", "a[?`true`].c"}),
        (
            "f('x', `2`, `false`, `[1, 2]`)",
            {
                "!f('x', `2`, `false`, `[1, 2]`)",
                "f('other', `2`, `false`, `[1, 2]`)",
                "f('x', `3`, `false`, `[1, 2]`)",
                "f('x', `2`, `true`, `[1, 2]`)",
                "f('x', `2`, `false`, `[2]`)",
                "f('x', `2`, `false`, `[1]`)",
            },
        ),
        ("a && `null`", {"!(a && `null`)", "`null`", "a", "a || `null`", "a && `true`"}),
        ("a < `null`", {"!(a < `null`)", "a <= `null`"}),
    ],
)
def test_each_mutant_has_one_thing_wrong(text: str, expected: set[str]) -> None:
    assert {written(tree) for _, tree in mutants(parse(text))} == expected
