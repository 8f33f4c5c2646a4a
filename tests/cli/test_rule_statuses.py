"""The statuses of rules are a table: policies and functions judge by it, and a user may change it."""

from __future__ import annotations

import json

import pytest
from hubs import SUBSCRIPTION, hub

STORAGE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"
POLICIES = {
    "required-service-tags-present": "AzureActiveDirectory/TCP",
    "required-private-endpoints-present": "storageAccount/blob",
    # Asks a function which endpoints are in force.
    "default-storage-private-endpoint-subresources": "storageAccount/blob",
}


@pytest.fixture
def estate_of(estate):
    """A hub that has each rule once, with a status, and whose network is provisioned."""

    def call(status):
        one = hub()
        one["properties"]["storageAccount"] = STORAGE
        one["properties"]["managedNetwork"]["status"] = {"status": "Active"}
        tag = {"serviceTag": "AzureActiveDirectory", "protocol": "TCP", "portRanges": "80, 443"}
        to = {"serviceResourceId": STORAGE, "subresourceTarget": "blob"}
        one["outboundRules"] = [
            {"name": "tag", "properties": {"type": "ServiceTag", "status": status, "destination": tag}},
            {"name": "blob", "properties": {"type": "PrivateEndpoint", "status": status, "destination": to}},
        ]
        storage = {"id": STORAGE, "type": "Microsoft.Storage/storageAccounts", "properties": {}}
        return estate({**one, "resources": [storage], "gaps": []})

    return call


@pytest.mark.parametrize(
    ("status", "table", "verdict"),
    [
        ("Active", {}, "pass"),
        ("Suspended", {}, "unknown"),
        ("Suspended", {"inForce": {"add": ["suspended"]}}, "pass"),
        ("Suspended", {"outOfForce": {"add": ["suspended"]}}, "fail"),
        ("Suspended", {"idle": {"add": ["suspended"]}}, "fail"),
        ("Active", {"inForce": {"remove": ["active"]}}, "unknown"),
    ],
)
@pytest.mark.parametrize("policy", POLICIES)
def test_a_status_means_what_the_table_says(estate_of, run, tmp_path, policy, status, table, verdict):
    (tmp_path / "hubscan.yaml").write_text(json.dumps({"data": {"rule-statuses": table}}))
    _, out, _ = run("scan", estate_of(status), "--select", policy, "--show-passes", "-o", "json")
    items = {one["item"]: one["verdict"] for one in json.loads(out)["findings"]}
    assert items.get(POLICIES[policy], "pass") == verdict, items
