"""One hub as a snapshot, as a template with its rules in the network, and with rules of their own: one answer.

The hubs are the first passing and the first failing example of every bundled policy that judges one state.
"""

from __future__ import annotations

import copy
import json

import pytest
from fuzz.frontdoor import run
from hubs import SUBSCRIPTION
from sources.arm.builders import WORKSPACE, resource, template

from scanner import policies

RANKS = ("fail", "unknown", "pass", "skip")
OF_HUB = ("kind", "location", "tags", "identity", "sku", "properties")


def rules_of(document):
    """The rules of an example by name, None where two share one or one is none."""
    properties = document.get("properties")
    network = properties.get("managedNetwork") if isinstance(properties, dict) else None
    inline = network.get("outboundRules") if isinstance(network, dict) else None
    listed = document.get("outboundRules")
    pairs = list(inline.items()) if isinstance(inline, dict) else []
    if isinstance(listed, list):
        pairs += [(one.get("name"), one.get("properties")) for one in listed if isinstance(one, dict)]
    rules = {
        name.lower(): (name, rule) for name, rule in pairs if isinstance(name, str) and isinstance(rule, dict)
    }
    return dict(rules.values()) if len(rules) == len(pairs) else None


def examples():
    """Hubs with a managed network, as ARM would take them, and what rules they have."""
    for policy in policies.load((), include_bundled=True):
        for verdict in ("pass", "fail"):
            first = next(one for one in policy.examples if one.verdict == verdict)
            document, rules = copy.deepcopy(first.document), rules_of(first.document)
            properties = document.get("properties")
            network = properties.get("managedNetwork") if isinstance(properties, dict) else None
            text = json.dumps(first.document)
            if (
                not rules
                or not isinstance(network, dict)
                or policy.transition
                or "${" in text
                or '"[' in text
            ):
                continue
            network.pop("outboundRules", None)
            yield f"{policy.card.id}-{verdict}", {k: document[k] for k in OF_HUB if k in document}, rules


EXAMPLES = {name: (document, rules) for name, document, rules in examples()}


def live(name, document, rules):
    identifier = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/{WORKSPACE}/{name}"
    listed = [{"name": rule, "properties": properties} for rule, properties in rules.items()]
    hub = {**document, "id": identifier, "name": name, "type": WORKSPACE, "outboundRules": listed}
    return {"snapshot": "hubscan/v1", "collected_at": "2026-11-02T05:17:00Z", "hubs": [hub], "gaps": []}


def inline(name, document, rules):
    document = copy.deepcopy(document)
    document["properties"]["managedNetwork"]["outboundRules"] = rules
    return template({**resource(name, WORKSPACE), **document})


def children(name, document, rules):
    hub = {**resource(name, WORKSPACE), **document}
    kind = f"{WORKSPACE}/outboundRules"
    return template(hub, *(resource(f"{name}/{rule}", kind, properties=rules[rule]) for rule in rules))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Judges each hub in one of its forms: the worst verdict by hub and policy, with the items that have it."""

    def judged(form):
        folder = tmp_path_factory.mktemp(form.__name__)
        for name, (document, rules) in EXAMPLES.items():
            (folder / name).mkdir()
            (folder / name / "hub.json").write_text(json.dumps(form(name, document, rules)))
        code, out, _ = run("scan", folder, "-q", "--today=2026-11-02", "--show-passes", "-o", "json")
        assert code == 1
        found = {}
        for one in json.loads(out)["findings"]:
            key = (one["hub"]["name"], one["policy"])
            rank, items = found.get(key, ("skip", set()))
            if RANKS.index(one["verdict"]) < RANKS.index(rank):
                rank, items = one["verdict"], set()
            found[key] = rank, items | ({one["item"]} if one["verdict"] == rank else set())
        return found

    return {form.__name__: judged(form) for form in (live, inline, children)}


def test_every_form_has_every_hub(verdicts):
    for found in verdicts.values():
        assert {hub for hub, _ in found} == set(EXAMPLES)


def test_a_rule_in_the_network_is_a_rule_of_its_own(verdicts):
    one, other = verdicts["inline"], verdicts["children"]
    assert not {
        key: (one.get(key), other.get(key))
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


JUDGES_THE_PLATFORM = {
    "approver-role-assigned",
    "conflicting-azure-policy-assignments",
    "connection-private-endpoint-present",
    "default-storage-private-endpoint-subresources",
    "deployer-rbac-private-endpoint-actions",
    "diagnostics-enabled",
    "hub-inbound-private-endpoint",
    "inbound-azuremachinelearning-allowed",
    "microsoft-network-provider-registered",
    "no-service-endpoint-beside-private-endpoint",
    "outbound-rule-status-healthy",
    "private-endpoint-connection-approved",
    "private-endpoint-same-tenant",
    "private-endpoint-target-exists",
    "required-private-endpoints-present",
    "required-service-tags-present",
    "resource-locks-compatible",
    "spark-private-endpoint-ready",
}
"""Policies that code skips, in whole or for some hubs: statuses, rules that Azure makes, what stands around a hub."""

JUDGES_THE_CODE = {"outbound-rule-name-format"}
"""Policies that a live hub skips: Azure took the names already."""

MAY_BE_OPPOSITE = {
    "network-provisioned-proactively": "code must ask for what a live hub may have by now",
    "rule-category-not-spoofed": "a category that Azure gives to its own rules is not for code to write",
}


def test_code_and_platform_say_nothing_opposite(verdicts):
    live, code = verdicts["live"], verdicts["inline"]
    skipped, alone, opposite, other = set(), set(), set(), {}
    for key in live.keys() | code.keys():
        (one, items), (two, others) = live.get(key, ("skip", set())), code.get(key, ("skip", set()))
        if two == "skip" != one:
            skipped.add(key[1])
        elif one == "skip" != two:
            alone.add(key[1])
        elif {one, two} == {"pass", "fail"}:
            opposite.add(key[1])
        elif one != "unknown" and (one, items) != (two, others):
            other[key] = (one, items), (two, others)
    assert other == {}
    assert skipped == JUDGES_THE_PLATFORM
    assert alone == JUDGES_THE_CODE
    assert opposite <= set(MAY_BE_OPPOSITE)
