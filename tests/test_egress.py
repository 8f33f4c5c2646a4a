"""What reports tell of a hub's egress: every rule in a few words, and nothing known that is not."""

from __future__ import annotations

import json

import pytest
from hubs import hub
from hypothesis import given
from hypothesis import strategies as st

from scanner.egress import BROAD, MOST, egress
from scanner.model import Egress
from scanner.results import text
from scanner.values import OpenList, Partial, Unknown

STORAGE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
UNKNOWN = Unknown("a parameter without a value")


def rules_of(*rules, **more):
    return egress(hub(rules=rules, **more)).rules


def tag(name, **more):
    return {"serviceTag": name, "protocol": "TCP", "portRanges": "443", **more}


def network(**more):
    return {"managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound", **more}}


def test_each_type_of_rule_says_what_it_reaches():
    found = rules_of(
        ("hosts", "FQDN", "contoso.com, *.contoso.com"),
        ("tag", "ServiceTag", tag("DataFactory.WestEurope")),
        ("prefixes", "ServiceTag", tag("DataFactory", addressPrefixes=["10.0.0.0/8", "10.1.0.0/16"])),
        ("denied", "ServiceTag", tag("AzureMonitor", action="Deny")),
        ("endpoint", "PrivateEndpoint", {"serviceResourceId": STORAGE, "subresourceTarget": "blob"}),
    )
    assert {rule.name: rule.destination for rule in found} == {
        "hosts": ("contoso.com", "*.contoso.com"),
        "tag": ("DataFactory.WestEurope TCP 443",),
        "prefixes": ("10.0.0.0/8 TCP 443", "10.1.0.0/16 TCP 443"),
        "denied": ("deny AzureMonitor TCP 443",),
        "endpoint": (f"{STORAGE} (blob)",),
    }


@pytest.mark.parametrize(
    ("kind", "destination", "breadth"),
    [
        ("FQDN", "contoso.com", None),
        ("FQDN", "contoso.com, *", "any"),
        ("FQDN", "*.blob.core.windows.net", "multi-tenant"),
        ("FQDN", "*contoso.com", "lookalike"),
        ("FQDN", "*.contoso.com", None),
        ("ServiceTag", tag("Internet"), "any"),
        ("ServiceTag", tag("Storage"), "any-tenant"),
        ("ServiceTag", tag("Storage", action="Deny"), None),
        ("ServiceTag", tag("AzureAttestation", addressPrefixes=["0.0.0.0/0"]), "any"),
        ("ServiceTag", tag("Storage", addressPrefixes=["10.0.0.0/8"]), None),
    ],
)
def test_a_rule_that_opens_more_than_one_owners_things_is_broad(kind, destination, breadth):
    (rule,) = rules_of(("rule", kind, destination))
    assert rule.breadth == breadth


def test_what_the_platform_made_stands_last_and_is_never_broad():
    document = hub(rules=[("own", "FQDN", "contoso.com")])
    document["outboundRules"].insert(
        0,
        {
            "name": "__SYS_ST_AzureResourceManager_TCP",
            "properties": {
                "type": "ServiceTag",
                "category": "Required",
                "destination": tag("AzureResourceManager"),
            },
        },
    )
    assert [(rule.name, rule.origin) for rule in egress(document).rules] == [
        ("own", "user"),
        ("__SYS_ST_AzureResourceManager_TCP", "platform"),
    ]


def test_a_rule_that_only_claims_to_be_required_is_its_users():
    document = hub(rules=[("claims", "ServiceTag", tag("Storage"))])
    document["outboundRules"][0]["properties"]["category"] = "Required"
    (rule,) = egress(document).rules
    assert (rule.origin, rule.breadth) == ("user", "any-tenant")


@pytest.mark.parametrize(
    ("more", "sku"),
    [
        ({"rules": [("a", "FQDN", "contoso.com")]}, "Standard"),
        ({"rules": [("a", "FQDN", "contoso.com")], "properties": network(firewallSku="Basic")}, "Basic"),
        ({"rules": [("a", "FQDN", "contoso.com")], "mode": "AllowInternetOutbound"}, None),
        ({"rules": [("a", "ServiceTag", tag("DataFactory"))]}, None),
        ({"properties": network(firewallPublicIpAddress="203.0.113.7")}, "Standard"),
        ({"rules": [("a", "FQDN", "contoso.com")], "mode": "SomethingNew"}, "unknown"),
        ({"outboundRules": None}, "unknown"),
        ({"rules": [("a", "FQDN", "contoso.com")], "properties": network(firewallSku=UNKNOWN)}, "unknown"),
        ({"properties": network(firewallPublicIpAddress=UNKNOWN)}, "unknown"),
    ],
)
def test_the_firewall_that_fqdn_rules_imply(more, sku):
    assert egress(hub(**more)).firewall_sku == sku


