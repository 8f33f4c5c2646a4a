"""Roles of a hub's identity: where they hold, and what they permit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import OpenList, Touched, Unknown

assigned_roles = table()["assigned_roles"].call
permits = table()["permits"].call

HERE = "/subscriptions/00000000-0000-0000-0000-000000000001"
ELSEWHERE = HERE[:-1] + "2"
GROUP = f"{HERE}/resourceGroups/rg"
HUB = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/hub1"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
CONTOSO = "/providers/Microsoft.Management/managementGroups/contoso"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CUSTOM = "cccccccc-0000-0000-0000-000000000001"
APPROVAL = "Microsoft.Storage/storageAccounts/privateEndpointConnectionsApproval/action"


def assignment(scope=GROUP, role=OWNER, holder="p1", **properties):
    definition = f"{HERE}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return {
        "properties": {
            "principalId": holder,
            "roleDefinitionId": definition,
            "scope": scope,
            **properties,
        }
    }


def hub(*assignments, **more):
    return {"id": HUB, "identity": {"principalId": "p1"}, "roleAssignments": list(assignments), **more}


@pytest.mark.parametrize(
    "scope", [STORAGE, STORAGE.upper(), f"{STORAGE}/", GROUP, HERE, "/", CONTOSO, CONTOSO.upper()]
)
def test_a_role_holds_on_its_scope_and_below(scope):
    (role,) = assigned_roles(hub(assignment(scope)), STORAGE)
    assert role == {"role": OWNER, "scope": scope, "permissions": [{"actions": ["*"], "notActions": []}]}
    assert permits(role["permissions"], APPROVAL)


@pytest.mark.parametrize("scope", [f"{STORAGE}2", GROUP[:-1], ELSEWHERE, f"{STORAGE}/blobServices/default"])
def test_a_role_does_not_hold_beside_its_scope(scope):
    assert assigned_roles(hub(assignment(scope)), STORAGE) == []


def test_roles_come_from_the_resource_itself_up_to_the_root():
    scopes = [HERE, "/", STORAGE, GROUP]
    held = assigned_roles(hub(*map(assignment, scopes)), STORAGE)
    assert [role["scope"] for role in held] == [STORAGE, GROUP, HERE, "/"]


def test_a_role_on_the_root_holds_for_what_is_no_id_either():
    assert [role["scope"] for role in assigned_roles(hub(assignment("/")), "st1")] == ["/"]


def test_an_assignment_may_be_written_without_properties_and_its_role_by_its_id_alone():
    flat = {"principalId": "P1", "roleDefinitionId": OWNER.upper(), "scope": GROUP}
    (role,) = assigned_roles(hub(flat, assignment(holder="p2")), STORAGE)
    assert role["role"] == OWNER


@pytest.mark.parametrize(
    "identity",
    [
        {"principalId": "p2", "userAssignedIdentities": {IDENTITY.upper(): {"principalId": "p1"}}},
        {"userAssignedIdentities": {IDENTITY: {"principalId": "p1"}}},
    ],
)
def test_the_primary_identity_acts_for_the_hub(identity):
    document = hub(assignment(), identity=identity, properties={"primaryUserAssignedIdentity": IDENTITY})
    assert len(assigned_roles(document, STORAGE)) == 1
    document = hub(assignment(holder="p2"), identity=identity, properties=document["properties"])
    assert assigned_roles(document, STORAGE) == []


def test_the_primary_identity_may_be_among_the_resources():
    identity = {"id": IDENTITY, "properties": {"principalId": "p1"}}
    properties = {"primaryUserAssignedIdentity": IDENTITY}
    document = hub(
        assignment(), identity={"type": "UserAssigned"}, properties=properties, resources=[identity]
    )
    assert len(assigned_roles(document, STORAGE)) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"identity": {"principalId": "p1"}}, "roleAssignments was not collected"),
        ({**hub(), "roleAssignments": Unknown("forbidden")}, "forbidden"),
        (hub(identity=None), "object id of its identity"),
        (hub(identity={"principalId": Unknown("var.id")}), "var.id"),
        (hub(identity={"principalId": ""}), "object id of its identity"),
        (hub(identity={"principalId": 5}), "object id of its identity"),
    ],
)
def test_roles_of_which_nothing_is_told_are_unknown(document, reason):
    with pytest.raises(Touched, match=reason):
        assigned_roles(document, STORAGE)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (hub(assignment(holder="g1", principalType="Group")), "in a group"),
        (hub(assignment(holder=Unknown("var.id"))), "var.id"),
        (hub(assignment(holder=Unknown("var.id"), principalType="Group")), "var.id"),
        (hub(assignment(CONTOSO, holder="g1", principalType="Group")), "in a group"),
        (hub(gaps=[{"subject": f"{HUB}/roleAssignments", "reason": "forbidden"}]), "read in full"),
        (hub(assignment(scope=None)), "does not tell its scope"),
        (hub(assignment(STORAGE, roleDefinitionId=None)), "does not tell its scope or its role"),
        ({**hub(), "roleAssignments": OpenList((), "var.count")}, "var.count"),
    ],
)
def test_roles_that_may_be_there_leave_the_list_open(document, reason):
    found = assigned_roles(document, STORAGE)
    assert isinstance(found, OpenList)
    assert reason in found.reason
    assert not any(sure for _, sure in found.members)


def test_what_a_management_group_holds_is_known_of_the_hubs_own_subscription_alone():
    found = assigned_roles(hub(assignment(CONTOSO)), STORAGE.replace(HERE, ELSEWHERE))
    assert [sure for _, sure in found.members] == [False]
    assert found.reason == "what a management group holds is not known"


@pytest.mark.parametrize("identifier", ["/providers/Microsoft.Contoso/things/one", "st1"])
def test_what_a_management_group_holds_is_not_known_of_what_lies_in_no_subscription(identifier):
    found = assigned_roles(hub(assignment(CONTOSO)), identifier)
    assert [sure for _, sure in found.members] == [False]


def test_what_a_management_group_holds_is_not_known_of_a_hub_without_an_id():
    found = assigned_roles(hub(assignment(CONTOSO), id=None), STORAGE)
    assert [sure for _, sure in found.members] == [False]


def test_a_group_that_holds_a_role_on_a_management_group_hides_none_that_is_sure():
    to_group = assignment(CONTOSO, holder="g1", principalType="Group")
    found = assigned_roles(hub(to_group, assignment(STORAGE), assignment(CONTOSO)), STORAGE)
    assert [(one["scope"], sure) for one, sure in found.members] == [
        (STORAGE, True),
        (CONTOSO, False),
        (CONTOSO, True),
    ]


def test_why_a_role_may_not_be_the_hubs_goes_before_what_could_not_be_read():
    gap = {"subject": "roleAssignments", "reason": "failed"}
    found = assigned_roles(hub(assignment(holder="g1", principalType="Group"), gaps=[gap]), STORAGE)
    assert found.reason == "whether the hub is in a group is not known"
    assert len(found.members) == 2


DEFINITION = {
    "id": f"/providers/Microsoft.Authorization/roleDefinitions/{CUSTOM.upper()}",
    "properties": {"permissions": [{"actions": ["*/read"], "notActions": []}]},
}


@pytest.mark.parametrize("more", [{"roleDefinitions": [DEFINITION]}, {"resources": [DEFINITION]}])
def test_a_custom_role_permits_what_its_definition_says(more):
    (role,) = assigned_roles(hub(assignment(role=CUSTOM), **more), STORAGE)
    assert role["permissions"] == DEFINITION["properties"]["permissions"]


def test_what_a_role_permits_is_unknown_without_its_definition():
    (role,) = assigned_roles(hub(assignment(role=CUSTOM)), STORAGE)
    assert isinstance(role["permissions"], Unknown)


def test_a_definition_among_the_role_definitions_may_be_named_by_its_id_alone():
    nameless = {"properties": {"permissions": [{"actions": ["*"]}]}}
    document = hub(assignment(role=CUSTOM), roleDefinitions=[nameless, {**DEFINITION, "id": CUSTOM}])
    assert assigned_roles(document, STORAGE)[0]["permissions"] == DEFINITION["properties"]["permissions"]


def test_a_resource_that_is_no_role_definition_says_nothing_of_what_a_role_permits():
    other = {**DEFINITION, "id": f"{GROUP}/providers/Microsoft.Contoso/things/{CUSTOM}"}
    (role,) = assigned_roles(hub(assignment(role=CUSTOM), resources=[{"id": None}, other]), STORAGE)
    assert isinstance(role["permissions"], Unknown)


@pytest.mark.parametrize(
    ("actions", "rest", "answer"),
    [
        (["*"], [], True),
        (["microsoft.storage/STORAGEACCOUNTS/*"], [], True),
        (["Microsoft.Storage/*/action"], [], True),
        ([APPROVAL], [], True),
        (["*/read"], [], False),
        (["*"], ["*/action"], False),
        (["Microsoft.Storage/storageAccounts"], [], False),
        ([], [], False),
        (None, None, False),
    ],
)
def test_permissions_by_their_actions_and_what_is_taken_off(actions, rest, answer):
    assert permits([{"actions": actions, "notActions": rest}], APPROVAL) is answer


def test_what_one_entry_takes_off_another_may_give():
    assert permits([{"actions": ["*"], "notActions": ["*"]}, {"actions": [APPROVAL]}], APPROVAL)


@given(st.lists(st.sampled_from(["*", "*/read", APPROVAL, "Microsoft.Sql/*"]), max_size=4))
def test_taking_off_never_gives(patterns):
    given_ = permits([{"actions": patterns, "notActions": []}], APPROVAL)
    assert permits([{"actions": patterns, "notActions": patterns}], APPROVAL) is False
    assert given_ is bool({"*", APPROVAL} & set(patterns))


@pytest.mark.parametrize("primary", [None, "", 5])
def test_without_a_primary_identity_the_one_of_the_system_acts(primary):
    own = hub(assignment(STORAGE), properties={"primaryUserAssignedIdentity": primary})
    assert [role["role"] for role in assigned_roles(own, STORAGE)] == [OWNER]


def test_whoever_a_group_holds_the_kind_that_is_not_known_comes_first():
    kind = Unknown("var.kind has no value")
    found = assigned_roles(hub(assignment(STORAGE, holder="g1", principalType=kind)), STORAGE)
    assert isinstance(found, OpenList)
    assert found.reason == kind.reason


def test_assignments_that_do_not_tell_where_they_hold_hide_none_that_does():
    open_ones = [
        assignment(Unknown("var.scope has no value")),
        assignment(STORAGE, role=None) | {"properties": {}},
    ]
    gap = {"subject": "roleAssignments", "reason": "failed"}
    found = assigned_roles(hub(*open_ones, assignment(STORAGE), gaps=[gap]), STORAGE)
    assert isinstance(found, OpenList)
    assert [one["role"] for one in found.certain()] == [OWNER]
    assert found.reason == "roleAssignments could not be read in full"


def test_of_assigned_identities_one_alone_acts_and_of_two_nobody_knows_which():
    def own(*names, **system):
        assigned = {f"{IDENTITY}{name}": {"principalId": name} for name in names}
        identity = {"userAssignedIdentities": assigned, **system}
        return hub(assignment(STORAGE, holder="u1"), identity=identity)

    assert [role["role"] for role in assigned_roles(own("u1"), STORAGE)] == [OWNER]
    assert assigned_roles(own("u2"), STORAGE) == []
    assert assigned_roles(own("u1", principalId="p1"), STORAGE) == []
    for names in ((), ("u1", "u2")):
        with pytest.raises(Touched, match="does not tell the object id"):
            assigned_roles(own(*names), STORAGE)
