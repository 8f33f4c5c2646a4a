"""Outbound rules: which there are, whose they are, and which hosts they allow."""

from __future__ import annotations

import pytest

from scanner import reference
from scanner.functions import table
from scanner.values import OpenList, Partial, Touched, Unknown

rules = table()["rules"].call
user_rules = table()["user_rules"].call
rule_origin = table()["rule_origin"].call
fqdn_hosts = table()["fqdn_hosts"].call

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
HUB_ID = f"{GROUP}/Microsoft.MachineLearningServices/workspaces/hub1"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/st1"
OTHER_STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/other"
VAULT = f"{GROUP}/Microsoft.Keyvault/vaults/kv1"


def rule(name="a", kind="FQDN", category="UserDefined", destination="contoso.com", **properties):
    return {
        "name": name,
        "properties": {"type": kind, "category": category, "destination": destination, **properties},
    }


def tag(serviceTag, name="__SYS_ST_x", category="Required", **destination):  # noqa: N803 - as ARM writes it
    return rule(name, "ServiceTag", category, {"serviceTag": serviceTag, **destination})


def endpoint(target, name="__SYS_PE_st1_blob_0a1b2c3d", category="Required"):
    return rule(name, "PrivateEndpoint", category, {"serviceResourceId": target, "subresourceTarget": "blob"})


def depending(member):
    """A rule as a live hub shows one that the platform made for others."""
    return member | {"properties": {**member["properties"], "parentRuleNames": ["b"]}}


def hub(*members, **fields):
    properties = {"storageAccount": STORAGE, "keyVault": VAULT}
    return {"id": HUB_ID, "properties": properties, "outboundRules": list(members), **fields}


def test_rules_are_chosen_by_type_in_any_spelling():
    one, two, three = (
        rule(kind="fqdn"),
        tag("Storage"),
        endpoint(STORAGE) | {"properties": {"type": "private_endpoint"}},
    )
    document = hub(one, two, three)
    assert rules(document, "FQDN") == [one]
    assert rules(document, "service_tag") == [two]
    assert rules(document, "PrivateEndpoint") == [three]
    assert rules(document, "*") == [one, two, three]
    assert rules(document, "Magic") == []


def test_all_rules_are_the_list_of_the_hub_itself():
    document = hub(rule(), tag("Storage"))
    assert rules(document, "*") is document["outboundRules"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "outboundRules was not collected$"),
        ({"outboundRules": None}, "outboundRules was not collected$"),
        ({"outboundRules": {}}, "outboundRules is an object$"),
        ({"outboundRules": Unknown("forbidden")}, "forbidden"),
    ],
)
def test_rules_that_were_not_collected_are_not_an_empty_list(document, reason):
    for function in (
        lambda: rules(document, "*"),
        lambda: user_rules(document, "FQDN"),
        lambda: fqdn_hosts(document),
    ):
        with pytest.raises(Touched, match=reason):
            function()


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (rule(kind=Unknown("var.type")), "var.type"),
        (rule(kind=None), "the type of rule 'a' is missing"),
        (rule(kind=5), "the type of rule 'a' is a number"),
        ({"name": "a", "properties": Unknown("var.rule")}, "var.rule"),
        ({"name": "a"}, "the type of rule 'a' is missing"),
        ("x", "the type of a rule without a name is missing"),
    ],
)
def test_a_rule_of_no_known_type_may_be_of_any(member, reason):
    sure = rule("b")
    found = rules(hub(member, sure), "FQDN")
    assert isinstance(found, OpenList)
    assert found.members == ((member, False), (sure, True))
    assert found.reason == reason
    assert rules(hub(member, sure), "*") == [member, sure]


def test_a_rule_of_no_known_type_makes_none_of_the_platforms_the_users():
    ours, unsure = tag("AzureActiveDirectory"), rule("x", kind=Unknown("var.type"))
    assert user_rules(hub(ours, unsure), "*") == [unsure]
    assert user_rules(hub(ours, unsure), "ServiceTag").members == ((unsure, False),)


def test_a_rule_that_may_not_be_there_stays_uncertain():
    one, two = rule("one"), rule("two")
    document = hub() | {"outboundRules": OpenList(((one, False), (two, True)), "var.count")}
    assert rules(document, "FQDN").members == ((one, False), (two, True))
    assert [sure for _, sure in fqdn_hosts(document).members] == [False, True]


PLATFORM = [
    (tag("AzureActiveDirectory"), {}),
    (tag("microsoftcontainerregistry.westus3"), {}),
    (tag("VirtualNetwork", addressPrefixes=[]), {}),
    (tag("AzureMonitor"), {"live": False}),
    (tag("AzureMonitor", name="monitor"), {}),
    (tag("AzureMonitor", name="monitor", addressPrefixes=[]), {}),
    (endpoint(HUB_ID.upper()), {}),
    (endpoint(HUB_ID, name="mine"), {}),
    (endpoint(f"{STORAGE.lower()}/", name="mine"), {}),
    (endpoint(VAULT.replace("Keyvault", "KeyVault"), category="Dependency"), {}),
    (endpoint(f"{GROUP}/Microsoft.ContainerRegistry/registries/cr1"), {}),
    (rule(category="Dependency", parentRuleNames=["b"]), {}),
    (rule(category="recommended", parentRuleNames=["b"]), {}),
    (depending(tag("Storage.WestEurope", category="Dependency")), {}),
    (depending(tag("Storage.WestEurope", category="recommended", addressPrefixes=[])), {}),
    (depending(endpoint(OTHER_STORAGE, category="Dependency")), {}),
]


@pytest.mark.parametrize(("member", "fields"), PLATFORM)
def test_what_the_platform_makes_is_the_platforms(member, fields):
    document = hub(member, **fields)
    assert rule_origin(document, member) == "platform"
    assert user_rules(document, "*") == []


