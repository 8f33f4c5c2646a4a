"""What network security rules do with the ports of a scenario."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import OpenList, Touched, Unknown

security_access = table()["security_access"].call

PORTS = "8704-8710"


def rule(access, ports, priority=200, **more):
    return {
        "direction": "Outbound",
        "access": access,
        "destinationPortRange": ports,
        "priority": priority,
        **more,
    }


def test_the_first_rule_by_priority_decides():
    both = [rule("Allow", "*", 300), rule("Deny", "8706", 200)]
    assert security_access(both, PORTS) == "denied"
    assert security_access([rule("Deny", "8706", 400), *both[:1]], PORTS) == "allowed"


def test_the_envelope_of_arm_changes_nothing():
    flat = [rule("Allow", PORTS)]
    assert (
        security_access([{"name": "a", "properties": flat[0]}], PORTS)
        == security_access(flat, PORTS)
        == "allowed"
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("Allow", "8704-8709")], "partial"),
        ([rule("Allow", "8704-8707"), rule("Allow", "8708-8710", 201)], "allowed"),
        ([rule("Allow", "8704-8706"), rule("Deny", "*", 300)], "denied"),
        ([rule("Allow", "*"), rule("Deny", "*", 100, protocol="Udp")], "allowed"),
        ([rule("Allow", "*"), rule("Deny", "*", 100, direction="Inbound")], "allowed"),
        ([rule("Allow", "*"), rule("Deny", "*", 100, destinationAddressPrefix="Sql.WestEurope")], "allowed"),
        ([rule("Allow", "*"), rule("Deny", "*", 100, sourceAddressPrefix="VirtualNetwork")], "denied"),
        ([rule("Deny", "*", destinationAddressPrefixes=["AzureMachineLearning"])], "denied"),
        ([rule("Deny", "*", destinationAddressPrefix="AzureMachineLearning.WestEurope")], "denied"),
        ([rule("Allow", "*", protocol="Tcp")], "allowed"),
        ([rule("Allow", "*", protocol="Any")], "allowed"),
        ([rule("Allow", "*", destinationAddressPrefix=" ", sourceAddressPrefix="")], "allowed"),
        ([rule("Allow", None, destinationPortRanges=["8704-8706", "8707-8710"])], "allowed"),
        ([rule("Allow", "8710", destinationPortRanges=["8704-8709"])], "allowed"),
        (OpenList(((rule("Allow", "*"), True),), "var.count"), "allowed"),
        ([rule("Allow", "*", 100), rule("Deny", "*", 200, destinationAddressPrefix="10.0.0.0/8")], "allowed"),
    ],
)
def test_rules_about_something_else_do_not_count(rules, expected):
    assert security_access(rules, PORTS) == expected


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule("Allow", "443")],
        [rule("Allow", "*"), rule("Deny", "*", 100, destinationAddressPrefix="10.0.0.0/8")],
        [rule("Allow", "*"), rule("Deny", "*", 100, destinationAddressPrefix="Internet")],
        [rule("Allow", "*"), rule("Deny", "*", 100, destinationApplicationSecurityGroups=[{"id": "x"}])],
        [rule("Allow", Unknown("var.ports has no value"))],
        [rule("Allow", "*"), rule("Deny", None, 100)],
        [rule("Allow", "*"), rule("Deny", "", 100, destinationPortRanges=["443", "https"])],
        [rule("Allow", "8704\N{EN DASH}8710")],
        [rule("Allow", "", destinationPortRanges=["443"])],
        [rule("Allow", "*"), rule("Deny", "*", 100, destinationAddressPrefix="AzureCloud.WestEurope")],
        [rule("Allow", PORTS, direction="Both")],
        [rule("Allow", PORTS, direction=None)],
        [rule("Permit", PORTS)],
        [rule("Allow", PORTS, None)],
        [{"direction": "Outbound"}],
        [7],
        [Unknown("x")],
        OpenList(((rule("Allow", "*"), False),), "x"),
    ],
)
def test_where_the_rules_do_not_decide_the_answer_is_not_known(rules):
    with pytest.raises(Touched):
        security_access(rules, PORTS)


def test_a_group_of_machines_may_be_the_workspaces():
    deny = rule("Deny", "*", 100, destinationApplicationSecurityGroups=[{"id": "x"}])
    with pytest.raises(Touched, match="whether the destination 'application security group' of"):
        security_access([deny, rule("Allow", "*")], PORTS)


@pytest.mark.parametrize("tag", ["Internet", "AzureCloud", "AzureCloud.WestEurope", "AzureMachineLearning"])
def test_traffic_comes_from_no_tag_that_leaves_the_workspace_out(tag):
    rules = [rule("Allow", "*"), rule("Deny", "*", 100, sourceAddressPrefix=tag)]
    assert security_access(rules, PORTS) == "allowed"


def test_what_is_no_rule_says_nothing():
    assert security_access([7, None, rule("Allow", "*")], PORTS) == "allowed"


RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from(["Allow", "Deny"]),
        st.sampled_from(["*", "8704", "8704-8706", "8700-8708", "8709-9000", "443"]),
    ),
    max_size=6,
)


@given(RULES)
def test_it_is_what_going_through_the_ports_one_by_one_gives(rules):
    ranked = [{**entry, "priority": index + 100} for index, entry in enumerate(rules)]

    def decided(port):
        for entry in ranked:
            low, _, high = entry["destinationPortRange"].replace("*", "0-65535").partition("-")
            if int(low) <= port <= int(high or low):
                return entry["access"]
        return None

    outcomes = {decided(port) for port in range(8704, 8711)}
    if outcomes == {None}:
        with pytest.raises(Touched):
            security_access(ranked, PORTS)
        return
    expected = "denied" if "Deny" in outcomes else "partial" if None in outcomes else "allowed"
    assert security_access(ranked, PORTS) == expected
