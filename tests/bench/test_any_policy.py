"""Whatever a policy asks, the bench says of each hub what the engine says, after any hubs before it."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from bench.told import by, by_the_engine
from expressions.drawing import expressions
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scanner import policies
from scanner.bench import Bench
from scanner.expressions import ExpressionError, compile_expression
from scanner.functions import table
from scanner.model import Hub
from scanner.policy import Parameter, Policy
from scanner.sources.normalise import example
from scanner.values import Unknown

MODEL = next(policy for policy in policies.load() if policy.each is not None and not policy.transition)
ROOTS = ("hub", "params", "before")
SCOPE = "/subscriptions/1/resourceGroups/rg/providers"
TYPE = "Microsoft.MachineLearningServices/workspaces"
IDS = tuple(f"{SCOPE}/Microsoft.Storage/storageAccounts/{name}" for name in ("a", "b"))

OF_A_HUB = (
    *("hub.id", "$hub.etag", "arm_id(hub.id).name", "arm_id(hub.id).subscriptionId", "hub.etag == hub.name"),
    *("hub.tags.a", "$hub.tags.b", "hub.name", "hub", "$hub", "@.hub.tags.a", "params.a", "$params.b"),
    *(
        "isolation_mode(hub)",
        "rules(hub, '*')",
        "user_rules(hub, 'FQDN')",
        "fqdn_hosts(hub)",
        "hub.resources",
    ),
    *("rules(hub, 'PrivateEndpoint')[*].properties.destination", "hub.resources[?name == $hub.tags.a]"),
    *("map(&{name: name, tag: $hub.tags.a}, hub.resources)", "optional(hub, 'resources')[].properties"),
    *("length(rules(hub, '*')) > `1`", "hub.tags.a == 'a'", "isolation_mode(hub) != 'Disabled'"),
)
OF_AN_ITEM = (
    *("item.name", "$item.name", "item", "$item", "item.rule.name", "item.host", "item.kind", "item.key"),
    *("item.properties.destination", "item.properties.type", "item.rule.properties.destination"),
    *("resource(hub, item.id).name", "resource(hub, item.properties.destination.serviceResourceId).name"),
    *("item.name == hub.tags.a", "item.host == 'a.com'", "item.properties.type == 'FQDN'"),
)
LETS = ("{}", "let $x = hub.tags.a in {}", "let $hub = hub.tags in {}", "let $x = @ in {} || $x.hub.name")
LETS_OF_AN_ITEM = (*LETS, "let $x = item.name in {}", "let $hub = item in {}", "let $item = hub.tags in {}")
LISTS = (
    *("rules(hub, '*')", "rules(hub, '*')", "fqdn_hosts(hub)", "fqdn_hosts(hub)", "hub.resources"),
    *(
        "user_rules(hub, '*')[?name]",
        "rules(hub, '*')[?name != $params.a]",
        "[hub.tags]",
        "map(&name, hub.resources)",
    ),
)


def _written(lets: tuple[str, ...], *leaves: str) -> st.SearchStrategy[str]:
    inner = st.one_of(st.sampled_from(leaves), expressions(*leaves, max_leaves=5))
    text = st.builds(lambda let, one: let.replace("{}", f"({one})"), st.sampled_from(lets), inner)
    compared = st.builds("{} {} {}".format, text, st.sampled_from(["==", "!=", "||", "&&"]), inner)
    return st.one_of(text, compared, st.builds("!({})".format, compared))


WHENS = st.one_of(st.none(), _written(LETS, *OF_A_HUB))
EACHES = st.one_of(st.sampled_from(LISTS), st.sampled_from(LISTS), _written(LETS, *OF_A_HUB), st.none())
REQUIRES = _written(LETS_OF_AN_ITEM, *OF_A_HUB, *OF_AN_ITEM, *OF_AN_ITEM)

WORDS = st.sampled_from(["a", "b", None])
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["a", "b"]),
            "properties": st.sampled_from(
                [
                    {"type": "FQDN", "destination": "a.com"},
                    {"type": "FQDN", "destination": "b.com, a.com"},
                    {"type": "PrivateEndpoint", "destination": {"serviceResourceId": IDS[0]}},
                    {"type": "PrivateEndpoint", "destination": {"serviceResourceId": IDS[1]}},
                    {"type": "FQDN"},
                    {"type": "FQDN", "destination": Unknown("it is not known")},
                ]
            ),
        }
    ),
    max_size=3,
)
RESOURCES = st.lists(
    st.builds(
        lambda at, name: {"id": IDS[at], "name": name, "properties": {"x": name}},
        st.sampled_from([0, 1]),
        WORDS,
    ),
    max_size=2,
)


def _hub(name: str, mode: str, tags: Any, rules: Any, resources: Any) -> Hub:
    document = {
        "id": f"{SCOPE}/{TYPE}/{name}",
        "name": name,
        "kind": "Hub",
        "tags": tags,
        "properties": {"managedNetwork": {"isolationMode": mode}},
        "outboundRules": rules,
        "resources": resources,
    }
    return example(copy.deepcopy(document))


HUBS = st.builds(
    _hub,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["AllowOnlyApprovedOutbound", "Disabled"]),
    st.fixed_dictionaries({"a": WORDS, "b": WORDS}),
    RULES,
    RESOURCES,
)


def _policy(number: int, when: str | None, each: str | None, require: str) -> Policy:
    def compiled(text: str | None, *more: str) -> Any:
        if text is None:
            return None
        return compile_expression(text, roots=(*ROOTS, *more), functions=table())

    value = Parameter(type="string", value="ab"[number % 2], default="a", description="A word.")
    return replace(
        MODEL,
        card=replace(MODEL.card, id=f"policy-{number}", yields_to=()),
        when=compiled(when),
        each=compiled(each),
        require=compiled(require, *(("item",) if each is not None else ())),
        needs=(),
        parameters={"a": value, "b": value},
    )


NAMES = st.sampled_from(["a", "b", "c"])
ALIKE = st.builds(
    lambda hub, names: [
        example({**copy.deepcopy(hub.document), "id": f"{SCOPE}/{TYPE}/{one}", "name": two, "etag": three})
        for one, two, three in names
    ],
    st.builds(
        _hub,
        NAMES,
        st.sampled_from(["AllowOnlyApprovedOutbound", "Disabled"]),
        st.fixed_dictionaries({"a": NAMES, "b": NAMES}),
        RULES.map(lambda rules: rules[:1]),
        st.just([]),
    ),
    st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=5, max_size=8),
)
"""Hubs that differ in names alone."""


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(WHENS, EACHES, REQUIRES), min_size=1, max_size=3),
    st.one_of(st.lists(HUBS, min_size=2, max_size=6), ALIKE),
    st.sampled_from([0, 2, 100]),
)
def test_a_bench_says_what_the_engine_says_whatever_is_asked(
    texts: list[tuple[str | None, str | None, str]], hubs: list[Hub], warm: int
) -> None:
    chosen = []
    for number, text in enumerate(texts):
        try:
            chosen.append(_policy(number, *text))
        except ExpressionError:
            continue
    assume(chosen)
    bench = Bench(chosen, cold=0, warm=warm)
    for hub in [*hubs, *hubs]:
        assert by(bench, hub) == by_the_engine(chosen, hub)
