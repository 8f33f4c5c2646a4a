"""Resources by their ids, what lies below them, what became of them, and what could not be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.resources import identified
from scanner.values import OpenList, Partial, Touched, Unknown

resource = table()["resource"].call
known_resource = table()["known_resource"].call
children = table()["children"].call
gap = table()["gap"].call
read_in_full = table()["read_in_full"].call
deletion = table()["deletion"].call
namesake = table()["namesake"].call
subscription = table()["subscription"].call

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000002"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hubs"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1"
SERVER = f"{GROUP}/providers/Microsoft.Sql/servers/sql1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
NAME = st.text("abcABC019-._", min_size=1, max_size=6)


def test_a_resource_is_found_by_its_id_in_any_case():
    document = {"id": STORAGE.upper(), "properties": {}}
    assert resource({"resources": [{"id": GROUP}, document]}, f"{STORAGE}/") is document


@pytest.mark.parametrize("order", [1, -1])
def test_a_resource_that_a_live_hub_shows_twice_and_not_alike_is_unknown(order):
    public = {"id": STORAGE, "properties": {"publicNetworkAccess": "Enabled"}}
    private = {"id": STORAGE.upper(), "properties": {"publicNetworkAccess": "Disabled"}}
    both = [public, private][::order]
    with pytest.raises(Touched, match=f"^{both[1]['id']} is among the resources more than once"):
        resource({"resources": both}, STORAGE)
    assert resource({"resources": [private, {**private, "id": STORAGE}]}, STORAGE) is private
    assert resource({"live": False, "resources": both}, STORAGE) is both[0]


def test_two_documents_of_which_too_little_is_known_to_compare_them_are_not_alike():
    one, other = ({"id": STORAGE, "properties": {"access": Unknown("var.access")}} for _ in range(2))
    with pytest.raises(Touched, match="more than once"):
        resource({"resources": [one, other]}, STORAGE)


def test_of_the_resources_those_are_identified_whose_ids_are_known():
    named = {"id": "/Subscriptions/1/"}
    others = [{"id": 5}, {"id": Unknown("open")}, {}, {"id": None}]
    assert identified({"resources": [*others, named]}) == [(named, "/subscriptions/1")]


def test_a_resource_that_was_collected_nowhere_is_null():
    assert resource({"resources": [{"id": None}, None, "x"]}, STORAGE) is None


UNREADABLE = {"subject": f"resource {STORAGE.upper()}", "reason": "forbidden"}
PARTLY_KNOWN = Partial((GROUP, None), "var.id")


@pytest.mark.parametrize(
    ("hub", "reason"),
    [
        ({}, "resources was not collected$"),
        ({"resources": None}, "resources was not collected$"),
        ({"resources": {}}, "resources is an object$"),
        ({"resources": Unknown("forbidden")}, "forbidden"),
        ({"resources": [], "gaps": [UNREADABLE]}, "could not be read: forbidden"),
        ({"resources": [], "gaps": Unknown("open gaps")}, "open gaps"),
        ({"resources": [{"id": PARTLY_KNOWN}]}, "var.id"),
        ({"resources": OpenList((({"id": STORAGE}, False),), "var.count")}, "var.count"),
    ],
)
def test_a_resource_of_which_too_little_is_known_is_unknown(hub, reason):
    with pytest.raises(Touched, match=reason):
        resource(hub, STORAGE)


def test_a_resource_that_is_surely_there_is_found_among_uncertain_ones():
    document = {"id": STORAGE}
    members = OpenList((({"id": GROUP}, False), (document, True)), "var.count")
    assert resource({"resources": members}, STORAGE) is document


def test_a_partly_known_id_finds_nothing_for_sure():
    with pytest.raises(Touched):
        resource({"resources": []}, PARTLY_KNOWN)


def test_a_resource_that_is_not_at_hand_is_null_where_it_is_only_asked_for_more_detail():
    document = {"id": STORAGE}
    assert known_resource({"resources": [document]}, STORAGE.upper()) is document
    assert known_resource({"resources": [], "gaps": [UNREADABLE]}, STORAGE) is None
    assert known_resource({}, STORAGE) is None
    assert known_resource({"resources": Unknown("forbidden")}, STORAGE) is None


@pytest.mark.parametrize("below", ["virtualNetworkRules", "virtualNetworkRules/one", "databases/d/rules"])
def test_children_that_could_not_be_read_leave_the_list_open(below):
    rule = {"id": f"{SERVER}/firewallRules/one"}
    unread = {"subject": f"{SERVER}/{below}", "reason": "forbidden"}
    found = children({"resources": [rule], "gaps": [unread]}, SERVER.upper())
    assert list(found.certain()) == [rule]
    assert found.reason == f"{SERVER}/{below} could not be read: forbidden"
    assert children({"resources": [rule], "gaps": [unread]}, STORAGE) == []
    assert children({"resources": [rule], "gaps": [{**unread, "subject": SERVER}]}, SERVER) == [rule]


def test_children_lie_below_an_id_at_any_depth():
    rule = {"id": f"{SERVER}/virtualNetworkRules/a"}
    deep = {"id": f"{SERVER.upper()}/databases/d/things/t"}
    others = [{"id": SERVER}, {"id": f"{SERVER}2/databases/d"}, {"id": STORAGE}, {"id": None}, "x"]
    assert children({"resources": [rule, *others, deep]}, f"{SERVER}/") == [rule, deep]
    assert children({"resources": [deep]}, f"{SERVER}/databases/D") == [deep]
    assert children({"resources": others}, STORAGE) == []


def test_what_may_be_a_child_leaves_the_list_open():
    rule = {"id": f"{SERVER}/virtualNetworkRules/a"}
    unsure = {"id": Unknown("var.id")}
    found = children({"resources": [rule, unsure]}, SERVER)
    assert (found.members, found.reason) == (((rule, True), (unsure, False)), "var.id")
    found = children({"resources": OpenList(((rule, False),), "var.count")}, SERVER)
    assert (found.members, found.reason) == (((rule, False),), "var.count")
    with pytest.raises(Touched, match="resources was not collected"):
        children({}, SERVER)


def test_where_no_child_is_at_hand_there_may_be_one_all_the_same():
    unread = {"subject": f"{SERVER}/firewallRules", "reason": "forbidden"}
    assert isinstance(children({"resources": [], "gaps": [unread]}, SERVER), OpenList)
    assert isinstance(children({"resources": [{"id": Unknown("var.id")}]}, SERVER), OpenList)
    assert children({"resources": [{"id": SERVER}]}, SERVER) == []


@given(st.lists(st.tuples(NAME, NAME), max_size=4), NAME)
def test_every_child_is_found_below_each_of_its_ancestors(steps, name):
    parent = STORAGE
    above = []
    for kind, own in [*steps, ("last", name)]:
        above.append(parent)
        parent = f"{parent}/{kind}/{own}"
    document = {"id": parent}
    hub = {"resources": [document]}
    assert all(children(hub, ancestor) == [document] for ancestor in above)
    assert children(hub, parent) == []


def test_a_gap_is_found_by_the_resource_it_is_about():
    forbidden = {"subject": f"GET {STORAGE.upper()}/", "reason": "forbidden"}
    page = {"subject": f"{GROUP}/providers/A.B/workspaces/hub1/outboundRules", "reason": "failed"}
    hub = {"gaps": [forbidden, page, {"subject": None}, "x"]}
    assert gap(hub, STORAGE) is forbidden
    assert gap(hub, VAULT) is None
    assert gap({"gaps": None}, STORAGE) is None
    assert not read_in_full(hub, "outboundRules")
    assert not read_in_full(
        {"gaps": [{"subject": "properties.managedNetwork.outboundRules"}]}, "OutboundRules"
    )
    assert read_in_full(hub, "connections")
    with pytest.raises(Touched, match="open gaps"):
        gap({"gaps": Unknown("open gaps")}, STORAGE)


def test_a_deleted_vault_or_account_is_found_by_the_id_it_had():
    vault = {
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv1",
        "properties": {"vaultId": VAULT.upper()},
    }
    account = {
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/westeurope"
        "/resourceGroups/RG-HUBS/deletedAccounts/ai1"
    }
    hub = {"resources": [vault, account, {"id": STORAGE, "properties": {"vaultId": STORAGE}}]}
    assert deletion(hub, VAULT) is vault
    assert deletion(hub, f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/ai1") is account
    assert deletion(hub, STORAGE) is None
    nameless = [{"id": None}, {"properties": {"vaultId": VAULT}}, {"id": vault["id"]}]
    assert deletion({"resources": nameless}, VAULT) is None


def test_a_namesake_has_the_type_and_the_name_but_another_id():
    moved = {"id": STORAGE.replace("rg-hubs", "rg-data").upper()}
    assert namesake({"resources": [{"id": STORAGE}, moved]}, STORAGE) is moved
    assert namesake({"resources": [{"id": STORAGE}]}, f"{STORAGE}/") is None
    assert namesake({"resources": [{"id": VAULT.replace("kv1", "st1")}]}, STORAGE) is None
    assert namesake({"resources": [moved]}, "st1") is None
    twice = [{"id": STORAGE}, {"id": STORAGE.upper()}, {"id": f"{STORAGE}/"}]
    assert namesake({"resources": [*twice, moved]}, STORAGE) is moved
    assert namesake({"resources": twice}, STORAGE) is None


OWN = {"subscriptionId": SUBSCRIPTION, "tenantId": "t1"}
OWN_BY_ID = {"id": f"/subscriptions/{SUBSCRIPTION}/", "tenantId": "t1"}
OTHER = {"id": f"/subscriptions/{OTHER_SUBSCRIPTION}", "tenantId": "t2"}


@pytest.mark.parametrize(
    ("hub", "found"),
    [
        ({"subscription": OWN}, OWN),
        ({"subscription": OTHER}, None),
        ({"subscription": OWN_BY_ID}, OWN_BY_ID),
        ({"subscription": OTHER, "subscriptions": [OTHER, OWN_BY_ID]}, OWN_BY_ID),
        ({"subscription": Unknown("not read"), "subscriptions": [OTHER, OWN]}, OWN),
        ({"subscriptions": {SUBSCRIPTION: OWN}}, OWN),
        ({"subscriptions": [None, {"subscriptionId": 5}]}, None),
        ({"resources": [{"id": f"/Subscriptions/{SUBSCRIPTION}", "tenantId": "t1"}]}, None),
        ({"subscriptions": Unknown("not read")}, None),
        ({}, None),
    ],
)
def test_a_subscription_is_the_hubs_own_or_one_of_those_that_were_read(hub, found):
    got = subscription(hub, STORAGE.upper())
    if "resources" in hub:
        assert got is hub["resources"][0]
    else:
        assert got is found


def test_what_lies_in_no_subscription_has_none():
    assert subscription({"subscription": OWN}, "st1") is None
    assert subscription({"subscription": OWN}, "/providers/A.B/c/d") is None
