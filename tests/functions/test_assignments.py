"""Azure Policy assignments: which definitions they bring, and what they make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import reference
from scanner.functions import table
from scanner.reference import Reference
from scanner.sources.normalise import example
from scanner.values import Touched, Unknown

assigned_policies = table()["assigned_policies"].call

BUILT_IN = "/providers/Microsoft.Authorization"
OWN = "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization"
SUBNET = "7804b5c7-01dc-4723-969b-ae300cc07ff1"
STORAGE = "2a1a9cdf-e04d-429a-8416-3bfb72a1b26f"
BENCHMARK = "1f3afdf9-d0c9-4c3d-847f-89da613e70a8"

EVENT_HUBS = "d63edb4a-c612-454d-b47d-191a724fcbf0"
SWITCHED_OFF = {"kind": "policyEffect", "value": "Disabled"}


def selecting(kind, names):
    return {**SWITCHED_OFF, "selectors": [{"kind": kind, "in": names}]}


def assignment(definition, **more):
    return {"name": "a", "properties": {"policyDefinitionId": definition, **more}}


def effects(found):
    return {member["definition"]: member["effect"] for member in found}


def initiative(name, *members, parameters=None):
    return {
        "id": f"{OWN}/policySetDefinitions/{name}",
        "type": "Microsoft.Authorization/policySetDefinitions",
        "properties": {"parameters": parameters or {}, "policyDefinitions": list(members)},
    }


def definition(name, condition, effect="deny", parameters=None):
    return {
        "id": f"{OWN}/policyDefinitions/{name}",
        "type": "Microsoft.Authorization/policyDefinitions",
        "properties": {
            "parameters": parameters or {},
            "policyRule": {"if": condition, "then": {"effect": effect}},
        },
    }


def hub(*resources):
    """A hub as a source gives it: expressions in its resources are values that are not known."""
    return example({"kind": "Hub", "properties": {}, "resources": list(resources)}).document


@pytest.mark.parametrize(
    "written",
    [
        assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}"),
        assignment(f"{BUILT_IN.lower()}/POLICYDEFINITIONS/{SUBNET.upper()}/"),
        {"policyDefinitionId": f"{BUILT_IN}/policyDefinitions/{SUBNET}"},
        {"definition": SUBNET},
    ],
)
def test_a_definition_has_the_effect_that_it_has_by_itself(written):
    assert effects(assigned_policies({}, written)) == {SUBNET: "audit"}


@pytest.mark.parametrize(
    "more",
    [
        {"parameters": {"effect": {"value": "Disabled"}}},
        {"parameters": {"effect": "Disabled"}},
        {"overrides": [{"kind": "policyEffect", "value": "Disabled"}]},
    ],
)
def test_an_assignment_sets_the_effect(more):
    written = assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}", **more)
    assert effects(assigned_policies({}, written)) == {SUBNET: "disabled"}


def test_an_effect_among_the_parameters_goes_before_one_beside_them():
    short = {"definition": SUBNET, "effect": "Deny"}
    assert effects(assigned_policies({}, short)) == {SUBNET: "deny"}
    assert effects(assigned_policies({}, {**short, "parameters": {"effect": "Disabled"}})) == {
        SUBNET: "disabled"
    }


def test_parameters_may_be_objects_that_are_no_wrappers():
    values = {"size": {"value": {"least": 1}}, "plain": {"least": 1}, "several": ["value"], "text": "value"}
    (found,) = assigned_policies({}, {"definition": SUBNET, "parameters": values})
    assert found["parameters"] == {**values, "size": {"least": 1}}


def test_each_definition_has_an_effect_of_its_own():
    assert effects(assigned_policies({}, {"definition": EVENT_HUBS})) == {EVENT_HUBS: "auditifnotexists"}


def test_a_built_in_initiative_may_be_written_by_its_name_alone():
    assert effects(assigned_policies({}, {"definition": BENCHMARK})) == {STORAGE: "audit", SUBNET: "audit"}


def test_a_member_of_an_initiative_has_the_effect_that_the_initiative_gives_it():
    name = "00000000-0000-0000-0000-000000000009"
    member = {"definition": SUBNET, "reference": "s", "effectParameter": "e", "defaultEffect": "Deny"}
    own = {"id": name, "name": "Own", "members": [member]}
    reference.use(Reference({"azure-policies": {"initiatives": {"add": [own]}}}))
    (found,) = assigned_policies({}, {"definition": name})
    assert (found["reference"], found["effect"]) == ("s", "deny")


def test_a_built_in_definition_of_which_nothing_is_to_be_said_is_left_out():
    other = "438c38d2-3772-465a-a9cc-7a6666a275ce"
    assert assigned_policies({}, assignment(f"{BUILT_IN}/policyDefinitions/{other}")) == []
    assert assigned_policies({}, assignment(f"{BUILT_IN}/policySetDefinitions/{other}")) == []


def test_a_built_in_initiative_brings_its_members():
    benchmark = f"{BUILT_IN}/policySetDefinitions/{BENCHMARK}"
    assert effects(assigned_policies({}, assignment(benchmark))) == {STORAGE: "audit", SUBNET: "audit"}
    (name,) = (
        member["effectParameter"]
        for entry in Reference().table("azure-policies")["initiatives"]
        for member in entry["members"]
        if entry["id"] == BENCHMARK and "effectParameter" in member
    )
    switched = assignment(benchmark, parameters={name: {"value": "Disabled"}})
    assert effects(assigned_policies({}, switched)) == {STORAGE: "disabled", SUBNET: "audit"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"in": ["azureMachineLearningComputesShouldBeInAVirtualNetwork"]}, "disabled"),
        ({"notIn": ["azureMachineLearningComputesShouldBeInAVirtualNetwork"]}, "audit"),
        ({"notIn": ["other"]}, "disabled"),
        ({"in": []}, "audit"),
        ({"in": [7, None, "other"]}, "audit"),
        (
            {"in": [Unknown("var.name"), "azureMachineLearningComputesShouldBeInAVirtualNetwork"]},
            "disabled",
        ),
    ],
)
def test_an_override_reaches_the_members_that_it_selects(selector, expected):
    selectors = [{"kind": "policyDefinitionReferenceId", **selector}]
    override = {"kind": "policyEffect", "value": "Disabled", "selectors": selectors}
    written = assignment(f"{BUILT_IN}/policySetDefinitions/{BENCHMARK}", overrides=[override])
    assert effects(assigned_policies({}, written))[SUBNET] == expected


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (Unknown("var.overrides"), "var.overrides"),
        ([Unknown("var.override")], "var.override"),
        ([{"kind": Unknown("var.kind"), "value": "Disabled"}], "var.kind"),
        ([{**SWITCHED_OFF, "selectors": Unknown("var.selectors")}], "var.selectors"),
        ([{**SWITCHED_OFF, "selectors": [Unknown("var.selector")]}], "var.selector"),
        ([selecting(Unknown("var.kind"), ["a"])], "var.kind"),
        ([selecting("policyDefinitionReferenceId", Unknown("var.names"))], "var.names"),
        ([selecting("policyDefinitionReferenceId", ["other", Unknown("var.name")])], "var.name"),
        ([selecting("resourceLocation", ["westeurope"])], "an override selects by resourceLocation"),
        ([selecting(None, ["westeurope"])], "an override selects by null"),
    ],
)
def test_an_override_that_may_or_may_not_be_for_a_definition_leaves_its_effect_open(overrides, reason):
    written = assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}", overrides=overrides)
    (found,) = assigned_policies({}, written)
    assert found["effect"].reason == reason


@pytest.mark.parametrize("overrides", [None, {}, [], [{"kind": "other", "value": "Disabled"}], [7], "x"])
def test_what_overrides_no_effect_changes_none(overrides):
    written = assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}", overrides=overrides)
    assert effects(assigned_policies({}, written)) == {SUBNET: "audit"}


def test_the_members_of_an_own_initiative_take_its_values():
    members = [
        {
            "policyDefinitionId": f"{BUILT_IN}/policyDefinitions/{SUBNET}",
            "policyDefinitionReferenceId": "subnet",
            "parameters": {"effect": {"value": "[parameters('computes')]"}},
        },
        {
            "policyDefinitionId": f"{BUILT_IN}/policyDefinitions/{STORAGE}",
            "parameters": {"effect": {"value": "Deny"}},
        },
    ]
    document = hub(initiative("own", *members, parameters={"computes": {"defaultValue": "Disabled"}}))
    written = assignment(f"{OWN}/policySetDefinitions/OWN")
    assert effects(assigned_policies(document, written)) == {SUBNET: "disabled", STORAGE: "deny"}
    louder = assignment(f"{OWN}/policySetDefinitions/own", parameters={"computes": {"value": "Audit"}})
    found = assigned_policies(document, louder)
    assert effects(found) == {SUBNET: "audit", STORAGE: "deny"}
    assert [member["reference"] for member in found] == ["subnet", None]


def test_an_own_initiative_may_have_no_members():
    empty = initiative("own")
    empty["properties"]["policyDefinitions"] = None
    assert assigned_policies(hub(empty), assignment(f"{OWN}/policySetDefinitions/own")) == []


def test_an_own_definition_shows_what_its_condition_mentions():
    condition = {
        "allOf": [
            {"field": "type", "equals": "Microsoft.Storage/storageAccounts/privateEndpointConnections"},
            {"value": "[field('name')]", "exists": True},
        ]
    }
    document = hub(definition("own", condition))
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own"))
    assert found["effect"] == "deny"
    assert "microsoft.storage/storageaccounts/privateendpointconnections" in found["mentions"]
    assert "field('name')" in found["mentions"]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"anyOf": [{"field": "type", "equals": "a"}, Unknown("var.more")]}, "var.more"),
        ({"field": "type", "in": ["a"] * 10_001}, "the condition of a rule has more than 10000 texts"),
    ],
)
def test_of_a_condition_that_is_not_known_to_its_end_nothing_is_left_out(condition, reason):
    document = {"resources": [definition("own", condition)]}
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own"))
    assert found["mentions"].reason == reason


def test_a_condition_may_have_ten_thousand_texts():
    document = {"resources": [definition("own", {"in": ["a"] * 10_000})]}
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own"))
    assert len(found["mentions"]) == 10_000


@pytest.mark.parametrize(("given", "expected"), [({}, "audit"), ({"effect": {"value": "Deny"}}, "deny")])
def test_the_effect_of_an_own_definition_may_be_a_parameter(given, expected):
    document = hub(definition("own", {}, "[parameters('effect')]", {"effect": {"defaultValue": "Audit"}}))
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own", parameters=given))
    assert found["effect"] == expected


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "resources was not collected"),
        (hub(), "definition 'own' was not collected"),
        ({"resources": Unknown("forbidden")}, "forbidden"),
        (
            hub({**definition("own", {}), "properties": {"policyRule": 5}}),
            "definition 'own' shows no rule",
        ),
    ],
)
def test_of_an_own_definition_that_was_not_read_nothing_is_known_but_what_the_assignment_sets(
    document, reason
):
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own"))
    assert found["effect"].reason == reason
    assert found["mentions"].reason == reason
    audit = assignment(f"{OWN}/policyDefinitions/own", parameters={"effect": {"value": "Audit"}})
    (found,) = assigned_policies(document, audit)
    assert found["effect"] == "audit"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (assignment(f"{OWN}/policySetDefinitions/own"), "was not collected"),
        (assignment(f"{OWN}/policySetDefinitions/odd"), "a definition of the initiative is missing$"),
        (assignment(None), "the definition is missing$"),
        (assignment(5), "the definition is a number"),
        (assignment(Unknown("var.policy")), "var.policy"),
        ({"name": "a", "properties": Unknown("forbidden")}, "forbidden"),
        (assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}", parameters=["Audit"]), "are a list"),
        (Unknown("one of the assignments"), "one of the assignments"),
    ],
)
def test_an_assignment_that_says_too_little_is_not_known(written, reason):
    with pytest.raises(Touched, match=reason):
        assigned_policies(hub(initiative("odd", {})), written)


@pytest.mark.parametrize("effect", [5, ["Deny"], Unknown("var.effect")])
def test_an_effect_that_is_no_text_is_not_known(effect):
    written = assignment(f"{BUILT_IN}/policyDefinitions/{SUBNET}", parameters={"effect": {"value": effect}})
    (found,) = assigned_policies({}, written)
    assert isinstance(found["effect"], Unknown)


@given(
    st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3))
)
def test_no_condition_is_too_odd_to_be_read(condition):
    document = hub(definition("own", {"anyOf": condition}))
    (found,) = assigned_policies(document, assignment(f"{OWN}/policyDefinitions/own"))
    assert found["mentions"] == sorted(found["mentions"])


@pytest.mark.parametrize(
    "rule",
    [{"if": "allOf", "then": {"effect": "deny"}}, {"if": {"field": "type", "equals": "x"}, "then": {}}, {}],
)
def test_a_definition_that_shows_no_rule_leaves_open_what_it_does(rule):
    shown = definition("odd", {})
    shown["properties"]["policyRule"] = rule
    (member,) = assigned_policies(hub(shown), assignment(f"{OWN}/policyDefinitions/odd"))
    assert isinstance(member["effect"], Unknown)
    assert isinstance(member["mentions"], Unknown)
