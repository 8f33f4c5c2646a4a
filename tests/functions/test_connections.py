"""Connections: which resource they name, and everything a hub is linked to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import OpenList, Partial, Touched, Unknown

connection_id = table()["connection_id"].call
connection_kind = table()["connection_kind"].call
connected_resources = table()["connected_resources"].call
linked_resources = table()["linked_resources"].call

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
HUB = f"{GROUP}/Microsoft.MachineLearningServices/workspaces/hub1"
ACCOUNT = f"{GROUP}/Microsoft.CognitiveServices/accounts/ai1"
SEARCH = f"{GROUP}/Microsoft.Search/searchServices/srch1"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/st1"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv1"
URL = "https://ai1.openai.azure.com/"
KEYS = ["resourceid"]


def connection(name="c", category="AIServices", target=URL, **metadata):
    return {"name": name, "properties": {"category": category, "target": target, "metadata": metadata}}


def rule(name, target):
    destination = {"serviceResourceId": target, "subresourceTarget": "blob"}
    return {"name": name, "properties": {"type": "PrivateEndpoint", "destination": destination}}


@pytest.mark.parametrize("category", ["AzureOpenAI", "azure_open_ai", " AZUREOPENAI ", "azure-openai"])
def test_a_category_is_found_in_any_spelling(category):
    assert connection_kind(category)["type"] == "Microsoft.CognitiveServices/accounts"


@pytest.mark.parametrize("category", ["OpenAI", "Serp", "S3", "CustomKeys", "GitHub", ""])
def test_what_is_no_azure_resource_has_no_kind(category):
    assert connection_kind(category) is None


def test_synapse_is_an_azure_resource_without_endpoints():
    assert connection_kind("AzureSynapseAnalytics")["groupIds"] == []


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("azure_open_ai", "Microsoft.CognitiveServices/accounts"),
        ("azure_ai_services", "Microsoft.CognitiveServices/accounts"),
        ("azure_content_safety", "Microsoft.CognitiveServices/accounts"),
        ("azure_speech_services", "Microsoft.CognitiveServices/accounts"),
        ("azure_ai_search", "Microsoft.Search/searchServices"),
        ("azure_data_lake_gen2", "Microsoft.Storage/storageAccounts"),
        ("azure_blob", "Microsoft.Storage/storageAccounts"),
    ],
)
def test_the_types_that_the_command_line_prints_are_categories_as_well(kind, target):
    assert connection_kind(kind)["type"] == target


@pytest.mark.parametrize(
    ("member", "found"),
    [
        (connection(ResourceId=ACCOUNT), ACCOUNT),
        (connection(RESOURCEID=ACCOUNT.upper()), ACCOUNT.upper()),
        (connection(target=SEARCH), SEARCH),
        (connection(target=SEARCH, ResourceId="srch1"), SEARCH),
        (connection(target=SEARCH, ResourceId=ACCOUNT), ACCOUNT),
        (connection(ResourceId="srch1"), "srch1"),
        (connection(ResourceId="", Other=ACCOUNT), None),
        (connection(ResourceId=None), None),
        (connection(target="/srch1"), "/srch1"),
        (connection(target=Partial(("https://", None), "var.host")), None),
        (connection(target=SEARCH, ResourceId=Unknown("var.id")), SEARCH),
        ({"name": "bare"}, None),
    ],
)
def test_the_resource_of_a_connection(member, found):
    assert connection_id(member, KEYS) == found


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (connection(ResourceId=Unknown("var.id")), "var.id"),
        (connection(ResourceId=7), "ResourceId is a number"),
        ({"properties": {"metadata": []}}, "metadata is a list"),
        ({"properties": {"metadata": Unknown("var.metadata")}}, "var.metadata"),
        (connection(target=Unknown("var.target")), "var.target"),
        (connection(target=Partial((None, "/x"), "var.target")), "var.target"),
    ],
)
def test_a_resource_that_is_not_known(member, reason):
    with pytest.raises(Touched, match=reason):
        connection_id(member, KEYS)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_well_formed_id_in_the_metadata_is_never_missed(target, other):
    assert connection_id(connection(target=target, ResourceId=ACCOUNT, Note=other), KEYS) == ACCOUNT


def test_connections_to_one_resource_are_one_and_children_are_their_parents():
    hub = {
        "connections": [
            connection("one", ResourceId=f"{ACCOUNT}/projects/p1"),
            connection("two", "AzureOpenAI", ResourceId=ACCOUNT),
            connection("blob", "AzureBlob", STORAGE),
            connection("lake", "ADLSGen2", STORAGE),
            connection("odd", "CognitiveSearch", STORAGE),
            connection("site", "AIServices", f"{GROUP}/Microsoft.Web/sites/fn1"),
            connection("web", "ApiKey"),
        ]
    }
    found = connected_resources(hub, KEYS)
    assert [(item["name"], item["id"], item["subresources"]) for item in found] == [
        ("one", ACCOUNT, ["account"]),
        ("blob", STORAGE, ["blob"]),
        ("lake", STORAGE, ["dfs", "blob"]),
        ("odd", STORAGE, []),
    ]
    told = {"category": "AIServices", "type": "microsoft.cognitiveservices/accounts"}
    assert found[0] == {"name": "one", "id": ACCOUNT, "subresources": ["account"], **told}


def test_a_resource_may_have_a_type_that_its_category_has_by_another_name():
    server = f"{GROUP}/Microsoft.DBforMySQL/flexibleServers/db1"
    (found,) = connected_resources({"connections": [connection("db", "AzureMySqlDb", server)]}, KEYS)
    assert found["subresources"] == ["mysqlServer"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "connections was not collected"),
        ({"connections": {}}, "connections is an object"),
        ({"connections": Unknown("forbidden")}, "forbidden"),
    ],
)
def test_connections_that_cannot_be_looked_through_say_why(document, reason):
    with pytest.raises(Touched, match=f"^{reason}$"):
        connected_resources(document, KEYS)


def test_connections_of_projects_count_as_far_as_they_were_read():
    search = connection("search", "CognitiveSearch", SEARCH)
    hub = {"connections": [], "projects": [{"connections": [search]}, {"name": "unread"}, "x"]}
    assert [item["name"] for item in connected_resources(hub, KEYS)] == ["search"]
    assert connected_resources({"connections": [], "projects": Unknown("not collected")}, KEYS) == []


def test_connections_that_were_not_collected_are_not_none():
    with pytest.raises(Touched, match="connections was not collected"):
        connected_resources({}, KEYS)
    some = OpenList(((connection("a", "CognitiveSearch", SEARCH), True),), "var.count")
    assert isinstance(connected_resources({"connections": some}, KEYS), OpenList)


def test_a_connection_whose_resource_is_not_known_stays():
    (item,) = connected_resources({"connections": [connection(ResourceId=Unknown("var.id"))]}, KEYS)
    assert (item["name"], item["id"].reason, item["subresources"]) == ("c", "var.id", [])
    (link,) = linked_resources(
        {"outboundRules": [], "connections": [connection(ResourceId=Unknown("var.id"))]}
    )
    assert (link["name"], link["id"].reason, link["key"]) == ("c", "var.id", "connection")


def test_an_id_of_which_only_names_are_open_is_what_a_connection_names():
    identifier = Partial((SEARCH, None), "var.name")
    assert connection_id(connection(ResourceId=identifier), KEYS) is identifier
    (item,) = connected_resources({"connections": [connection(ResourceId=identifier)]}, KEYS)
    assert (item["id"], item["subresources"]) == (identifier, [])


def test_part_of_a_url_is_no_id_and_what_may_begin_like_one_may_be_one():
    url = connection(target=Partial(("https://", None, ".openai.azure.com"), "var.name"))
    assert connection_id(url, KEYS) is None
    for parts in (("/subscriptions/", None), (None, "/accounts/ai1")):
        with pytest.raises(Touched, match=r"var\.id"):
            connection_id(connection(target=Partial(parts, "var.id")), KEYS)


def test_a_resource_is_linked_once_by_rule_before_dependency_before_connection():
    hub = {
        "id": HUB,
        "properties": {"storageAccount": STORAGE, "keyVault": VAULT, "containerRegistry": None},
        "outboundRules": [rule("own", HUB), rule("a", STORAGE.upper()), rule("b", STORAGE)],
        "connections": [
            connection("vault", "AzureKeyVault", VAULT),
            connection("search", "CognitiveSearch", SEARCH),
            connection("web", "ApiKey"),
        ],
    }
    assert linked_resources(hub) == [
        {"name": "a", "id": STORAGE.upper(), "key": None},
        {"name": "keyVault", "id": VAULT, "key": "dependency"},
        {"name": "search", "id": SEARCH, "key": "connection"},
    ]


def test_links_stand_in_the_order_of_their_names_and_lead_to_something():
    hub = {
        "properties": {"storageAccount": "", "keyVault": VAULT},
        "outboundRules": [rule("b", STORAGE), rule("C", SEARCH), rule("a", ACCOUNT), rule("d", "")],
        "connections": [connection("odd", ResourceId="srch1")],
    }
    assert [item["name"] for item in linked_resources(hub)] == ["a", "b", "C", "keyVault"]


def test_a_link_that_may_not_be_there_leaves_the_list_open():
    pairs = ((rule("a", STORAGE), False), (rule("b", SEARCH), True))
    hub = {"properties": {"storageAccount": STORAGE}, "outboundRules": OpenList(pairs, "var.count")}
    found = linked_resources(hub)
    told = [(item["name"], sure) for item, sure in found.members]
    assert told == [("a", False), ("b", True), ("storageAccount", True)]


def test_the_same_connection_stands_for_all_in_any_order():
    one, other = connection("b", ResourceId=ACCOUNT), connection("a", ResourceId=ACCOUNT.upper())
    for listed in ([one, other], [other, one]):
        assert [item["name"] for item in connected_resources({"connections": listed}, KEYS)] == ["a"]
        linked = linked_resources({"outboundRules": [], "properties": {}, "connections": listed})
        assert [item["name"] for item in linked] == ["a"]
