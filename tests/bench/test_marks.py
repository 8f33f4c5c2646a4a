"""Items of one mark cannot be told apart where a verdict looks, whatever else they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bench.told import by, by_the_engine
from hypothesis import given
from hypothesis import strategies as st

from scanner import policies
from scanner.bench import Bench
from scanner.bench.sitting import Paths, Sitting
from scanner.expressions.facts import Facts
from scanner.model import Hub, HubRef
from scanner.sources.normalise import example
from scanner.values import Unknown

HUB = Hub(ref=HubRef(id="/x", name="x", kind="Hub"), document={}, live=True)
UNKNOWN = Unknown("not read")

TEXTS = st.sampled_from(("", "a", "},{", "],[", '"', '"a"', "null", '},{"b":1', "1", "true", "[", "{}"))
VALUES = st.recursive(
    st.sampled_from((None, True, 1, 1.0, 0, float("nan"), float("inf"))) | TEXTS | st.builds(Unknown, TEXTS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("a", "b", "},{")), inner),
    max_leaves=6,
)
ITEMS = st.lists(st.dictionaries(st.sampled_from(("a", "b", "c")), VALUES) | VALUES, max_size=5)
PATHS = st.sampled_from((None, (("a",),), (("a", "b"),), (("a",), ("b",)), (("a", "b"), ("c", "a"))))


def marks(items: list[Any], paths: Paths) -> list[Any]:
    return Sitting(HUB, Facts((), {}), {}).marks(0, items, paths)


def seen(item: Any, paths: Paths) -> str | None:
    """All that can be seen of an item, None where that is not all known, or is no JSON."""
    found = []
    for path in paths or ((),):
        value = item
        for name in path:
            if isinstance(value, dict):
                value = value.get(name)
            elif value is not None:
                return None
        found.append(value)
    try:
        return json.dumps(found, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError):
        return None


@given(ITEMS, PATHS)
def test_items_have_one_mark_only_where_they_look_the_same(items: list[Any], paths: Paths) -> None:
    told = [(mark, seen(item, paths)) for mark, item in zip(marks(items, paths), items, strict=True)]
    assert [mark for mark, sight in told if sight is None and mark is not None] == []
    for mark, sight in told:
        assert [other for same, other in told if mark is not None and same == mark and other != sight] == []


@given(ITEMS, ITEMS, PATHS)
def test_so_it_is_of_the_items_of_several_hubs(one: list[Any], two: list[Any], paths: Paths) -> None:
    sights: dict[Any, set[str | None]] = {}
    for items in (one, two):
        for mark, item in zip(marks(items, paths), items, strict=True):
            if mark is not None:
                sights.setdefault((type(mark), mark), set()).add(seen(item, paths))
    assert [found for found in sights.values() if len(found) > 1] == []


@pytest.mark.parametrize(
    ("items", "paths"),
    [
        ([{"a": "x", "b": 1}, {"a": "x", "b": 2}], (("a",),)),
        ([{"a": {"b": "x", "c": 1}}, {"a": {"b": "x", "c": 2}}], (("a", "b"),)),
        ([{"a": {"b": [1]}, "c": 1}, {"a": {"b": [1]}, "c": 2}], (("a",),)),
        ([{"a": "x", "b": 1, "c": 1}, {"a": "x", "b": 1, "c": 2}], (("a",), ("b",))),
        ([{"a": 1}, {"a": 1}], None),
    ],
)
def test_items_that_differ_where_nobody_looks_have_one_mark(items: list[Any], paths: Paths) -> None:
    first, second = marks(items, paths)
    assert first is not None
    assert first == second


POLICY = """
id: %s
title: A rule that a verdict knows again
severity: low
category: rules
description: Looks at one path alone.
each: rules(hub, '*')
require: %s
message: "{item.name}"
"""
REQUIRED = {
    "a-text": "length([item.properties.destination][?@ == 'good.contoso.com']) == `1`",
    "a-path": "length([item.properties.destination.serviceTag][?@ == 'Sql']) == `1`",
    "two-fields": "length([item.name, item.properties.destination.serviceTag][?@ == 'Sql']) == `1`",
}


@pytest.mark.parametrize("name", REQUIRED)
def test_a_rule_that_looks_like_one_that_passed_is_judged_by_what_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.yaml").write_text(POLICY % (name, REQUIRED[name]), encoding="utf-8")
    (policy,) = policies.load([str(tmp_path)], include_bundled=False)
    destinations: list[Any] = [
        "good.contoso.com",
        "bad.contoso.com",
        {"serviceTag": "Sql"},
        {"serviceTag": "Storage"},
        {"serviceTag": '"},{"'},
        {"serviceTag": UNKNOWN},
        {"serviceTag": None, "service": "Sql"},
        ["Sql"],
        "Sql",
        None,
    ]
    bench = Bench([policy], cold=0, warm=3)
    for turn in range(len(destinations) * 2):
        chosen = [destinations[(turn + step) % len(destinations)] for step in range(3)]
        rules = [
            {"name": "Sql" if turn % 3 else "sql", "properties": {"type": "FQDN", "destination": one}}
            for one in chosen
        ]
        hub = example({"kind": "Hub", "outboundRules": rules})
        assert by(bench, hub) == by_the_engine([policy], hub)
