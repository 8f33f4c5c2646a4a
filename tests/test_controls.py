"""The controls of frameworks: their order, their names, and the policies that give evidence for them."""

from __future__ import annotations

import pytest

from scanner import controls, policies, reference
from scanner.errors import ConfigError
from scanner.model import Control, PolicyCard, Severity
from scanner.reference import Reference


def control(text):
    framework, version, number = text.split("|")
    return Control(framework=framework, version=version, control=number)


def card(name, *named):
    return PolicyCard(
        id=name,
        title=name,
        severity=Severity.LOW,
        category="custom",
        description=name,
        controls=tuple(map(control, named)),
    )


def shown(groups):
    return [(group.control.framework, group.control.control, group.policies) for group in groups]


def test_controls_are_sorted_as_people_count():
    cards = [
        card("b", "NIST|r5|SC-7(10)", "NIST|r5|SC-7", "MCSB|v1|NS-10"),
        card("a", "NIST|r5|SC-7(3)", "MCSB|v1|NS-2"),
    ]
    assert [number for _, number, _ in shown(controls.groups(cards))] == [
        "NS-2",
        "NS-10",
        "SC-7",
        "SC-7(3)",
        "SC-7(10)",
    ]


def test_a_control_lists_each_of_its_policies_once():
    cards = [card("b", "MCSB|v1|NS-2", "MCSB|v1|NS-2"), card("a", "MCSB|v1|NS-2"), card("c")]
    assert shown(controls.groups(cards)) == [("MCSB", "NS-2", ("a", "b"))]


def test_versions_of_a_framework_are_frameworks_of_their_own():
    cards = [card("a", "MCSB|v1|NS-2"), card("b", "MCSB|v9|NS-2")]
    assert [(group.control.version, group.title) for group in controls.groups(cards)] == [
        ("v1", "Secure cloud native services with network controls"),
        ("v9", None),
    ]


CARDS = (
    card("a", "MCSB|v1|NS-2", "NIST SP 800-53|r5|SC-7"),
    card("b", "CIS Controls|v8|8.2", "CIS Azure Foundations|v3.0.0|4.9", "ISO/IEC 27001|2022|A.8.9"),
)


@pytest.mark.parametrize(
    ("name", "frameworks"),
    [
        ("MCSB", ["MCSB"]),
        ("mcsb v1", ["MCSB"]),
        ("microsoft cloud", ["MCSB"]),
        ("nist", ["NIST SP 800-53"]),
        ("NIST 800-53", ["NIST SP 800-53"]),
        ("iso 27001", ["ISO/IEC 27001"]),
        (" cis ", ["CIS Azure Foundations", "CIS Controls"]),
        ("cis c", ["CIS Controls"]),
    ],
)
def test_a_framework_is_found_by_how_its_name_begins(name, frameworks):
    assert [group.control.framework for group in controls.of_framework(CARDS, name)] == frameworks


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NSIT", "did you mean 'NIST'?"),
        ("mscb", "did you mean 'MCSB'?"),
        ("800-53", "did you mean 'NIST SP 800-53'?"),
        ("SOC 2", "there is CIS Azure Foundations, CIS Controls, ISO/IEC 27001, MCSB, NIST SP 800-53"),
        ("mcsb v2", "did you mean 'MCSB'?"),
        ("", "there is CIS"),
    ],
)
def test_an_unknown_framework_is_an_error_with_a_hint(name, hint):
    with pytest.raises(ConfigError, match="no policy names a control of a framework") as raised:
        controls.of_framework(CARDS, name)
    assert hint in str(raised.value)


def test_where_no_policy_names_any_control_there_is_none():
    with pytest.raises(ConfigError, match="there is none"):
        controls.of_framework([card("a")], "MCSB")


def test_each_control_of_a_bundled_policy_has_a_name():
    unnamed = [
        (group.control, group.policies)
        for group in controls.groups(policy.card for policy in policies.load())
        if group.title is None
    ]
    assert unnamed == []


def test_a_user_names_the_controls_of_a_framework_of_their_own():
    assert controls.title(control("Contoso|1|N-1")) is None
    reference.use(Reference({"controls": {"controls": {"Contoso": {"1": {"N-1": "Networks are closed"}}}}}))
    assert controls.title(control("Contoso|1|N-1")) == "Networks are closed"
    assert controls.title(control("MCSB|v1|NS-1")) == "Establish network segmentation boundaries"


@pytest.mark.parametrize("entry", [{"MCSB": {"v1": {"NS-1": 5}}}, {"Contoso": None}, {"Contoso": {"1": "x"}}])
def test_a_name_that_is_none_is_of_no_effect(entry):
    try:
        reference.use(Reference({"controls": {"controls": entry}}))
    except ConfigError:
        return
    assert controls.title(control("Contoso|1|N-1")) is None
    assert controls.title(control("MCSB|v1|NS-1")) in (None, "Establish network segmentation boundaries")
