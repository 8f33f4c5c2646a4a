"""Hubs that are alike: what is said of one is said of the others, and nothing else ever is."""

from __future__ import annotations

import copy
import inspect
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench.told import by, by_the_engine, told
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import policies
from scanner.bench import Bench
from scanner.bench.alike import Alike
from scanner.functions import table
from scanner.model import Hub, Place
from scanner.policy import Policy
from scanner.sources.normalise import normalise
from scanner.sources.parts import Context
from scanner.values import Partial, Touched, Unknown

BUNDLED = policies.load((), include_bundled=True)
DOCUMENTS = [one.document for policy in BUNDLED for one in policy.examples]
WORKSPACE = "providers/Microsoft.MachineLearningServices/workspaces"
IDS = (
    *(f"/subscriptions/{sub}/resourceGroups/{rg}/{WORKSPACE}/hub" for sub in "AaB" for rg in ("rg", "q")),
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/A.B/c/d/e/f",
    "hub-1",
    "x/y",
    "/",
    "*",
    "a" * 600,
)


def _hub(document: dict[str, Any], **context: Any) -> Hub:
    return normalise(copy.deepcopy(document), Context(path="estate.json", **context), stand_in="estate#1")


def _own(folder: Path, **keys: str) -> tuple[Policy, ...]:
    """A policy of one's own, as its file says it."""
    given = {"require": "hub.live", "message": '"No."', **keys}
    lines = ["id: own", "title: Own", "severity: high", "category: network", "description: Own."]
    lines += [f"{key}: {value}" for key, value in given.items()]
    lines += ["remediation: {text: Mend it.}", "references: [{title: A, url: 'https://contoso.com'}]"]
    (folder / "own.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return policies.load([folder], include_bundled=False)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_hubs_that_differ_in_names_alone_are_judged_as_the_engine_judges_each(seed):
    random = Random(seed)
    bench = Bench(BUNDLED, cold=0)
    document = random.choice([{}, {"kind": "Hub"}, {"properties": {}}, *DOCUMENTS])
    for _ in range(7):
        hub = _hub(
            {
                **document,
                "id": random.choice(IDS),
                "name": random.choice("ab"),
                "etag": random.choice([1, "x", True]),
            }
        )
        assert by(bench, hub) == by_the_engine(BUNDLED, hub)


def test_what_is_said_of_many_is_the_same_object_for_each():
    bench = Bench(BUNDLED, cold=0)
    found = [bench.parted(_hub({"kind": "hub", "id": f"/x/{number}"}))[0] for number in range(8)]
    assert found[0] == ()
    assert len(found[-1]) > 50
    assert found[-1] is found[-2]


@pytest.mark.parametrize(
    "keys",
    [
        {"require": "ends_with(hub.id, '3')"},
        {"require": "hub.live && `false`", "message": '"{hub.id} is not {hub.name}"'},
        {"require": "contains(to_string(hub), '3')"},
        {"require": "contains(values(hub), '/x/3')"},
        {"require": "contains(hub.*, '/x/3')"},
        {"require": "length(keys(hub)[?@ == 'id']) == `0`"},
        {"require": "let $h = hub in $h.id == '/x/3'"},
        {"require": "(hub.hubResource || hub).id == '/x/3'"},
        {"require": "contains([hub][].id, '/x/3')"},
        {"require": "contains(map(&id, [hub]), '/x/3')"},
        {"require": "merge(hub, `{}`).id == '/x/3'"},
        {"require": "hub == hub && ends_with(hub.id, '3')"},
        {"require": "contains(to_string(@), '3')"},
        {"require": "hub.tags.id == '/x/3' && hub.id"},
        {"require": "let $hub = params in contains(values(hub), '/x/3')"},
        {"when": "ends_with(hub.id, '3')", "require": "`false`"},
        {"each": "[hub.name]", "require": "item == 'n3'", "message": '"{item}"'},
        {"each": "[hub]", "require": "ends_with(item.id, '3')", "message": '"{item.name}"'},
        {"require": "arm_id(hub.id).subscriptionId == '3'"},
        {"require": "arm_id(hub.id).subscriptionId == '3' && ends_with(hub.id, '3')"},
        {"require": "arm_id(hub.id).name == '3'"},
        {"require": "arm_id($hub.id).type && hub.properties.friendlyName == 'x'"},
    ],
)
def test_a_policy_that_asks_for_names_is_asked_of_each_hub(tmp_path, keys):
    chosen = _own(
        tmp_path, **{key: f'"{value}"' if value[0] != '"' else value for key, value in keys.items()}
    )
    bench = Bench(chosen, cold=0)
    for number in (1, 3, 2, 3, 4, 3, 5, 3, 6):
        for identity in (f"/x/{number}", f"/subscriptions/{number}/resourceGroups/rg/{WORKSPACE}/h{number}"):
            hub = _hub({"kind": "Hub", "id": identity, "name": f"n{number}"})
            assert by(bench, hub) == by_the_engine(chosen, hub)


def test_what_is_not_known_is_told_apart_from_a_document_that_says_the_same():
    alike = Alike(BUNDLED)
    known = {"x": ["Unknown", "why"]}
    values = [Unknown("why"), Unknown("why", truth=True), Partial(("a", None), "why"), known, Unknown("else")]
    values += [Unknown("why", text="var.a"), Unknown("why", text="var.b"), Unknown("why", boolean=True)]
    values += [
        Unknown("why", fallible=True),
        Unknown("why", place=Place(path="main.tf", line=1, column=1, end_line=1)),
    ]
    for value in values:
        for number in range(6):
            hub = _hub({"kind": "Hub", "id": f"/x/{number}", "properties": {"managedNetwork": {}}})
            hub.document["properties"]["managedNetwork"]["isolationMode"] = value
            found = alike.judge(hub)
            assert (found is not None) == (number > 2)
            if found is not None:
                said = {policy.card.id: told(judged) for part in found for policy, judged in part}
                assert said == by_the_engine(BUNDLED, hub)


class _Nowhere:
    """The files of a hub in code, which say of nothing where it stands."""

    def of(self, container: Any, key: str | int | None = None) -> Place | None:
        del container, key

    origin = of


def test_what_is_said_of_a_rule_in_code_is_about_the_rule_of_that_hub(tmp_path):
    chosen = _own(tmp_path, each="hub.outboundRules", require="item.name == 'other'")
    bench = Bench(chosen, cold=0)
    for number in range(8):
        document = {"kind": "Hub", "id": f"/x/{number}", "outboundRules": [{"name": "r"}]}
        hub = replace(_hub(document), places=_Nowhere())
        ((_, judged),) = bench.judge(hub)
        assert [one.item for one in judged] == ["r"]
        assert judged[0].subject is hub.document["outboundRules"][0]


@pytest.mark.parametrize(
    "document",
    [
        {"outboundRules": [{"name": str(number)} for number in range(5)]},
        {"properties": {"friendlyName": "x" * 2_000}},
        {"gaps": [{"subject": "connections", "reason": "forbidden"}]},
    ],
)
def test_a_large_hub_or_one_with_gaps_is_like_no_other(document):
    alike = Alike(BUNDLED)
    for _ in range(6):
        assert alike.judge(_hub({"kind": "Hub", "id": "/x", **document})) is None


class _Guarded(dict[str, Any]):
    """A hub that gives fields by their names, and nothing else."""

    def __iter__(self) -> Any:
        raise AssertionError("somebody walks over all fields of a hub")

    items = keys = values = copy = __len__ = __iter__


ASKING = [
    one for one in table().values() if next(iter(inspect.signature(one.call).parameters), None) == "hub"
]


@pytest.mark.parametrize("function", ASKING, ids=lambda one: one.name)
def test_a_function_takes_fields_of_a_hub_by_their_names_alone(function):
    rest = [{"string": "a", "array": [], "object": {}}[types[0]] for types in function.arguments[1:]]
    for document in [{}, *DOCUMENTS]:
        with suppress(Touched, TypeError, KeyError):
            function.call(
                _Guarded(normalise(copy.deepcopy(document), Context(), stand_in="a").document), *rest
            )
