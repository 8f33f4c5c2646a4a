"""What a scan reads for its policies: never less than they judge by, and not everything."""

from __future__ import annotations

import copy

import pytest
from standin.examples import BUNDLED, snapshot_of

from scanner import policies
from scanner.bench import Bench
from scanner.cli import live_scan
from scanner.sources.documents.members import COLLECTIONS
from scanner.sources.normalise import normalise
from scanner.sources.parts import Context

POLICIES = policies.load((), examples=True)
HUBS = snapshot_of(BUNDLED)["hub"]


def verdicts(policy, documents):
    """What a policy says of hubs."""
    bench = Bench((policy,))
    hubs = [normalise(copy.deepcopy(one), Context(), stand_in="x") for one in documents]
    return [str(judged) for hub in hubs for _, judged in bench.judge(hub)]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.card.id)
def test_a_policy_says_the_same_of_a_hub_without_what_is_not_read_for_it(policy):
    wanted = live_scan.wanted([policy], light=False)
    whole = [*HUBS, *(example.document for example in policy.examples)]
    whole = [one for one in whole if one.get("live") is not False]
    less = [
        {key: value for key, value in one.items() if key not in COLLECTIONS or key in wanted} for one in whole
    ]
    said = verdicts(policy, whole)
    assert said
    assert verdicts(policy, less) == said


def test_light_is_the_rules_alone():
    assert live_scan.wanted(POLICIES, light=True) == {"outboundRules"}


def test_not_every_policy_needs_everything():
    sizes = [len(live_scan.wanted([policy], light=False)) for policy in POLICIES]
    assert sizes.count(1) > 10


@pytest.mark.parametrize(
    ("require", "wanted"),
    [
        ("length(rules(hub)) > `0`", []),
        ("resource(hub, item.id) != `null`", ["resources"]),
        ("hub.locks == `[]`", ["locks"]),
        ("known_by_nobody(hub)", COLLECTIONS),
        ("let $h = hub in $h.locks == `[]`", COLLECTIONS),
        ("contains('the hub is here', hub.name)", []),
    ],
)
def test_what_an_expression_may_read_is_known_or_it_is_everything(require, wanted):
    assert {*live_scan._spoken_of(require), "outboundRules"} == {*wanted, "outboundRules"}
