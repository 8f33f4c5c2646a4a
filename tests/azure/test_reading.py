"""What is read of a hub, in which calls, and what is left alone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hubs import hub
from standin.examples import FEDERAL, PRODUCTION, SANDBOX, bundled, estate_of, snapshot_of
from standin.faults import Fault

from scanner import __version__

HUB = hub()["id"]
GROUP = HUB.partition("/providers/")[0]


def resource(kind, name, *, subscription=PRODUCTION, **properties):
    path = f"/subscriptions/{subscription}/resourceGroups/rg/providers/{kind}/{name}"
    return {"id": path, "name": name, "type": kind, "properties": properties}


def pointing(name, *targets, **more):
    """A hub with a private endpoint rule to each target."""
    rules = [
        (f"pe{number}", "PrivateEndpoint", {"serviceResourceId": one["id"], "subresourceTarget": "x"})
        for number, one in enumerate(targets)
    ]
    return hub(name, rules=rules, resources=list(targets), **more)


def collected(run, server, *more, code=0):
    found, _, err = run(server, "collect", *(more or ("-s", PRODUCTION)), "-q", "-o", "x.jsonl")
    assert found == code, err
    return {one["name"]: one for one in snapshot_of("x.jsonl")["hub"]}


def paths(server):
    return Counter(urlsplit(one.url).path.lower() for one in server.seen)


def test_every_collection_of_the_contract_is_there(arm, run):
    read = collected(run, arm(estate_of(hub())))["hub1"]
    for name in (
        "outboundRules",
        "connections",
        "computes",
        "onlineEndpoints",
        "projects",
        "locks",
        "roleAssignments",
        "policyAssignments",
        "diagnosticSettings",
        "networkSecurityRules",
        "resources",
        "gaps",
    ):
        assert read[name] == [], name
    assert read["subscription"] == {
        "subscriptionId": PRODUCTION,
        "tenantId": "00000000-0000-0000-0000-0000000000aa",
        "displayName": "Contoso 01",
        "state": "Enabled",
        "providers": {"Microsoft.Network": "Registered", "Microsoft.MachineLearningServices": "Registered"},
    }


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        (["*"], True),
        (["Microsoft.MachineLearningServices/workspaces/*"], True),
        (["*/read"], False),
        ([], False),
    ],
)
def test_what_this_identity_may_do_is_told_only_where_it_may_deploy_hubs(arm, run, actions, told):
    """An auditor that may only read is not who deploys: its permissions are no evidence of that."""
    held = [{"actions": actions, "notActions": []}]
    read = collected(run, arm(estate_of(hub(permissions=held))))["hub1"]
    assert read.get("permissions") == (held if told else None)


def test_light_reads_workspaces_and_rules_alone(arm, run):
    server = arm()
    collected(run, server, "-s", SANDBOX, "--light")
    hubs = {path for path in paths(server) if "/workspaces/" in path}
    assert {path.rpartition("/")[2] for path in hubs if path.count("/") > 8} == {"outboundrules"}
    assert all(
        set(one) & {"connections", "computes", "resources", "locks"} == set()
        for one in snapshot_of("x.jsonl")["hub"]
    )
    assert not any("/providers/microsoft.storage" in path for path in paths(server))


def test_a_scan_reads_only_what_its_policies_judge_by(arm, run):
    server = arm()
    run(server, "scan", "-s", SANDBOX, "--select", "fqdn-*", "-q", "--save-snapshot", "x.jsonl")
    assert {path.rpartition("/")[2] for path in paths(server) if path.count("/") > 8} == {"outboundrules"}
    assert snapshot_of("x.jsonl")["header"][0]["source"]["collections"] == ["outboundRules"]
    server.seen.clear()
    run(server, "scan", "-s", SANDBOX, "--select", "no-service-endpoint-beside-private-endpoint", "-q")
    kinds = {path.rpartition("/")[2] for path in paths(server)}
    assert {"connections", "storageaccounts"} <= kinds
    assert not kinds & {"computes", "onlineendpoints", "locks", "diagnosticsettings"}


def test_a_policy_of_ones_own_is_given_what_it_needs(arm, run, tmp_path):
    (tmp_path / "my-computes.yaml").write_text(
        """
