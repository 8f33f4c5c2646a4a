"""Inbound network security rules that keep a service out."""

from __future__ import annotations

import pytest

from scanner.functions import table
from scanner.values import OpenList, Touched, Unknown

inbound_denial = table()["inbound_denial"].call

NSG = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups"


def rule(name, access, priority, group="one", **body):
    properties = {"direction": "Inbound", "access": access, "priority": priority, "protocol": "*"}
    properties |= {"sourceAddressPrefix": "*", "destinationPortRange": "*", **body}
    return {"id": f"{NSG}/{group}/securityRules/{name}", "name": name, "properties": properties}


def denial(*rules):
    return inbound_denial(list(rules), "AzureMachineLearning", 44224)


def test_the_rule_of_the_lowest_priority_number_decides():
    assert denial(rule("deny", "Deny", 200), rule("allow", "Allow", 100)) is None
    assert denial(rule("deny", "Deny", 100), rule("allow", "Allow", 200)) == "deny"


def test_each_group_decides_for_itself():
    assert denial(rule("allow", "Allow", 100, "one"), rule("deny", "Deny", 200, "two")) == "deny"
    default = rule("last", "Deny", 65500) | {"id": f"{NSG}/one/defaultSecurityRules/last"}
    assert denial(rule("allow", "Allow", 100, "one"), default) is None


@pytest.mark.parametrize(
    "body",
    [
        {"direction": "Outbound"},
        {"protocol": "Udp"},
        {"protocol": "Icmp"},
        {"sourceAddressPrefix": "10.0.0.0/8"},
        {"sourceAddressPrefix": "VirtualNetwork"},
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": []},
        {"destinationPortRange": "22"},
        {"destinationPortRange": None, "destinationPortRanges": ["22", "443-44223"]},
        {"destinationPortRange": "", "destinationPortRanges": ["22"]},
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": "*"},
    ],
)
def test_a_rule_about_something_else_decides_nothing(body):
    assert denial(rule("deny", "Deny", 100, **body)) is None


@pytest.mark.parametrize(
    "body",
    [
        {"protocol": "tcp"},
        {"protocol": "Any"},
        {"direction": " inbound "},
        {"protocol": None},
        {"sourceAddressPrefix": "azuremachinelearning"},
        {"sourceAddressPrefix": "", "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"]},
        {"destinationPortRange": "44224"},
        {"destinationPortRange": 44224},
        {"destinationPortRange": "", "destinationPortRanges": ["22", "44000-45000"]},
    ],
)
def test_a_rule_about_the_traffic_decides_in_whatever_form(body):
    assert denial(rule("deny", "deny", 100, **body)) == "deny"


def test_a_flat_rule_without_a_name_is_called_by_its_priority():
    assert (
        denial({"direction": "Inbound", "access": "Deny", "priority": 7, "sourceAddressPrefix": "*"})
        == "priority 7"
    )


@pytest.mark.parametrize("name", ["", None, 7])
def test_what_is_no_name_is_none(name):
    assert denial(rule("deny", "Deny", 100) | {"name": name}) == "priority 100"


def test_a_rule_without_a_priority_comes_last():
    assert denial(rule("allow", "Allow", None), rule("deny", "Deny", 65_499)) == "deny"
    assert denial(rule("deny", "Deny", 65_501), rule("allow", "Allow", None)) is None


def test_of_two_rules_of_one_priority_the_one_that_denies_decides():
    rules = rule("allow", "Allow", 100), rule("deny", "Deny", 100)
    assert denial(*rules) == denial(*reversed(rules)) == "deny"


def test_a_priority_in_quotes_is_the_number():
    assert denial(rule("allow", "Allow", 200), rule("deny", "Deny", "100")) == "deny"
    assert denial(rule("allow", "Allow", " 1 "), rule("deny", "Deny", 100)) is None


@pytest.mark.parametrize("priority", ["first", "-1", "", [100], {}])
def test_a_priority_that_is_no_number_matters_where_rules_disagree(priority):
    odd = rule("deny", "Deny", priority)
    for pair in (
        (rule("allow", "Allow", 200), odd),
        (rule("deny", "Deny", 200), rule("a", "Allow", priority)),
    ):
        with pytest.raises(Touched, match="the priority of a network security rule is no number"):
            denial(*pair)
    assert denial(odd, rule("also", "Deny", 200), rule("there", "Deny", 100)) == "there"
    assert denial(rule("deny", "Deny", 100, "one"), odd, rule("x", "Allow", 5, "two")) == "deny"


@pytest.mark.parametrize("access", ["Maybe", "", None, 5, ["Deny"]])
def test_nobody_knows_what_a_rule_does_that_neither_allows_nor_denies(access):
    with pytest.raises(Touched, match="neither Allow nor Deny"):
        denial(rule("odd", access, 100))
    assert denial(rule("odd", access, 100, "one"), rule("deny", "Deny", 100, "two")) == "deny"


def test_nobody_knows_whether_a_rule_is_about_a_port_that_cannot_be_read():
    with pytest.raises(Touched, match="ports of a network security rule cannot be read"):
        denial(rule("deny", "Deny", 100, destinationPortRange="44224;443"))
    assert denial(rule("deny", "Deny", 100, destinationPortRanges=["44224", "x"])) == "deny"
    assert denial(rule("deny", "Deny", 100, destinationPortRange="x", sourceAddressPrefix="10.0.0.1")) is None


def test_rules_without_an_id_are_of_one_group():
    allow, deny = rule("allow", "Allow", 100), rule("deny", "Deny", 200)
    assert denial(allow | {"id": None}, deny | {"id": 7}) is None


def test_no_rules_deny_nothing():
    assert denial() is None
    assert denial({}, {"properties": "x"}, {"properties": {"direction": 5}}) is None


def test_what_is_not_known_decides_nothing():
    with pytest.raises(Touched):
        denial(rule("deny", "Deny", 100, sourceAddressPrefix=Unknown("var.source")))
    with pytest.raises(Touched):
        inbound_denial(OpenList(((rule("allow", "Allow", 1), True),), "403"), "AzureMachineLearning", 44224)
    found = OpenList(((rule("deny", "Deny", 1), True), (Unknown("403"), False)), "403")
    assert inbound_denial(found, "AzureMachineLearning", 44224) == "deny"


def test_a_priority_that_is_not_known_matters_where_the_rule_does():
    with pytest.raises(Touched):
        denial(rule("deny", "Deny", Unknown("var.priority")), rule("allow", "Allow", 100))
    assert (
        denial(rule("deny", "Deny", Unknown("var.priority"), protocol="Udp"), rule("allow", "Allow", 100))
        is None
    )
