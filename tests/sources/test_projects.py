"""Projects know their hub, in whatever file and order the two come."""

from __future__ import annotations

import json

import pytest

from scanner.values import Unknown

HUB_ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1"
PROJECTS_HUB = HUB_ID.upper() + "/"
MODE = "AllowOnlyApprovedOutbound"


def hub(mode=MODE, **more):
    return {"id": HUB_ID, "kind": "Hub", "properties": {"managedNetwork": {"isolationMode": mode}}, **more}


def project(target=PROJECTS_HUB, name="p", **more):
    return {"id": HUB_ID[:-4] + name, "kind": "project", "properties": {"hubResourceId": target}, **more}


def snapshot(*hubs, **more):
    return {"snapshot": "hubscan/v1", "hubs": list(hubs), **more}


def lines(*hubs):
    return (
        {"snapshot": "hubscan/v1"},
        *({"hub": one} for one in hubs),
        {"end": {"hubs": len(hubs), "gaps": 0}},
    )


def mode_of(harvest, name="p"):
    (found,) = (one for one in harvest.hubs if one.ref.name == name)
    own = found.document["hubResource"]
    return own.reason if isinstance(own, Unknown) else own["properties"]["managedNetwork"]["isolationMode"]


@pytest.mark.parametrize("whole", [snapshot, lines])
def test_a_project_knows_its_hub_whichever_comes_first(read, whole):
    assert mode_of(read(whole(project(), hub()))) == MODE
    assert mode_of(read(whole(hub(), project()))) == MODE


def test_a_project_knows_the_hub_of_another_file(write, scan):
    write("a.json", snapshot(project()))
    write("b.jsonl", lines(hub()))
    assert mode_of(scan()) == MODE


def test_a_project_of_a_saved_answer_knows_its_hub_too(read):
    assert mode_of(read([project(), hub()])) == MODE


def test_a_project_whose_hub_is_not_there_does_not_know_it(read):
    assert mode_of(read(snapshot(project()))) == "the hub of the project was not read"
    assert mode_of(read(snapshot(project(HUB_ID + "2"), hub()))) == "the hub of the project was not read"


def test_rules_of_the_hub_are_not_among_what_a_project_knows(read):
    rules = {"a": {"type": "FQDN", "destination": "contoso.com"}}
    network = {"isolationMode": MODE, "status": {"status": "Active"}, "outboundRules": rules}
    harvest = read(
        snapshot(hub(properties={"managedNetwork": network, "provisionNetworkNow": True}), project())
    )
    (found,) = (one for one in harvest.hubs if one.ref.name == "p")
    assert found.document["hubResource"]["properties"] == {
        "managedNetwork": {"isolationMode": MODE, "status": {"status": "Active"}},
        "provisionNetworkNow": True,
    }


def test_a_hub_whose_network_could_not_be_read_is_not_taken_for_one_without(read):
    gap = {"subject": "properties.managedNetwork", "reason": "forbidden", "status": 403}
    harvest = read(snapshot(hub(properties={}, gaps=[gap]), project()))
    (found,) = (one for one in harvest.hubs if one.ref.name == "p")
    assert isinstance(found.document["hubResource"]["properties"]["managedNetwork"], Unknown)


def test_a_hub_that_is_there_twice_and_differs_is_not_known(read):
    assert "more than once" in mode_of(read(snapshot(hub(), hub("Disabled"), project())))
    assert mode_of(read(snapshot(hub(), hub(), project()))) == MODE


def test_a_hub_that_is_there_twice_and_open_alike_is_known_as_far_as_it_is(read):
    def at(location, **more):
        return hub(location=location, **more)

    twice = read(snapshot(at("[parameters('location')]"), at("[parameters('location')]"), project()))
    assert mode_of(twice) == MODE
    differ = read(snapshot(at("[parameters('location')]"), at("[parameters('other')]"), project()))
    assert "more than once" in mode_of(differ)


def test_what_a_project_says_itself_of_its_hub_stays(read):
    own = {"kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "Disabled"}}}
    assert mode_of(read(snapshot(hub(), project(hubResource=own)))) == "Disabled"


def test_a_hub_has_no_hub_whatever_it_says(read):
    (found,) = read(snapshot({**hub(), "hubResource": {"properties": {}}})).hubs
    assert "hubResource" not in found.document


def test_many_projects_are_all_there(read):
    harvest = read(snapshot(hub(), *(project(name=f"p{n}", tags={"x": "y" * 20_000}) for n in range(300))))
    assert {mode_of(harvest, f"p{n}") for n in range(300)} == {MODE}


@pytest.mark.parametrize("odd", [b"\xff", "\u00fc\u20ac".encode(), b"\\ud800"])
def test_a_project_with_any_bytes_in_it_knows_its_hub(read, odd):
    line = json.dumps({"hub": project(tags={"a": "ODD"})}).encode().replace(b"ODD", odd)
    head, of_hub, end = (json.dumps(one).encode() for one in lines(hub()))
    assert mode_of(read(b"\n".join([head, of_hub, line, end]))) == MODE


def test_a_project_that_cannot_be_read_is_a_gap_as_ever(read):
    assert read(snapshot(["hubResourceId", "project"], hub())).codes == ["malformed"]


def test_a_project_that_is_nested_too_deep_is_a_gap(read):
    deep = '{"a":' * 400 + "1" + "}" * 400
    line = json.dumps({"hub": project(tags="DEEP")}).replace('"DEEP"', deep)
    harvest = read(({"snapshot": "hubscan/v1"}, line, {"end": {"hubs": 1, "gaps": 0}}), "estate.jsonl")
    assert (harvest.hubs, harvest.codes) == ([], ["malformed"])