USERS = [
    (rule(category=None), {}),
    (rule(category="user_defined"), {}),
    (tag("AzureMonitor", category="Optional"), {}),
    (tag("AzureMonitor", category="Optional", addressPrefixes=[]), {}),
    (tag("AzureMonitor", name="monitor", addressPrefixes=[]), {"live": False}),
    (tag("Storage.WestEurope", addressPrefixes=[]), {}),
    (tag(None, addressPrefixes=[]), {}),
    (rule(category="Required", destination={"serviceTag": "AzureMonitor", "addressPrefixes": []}), {}),
    (rule(kind="ServiceTag", category="Required", destination="AzureMonitor"), {}),
    (rule(kind="PrivateEndpoint", category="Required", destination=STORAGE), {}),
    (endpoint(STORAGE, name="mine"), {"live": False}),
    (endpoint(STORAGE, category="Optional"), {}),
    (
        endpoint(f"{GROUP}/Microsoft.ContainerRegistry/registries/cr1"),
        {"properties": {"containerRegistry": 5}},
    ),
    (tag("AzureMonitor", name=None), {"live": False}),
    (rule(kind="Magic", category="Required", destination={"serviceResourceId": STORAGE}), {}),
    (endpoint("", name="mine"), {"properties": {"storageAccount": ""}}),
    (endpoint(OTHER_STORAGE, name=None), {}),
    ({"name": "a"}, {}),
    ({"name": "a", "properties": Unknown("var.rule")}, {}),
    (rule(category="Required"), {}),
    (rule("__SYS_FQDN", category="Required", parentRuleNames=["b"]), {}),
    (rule(category="Dependency"), {}),
    (rule(category="Dependency", parentRuleNames=[]), {}),
    (rule("__SYS_a", category="Dependency", parentRuleNames=["b"]), {"live": False}),
    (depending(tag("Storage.WestEurope", category="Required")), {}),
    (depending(tag("Storage.WestEurope", category="Dependency")), {"live": False}),
    (depending(tag("Storage.WestEurope", category="Dependency", addressPrefixes=["0.0.0.0/0"])), {}),
    (depending(tag("Storage.WestEurope", category="UserDefined")), {}),
    (rule(kind="Magic", category="Dependency", parentRuleNames=["b"]), {}),
    (tag("Storage.WestEurope"), {}),
    (tag("AzureFrontDoor.Frontend"), {}),
    (tag("AzureMonitor", addressPrefixes=["0.0.0.0/0"]), {}),
    (tag("AzureMonitor", addressPrefixes=Unknown("var.prefixes")), {}),
    (tag("AzureMonitor", category="UserDefined"), {}),
    (tag("AzureMonitor", name="monitor"), {"live": False}),
    (tag(Unknown("var.tag")), {}),
    (tag(None), {}),
    (endpoint(OTHER_STORAGE), {}),
    (endpoint(f"{GROUP}/Microsoft.ContainerRegistry/registries/cr1", name="registry"), {}),
    (endpoint(f"{GROUP}/Microsoft.Web/sites/fn1"), {}),
    (endpoint(Partial((GROUP, None), "var.id")), {}),
    (endpoint("st1"), {}),
    (rule(kind="Magic", category="Required"), {}),
    (rule(kind=Unknown("var.type"), category="Required"), {}),
    (tag("AzureMonitor", category=Unknown("var.category")), {}),
]


@pytest.mark.parametrize(("member", "fields"), USERS)
def test_what_only_claims_to_be_the_platforms_is_the_users(member, fields):
    document = hub(member, **fields)
    assert rule_origin(document, member) == "user"
    assert user_rules(document, "*") == [member]


def test_a_dependency_that_the_hub_names_but_that_is_unresolved_is_no_excuse_for_another():
    document = hub(properties={"storageAccount": Unknown("var.storage")})
    assert rule_origin(document, endpoint(STORAGE)) == "user"


def test_a_private_endpoint_of_a_connection_is_the_connections_and_counts_among_the_users():
    member = endpoint(OTHER_STORAGE, "Connection_search_blob", "UserDefined")
    assert rule_origin(hub(member), member) == "connection"
    assert user_rules(hub(member), "PrivateEndpoint") == [member]
    assert rule_origin(hub(), rule("Connection_x")) == "user"
    for name in ("mine", None, Unknown("var.name"), "connection_search"):
        assert rule_origin(hub(), endpoint(OTHER_STORAGE, name, "UserDefined")) == "user"


def test_a_private_endpoint_that_claims_to_be_the_platforms_is_no_connections():
    assert rule_origin(hub(), endpoint(OTHER_STORAGE, "Connection_search_blob", "Required")) == "user"
    assert rule_origin(hub(), endpoint(OTHER_STORAGE, "Connection_search_blob", None)) == "connection"


def test_the_tags_of_the_platform_are_those_of_the_table():
    member = tag("Contoso")
    document = hub(member)
    assert rule_origin(document, member) == "user"
    ours = reference.current()
    try:
        own = {"serviceTag": "Contoso", "protocol": "TCP", "portRanges": "443", "versions": ["newest"]}
        reference.use(reference.Reference({"required-rules": {"serviceTags": {"add": [own]}}}))
        assert rule_origin(document, member) == "platform"
        assert user_rules(document, "*") == []
    finally:
        reference.use(ours)
    assert user_rules(document, "*") == [member]


def test_a_second_question_about_a_hub_costs_nothing():
    document = hub(rule())
    assert rules(document, "FQDN") is rules(document, "FQDN")
    assert user_rules(document, "FQDN") is user_rules(document, "FQDN")
    assert fqdn_hosts(document) is fqdn_hosts(document)
