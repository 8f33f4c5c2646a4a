"""Evidence that a policy uses where it was collected, and does without where it was not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.sources.normalise import example
from scanner.values import NotCollected, OpenList, Touched, Unknown

optional = table()["optional"].call

LOCK = {"name": "keep", "properties": {"level": "CanNotDelete"}}
FORBIDDEN = {"subject": "locks", "reason": "forbidden", "status": 403}


def hub(**more):
    return {"kind": "Hub", "properties": {}, **more}


def test_a_list_is_given_as_it_was_collected():
    assert optional(hub(locks=[LOCK]), "locks") == [LOCK]
    assert optional(hub(locks=[]), "locks") == []
    document = hub(locks=[LOCK])
    assert optional(document, "locks") is document["locks"]
    assert optional(hub(subscription={"subscriptionId": "1"}), "subscription") == {"subscriptionId": "1"}


@pytest.mark.parametrize("document", [hub(), hub(locks=None), hub(locks=NotCollected("not collected"))])
def test_what_nobody_asked_for_has_no_members(document):
    assert optional(document, "locks") == []


@pytest.mark.parametrize("name", ["locks", "computes", "subscription"])
def test_a_hub_as_a_source_gives_it_tells_what_was_never_collected(name):
    assert optional(example(hub()).document, name) == []


def test_the_deployments_of_an_endpoint_are_asked_for_in_the_same_way():
    document = example(hub(onlineEndpoints=[{"name": "score"}])).document
    assert optional(document["onlineEndpoints"][0], "deployments") == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (hub(gaps=[FORBIDDEN]), "forbidden"),
        (hub(locks=[], gaps=[FORBIDDEN]), "forbidden"),
        (hub(locks="none"), "locks is a text, not a list"),
    ],
)
def test_what_could_not_be_read_is_not_known(document, reason):
    with pytest.raises(Touched, match=reason):
        optional(example(document).document, "locks")


def test_a_collection_that_the_contract_does_not_name_may_be_unreadable_too():
    unread = hub(gaps=[{"subject": "/subscriptions/1/denyAssignments", "reason": "forbidden"}])
    with pytest.raises(Touched, match="denyAssignments could not be read in full: forbidden"):
        optional(unread, "denyAssignments")


def test_a_list_of_which_a_page_is_missing_is_open():
    found = optional(hub(locks=[LOCK], gaps=[{"subject": "locks", "reason": "failed"}]), "locks")
    assert isinstance(found, OpenList)
    assert list(found.certain()) == [LOCK]
    assert [sure for _, sure in found.members] == [True, False]


def test_a_gap_of_something_else_changes_nothing():
    assert optional(hub(locks=[LOCK], gaps=[{"subject": "computes", "reason": "failed"}, None]), "locks") == [
        LOCK
    ]


@given(st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_a_member_that_is_no_object_is_not_known(member):
    first, second = optional(hub(locks=[LOCK, member]), "locks")
    assert first is LOCK
    assert isinstance(second, Unknown)


def test_a_list_that_is_open_is_given_as_it_is():
    locks = OpenList(((LOCK, False),), "var.count")
    assert optional(hub(locks=locks), "locks") is locks
