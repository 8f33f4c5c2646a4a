"""One mistake, one finding, and none where there is no mistake: computes, endpoints, prerequisites, monitoring."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hubs import snapshot

from scanner.cli import main

ESTATE = Path(__file__).resolve().parent.parent / "reports" / "examples" / "estate" / "contoso.jsonl"
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions"
PLATFORM = {
    *("application-insights-private-link", "compute-node-public-ip-disabled"),
    *("compute-ssh-public-access-disabled", "conflicting-azure-policy-assignments"),
    *("deployer-rbac-private-endpoint-actions", "diagnostics-enabled", "image-build-compute-configured"),
    *("managed-network-monitoring-flags", "microsoft-network-provider-registered"),
    *("online-deployment-egress-flag-unset", "online-endpoint-public-access-disabled"),
    *("resource-locks-compatible", "spark-private-endpoint-ready", "v1-legacy-mode-disabled"),
}


def clean():
    """A hub of the bundled estate that makes no mistake, with everything that Azure tells of it."""
    lines = map(json.loads, ESTATE.read_text(encoding="utf-8").splitlines())
    return next(line["hub"] for line in lines if line.get("hub", {}).get("name") == "hub-research")


@pytest.fixture
def failing(tmp_path, capfdbinary):
    """Scans hubs and gives the policies and members that fail, or are in doubt, above info."""

    def scan(*hubs, verdict="fail", options=(), **more):
        file = tmp_path / "estate.json"
        file.write_text(json.dumps(snapshot(*hubs, **more)), encoding="utf-8")
        main(["scan", str(file), "-o", "json", *options])
        found = json.loads(capfdbinary.readouterr().out)["findings"]
        return [
            (finding["policy"], finding["item"])
            for finding in found
            if finding["verdict"] == verdict and finding["severity"] != "info"
        ]

    return scan


def member(hub, collection, name):
    return next(entry for entry in hub[collection] if entry["name"] == name)


def set_property(name, *, value):
    def mistake(hub):
        hub["properties"][name] = value

    return mistake


def give_public_address(hub):
    member(hub, "computes", "cpu-cluster")["properties"]["properties"]["enableNodePublicIp"] = True


def open_ssh(hub):
    give_public_address(hub)
    member(hub, "computes", "cpu-cluster")["properties"]["properties"]["remoteLoginPortPublicAccess"] = (
        "Enabled"
    )


def open_endpoint(hub):
    hub["onlineEndpoints"][0]["properties"]["publicNetworkAccess"] = "Enabled"


def isolate_deployment(hub):
    hub["onlineEndpoints"][0]["deployments"][0]["properties"]["egressPublicNetworkAccess"] = "Disabled"


def unregister(hub):
    hub["subscription"]["providers"]["Microsoft.Network"] = "NotRegistered"


def only_read(hub):
    hub["permissions"] = [{"actions": ["*/read"], "notActions": []}]


def freeze(hub):
    group = hub["id"].split("/providers/")[0]
    hub["locks"].append(
        {
            "id": f"{group}/providers/Microsoft.Authorization/locks/freeze",
            "name": "freeze",
            "properties": {"level": "ReadOnly"},
        }
    )


def log_nothing(hub):
    hub["diagnosticSettings"][0]["properties"]["logs"][0]["enabled"] = False


MISTAKES = [
    (set_property("imageBuildCompute", value=""), [("image-build-compute-configured", None)]),
    (set_property("v1LegacyMode", value=True), [("v1-legacy-mode-disabled", None)]),
    (give_public_address, [("compute-node-public-ip-disabled", "cpu-cluster")]),
    (
        open_ssh,
        [
            ("compute-node-public-ip-disabled", "cpu-cluster"),
            ("compute-ssh-public-access-disabled", "cpu-cluster"),
        ],
    ),
    (open_endpoint, [("online-endpoint-public-access-disabled", "summaries")]),
    (isolate_deployment, [("online-deployment-egress-flag-unset", "summaries/blue")]),
    (unregister, [("microsoft-network-provider-registered", "Microsoft.Network")]),
    (only_read, [("deployer-rbac-private-endpoint-actions", None)]),
    (freeze, [("resource-locks-compatible", "freeze")]),
    (log_nothing, [("diagnostics-enabled", "workspace")]),
]


def test_a_hub_without_a_mistake_has_no_finding_and_no_doubt(failing):
    assert failing(clean()) == []
    assert [found for found in failing(clean(), verdict="unknown") if found[0] in PLATFORM] == []


@pytest.mark.parametrize(("mistake", "expected"), MISTAKES, ids=lambda value: getattr(value, "__name__", ""))
def test_one_mistake_is_one_finding(failing, mistake, expected):
    hub = copy.deepcopy(clean())
    mistake(hub)
    assert sorted(failing(hub)) == expected


def test_all_mistakes_at_once_hide_none_of_each_other(failing):
    hub = copy.deepcopy(clean())
    for mistake, _ in MISTAKES:
        mistake(hub)
    expected = {found for _, all_found in MISTAKES for found in all_found}
    assert set(failing(hub)) == expected


def test_a_hub_without_isolation_is_not_told_what_only_isolation_makes_wrong(failing):
    hub = copy.deepcopy(clean())
    hub["properties"]["managedNetwork"] = {"isolationMode": "Disabled"}
    hub["outboundRules"] = []
    open_ssh(hub)
    hub["properties"]["v1LegacyMode"] = True
    assert [found for found in failing(hub) if found[0] in PLATFORM] == []


def test_a_contradicting_azure_policy_is_no_more_than_information(failing, tmp_path):
    hub = copy.deepcopy(clean())
    hub["policyAssignments"].append(
        {
            "name": "legacy",
            "properties": {"policyDefinitionId": f"{BUILT_IN}/e413671a-dd10-4cc1-a943-45b598596cb7"},
        }
    )
    assert failing(hub) == []
    file = tmp_path / "estate.json"
    found = tmp_path / "found.json"
    assert main(["scan", str(file), "--fail-on", "info", "-o", f"json={found}"]) == 1
    (finding,) = json.loads(found.read_text(encoding="utf-8"))["findings"]
    assert (finding["policy"], finding["item"]) == ("conflicting-azure-policy-assignments", "legacy")


def test_the_mode_that_a_contradicting_policy_demands_is_a_finding_of_its_own(failing):
    hub = copy.deepcopy(clean())
    hub["properties"]["v1LegacyMode"] = True
    hub["policyAssignments"] = [
        {
            "name": "legacy",
            "properties": {"policyDefinitionId": f"{BUILT_IN}/e413671a-dd10-4cc1-a943-45b598596cb7"},
        }
    ]
    assert failing(hub) == [("v1-legacy-mode-disabled", None)]


def test_an_endpoint_to_the_component_is_the_wrong_target_and_no_way_to_azure_monitor(failing):
    hub = copy.deepcopy(clean())
    hub["outboundRules"].append(
        {
            "name": "monitor",
            "properties": {
                "type": "PrivateEndpoint",
                "category": "UserDefined",
                "status": "Active",
                "destination": {
                    "serviceResourceId": hub["properties"]["applicationInsights"],
                    "subresourceTarget": "azuremonitor",
                },
            },
        }
    )
    ours = [found for found in failing(hub) if found[0] in PLATFORM]
    assert ours == []
    asked = ("--param", "application-insights-private-link.requireAmpls=true")
    ours = [found for found in failing(hub, options=asked) if found[0] in PLATFORM]
    assert ours == [("application-insights-private-link", "azuremonitor")]


@pytest.mark.parametrize(
    ("state", "verdict"), [("NotRegistered", "fail"), ("Registered", "pass"), (None, "unknown")]
)
def test_the_side_of_a_target_is_read_from_the_subscriptions_of_the_estate(failing, state, verdict):
    hub = copy.deepcopy(clean())
    there = "00000000-0000-0000-0000-00000000000c"
    account = f"/subscriptions/{there}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/lake"
    destination = {"serviceResourceId": account, "subresourceTarget": "blob"}
    properties = {"type": "PrivateEndpoint", "category": "UserDefined", "destination": destination}
    hub["outboundRules"].append({"name": "lake", "properties": {**properties, "status": "Active"}})
    other = {"subscriptionId": there.upper(), "providers": {"Microsoft.Network": state}}
    policy = "microsoft-network-provider-registered"
    found = [
        word
        for word in ("fail", "unknown")
        for name, item in failing(
            hub, verdict=word, subscriptions=[hub["subscription"], other], options=("--select", policy)
        )
        if (name, item) == (policy, f"Microsoft.Network in {there}")
    ]
    assert found == ([] if verdict == "pass" else [verdict])


def test_what_azure_does_not_show_leaves_every_such_policy_in_doubt(failing):
    hub = copy.deepcopy(clean())
    for name in (
        "computes",
        "onlineEndpoints",
        "locks",
        "policyAssignments",
        "diagnosticSettings",
        "permissions",
    ):
        del hub[name]
    del hub["subscription"]
    doubted = {policy for policy, _ in failing(hub, verdict="unknown")}
    assert failing(hub) == []
    assert doubted & PLATFORM == {
        *("compute-node-public-ip-disabled", "compute-ssh-public-access-disabled"),
        *("deployer-rbac-private-endpoint-actions", "diagnostics-enabled", "image-build-compute-configured"),
        *("microsoft-network-provider-registered", "online-deployment-egress-flag-unset"),
        *("online-endpoint-public-access-disabled", "resource-locks-compatible"),
    }


def test_code_is_asked_only_what_code_can_show(failing):
    hub = copy.deepcopy(clean())
    hub["live"] = False
    # Azure reports this of every deployment; in code it would be a decision.
    del hub["onlineEndpoints"][0]["deployments"][0]["properties"]["egressPublicNetworkAccess"]
    for name in ("locks", "policyAssignments", "diagnosticSettings", "permissions", "roleAssignments"):
        del hub[name]
    del hub["subscription"]
    assert [found for found in failing(hub) if found[0] in PLATFORM] == []
    assert [found for found in failing(hub, verdict="unknown") if found[0] in PLATFORM] == []


def test_locks_of_one_name_at_two_scopes_are_two_findings(failing):
    hub = copy.deepcopy(clean())
    subscription = "/".join(hub["id"].split("/")[:3])
    freeze(hub)
    lock = f"{subscription}/providers/Microsoft.Authorization/locks/freeze"
    hub["locks"].append({"id": lock, "name": "freeze", "properties": {"level": "ReadOnly"}})
    assert failing(hub) == [("resource-locks-compatible", "freeze")] * 2