id: my-computes
title: Computes
severity: low
category: compute
description: Computes.
needs: [computes]
require: length(hub.computes) >= `0`
message: "x"
"""
    )
    server = arm(estate_of(hub()))
    code, out, err = run(
        server,
        "scan",
        "-s",
        PRODUCTION,
        "-q",
        "--no-bundled-policies",
        "-p",
        "my-computes.yaml",
        "--show-passes",
        "-o",
        "jsonl",
    )
    assert code == 0, err
    assert json.loads(out.splitlines()[0])["verdict"] == "pass"


def test_dependencies_of_many_hubs_are_listed_and_not_asked_for_one_by_one(arm, run):
    hubs = []
    for number in range(12):
        account = resource("Microsoft.Storage/storageAccounts", f"st{number}", publicNetworkAccess="Disabled")
        one = hub(f"hub{number}", resources=[account])
        one["properties"]["storageAccount"] = account["id"]
        hubs.append(one)
    server = arm(estate_of(*hubs), page=50)
    read = collected(run, server)
    assert all(len(one["resources"]) == 1 for one in read.values())
    asked = {path: count for path, count in paths(server).items() if "microsoft.storage" in path}
    assert asked == {f"/subscriptions/{PRODUCTION}/providers/microsoft.storage/storageaccounts": 1}


def test_a_single_dependency_is_asked_for_by_itself(arm, run):
    account = resource("Microsoft.Storage/storageAccounts", "st1", publicNetworkAccess="Disabled")
    server = arm(estate_of(pointing("hub1", account)))
    assert collected(run, server)["hub1"]["resources"] == [account]
    assert [path for path in paths(server) if "microsoft.storage" in path] == [account["id"].lower()]


def test_what_a_list_does_not_show_is_asked_for_by_itself(arm, run):
    """A list leaves out what the identity may not see: whether it is missing or forbidden, its own GET says."""
    accounts = [resource("Microsoft.Storage/storageAccounts", f"st{number}") for number in range(4)]
    estate = estate_of(*(pointing(f"hub{number}", one) for number, one in enumerate(accounts)))
    listed = f"/subscriptions/{PRODUCTION}/providers/microsoft.storage/storageaccounts"
    estate.answers[listed] = accounts[:2]
    server = arm(estate)
    server.faults = [Fault("storageAccounts/st3", "status", 403, "AuthorizationFailed", "no")]
    read = collected(run, server, code=3)
    assert [len(one["resources"]) for _, one in sorted(read.items())] == [1, 1, 1, 0]
    assert read["hub3"]["gaps"][0]["subject"] == accounts[3]["id"]


def test_a_target_in_another_subscription_is_read_there(arm, run):
    away = resource(
        "Microsoft.Search/searchServices", "srch", subscription=FEDERAL, publicNetworkAccess="disabled"
    )
    read = collected(run, arm(estate_of(pointing("hub1", away), subscriptions=(PRODUCTION, FEDERAL))))
    assert read["hub1"]["resources"] == [away]


def test_the_resources_of_connections_are_read(arm, run):
    account = resource("Microsoft.CognitiveServices/accounts", "ai", publicNetworkAccess="Disabled")
    other = resource("Microsoft.Search/searchServices", "srch")
    connections = [
        {
            "name": "a",
            "properties": {
                "category": "AIServices",
                "target": "https://ai.contoso.com",
                "metadata": {"resourceid": account["id"]},
            },
        },
        {"name": "b", "properties": {"category": "CognitiveSearch", "target": other["id"], "metadata": None}},
    ]
    read = collected(run, arm(estate_of(hub(connections=connections, resources=[account, other]))))
    assert read["hub1"]["resources"] == [account, other]


def test_virtual_network_rules_of_sql_servers_are_read_from_their_own_list(arm, run):
    server = resource("Microsoft.Sql/servers", "sql1", publicNetworkAccess="Enabled")
    rules = [{"id": f"{server['id']}/virtualNetworkRules/r", "properties": {"state": "Ready"}}]
    estate = estate_of(pointing("hub1", server))
    estate.answers[f"{server['id'].lower()}/virtualnetworkrules"] = rules
    read = collected(run, arm(estate))
    assert read["hub1"]["resources"][0]["properties"]["virtualNetworkRules"] == rules
    code, out, _ = run(
        None, "scan", "x.jsonl", "--select", "no-service-endpoint-beside-private-endpoint", "-o", "jsonl"
    )
    assert (code, json.loads(out)["verdict"]) == (1, "fail")


@pytest.mark.parametrize("listed", [None, [None], [{"properties": {"state": "Ready"}}, "x"]], ids=repr)
def test_virtual_network_rules_that_cannot_be_read_are_a_gap(arm, run, listed):
    server = resource("Microsoft.Sql/servers", "sql1", publicNetworkAccess="Enabled")
    estate = estate_of(pointing("hub1", server))
    estate.answers[f"{server['id'].lower()}/virtualnetworkrules"] = listed
    read = collected(run, arm(estate), code=3)
    assert read["hub1"]["gaps"][0]["subject"] == f"{server['id']}/virtualNetworkRules"
    code, out, _ = run(
        None, "scan", "x.jsonl", "--select", "no-service-endpoint-beside-private-endpoint", "-o", "jsonl"
    )
    assert (code, json.loads(out)["verdict"]) == (3, "unknown")


def test_network_rules_of_registries_are_read_in_the_version_that_shows_them(arm, run):
    registry = resource(
        "Microsoft.ContainerRegistry/registries", "cr1", networkRuleSet={"defaultAction": "Deny"}
    )
    estate = estate_of(pointing("hub1", registry))
    old = json.loads(json.dumps(registry))
    old["properties"]["networkRuleSet"]["virtualNetworkRules"] = [{"id": "subnet", "action": "Allow"}]
    server = arm(estate)
    answer = estate.answer
    listed = f"/subscriptions/{PRODUCTION}/providers/microsoft.containerregistry/registries"
    server.by_version["2019-05-01"] = lambda path: [old] if path.lower() == listed else answer(path)
    read = collected(run, server)
    assert read["hub1"]["resources"][0]["properties"]["networkRuleSet"] == {
        "defaultAction": "Deny",
        "virtualNetworkRules": [{"id": "subnet", "action": "Allow"}],
    }


@pytest.mark.parametrize(
    ("listed", "single", "expected"),
    [
        ([], 200, []),
        ((403, {}), 200, []),
        ((403, {}), 403, [("forbidden", 403)]),
        ((500, {}), 500, [("failed", 500)]),
        ((400, {}), 403, []),
    ],
    ids=["not listed", "only by itself", "not at all", "out of order", "version gone"],
)
def test_network_rules_of_a_registry_are_asked_for_or_a_gap(arm, run, listed, single, expected):
    registry = resource("Microsoft.ContainerRegistry/registries", "cr1", networkRuleSet={})
    old = resource(
        "Microsoft.ContainerRegistry/registries", "cr1", networkRuleSet={"virtualNetworkRules": []}
    )
    server = arm(estate_of(pointing("hub1", registry)))
    whole = f"/subscriptions/{PRODUCTION}/providers/microsoft.containerregistry/registries"
    server.by_version["2019-05-01"] = lambda path: listed if path.lower() == whole else (single, old)
    read = collected(run, server, code=3 if expected else 0)["hub1"]
    gaps = [(gap["subject"], gap["reason"], gap["status"]) for gap in read["gaps"]]
    assert gaps == [(f"{registry['id']}/virtualNetworkRules", *one) for one in expected]
    shown = {"virtualNetworkRules": []} if single == 200 else {}
    assert read["resources"][0]["properties"]["networkRuleSet"] == shown


def test_projects_are_found_by_the_hub_they_name_and_by_the_hub_that_names_them(arm, run):
    def project(name, **properties):
        one = hub(name, kind="Project")
        one["properties"] = properties
        return one

    main = hub()
    main["properties"]["associatedWorkspaces"] = [HUB.replace("hub1", "prj2")]
    server = arm(estate_of(main, project("prj1", hubResourceId=HUB.upper()), project("prj2")))
    read = collected(run, server)
    assert [one["name"] for one in read["hub1"]["projects"]] == ["prj1", "prj2"]


def test_rules_of_a_network_of_the_second_kind_are_asked_for_in_both_places(arm, run):
    one = hub(rules=[("a", "FQDN", "a.contoso.com")])
    one["properties"]["managedNetwork"]["managedNetworkKind"] = "V2"
    estate = estate_of(one)
    more = {"name": "b", "properties": {"type": "FQDN", "destination": "b.contoso.com"}}
    estate.answers[f"{HUB.lower()}/managednetworks/default/outboundrules"] = [one["outboundRules"][0], more]
    read = collected(run, arm(estate))
    assert [rule["name"] for rule in read["hub1"]["outboundRules"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("status", "expected"), [(403, ["forbidden"]), (500, ["failed"]), (404, []), (400, [])]
)
def test_rules_of_a_network_of_the_second_kind_may_be_in_the_place_that_is_not_read(
    arm, run, status, expected
):
    one = hub(rules=[("a", "FQDN", "a.contoso.com")])
    one["properties"]["managedNetwork"]["managedNetworkKind"] = "V2"
    server = arm(estate_of(one))
    server.estate.answers[f"{HUB.lower()}/managednetworks/default/outboundrules"] = (status, {})
    read = collected(run, server, code=3 if expected else 0)["hub1"]
    subject = "managedNetworks/default/outboundRules"
    assert [(gap["subject"], gap["reason"]) for gap in read["gaps"]] == [(subject, one) for one in expected]
    select = ("--select", "fqdn-no-azure-storage", "--show-passes")
    code, out, _ = run(None, "scan", "x.jsonl", *select, "-o", "jsonl")
    assert (code, json.loads(out)["verdict"]) == ((3, "unknown") if expected else (0, "pass"))


def test_what_moves_from_page_to_page_is_there_once(arm, run):
    """What was changed meanwhile, or does not say which it is, stays as often as it is shown."""
    names = ("a", "b", "b", "c")
    rules = [{"id": f"{HUB}/outboundRules/{name}", "name": name, "properties": {}} for name in names]
    changed = {**rules[0], "properties": {"type": "FQDN"}}
    odd = [None, {"properties": {}}]
    server = arm(estate_of(hub(outboundRules=[*rules, changed, *odd, *odd])), page=2)
    read = collected(run, server)["hub1"]
    assert read["outboundRules"] == [rules[0], rules[1], rules[3], changed, *odd, *odd]


def test_a_map_and_a_list_that_disagree_are_both_kept(arm, run):
    one = hub(rules=[("listed", "FQDN", "a.contoso.com")])
    one["properties"]["managedNetwork"]["outboundRules"] = {
        "inline": {"type": "FQDN", "destination": "b.contoso.com"}
    }
    read = collected(run, arm(estate_of(one)))["hub1"]
    assert [rule["name"] for rule in read["outboundRules"]] == ["listed"]
    assert list(read["properties"]["managedNetwork"]["outboundRules"]) == ["inline"]


def test_rules_of_a_workspace_without_a_managed_network_may_be_missing(arm, run):
    one = hub(mode="Disabled")
    server = arm(estate_of(one, hub("hub2")))
    server.faults = [Fault("/outboundRules", "status", 404, "NotFound", "no network")]
    read = collected(run, server, code=3)
    assert (read["hub1"]["outboundRules"], read["hub1"]["gaps"]) == ([], [])
    assert "outboundRules" not in read["hub2"]
    assert [gap["reason"] for gap in read["hub2"]["gaps"]] == ["missing"]


def test_rules_of_which_a_page_is_missing_are_not_all(arm, run):
    """Neither is a list that is not there, where somebody else than ARM says so."""
    server = arm(
        estate_of(
            hub(mode="Disabled", rules=[(f"r{number}", "FQDN", "a.contoso.com") for number in range(3)]),
            hub("hub2", mode="Disabled"),
        ),
        page=2,
    )
    server.estate.answers[f"{hub('hub2')['id'].lower()}/outboundrules"] = (404, b"<html>")
    server.faults = [Fault("/outboundRules.*skiptoken", "status", 404, "NotFound", "no network")]
    read = collected(run, server, code=3)
    assert [rule["name"] for rule in read["hub1"]["outboundRules"]] == ["r0", "r1"]
    assert [gap["reason"] for gap in read["hub1"]["gaps"]] == ["missing"]
    assert "outboundRules" not in read["hub2"]
    assert [gap["reason"] for gap in read["hub2"]["gaps"]] == ["failed"]


def test_deployments_that_cannot_be_read_leave_the_endpoint(arm, run):
    endpoints = [{"name": name, "properties": {}, "deployments": [{"name": "blue"}]} for name in ("a", "b")]
    server = arm(estate_of(hub(onlineEndpoints=endpoints)))
    server.faults = [Fault("/onlineEndpoints/b/deployments", "status", 403, "AuthorizationFailed", "no")]
    read = collected(run, server, code=3)["hub1"]
    assert [one.get("deployments") for one in read["onlineEndpoints"]] == [[{"name": "blue"}], None]
    assert read["gaps"][0]["subject"] == "onlineEndpoints/b/deployments"


def test_what_is_set_above_is_shown_where_it_holds(arm, run):
    root = "/providers/Microsoft.Management/managementGroups/contoso"
    lock = "/providers/Microsoft.Authorization/locks/l"

    def assignment(scope, name, **more):
        return {
            "id": f"{scope}/providers/Microsoft.Authorization/policyAssignments/{name}",
            "properties": {"scope": scope, **more},
        }

    estate = estate_of(hub(), hub("hub2", id=HUB.replace("hub1", "hub2").replace("/rg/", "/other/")))
    start = f"/subscriptions/{PRODUCTION}/providers/microsoft.authorization"
    locks = [HUB, GROUP, f"/subscriptions/{PRODUCTION}", f"{HUB}x", GROUP.replace("/rg", "/r")]
    estate.answers[f"{start}/locks"] = [
        {"id": f"{scope}{lock}", "properties": {"level": "CanNotDelete"}} for scope in locks
    ]
    estate.answers[f"{start}/policyassignments"] = [
        assignment(root, "everywhere"),
        assignment(root, "elsewhere", notScopes=[GROUP]),
        assignment(GROUP, "group"),
        assignment(root, "not in legacy", notScopes=[f"{root}-legacy"]),
    ]
    read = collected(run, arm(estate))
    assert [one["id"].removesuffix(lock) for one in read["hub1"]["locks"]] == locks[:3]
    assert [one["id"].removesuffix(lock) for one in read["hub2"]["locks"]] == [locks[2]]
    names = {
        name: [one["id"].rpartition("/")[2] for one in hub["policyAssignments"]] for name, hub in read.items()
    }
    # Whether the group that is left out holds the hub, nothing here tells: the assignment stays in sight.
    assert names == {
        "hub1": ["everywhere", "group", "not in legacy"],
        "hub2": ["everywhere", "elsewhere", "not in legacy"],
    }


def test_what_is_set_somewhere_by_somebody_is_kept_for_all(arm, run):
    """A member that does not say where it holds, or for whom, may hold for any hub."""
    odd = [None, 7, {"name": "x"}, {"properties": None}]
    estate = estate_of(hub(identity={"principalId": "00000000-0000-0000-0002-000000000001"}))
    for name in ("locks", "policyassignments", "roleassignments"):
        estate.answers[f"/subscriptions/{PRODUCTION}/providers/microsoft.authorization/{name}"] = odd
    read = collected(run, arm(estate))["hub1"]
    assert read["locks"] == read["policyAssignments"] == read["roleAssignments"] == odd


def test_role_assignments_are_those_of_the_hubs_identities(arm, run):
    mine, user, other = (f"00000000-0000-0000-0002-00000000000{number}" for number in (1, 2, 3))
    one = hub(identity={"principalId": mine.upper(), "userAssignedIdentities": {"/x": {"principalId": user}}})
    estate = estate_of(one)
    estate.answers[f"/subscriptions/{PRODUCTION}/providers/microsoft.authorization/roleassignments"] = [
        {
            "id": f"/x/{number}",
            "properties": {"principalId": principal, "roleDefinitionId": "r", "scope": GROUP},
        }
        for number, principal in enumerate((mine, user, other))
    ]
    read = collected(run, arm(estate))["hub1"]
    assert [one["properties"]["principalId"] for one in read["roleAssignments"]] == [mine, user]


NETWORK = f"{GROUP}/providers/Microsoft.Network"
SUBNET = {
    "id": f"{NETWORK}/virtualNetworks/v/subnets/s",
    "name": "s",
    "properties": {"networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/g"}},
}
WAY = {
    "privateEndpoints/e": {"subnet": {"id": SUBNET["id"]}},
    "virtualNetworks/v": {"subnets": [SUBNET]},
    "networkSecurityGroups/g": {"securityRules": [{"id": "r", "name": "deny"}]},
}


def beside_a_network(way):
    """A hub with a private endpoint in a network, and what leads from it to the rules there."""
    endpoint = {"properties": {"privateEndpoint": {"id": f"{NETWORK}/privateEndpoints/e"}}}
    one = hub()
    one["properties"]["privateEndpointConnections"] = [endpoint]
    estate = estate_of(one)
    for place, properties in way.items():
        path = f"{NETWORK}/{place}"
        estate.answers[path.lower()] = (200, {"id": path, "properties": properties})
    return estate


def test_rules_of_the_network_of_a_hubs_own_endpoint_are_read(arm, run):
    read = collected(run, arm(beside_a_network(WAY)))["hub1"]
    assert read["networkSecurityRules"] == [{"id": "r", "name": "deny"}]


def test_a_subnet_without_a_security_group_has_no_rules(arm, run):
    way = {**WAY, "virtualNetworks/v": {"subnets": [{**SUBNET, "properties": {}}]}}
    assert collected(run, arm(beside_a_network(way)))["hub1"]["networkSecurityRules"] == []


@pytest.mark.parametrize(
    ("place", "properties"),
    [
        ("privateEndpoints/e", {}),
        ("privateEndpoints/e", {"subnet": {"id": "s"}}),
        ("virtualNetworks/v", None),
        ("virtualNetworks/v", {"subnets": None}),
        ("virtualNetworks/v", {"subnets": [{"name": "other"}]}),
        ("virtualNetworks/v", {"subnets": [{"name": "s"}]}),
        ("virtualNetworks/v", {"subnets": [{**SUBNET, "properties": {"networkSecurityGroup": {}}}]}),
        ("networkSecurityGroups/g", {}),
        ("networkSecurityGroups/g", {"securityRules": [None]}),
    ],
)
def test_where_the_way_to_security_rules_is_not_told_nothing_is_known_of_them(arm, run, place, properties):
    """No rule denies what is asked for only where all of them are in sight."""
    read = collected(run, arm(beside_a_network({**WAY, place: properties})))["hub1"]
    assert "networkSecurityRules" not in read


def test_a_hub_that_does_not_tell_its_endpoints_tells_no_security_rules(arm, run):
    server = arm(estate_of(hub()))
    server.faults = [Fault("/privateEndpointConnections", "status", 403, "AuthorizationFailed")]
    assert "networkSecurityRules" not in collected(run, server, code=3)["hub1"]


def test_secrets_never_reach_the_snapshot(arm, run):
    secrets = {
        "credentials": {"key": "hush-1", "anything": "hush-2"},
        "target": "https://st.blob.core.windows.net/c?sv=1&sig=hush-3",
        "metadata": {
            "apiKey": "hush-4",
            "ConnectionString": "AccountKey=hush-5;x=1",
            "note": "Bearer hush-6-hush-6-hush-6",
        },
    }
    one = hub(
        connections=[{"name": "c", "properties": {"category": "ApiKey", "authType": "ApiKey", **secrets}}],
        computes=[
            {
                "name": "v",
                "properties": {
                    "properties": {"administratorAccount": {"username": "me", "password": "hush-7"}}
                },
            }
        ],
    )
    one["properties"]["x"] = {"primaryKey": "hush-8", "sasToken": "hush-9", "text": "SharedAccessKey=hush-10"}
    collected(run, arm(estate_of(one)))
    assert "hush" not in Path("x.jsonl").read_text()


@pytest.mark.parametrize(
    "link",
    [
        lambda url: url.replace("https://127.0.0.1", "HTTPS://127.0.0.1"),
        lambda url: (
            url.partition("127.0.0.1")[2].partition("/")[1] + url.partition("127.0.0.1")[2].partition("/")[2]
        ),
    ],
    ids=["other case", "without host"],
)
def test_a_next_page_may_be_named_in_another_way(arm, run, link):
    server = arm(
        estate_of(
            *(
                hub(f"hub{number}", rules=[(f"r{i}", "FQDN", "a.contoso.com") for i in range(5)])
                for number in range(5)
            )
        ),
        page=2,
    )
    server.links = link
    read = collected(run, server)
    assert len(read) == 5
    assert all(len(one["outboundRules"]) == 5 for one in read.values())


def test_nothing_but_reads_is_sent_each_with_a_version(arm, run):
    server = arm()
    run(server, "collect", "--all-subscriptions", "-q", "-o", "x.jsonl")
    run(server, "scan", "-m", "contoso", "-q")
    run(server, "doctor")
    assert {one.method for one in server.seen} == {"GET"}
    assert all(parse_qs(urlsplit(one.url).query).get("api-version") for one in server.seen)
    assert all(one.authorized for one in server.seen)
    assert {one.agent for one in server.seen} == {f"hubscan/{__version__}"}


def test_one_token_serves_every_thread(arm, run):
    server = arm()
    run(server, "collect", "--all-subscriptions", "-q", "-o", "x.jsonl", "--concurrency", "32")
    assert len(server.tokens) == 1


def test_an_unregistered_provider_is_no_gap_and_is_never_registered(arm, run):
    server = arm(estate_of(hub(), subscriptions=(PRODUCTION, SANDBOX)))
    server.faults = [
        Fault(
            f"{SANDBOX}/providers/.*/workspaces", "status", 409, "MissingSubscriptionRegistration", "register"
        )
    ]
    collected(run, server, "-s", PRODUCTION, "-s", SANDBOX)
    assert {one.method for one in server.seen} == {"GET"}


def test_the_whole_estate_is_read_with_one_thread_as_with_many(arm, run):
    server = arm(bundled())
    results = []
    for threads in ("1", "32"):
        run(server, "collect", "--all-subscriptions", "-q", "-o", "x.jsonl", "--concurrency", threads)
        results.append(Path("x.jsonl").read_text().splitlines()[1:])
    assert results[0] == results[1]
