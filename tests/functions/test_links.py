"""Which private endpoint connections of a resource are a rule's, and in what state they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

endpoint_states = table()["endpoint_states"].call

HERE = "/subscriptions/00000000-0000-0000-0000-000000000001"
MICROSOFT = "/subscriptions/00000000-0000-0000-0000-00000000000f"
HUB = f"{HERE}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1"
DATA = f"{HERE}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data1"
ALL = ["ruleName", "peName", "workspaceName"]


def rule(name="pe1", target=DATA, subresource="blob"):
    destination = {"serviceResourceId": target, "subresourceTarget": subresource}
    return {"name": name, "properties": {"type": "PrivateEndpoint", "destination": destination}}


def link(
    name="data1.0a1b2c3d", endpoint=None, state="Approved", home=MICROSOFT, description=None, groups=None
):
    properties = {"privateLinkServiceConnectionState": {"status": state, "description": description}}
    if endpoint is not None:
        within = f"{home}/resourceGroups/commonHobowesteurope/providers/Microsoft.Network/privateEndpoints"
        properties["privateEndpoint"] = {"id": f"{within}/{endpoint}"}
    if groups is not None:
        properties["groupIds"] = groups
    return {"name": name, "properties": properties}


def hub(*links, rules=(), target=DATA):
    resources = [{"id": target, "properties": {"privateEndpointConnections": list(links)}}]
    return {"id": HUB, "outboundRules": [rule(), *rules], "resources": resources}


def states(*links, of=None, by=ALL, **more):
    of = of or rule()
    return endpoint_states(hub(*links, **more), of, by)


OURS = [
    link("pe1"),
    link("PE1.0a1b2c3d"),
    link(endpoint="pe1"),
    link(endpoint="pe1", home=HERE),
    link(endpoint="hub1-pe1-westeurope"),
    link(None, endpoint="pe1"),
    link("pe1.0a1b2c3d", endpoint="other", home=HERE),
    link("hub1_pe1"),
    link(endpoint="__SYS_PE_data1_blob_0a1b2c3d"),
    link(description="Managed network of HUB1, pending approval"),
    link(description="hub1", groups=["blob"]),
]


@pytest.mark.parametrize("own", OURS)
def test_a_connection_is_the_rules_by_name_or_description(own):
    assert states(own) == ["approved"]


THEIRS = [
    link("other-vnet-pe"),
    link("vnet-pe1"),
    link(endpoint="vnet-pe1", home=HERE),
    link(endpoint="pe12"),
    link(endpoint="xpe1"),
    link(endpoint="__SYS_PE_data1_file_0a1b2c3d"),
    link(endpoint="__SYS_PE_data12_blob_0a1b2c3d"),
    link(description="hub12"),
    link(description="hub1-test"),
    link(description="hub1", groups=["file"]),
    link(),
]


@pytest.mark.parametrize("other", THEIRS)
def test_any_other_connection_is_somebody_elses(other):
    assert states(other) == []


@pytest.mark.parametrize(
    ("endpoint", "subresource"),
    [
        ("__SYS_PE_data1_blob", "blob"),
        ("__SYS_PE_data1_blob_secondary_0a1b2c3d", "blob_secondary"),
        ("__SYS_PE_data1_blob_0a1b2c3d", "Blob"),
    ],
)
def test_a_name_of_the_platforms_tells_the_subresource(endpoint, subresource):
    own = rule("other", subresource=subresource)
    assert states(link(endpoint=endpoint), of=own) == ["approved"]
    assert states(link(endpoint=endpoint), of=rule("other", subresource="file")) == []
    assert states(link(endpoint=endpoint), of=rule("other", subresource=None)) == []


@pytest.mark.parametrize(
    "endpoint", ["", "/subscriptions", "vnet-pe1", f"/groups{MICROSOFT[14:]}/x/vnet-pe1"]
)
def test_an_endpoint_that_is_in_no_subscription_is_nobodys(endpoint):
    odd = link()
    odd["properties"]["privateEndpoint"] = {"id": endpoint}
    assert states(odd) == []


@pytest.mark.parametrize(
    ("named", "description", "own"),
    [
        ({"name": "Hub9", "id": HUB}, "for hub9", ["approved"]),
        ({"name": "Hub9", "id": HUB}, "for hub1", []),
        ({"id": f"{HUB[:-1]}7"}, "for hub7", ["approved"]),
        ({"name": 7}, "for 7", []),
        ({}, "for none", []),
        ({}, "", []),
        ({"id": HUB}, "." * 4_092 + "hub1", ["approved"]),
        ({"id": HUB}, "." * 4_093 + "hub1", []),
    ],
)
def test_a_description_counts_where_it_names_the_hub(named, description, own):
    document = hub(link(description=description))
    del document["id"]
    assert endpoint_states({**document, **named}, rule(), ALL) == own


def test_what_is_called_like_the_resource_is_called_like_no_rule():
    assert states(link("data1.0a1b2c3d", endpoint="other"), of=rule("data1"), rules=[rule("data1")]) == []


def test_what_is_called_like_another_rule_is_that_rules():
    other = rule("pe1-file", subresource="file")
    pending = link(endpoint="pe1", state="Pending")
    approved = link(endpoint="pe1-file", description="hub1")
    assert states(pending, approved, rules=[other]) == ["pending"]
    assert states(pending, approved, of=other, rules=[other]) == ["approved"]


def test_a_name_goes_before_a_guess():
    guess = link(endpoint="__SYS_PE_data1_blob_0a1b2c3d")
    assert states(guess, link(endpoint="pe1", state="Rejected")) == ["rejected"]
    assert states(link(description="hub1"), link(endpoint="pe1", state="Rejected")) == ["rejected"]


def test_a_subresource_that_is_not_known_matters_where_a_connection_tells_one():
    own = rule("other", subresource=Unknown("var.part"))
    assert states(link(description="hub1"), of=own) == ["approved"]
    for told in (link(description="hub1", groups=["blob"]), link(endpoint="__SYS_PE_data1_blob_0a1b2c3d")):
        with pytest.raises(Touched, match=r"var\.part"):
            states(told, of=own)


def test_an_endpoint_in_the_subscription_of_the_hub_is_its_owners():
    far = DATA.replace(HERE, f"{HERE[:-1]}7")
    own = rule(target=far)
    for home in (HERE, HERE[:-1] + "7"):
        assert states(link(endpoint="vnet-pe1", home=home), of=own, rules=[own], target=far) == []
    assert states(link(endpoint="vnet-pe1"), of=own, rules=[own], target=far) == ["approved"]


@pytest.mark.parametrize(
    ("own", "word"), [(OURS[0], "ruleName"), (OURS[8], "peName"), (OURS[9], "workspaceName")]
)
def test_only_the_ways_that_are_asked_for_count(own, word):
    assert states(own, by=[word]) == ["approved"]
    assert states(own, by=[other for other in ALL if other != word]) == []


def test_each_state_is_told_once():
    links = [link("pe1.1", state="Pending"), link("pe1.2"), link("pe1.3", state=" pending ")]
    assert states(*links) == ["pending", "approved"]


def test_the_hubs_own_connections_stand_in_the_hub():
    own = rule("__SYS_PE_hub1_amlworkspace_0a1b2c3d", HUB, "amlworkspace")
    document = {"id": HUB, "outboundRules": [own], "properties": {}}
    document["properties"]["privateEndpointConnections"] = [link("hub1.1", endpoint=own["name"])]
    assert endpoint_states(document, own, ALL) == ["approved"]


def test_connections_may_be_resources_of_their_own():
    document = hub()
    del document["resources"][0]["properties"]["privateEndpointConnections"]
    document["resources"].append({"id": f"{DATA}/privateEndpointConnections/pe1", **link("pe1")})
    assert endpoint_states(document, rule(), ALL) == ["approved"]


def test_other_children_of_a_resource_are_no_connections():
    document = hub()
    del document["resources"][0]["properties"]["privateEndpointConnections"]
    document["resources"] += [{"id": f"{DATA}/blobServices/pe1", **link("pe1")}, {"name": "pe1"}]
    with pytest.raises(Touched, match="does not report its private endpoint connections"):
        endpoint_states(document, rule(), ALL)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"outboundRules": [rule()]}, "resources was not collected"),
        ({"outboundRules": [rule()], "resources": []}, "is not among the resources"),
        (
            {"outboundRules": [rule()], "resources": [], "gaps": [{"subject": DATA, "reason": "forbidden"}]},
            "forbidden",
        ),
        ({"outboundRules": [rule()], "resources": [{"id": DATA, "properties": {}}]}, "does not report"),
        (hub(link("pe1", state=None)), "was not reported"),
        (hub(link("pe1", state=Unknown("var.state"))), "var.state"),
        (hub(link(Unknown("var.name"))), "var.name"),
        (hub(link(description=Unknown("var.text"))), "var.text"),
    ],
)
def test_what_is_not_told_is_unknown(document, reason):
    with pytest.raises(Touched, match=reason):
        endpoint_states(document, rule(), ALL)


@pytest.mark.parametrize(
    "other",
    [rule(None), rule(Unknown("var.name")), rule("pe1", target=None), rule("x", target=Unknown("var.id"))],
)
def test_a_rule_without_a_name_or_a_target_has_no_connection_that_is_called_like_it(other):
    assert states(link("pe1"), rules=[other]) == ["approved"]


def test_a_rule_that_names_nothing_has_no_connections_that_are_known():
    with pytest.raises(Touched, match="names no resource"):
        endpoint_states(hub(), {"name": "pe1", "properties": {}}, ALL)
    with pytest.raises(Touched, match="has no name"):
        endpoint_states(hub(), {"properties": rule()["properties"]}, ALL)


@given(st.text("ab-_.1", max_size=20), st.text("ab-_.1", max_size=20))
def test_an_approved_endpoint_of_the_owners_own_network_never_counts(before, after):
    name = f"{before}-pe1-{after}"
    assert states(link(endpoint=name, home=HERE)) == []