def test_an_fqdn_rule_that_is_being_deleted_implies_none():
    document = hub(rules=[("a", "FQDN", "contoso.com")])
    document["outboundRules"][0]["properties"]["status"] = "Deleting"
    found = egress(document)
    assert (found.firewall_sku, found.rules[0].status) == (None, "Deleting")


def test_a_mode_that_is_not_known_is_none_and_one_that_is_missing_is_disabled():
    assert egress(hub(mode=UNKNOWN)).isolation_mode is None
    assert egress({"outboundRules": []}).isolation_mode is None
    assert egress({"properties": {}, "outboundRules": []}).isolation_mode == "Disabled"


def test_rules_that_may_be_missing_are_a_doubt():
    gap = {"subject": "x/outboundRules", "reason": "forbidden"}
    assert egress(hub()).doubt is None
    assert egress(hub(outboundRules=None)).doubt == "outboundRules was not collected"
    assert egress(hub(outboundRules=Unknown("it loops"))).doubt == "it loops"
    assert egress(hub(gaps=[gap])).doubt == "outboundRules could not be read in full: forbidden"
    listed = OpenList((({"name": "maybe"}, False),), "one has a condition")
    assert egress(hub(outboundRules=listed)).doubt == "one has a condition"
    assert [rule.name for rule in egress(hub(outboundRules=listed)).rules] == ["maybe"]


def test_what_is_not_known_of_a_rule_is_shown_as_such():
    partial = Partial((None, ".contoso.com"), "a parameter")
    document = hub(
        rules=[
            ("partial", "FQDN", partial),
            ("whole", "FQDN", UNKNOWN),
            ("tag", "ServiceTag", {"serviceTag": UNKNOWN, "protocol": "TCP"}),
            ("typeless", None, "contoso.com"),
        ]
    )
    found = {rule.name: (rule.type, rule.destination, rule.breadth) for rule in egress(document).rules}
    assert found == {
        "partial": ("FQDN", ("….contoso.com",), None),
        "whole": ("FQDN", ("(not known)",), None),
        "tag": ("ServiceTag", ("(not known) TCP *",), None),
        "typeless": (None, ("contoso.com",), None),
    }
    assert egress(document).totals == {"FQDN": 2, "ServiceTag": 1, "unknown": 1}


def test_of_many_rules_the_users_broad_ones_are_kept_and_all_are_counted():
    rules = [(f"r{number}", "FQDN", "contoso.com") for number in range(200)]
    found = egress(hub(rules=[*rules, ("star", "FQDN", "*")]))
    assert (len(found.rules), found.totals) == (MOST, {"FQDN": 201})
    assert found.rules[0].name == "star"


def test_hostile_lengths_are_cut():
    (rule,) = rules_of(("n" * 10_000, "FQDN", ",".join(["h" * 10_000] * 500)))
    assert len(text(rule)) < 6_000


_HOLE = st.just("?")


def opened(value):
    """A drawn value with what is not known in place of its question marks: Hypothesis compares what it draws."""
    if isinstance(value, dict):
        return {name: opened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [opened(one) for one in value]
    return UNKNOWN if value == "?" else value


_VALUES = st.one_of(
    *(
        st.just(value)
        for value in (None, 0, "", "FQDN", "ServiceTag", "PrivateEndpoint", "*", "Internet", [], {}, [None])
    ),
    st.text(max_size=5),
)
_DESTINATIONS = st.one_of(
    _VALUES,
    st.dictionaries(
        st.sampled_from(
            [
                "serviceTag",
                "protocol",
                "portRanges",
                "addressPrefixes",
                "action",
                "serviceResourceId",
                "subresourceTarget",
            ]
        ),
        st.one_of(_VALUES, _HOLE),
    ),
    _HOLE,
)
_PROPERTIES = st.dictionaries(
    st.sampled_from(["type", "category", "status", "destination"]), st.one_of(_DESTINATIONS, _HOLE)
)
_RULES = st.one_of(
    _VALUES,
    _HOLE,
    st.dictionaries(st.sampled_from(["name", "properties"]), st.one_of(_VALUES, _PROPERTIES, _HOLE)),
)
_NETWORKS = st.one_of(
    _VALUES,
    _HOLE,
    st.dictionaries(
        st.sampled_from(["isolationMode", "firewallSku", "firewallPublicIpAddress"]),
        st.one_of(_VALUES, _HOLE),
    ),
)


@given(
    rules=st.one_of(st.lists(_RULES, max_size=4), _VALUES, _HOLE),
    network=_NETWORKS,
    properties=st.one_of(st.none(), _VALUES, _HOLE),
    gaps=st.one_of(_VALUES, _HOLE),
)
def test_no_document_stops_it_and_what_it_says_is_json(rules, network, properties, gaps):
    document = {"outboundRules": rules, "gaps": gaps, "properties": properties or {"managedNetwork": network}}
    found = egress(opened(document))
    assert isinstance(found, Egress)
    said = json.loads(text(found))
    assert all(rule["breadth"] in (None, "any-tenant", *BROAD) for rule in said["rules"])
