"""The same estate, written otherwise: every policy says the same of it.

The hubs are the examples of the bundled policies, each judged by the policy whose example it is, with the
example's parameters and day.  Where a policy may legitimately say something else, it is named with the reason.
"""

from __future__ import annotations

import copy
import random
from functools import cache

from scanner import engine, policies
from scanner.functions import dates
from scanner.scan import today_or
from scanner.sources.normalise import example as hub_of


@cache
def bundled():
    return policies.load((), include_bundled=True)


def verdict_of(policy, example, document):
    """The worst verdict of a policy on a hub, and the names of the items that have it, in lower case."""
    policy = policy.with_params(example.settings.get("params", {}), policy.card.id)
    dates.use(today_or(example.settings.get("today")), named="today" in example.settings)
    earlier = example.settings.get("before")
    before = hub_of(earlier).document if isinstance(earlier, dict) else None
    judged = engine.evaluate(policy, hub_of(document), before=before)
    worst = min((one.verdict for one in judged), key=lambda verdict: verdict.rank)
    return worst, {(one.item or "").lower() for one in judged if one.verdict is worst}


def differences(change, back=lambda name: name, leaving=()):
    """The examples on which a policy says something else after a change, and how many examples it changed.

    ``back`` is the former name of an item.
    """
    found, changed = {}, 0
    for policy in bundled():
        for example in policy.examples:
            if policy.card.id in leaving:
                continue
            document = change(copy.deepcopy(example.document))
            if document == example.document and list(document) == list(example.document):
                continue
            changed += 1
            worst, items = verdict_of(policy, example, example.document)
            other, others = verdict_of(policy, example, document)
            if (worst, items) != (other, {back(name) for name in others}):
                where = f"{policy.card.id}: {example.verdict}[{example.index}]"
                found[where] = f"{worst} of {items} became {other} of {others}"
    return found, changed


def network_of(document):
    """The managed network of a hub; an object that is nobody's where it has none."""
    properties = document.get("properties")
    network = properties.get("managedNetwork") if isinstance(properties, dict) else None
    return network if isinstance(network, dict) else {}


def rules_of(document):
    """Every rule of a hub: (holder, key of the holder, name, properties)."""
    for holder in (network_of(document).get("outboundRules"), document.get("outboundRules")):
        if isinstance(holder, dict):
            yield from ((holder, name, name, rule) for name, rule in holder.items() if isinstance(rule, dict))
        elif isinstance(holder, list):
            for index, rule in enumerate(holder):
                if isinstance(rule, dict) and isinstance(rule.get("properties"), dict):
                    yield holder, index, rule.get("name"), rule["properties"]


def shuffled(value, seed=1):
    """Lists and objects in another order, at every depth."""
    if isinstance(value, dict):
        entries = [(key, shuffled(inner)) for key, inner in value.items()]
        return dict(random.Random(seed).sample(entries, len(entries)))
    if isinstance(value, list):
        return random.Random(seed).sample([shuffled(inner) for inner in value], len(value))
    return value


def test_the_order_of_rules_and_keys_says_nothing():
    found, changed = differences(shuffled)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 700


IDS = (
    "id",
    "privateLinkServiceId",
    "serviceResourceId",
    "resourceId",
    "storageAccount",
    "keyVault",
    "containerRegistry",
    "applicationInsights",
    "hubResourceId",
    "workspaceId",
    "roleDefinitionId",
    "policyDefinitionId",
)


def uppercase_ids(value):
    if isinstance(value, dict):
        return {
            key: inner.upper()
            if key in IDS and isinstance(inner, str) and "${" not in inner and "[" not in inner
            else uppercase_ids(inner)
            for key, inner in value.items()
        }
    return [uppercase_ids(inner) for inner in value] if isinstance(value, list) else value


def test_ids_compare_without_case():
    found, changed = differences(uppercase_ids)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 200


def other_words(document):
    """Mode, kind and types of rules in a spelling that tools use."""
    network = network_of(document)
    if isinstance(network.get("isolationMode"), str):
        network["isolationMode"] = network["isolationMode"].upper()
    if isinstance(document.get("kind"), str):
        document["kind"] = document["kind"].lower()
    for _, _, _, rule in rules_of(document):
        for key in ("type", "category"):
            if isinstance(rule.get(key), str):
                rule[key] = rule[key].upper()
    return document


def test_modes_kinds_and_types_compare_without_case():
    found, changed = differences(other_words)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 900


RENAMED = "-zz"

JUDGES_NAMES = {
    "outbound-rule-name-format": "it judges how names are written",
    "user-rules-not-widened": "the rules of two states are matched by name",
    "private-endpoint-connection-approved": "a connection on the target carries the name of its rule",
    "spark-private-endpoint-ready": "a connection on the target carries the name of its rule",
}


def renamed(document):
    """Every rule under another name; the beginning, by which Azure tells its own rules, stays."""
    for holder, key, name, _ in list(rules_of(document)):
        if not isinstance(name, str):
            continue
        if isinstance(holder, dict):
            holder[f"{name}{RENAMED}"] = holder.pop(key)
        else:
            holder[key]["name"] = f"{name}{RENAMED}"
    return document


def test_the_names_of_rules_say_nothing():
    found, changed = differences(renamed, back=lambda name: name.removesuffix(RENAMED), leaving=JUDGES_NAMES)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 400


def split(document):
    """Each host of a list as a rule of its own."""
    for holder, key, name, rule in list(rules_of(document)):
        hosts = rule.get("destination")
        if str(rule.get("type")).upper() != "FQDN" or not isinstance(hosts, str) or "," not in hosts:
            continue
        ones = [{**rule, "destination": host.strip()} for host in hosts.split(",")]
        if isinstance(holder, dict):
            del holder[key]
            holder.update({f"{name}--{index}": one for index, one in enumerate(ones)})
        else:
            first, *rest = [
                {**holder[key], "name": f"{name}--{index}", "properties": one}
                for index, one in enumerate(ones)
            ]
            holder[key] = first
            holder.extend(rest)
    return document


JUDGES_WHOLE_RULES = {
    "shadowed-outbound-rules": "a rule of which one host of two is opened elsewhere is not shadowed, its half is",
}


def test_hosts_may_stand_in_one_rule_or_in_several():
    found, changed = differences(split, back=lambda name: name.partition("--")[0], leaving=JUDGES_WHOLE_RULES)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 20


def as_list(document):
    """The inline map of rules as a list of child resources."""
    network = network_of(document)
    rules = network.get("outboundRules")
    if isinstance(rules, dict) and "outboundRules" not in document:
        del network["outboundRules"]
        document["outboundRules"] = [{"name": name, "properties": rule} for name, rule in rules.items()]
    return document


def test_rules_may_stand_in_the_network_or_beside_the_hub():
    found, changed = differences(as_list)
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert changed > 200
