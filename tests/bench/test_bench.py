"""The bench says what the engine says, whatever it shares, remembers and leaves out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench.told import by, by_the_engine
from benchmarks import estates
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import engine, policies
from scanner.bench import WARM, Bench, docket, groups
from scanner.model import Hub, Verdict
from scanner.policy import Policy
from scanner.sources.normalise import example
from scanner.values import OpenList, Partial, Unknown

BUNDLED = policies.load((), include_bundled=True)
DOCUMENTS = [one.document for policy in BUNDLED for one in policy.examples]
ODD = (
    None,
    True,
    False,
    0,
    1,
    1.0,
    "",
    "*",
    "AllowOnlyApprovedOutbound",
    "FQDN",
    [],
    {},
    [None],
    ["a"],
    {"a": 1},
)


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    found = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            found.append((node, key))
            if isinstance(node[key], (dict, list)):
                waiting.append(node[key])
    return found


def _spoilt(document: Any, random: Random) -> Any:
    """A hub some values of which are odd, or not known."""
    document = copy.deepcopy(document)
    for _ in range(random.randrange(4)):
        node, key = random.choice(_places(document))
        node[key] = copy.deepcopy(random.choice(ODD))
    hub = example(document)
    for _ in range(random.randrange(3)):
        node, key = random.choice(_places(hub.document))
        value = node[key]
        holes: list[Any] = [Unknown("nobody has said"), Partial((None, ".blob.core.windows.net"), "open")]
        if isinstance(value, list) and value:
            holes.append(OpenList(tuple((member, random.random() < 0.7) for member in value), "cut off"))
        node[key] = random.choice(holes)
    return hub


@pytest.mark.parametrize("warm", [WARM, 8], ids=["not yet warm", "warm"])
def test_every_example_of_every_policy_is_judged_as_by_the_engine_the_second_time_too(warm: int) -> None:
    bench = Bench(BUNDLED, cold=0, warm=warm)
    for _ in range(2):
        for document in DOCUMENTS:
            hub = example(document)
            assert by(bench, hub) == by_the_engine(BUNDLED, hub)


def test_so_it_is_however_little_a_bench_may_remember(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, least in (("ITEMS", 2), ("CONTEXTS", 1), ("IN_VAIN", 1), ("TRIALS", 4)):
        monkeypatch.setattr(groups, name, least)
    monkeypatch.setattr(docket, "PLANS", 1)
    bench = Bench(BUNDLED, cold=0, warm=3)
    for document in DOCUMENTS:
        hub = example(document)
        assert by(bench, hub) == by_the_engine(BUNDLED, hub)


def _warm(documents: Iterable[Any]) -> Bench:
    bench = Bench(BUNDLED, cold=0, warm=8)
    for document in documents:
        by(bench, example(document))
    return bench


BENCHES = {
    "not yet warm": Bench(BUNDLED, cold=0, warm=100_000),
    "warm by whole hubs": _warm(map(estates.hub, range(9))),
    "warm by examples": _warm(DOCUMENTS[:9]),
}


@pytest.mark.parametrize("which", BENCHES)
@settings(max_examples=80)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_so_is_a_hub_with_odd_and_unknown_values_after_whatever_was_judged_before(
    which: str, document: Any, random: Random
) -> None:
    hub = _spoilt(document, random)
    assert by(BENCHES[which], hub) == by_the_engine(BUNDLED, hub)


@settings(max_examples=40)
@given(st.integers(0, 9_999), st.randoms(use_true_random=False))
def test_so_is_a_whole_hub(number: int, random: Random) -> None:
    hub = _spoilt(estates.hub(number), random)
    assert by(BENCHES["warm by whole hubs"], hub) == by_the_engine(BUNDLED, hub)


def _hub(**fields: Any) -> Hub:
    network = {"isolationMode": "AllowOnlyApprovedOutbound"}
    return example({"kind": "Hub", "properties": {"managedNetwork": network}, **copy.deepcopy(fields)})


def _policies(folder: Path, **texts: str) -> tuple[Policy, ...]:
    """Policies that differ in their conditions alone, given as lines of YAML."""
    for name, lines in texts.items():
        (folder / f"{name}.yaml").write_text(
            f"id: {name}\ntitle: {name}\nseverity: low\ncategory: rules\ndescription: Made up.\n{lines}\n"
            "message: refused\nremediation: {text: none}\nreferences: []\nexamples: {pass: [{}], fail: [{}]}\n",
            encoding="utf-8",
        )
    return policies.load([str(folder)], include_bundled=False)


def _verdicts(bench: Bench, hub: Hub) -> list[Verdict]:
    return [judged[0].verdict for _, judged in bench.judge(hub)]


ODD_PAIRS = [(1, True), (0, False), (1, 1.0), ("1", 1), (None, "null"), ([], "[]"), ([1], [True]), ({}, [])]


@pytest.mark.parametrize(("first", "second"), ODD_PAIRS)
def test_rules_that_python_takes_for_equal_are_remembered_apart(
    first: Any, second: Any, tmp_path: Path
) -> None:
    kind = f"to_string([item.properties.destination]) == '{json.dumps([first], separators=(',', ':'))}'"
    bench = Bench(_policies(tmp_path, a=f"each: rules(hub, '*')\nrequire: {kind}"), cold=0)
    verdicts = []
    for destination in (first, second, first):
        rule = {"name": "a", "properties": {"type": "Odd", "destination": destination}}
        verdicts += _verdicts(bench, _hub(outboundRules=[rule]))
    assert verdicts == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]


@pytest.mark.parametrize(("first", "second"), ODD_PAIRS)
def test_so_is_whatever_else_of_a_hub_a_verdict_rests_on(first: Any, second: Any, tmp_path: Path) -> None:
    told = f"to_string([hub.tags.x]) == '{json.dumps([first], separators=(',', ':'))}'"
    bench = Bench(
        _policies(
            tmp_path,
            a=f"each: rules(hub, '*')\nrequire: item.name == 'a' && {told}",
            b=f"each: rules(hub, '*')[?name]\nrequire: item.name == 'a' && {told}",
            c=f"require: length(rules(hub, '*')[?name]) == `1` && {told}",
        ),
        cold=0,
    )
    rule = {"name": "a", "properties": {"type": "FQDN", "destination": "contoso.com"}}
    verdicts = [
        _verdicts(bench, _hub(outboundRules=[rule], tags={"x": value})) for value in (first, second, first)
    ]
    assert verdicts == [[Verdict.PASS] * 3, [Verdict.FAIL] * 3, [Verdict.PASS] * 3]


WAYS_TO_THE_HUB = (
    "hub.tags.x == 'a'",
    "@.hub.tags.x == 'a'",
    "(@ | hub.tags.x) == 'a'",
    "[@][0].hub.tags.x == 'a'",
    "let $all = @ in $all.hub.tags.x == 'a'",
    "let $hub = item in hub.tags.x == 'a'",
    "map(&tags.x, [hub])[0] == 'a'",
    "contains(values(@)[].tags.x, 'a')",
    "length(@.*.tags[?x == 'a']) == `1`",
)


@pytest.mark.parametrize("require", WAYS_TO_THE_HUB)
def test_a_rule_is_judged_anew_in_each_hub_however_a_requirement_reads_that(
    require: str, tmp_path: Path
) -> None:
    bench = Bench(_policies(tmp_path, a=f"each: rules(hub, '*')\nrequire: \"{require}\""), cold=0)
    rule = {"name": "r", "properties": {"type": "FQDN", "destination": "contoso.com"}}
    hubs = [_hub(tags={"x": value}, outboundRules=[rule]) for value in ("a", "b", "a")]
    (policy,) = bench._policies
    expected = [engine.evaluate(policy, hub)[0].verdict for hub in hubs]
    assert [_verdicts(bench, hub)[0] for hub in hubs] == expected


WAYS_TO_A_RULE = (
    "item.name == 'a'",
    "@.item.name == 'a'",
    "(item | name) == 'a'",
    "[item][0].name == 'a'",
    "let $rule = item in $rule.name == 'a'",
    "let $item = hub in item.name == 'a'",
    "(item.name || 'x') == 'a' && item.properties.type == 'FQDN'",
    "item.*[] | contains(@, 'a')",
    "item.{is: name}.is == 'a'",
    "contains(keys(item), 'name') && contains(values(item), 'a')",
    "[item.properties, item][1].name == 'a'",
    "(hub || item).name != 'x' && (`null` || item).name == 'a'",
    "[item][?name == 'a'] | length(@) == `1`",
)


@pytest.mark.parametrize("require", WAYS_TO_A_RULE)
@pytest.mark.parametrize("each", ["rules(hub, '*')", "fqdn_hosts(hub)"])
def test_rules_that_differ_in_their_names_alone_are_told_apart_where_a_requirement_reads_those(
    each: str, require: str, tmp_path: Path
) -> None:
    if each.startswith("fqdn"):
        require = require.replace("item.properties", "item.rule.properties")
    bench = Bench(_policies(tmp_path, a=f'each: "{each}"\nrequire: "{require}"'), cold=0)
    properties = {"type": "FQDN", "destination": "contoso.com"}
    hubs = [_hub(outboundRules=[{"name": name, "properties": properties}]) for name in ("a", "b", "a")]
    (policy,) = bench._policies
    expected = [engine.evaluate(policy, hub)[0].verdict for hub in hubs]
    assert [_verdicts(bench, hub)[0] for hub in hubs] == expected
    assert Verdict.PASS in expected


def test_policies_that_write_the_same_of_parameters_that_differ_are_judged_apart(tmp_path: Path) -> None:
    lines = (
        "when: hub.name != params.refused\neach: rules(hub, '*')[?name != $params.refused]\n"
        "require: hub.tags.x != params.refused && item.name != params.other\n"
        "parameters: {{refused: {{type: string, default: {0}}}, other: {{type: string, default: {1}}}}}"
    )
    texts = {"a": lines.format("x", "z"), "b": lines.format("y", "z"), "c": lines.format("z", "r")}
    bench = Bench(_policies(tmp_path, **texts), cold=0)
    rule = {"name": "r", "properties": {"type": "FQDN", "destination": "contoso.com"}}
    hub = _hub(name="y", tags={"x": "x"}, outboundRules=[rule])
    assert _verdicts(bench, hub) == [Verdict.FAIL, Verdict.SKIP, Verdict.FAIL]


def test_a_number_too_large_for_json_is_not_taken_for_null(tmp_path: Path) -> None:
    bench = Bench(
        _policies(tmp_path, a="each: rules(hub, '*')\nrequire: item.properties.destination == `null`")
    )
    rules = [
        {"name": "a", "properties": {"type": "Odd", "destination": value}} for value in (None, float("inf"))
    ]
    assert [_verdicts(bench, _hub(outboundRules=[rule])) for rule in rules] == [
        [Verdict.PASS],
        [Verdict.FAIL],
    ]
