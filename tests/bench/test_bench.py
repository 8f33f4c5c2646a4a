"""The bench says what the engine says, whatever it shares, remembers and leaves out."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import engine, policies
from scanner.bench import Bench
from scanner.bench import memory as memories
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


def _plain(judged: Any) -> list[tuple[Any, ...]]:
    return [(one.verdict, one.item, one.key, one.message, one.reason, repr(one.evidence)) for one in judged]


def _by_the_engine(chosen: tuple[Policy, ...], hub: Hub) -> dict[str, Any]:
    judged = {policy.card.id: engine.evaluate(policy, hub) for policy in chosen}
    return {
        policy.card.id: _plain(engine.after_yielding(policy, judged[policy.card.id], judged))
        for policy in chosen
    }


def _by(bench: Bench, hub: Hub) -> dict[str, Any]:
    return {policy.card.id: _plain(judged) for policy, judged in bench.judge(hub)}


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


def test_every_example_of_every_policy_is_judged_as_by_the_engine_the_second_time_too() -> None:
    bench = Bench(BUNDLED)
    for _ in range(2):
        for document in DOCUMENTS:
            hub = example(document)
            assert _by(bench, hub) == _by_the_engine(BUNDLED, hub)


SHARED = Bench(BUNDLED)


@settings(max_examples=150)
@given(st.sampled_from(range(len(DOCUMENTS))), st.randoms(use_true_random=False))
def test_so_is_a_hub_with_odd_and_unknown_values_after_whatever_was_judged_before(
    which: int, random: Random
) -> None:
    hub = _spoilt(DOCUMENTS[which], random)
    assert _by(SHARED, hub) == _by_the_engine(BUNDLED, hub)


def _hub(**fields: Any) -> Hub:
    network = {"isolationMode": "AllowOnlyApprovedOutbound"}
    return example(
        {"kind": "Hub", "properties": {"managedNetwork": network}, **copy.deepcopy(fields)}
    )


@pytest.mark.parametrize(("first", "second"), [(1, True), (0, False), (1, 1.0), ("1", 1), (None, "null")])
def test_values_that_python_takes_for_equal_are_remembered_apart(
    first: Any, second: Any, tmp_path: Any
) -> None:
    (tmp_path / "made-up.yaml").write_text(
        "id: made-up\ntitle: Made up\nseverity: low\ncategory: rules\ndescription: Made up.\n"
        f"each: rules(hub, '*')\nrequire: type(item.properties.destination) == '{_jmespath_type(first)}'\n"
        "message: refused\nremediation: {text: none}\nreferences: []\nexamples: {pass: [{}], fail: [{}]}\n",
        encoding="utf-8",
    )
    (policy,) = policies.load([str(tmp_path)], include_bundled=False)
    bench = Bench([policy])
    verdicts = []
    for destination in (first, second, first):
        rule = {"name": "a", "properties": {"type": "Odd", "destination": destination}}
        ((_, judged),) = bench.judge(_hub(outboundRules=[rule]))
        verdicts.append(judged[0].verdict)
    same = _jmespath_type(first) == _jmespath_type(second)
    assert verdicts == [Verdict.PASS, Verdict.PASS if same else Verdict.FAIL, Verdict.PASS]


def _jmespath_type(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
    return names[type(value)]


def test_a_memory_is_given_up_where_nearly_all_that_is_asked_is_new_and_never_grows_without_end() -> None:
    memory: memories.Memory[str] = memories.Memory()
    for number in range(memories.TRIALS):
        assert memory.helps
        assert memory.get(number) is None
        memory.keep(number, "kept")
    assert not memory.helps
    helpful: memories.Memory[str] = memories.Memory()
    for number in range(memories.ENTRIES + 10):
        helpful.keep(number, "kept")
        assert helpful.get(number) == "kept"
    assert helpful.helps
    assert helpful.get(0) is None
