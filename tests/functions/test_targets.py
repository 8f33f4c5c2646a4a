"""Private endpoint rules by what they lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import reference
from scanner.functions import table
from scanner.values import OpenList, Partial, Touched, Unknown

endpoint_target = table()["endpoint_target"].call
one_per_target = table()["one_per_target"].call
endpoints_to = table()["endpoints_to"].call

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/st1"
VAULT = f"{GROUP}/Microsoft.Keyvault/vaults/kv1"


def rule(name, target, status=None, **properties):
    destination = {"serviceResourceId": target, "subresourceTarget": "blob"}
    return {
        "name": name,
        "properties": {"type": "PrivateEndpoint", "status": status, "destination": destination, **properties},
    }


def hub(*rules, network=None):
    return {
        "properties": {"managedNetwork": {"status": {"status": network}}},
        "outboundRules": list(rules),
    }


def names(found):
    return [member["name"] for member in found]


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("microsoft.KEYVAULT/vaults", "keyVault"),
        ("Microsoft.AzureCosmosDB/databaseAccounts", "cosmos"),
        ("Microsoft.DBforMySQL/flexibleServers", "mysqlFlexible"),
    ],
)
def test_a_target_is_found_by_its_type_and_the_other_names_of_it(kind, entry):
    assert endpoint_target(f"{GROUP}/{kind}/x")["id"] == entry


def test_what_has_no_endpoints_has_no_entry():
    for text in (f"{GROUP}/Microsoft.Web/sites/fn1", f"{STORAGE}/blobServices/default", "st1", ""):
        assert endpoint_target(text) is None


def test_a_target_of_which_only_names_are_open_has_its_entry():
    assert (
        endpoint_target(Partial((f"{GROUP}/Microsoft.Keyvault/vaults/", None), "var.x"))["id"] == "keyVault"
    )
    with pytest.raises(Touched):
        endpoint_target(Partial((f"{GROUP}/", None), "var.x"))


def test_targets_are_those_of_the_table_in_force():
    ours = reference.current()
    try:
        entries = {"add": [{"id": "web", "type": "Microsoft.Web/sites", "groupIds": ["sites"]}]}
        reference.use(reference.Reference({"private-endpoint-targets": {"entries": entries}}))
        assert endpoint_target(f"{GROUP}/Microsoft.Web/sites/fn1")["id"] == "web"
    finally:
        reference.use(ours)


def test_the_first_rule_stands_for_a_target():
    found = [rule("a", STORAGE), rule("b", f"{STORAGE.upper()}/"), rule("c", VAULT), rule("d", VAULT)]
    assert names(one_per_target(found)) == ["a", "c"]


def test_rules_without_a_known_target_stay():
    found = [rule("a", None), rule("b", ""), rule("c", Unknown("var.id")), rule("d", 5), {"name": "e"}, "f"]
    assert one_per_target([*found, *found]) == [*found, *found]


def test_a_sure_rule_stands_before_one_that_may_not_be_there():
    pairs = ((rule("a", STORAGE), False), (rule("b", STORAGE), True), (rule("c", VAULT), False))
    found = one_per_target(OpenList(pairs, "var.count"))
    assert [(member["name"], sure) for member, sure in found.members] == [("b", True), ("c", False)]
    assert found.reason == "var.count"
    with pytest.raises(Touched):
        one_per_target(Unknown("forbidden"))


def test_in_an_open_list_too_the_first_sure_rule_stands_for_a_target_and_one_without_stays():
    pairs = [("a", STORAGE), ("b", STORAGE), ("c", Unknown("var.id")), ("d", Unknown("var.id")), ("e", None)]
    members = tuple((rule(name, target), True) for name, target in pairs)
    found = one_per_target(OpenList((*members, (rule("f", VAULT), False)), "var.count"))
    assert [member["name"] for member, _ in found.members] == ["a", "c", "d", "e", "f"]


@given(st.lists(st.sampled_from([STORAGE, STORAGE.upper(), VAULT, "x", None]), max_size=8))
def test_each_target_is_there_once_and_none_is_lost(targets):
    found = one_per_target([rule(str(index), target) for index, target in enumerate(targets)])
    told = [member["properties"]["destination"]["serviceResourceId"] for member in found]
    ids = [target.lower() for target in told if target is not None]
    assert len(ids) == len(set(ids))
    assert set(ids) == {target.lower() for target in targets if target is not None}
    assert told.count(None) == targets.count(None)


@pytest.mark.parametrize(
    ("network", "effective"),
    [
        ("Active", ["none", "active", "new"]),
        ("inactive", ["none", "active", "idle", "new"]),
        (None, ["none", "active", "new"]),
    ],
)
def test_a_rule_is_in_force_by_its_status_and_that_of_the_network(network, effective):
    states = {"none": None, "active": "Active", "idle": "Inactive", "failed": "failed", "gone": "Deleting"}
    rules = [rule(name, STORAGE, state) for name, state in states.items()]
    document = hub(*rules, rule("new", STORAGE, "Provisioning"), rule("other", VAULT), network=network)
    assert names(endpoints_to(document, f"{STORAGE.upper()}/")) == effective


def test_where_no_status_is_told_and_no_rule_is_active_the_network_is_not_provisioned():
    assert names(endpoints_to(hub(rule("idle", STORAGE, "Inactive")), STORAGE)) == ["idle"]


def test_what_may_lead_there_leaves_the_list_open():
    sure, anywhere = rule("a", STORAGE), rule("b", Partial((GROUP, None), "var.id"))
    found = endpoints_to(hub(sure, anywhere), STORAGE)
    assert (found.members, found.reason) == (((sure, True), (anywhere, False)), "var.id")
    unsure = rule("c", STORAGE, Unknown("var.status"))
    assert endpoints_to(hub(unsure, network="Active"), STORAGE).members == ((unsure, False),)
    assert endpoints_to(hub(sure), VAULT) == []


def test_a_rule_of_which_even_the_destination_is_not_known_may_lead_anywhere():
    nowhere = {"name": "a", "properties": {"type": "PrivateEndpoint", "destination": Unknown("var.to")}}
    found = endpoints_to(hub(nowhere), STORAGE)
    assert (found.members, found.reason) == (((nowhere, False),), "var.to")
    opaque = {"name": "b", "properties": Unknown("var.rule")}
    found = endpoints_to(hub(opaque, network="Active"), STORAGE)
    assert (found.members, found.reason) == (((opaque, False),), "var.rule")
    text = {"name": "c", "properties": {"type": "PrivateEndpoint", "destination": "st1"}}
    assert endpoints_to(hub(text), STORAGE) == []


def test_a_rule_of_a_status_that_azure_does_not_document_is_not_surely_in_force():
    odd, sure = rule("odd", STORAGE, "Suspended"), rule("sure", STORAGE, "Active")
    found = endpoints_to(hub(odd, sure, network="Active"), STORAGE)
    assert found.members == ((odd, False), (sure, True))
    assert found.reason == "a rule has the status 'suspended'"


def test_rules_that_were_not_collected_lead_nowhere_for_sure():
    with pytest.raises(Touched, match="outboundRules was not collected"):
        endpoints_to({}, STORAGE)


def test_an_endpoint_that_may_not_be_there_is_not_surely_there():
    perhaps, surely = rule("perhaps", STORAGE), rule("surely", STORAGE)
    listed = {**hub(), "outboundRules": OpenList(((perhaps, False), (surely, True)), "var.count")}
    found = endpoints_to(listed, STORAGE)
    assert isinstance(found, OpenList)
    assert [(one["name"], sure) for one, sure in found.members] == [("perhaps", False), ("surely", True)]
    assert found.reason == "var.count"
    sure = {**hub(), "outboundRules": OpenList(((surely, True), (rule("other", VAULT), False)), "var.count")}
    assert names(endpoints_to(sure, STORAGE)) == ["surely"]


def test_an_endpoint_whose_status_or_target_is_not_known_is_not_surely_in_force():
    hole = Unknown("var.status")
    for one in (rule("a", STORAGE, hole), rule("a", hole)):
        found = endpoints_to(hub(one, network="Active"), STORAGE)
        assert isinstance(found, OpenList)
        assert [sure for _, sure in found.members] == [False]
