"""Which hosts are missing: by rules that are in force, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.egress import in_force
from scanner.values import OpenList, Partial, Touched, Unknown

missing_hosts = table()["missing_hosts"].call
host_covers = table()["host_covers"].call

WANTED = ["contoso.com", "*.contoso.com"]
OPEN = Unknown("var.hosts has no value")


def rule(destination, name="r", **properties):
    return {"name": name, "properties": {"type": "FQDN", "destination": destination, **properties}}


def hub(*rules, status=None, **more):
    network = {} if status is None else {"status": {"status": status}}
    return {"properties": {"managedNetwork": network}, "outboundRules": list(rules), **more}


def test_each_missing_host_is_named_in_order():
    assert missing_hosts(hub(), WANTED) == WANTED
    assert missing_hosts(hub(rule("contoso.com")), WANTED) == ["*.contoso.com"]
    assert missing_hosts(hub(rule("*.CONTOSO.com.")), WANTED) == ["contoso.com"]
    assert missing_hosts(hub(rule("*.contoso.com", "a"), rule("contoso.com", "b")), WANTED) == []
    assert missing_hosts(hub(rule("*")), WANTED) == []


@pytest.mark.parametrize(
    ("network", "state", "counts"),
    [
        ("Active", "Active", True),
        ("Active", None, True),
        ("Active", "Provisioning", True),
        ("Active", "Inactive", False),
        ("Active", "Failed", False),
        ("Active", "Deleting", False),
        ("Inactive", "Inactive", True),
        ("inactive", "INACTIVE", True),
        ("Inactive", "Failed", False),
        (None, "Inactive", True),
    ],
)
def test_only_a_rule_in_force_counts(network, state, counts):
    document = hub(rule("*.contoso.com, contoso.com", status=state), status=network)
    assert missing_hosts(document, WANTED) == ([] if counts else WANTED)


def test_one_active_rule_shows_that_an_inactive_one_is_switched_off():
    document = hub(rule("contoso.com", status="Inactive"), rule("fabrikam.com", "b", status="Active"))
    assert missing_hosts(document, ["contoso.com"]) == ["contoso.com"]


def test_rules_of_other_types_allow_no_host():
    other = {"name": "r", "properties": {"type": "ServiceTag", "destination": {"serviceTag": "Internet"}}}
    assert missing_hosts(hub(other), WANTED) == WANTED


@pytest.mark.parametrize("destination", [OPEN, None, 7, ["contoso.com"], Partial((None, ".example"), "x")])
def test_a_destination_that_is_open_keeps_open_what_it_could_be(destination):
    document = hub(rule(destination))
    if isinstance(destination, Partial):
        assert missing_hosts(document, WANTED) == WANTED
        document, destination = hub(rule(Partial((None, "com"), "x"))), None
    with pytest.raises(Touched):
        missing_hosts(document, WANTED)


@pytest.mark.parametrize(
    ("destination", "reason"),
    [
        (None, "the destination of rule 'r' is missing"),
        (7, "the destination of rule 'r' is a number"),
        (",".join(["contoso.com"] * 10_001), "the destination of rule 'r' holds more than 10000 host names"),
        (OPEN, OPEN.reason),
        (Partial((None, "://data.fabrikam.com"), "var.host"), "var.host"),
    ],
)
def test_a_destination_that_cannot_be_read_says_why(destination, reason):
    with pytest.raises(Touched) as caught:
        missing_hosts(hub(rule(destination)), ["contoso.com"])
    assert caught.value.unknown.reason == reason


def test_ten_thousand_hosts_of_a_destination_are_read():
    assert missing_hosts(hub(rule(",".join(["contoso.com"] * 10_000))), ["contoso.com"]) == []


def test_the_known_hosts_of_a_partly_known_destination_are_allowed():
    document = hub(rule(Partial(("contoso.com, ", None, ".fabrikam.com"), "var.host")))
    assert missing_hosts(document, ["contoso.com", "contoso.org"]) == ["contoso.org"]


def test_nothing_is_no_host_that_a_rule_allows():
    assert missing_hosts(hub(rule("contoso.com,")), ["", "contoso.com"]) == [""]


@pytest.mark.parametrize(
    ("subject", "counts"),
    [
        ("outboundRules", True),
        ("/subscriptions/1/workspaces/hub1/OutboundRules/", True),
        ("computes", False),
        (7, False),
        (None, False),
    ],
)
def test_a_gap_counts_where_it_is_of_rules(subject, counts):
    document = hub(gaps=[7, {"subject": subject, "reason": "forbidden"}])
    if counts:
        with pytest.raises(Touched, match="outboundRules could not be read in full: forbidden"):
            missing_hosts(document, WANTED)
    else:
        assert missing_hosts(document, WANTED) == WANTED


def test_what_is_surely_missing_is_named_and_the_open_rest_is_not():
    document = hub(rule(Partial((None, ".contoso.com"), "x")))
    assert missing_hosts(document, ["fabrikam.com", "a.contoso.com"]) == ["fabrikam.com"]
    with pytest.raises(Touched):
        missing_hosts(document, ["a.contoso.com"])


def test_what_is_surely_allowed_is_so_whatever_else_is_open():
    document = hub(rule("contoso.com"), rule(OPEN, "b"))
    assert missing_hosts(document, ["contoso.com"]) == []


def test_a_list_with_holes_lacks_nothing_for_sure():
    document = {**hub(), "outboundRules": OpenList(((rule("contoso.com"), False),), "count is not known")}
    assert missing_hosts(document, ["fabrikam.com"]) == ["fabrikam.com"]
    with pytest.raises(Touched):
        missing_hosts(document, ["contoso.com"])
    with pytest.raises(Touched, match="in full"):
        missing_hosts(hub(gaps=[{"subject": "outboundRules", "reason": "failed"}]), ["contoso.com"])
    with pytest.raises(Touched, match="not collected"):
        missing_hosts({"properties": {}}, ["contoso.com"])


HOST = st.sampled_from(
    ["contoso.com", "a.contoso.com", "*.contoso.com", "*.com", "*contoso.com", "fabrikam.org"]
)


@given(st.lists(HOST, max_size=5), st.lists(HOST, max_size=5))
def test_a_host_is_missing_where_no_rule_covers_it(allowed, wanted):
    document = hub(*(rule(host, f"r{index}") for index, host in enumerate(allowed)))
    assert missing_hosts(document, wanted) == [
        host for host in wanted if not any(host_covers(one, host) for one in allowed)
    ]
    assert missing_hosts(hub(rule(",".join(allowed))), wanted) == missing_hosts(document, wanted)


@pytest.mark.parametrize(
    ("status", "network", "expected"),
    [
        (None, None, True),
        ("Active", "Active", True),
        ("Failed", "Inactive", False),
        ("deleting", None, False),
        ("Inactive", "Inactive", True),
        ("Inactive", "Active", False),
        ("Inactive", None, True),
    ],
)
def test_a_rule_is_in_force_unless_it_failed_or_the_network_went_on_without_it(status, network, expected):
    one = rule("contoso.com", status=status)
    assert in_force(hub(one, status=network), one) is expected


def test_a_status_that_is_not_known_leaves_open_whether_it_is():
    one, idle = rule("contoso.com", status=OPEN), rule("contoso.com", status="Inactive")
    assert in_force(hub(one, status="Active"), one) is OPEN
    assert in_force(hub(idle, status=OPEN), idle) is OPEN
    assert missing_hosts(hub(rule("contoso.com", status="Active")), WANTED[:1]) == []
    with pytest.raises(Touched):
        missing_hosts(hub(one), WANTED[:1])
