"""One mistake is one finding: what says the same as another finding stays silent (the noise of a scan)."""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path

import pytest

from scanner import policies
from scanner.bench import Bench
from scanner.model import Severity, Verdict
from scanner.sources.normalise import example

ESTATE = Path(__file__).resolve().parent.parent / "reports" / "examples" / "estate" / "contoso.jsonl"
POLICIES = policies.load()
ACCOUNT = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"
SUBNET = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"


@functools.cache
def _compliant():
    """A production hub of the bundled estate in which everything is right: rules of every kind, all evidence."""
    lines = map(json.loads, ESTATE.read_text(encoding="utf-8").splitlines())
    return next(line["hub"] for line in lines if line.get("hub", {}).get("name") == "hub-claims")


@pytest.fixture
def hub():
    return copy.deepcopy(_compliant())


def findings(document, chosen=POLICIES):
    """The policy and item of each failure above info, by all policies together."""
    return sorted(
        (policy.card.id, one.item)
        for policy, judged in Bench([one for one in chosen if not one.transition]).judge(example(document))
        for one in judged
        if one.verdict is Verdict.FAIL and policy.card.severity is not Severity.INFO
    )


def add(document, name, kind, destination, **more):
    properties = {"type": kind, "category": "UserDefined", "status": "Active", "destination": destination}
    document["outboundRules"].append({"name": name, "properties": {**properties, **more}})


def host(name, destination, **more):
    return lambda document: add(document, name, "FQDN", destination, **more)


def tag(name, service_tag, protocol="TCP", ports="443", **more):
    to = {"serviceTag": service_tag, "protocol": protocol, "portRanges": ports, **more}
    return lambda document: add(document, name, "ServiceTag", to)


def endpoint(name, target, subresource):
    to = {"serviceResourceId": target, "subresourceTarget": subresource}
    return lambda document: add(document, name, "PrivateEndpoint", to)


def both(*changes):
    def change(document):
        for one in changes:
            one(document)

    return change


def network(**values):
    return lambda document: document["properties"]["managedNetwork"].update(values)


def compute(**properties):
    def change(document):
        document["computes"].append(
            {
                "name": "added",
                "location": document["location"],
                "properties": {"provisioningState": "Succeeded", **properties},
            }
        )

    return change


def again(name, new):
    """The same rule a second time, under another name."""

    def change(document):
        found = next(rule for rule in document["outboundRules"] if rule["name"] == name)
        document["outboundRules"].append({**copy.deepcopy(found), "name": new})

    return change


def with_status(name, status):
    def change(document):
        found = next(rule for rule in document["outboundRules"] if rule["name"] == name)
        found["properties"]["status"] = status

    return change


def in_code(change=lambda _: None):
    def written(document):
        document["live"] = False
        for endpoint in document["onlineEndpoints"]:
            for deployment in endpoint["deployments"]:
                # Azure reports the flag whether or not somebody wrote it; code holds what was written.
                deployment["properties"].pop("egressPublicNetworkAccess", None)
        change(document)

    return written


def test_a_hub_in_which_everything_is_right_gives_nothing_above_info(hub):
    assert findings(hub) == []


def test_the_same_hub_in_code_gives_nothing_above_info(hub):
    in_code()(hub)
    assert findings(hub) == []


MISTAKES = [
    (host("docs2", "intranet.contoso.com", category="Required"), "rule-category-not-spoofed", "docs2"),
    (with_status("documentation", "Failed"), "outbound-rule-status-healthy", "documentation"),
    (with_status("documentation", "Inactive"), "outbound-rule-status-healthy", "documentation"),
    (again("documentation", "documentation-2"), "duplicate-outbound-rules", "documentation-2"),
    (again("lake-blob", "lake-blob-2"), "duplicate-outbound-rules", "lake-blob-2"),
    (host("docs-twice", "docs.contoso.com, docs.contoso.com"), "duplicate-outbound-rules", "docs-twice"),
    (both(host("wild", "*.fabrikam.com"), host("narrow", "www.fabrikam.com")), "shadowed-outbound-rules", "narrow"),
    (tag("telemetry", "AzureMonitor.westeurope"), "shadowed-outbound-rules", "telemetry"),
    (host("all", "*"), "fqdn-no-overbroad-wildcard", "all"),
    (host("net", "*.net"), "fqdn-no-overbroad-wildcard", "net"),
    (host("cdn", "*.azureedge.net"), "fqdn-no-overbroad-wildcard", "cdn"),
    (host("storage", "*.blob.core.windows.net"), "fqdn-no-overbroad-wildcard", "storage"),
    (host("storage", "stdata.blob.core.windows.net"), "fqdn-no-azure-storage", "storage"),
    (host("vault", "kv1.vault.azure.net"), "fqdn-azure-service-needs-private-endpoint", "vault"),
    (host("ai", "*.openai.azure.com"), "fqdn-no-overbroad-wildcard", "ai"),
    (host("path", "https://docs.contoso.com/guide"), "fqdn-destination-well-formed", "path"),
    (tag("wide", "Internet"), "service-tag-no-internet-equivalent", "wide"),
    (tag("wide", "INTERNET"), "service-tag-no-internet-equivalent", "wide"),
    (tag("wide", "AzureCloud", "*", "*"), "service-tag-no-internet-equivalent", "wide"),
    (tag("wide", "VirtualNetwork", "*", "*"), "service-tag-no-internet-equivalent", "wide"),
    (tag("leak", "Storage"), "service-tag-no-exfiltration-capable", "leak"),
    (tag("leak", "AzureFrontDoor.Frontend.westeurope"), "service-tag-no-exfiltration-capable", "leak"),
    (tag("leak", "AzureDevOps"), "service-tag-no-exfiltration-capable", "leak"),
    (tag("typo", "BatchNodeManagement.region"), "service-tag-known", "typo"),
    (tag("typo", "KeyVault"), "service-tag-known", "typo"),
    (tag("inbound", "GatewayManager"), "service-tag-known", "inbound"),
    (tag("ports", "AzureBackup", ports="*"), "service-tag-port-protocol-scoped", "ports"),
    (tag("ports", "AzureBackup", "*"), "service-tag-port-protocol-scoped", "ports"),
    (tag("ports", "AzureBackup", ports="22"), "service-tag-port-protocol-scoped", "ports"),
    (tag("syntax", "AzureBackup", ports="443;80"), "service-tag-port-range-syntax", "syntax"),
    (tag("syntax", "AzureBackup", "Any"), "service-tag-port-range-syntax", "syntax"),
    (tag("syntax", "AzureBackup", "ICMP", "443"), "service-tag-port-range-syntax", "syntax"),
    (tag("prefix", "AzureBackup", addressPrefixes=["0.0.0.0/0"]), "service-tag-address-prefixes-scoped", "prefix"),
    (tag("prefix", "Storage", "*", "*", addressPrefixes=["8.8.8.0/24"]), "service-tag-address-prefixes-scoped", "prefix"),
    (tag("prefix", "sometag", ports="443;", addressPrefixes=["0.0.0.0/0"]), "service-tag-address-prefixes-scoped", "prefix"),
    (network(firewallSku="Premium"), "firewall-sku-explicit-and-supported", None),
    (network(firewallSku=None), "firewall-sku-explicit-and-supported", None),
    (compute(computeType="VirtualMachine"), "compute-type-supported-in-managed-network", "added"),
    (network(status={"status": "Inactive"}), "network-provisioned-before-online-deployment", None),
    (both(again("documentation", "Documentation"), host("x", "x.contoso.com")), None, None),
    (in_code(again("documentation", "Documentation")), "outbound-rule-names-unique", "documentation"),
    (in_code(host("a", "docs.contoso.com")), "outbound-rule-name-format", "a"),
    (in_code(host("__SYS_docs", "docs.contoso.com", category="Required")), "rule-category-not-spoofed", "__SYS_docs"),
    (in_code(lambda document: document["properties"].pop("provisionNetworkNow")), "network-provisioned-proactively", None),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "policy", "item"), MISTAKES)
def test_a_hub_with_one_mistake_gives_one_finding_for_it(hub, mistake, policy, item):
    mistake(hub)
    assert findings(hub) == ([(policy, item)] if policy else [])


def test_two_mistakes_in_one_rule_are_two_findings(hub):
    tag("leak", "Storage", ports="*")(hub)
    assert findings(hub) == [
        ("service-tag-no-exfiltration-capable", "leak"),
        ("service-tag-port-protocol-scoped", "leak"),
    ]


def test_a_rule_that_poses_as_azures_is_judged_as_the_users(hub):
    host("spoof", "stdata.blob.core.windows.net", category="Required")(hub)
    assert findings(hub) == [("fqdn-no-azure-storage", "spoof"), ("rule-category-not-spoofed", "spoof")]


PAIRS = [
    ("fqdn-service-tag-only-in-approved-mode", "internet-outbound-private-endpoint-only"),
    ("fqdn-service-tag-only-in-approved-mode", "no-rules-while-isolation-disabled"),
    ("service-tag-address-prefixes-scoped", "service-tag-no-internet-equivalent"),
    ("service-tag-address-prefixes-scoped", "service-tag-no-exfiltration-capable"),
    ("service-tag-address-prefixes-scoped", "service-tag-known"),
    ("service-tag-address-prefixes-scoped", "service-tag-port-protocol-scoped"),
    ("service-tag-address-prefixes-scoped", "service-tag-port-range-syntax"),
    ("service-tag-no-internet-equivalent", "service-tag-no-exfiltration-capable"),
    ("fqdn-no-overbroad-wildcard", "fqdn-no-azure-storage"),
    ("fqdn-no-azure-storage", "fqdn-azure-service-needs-private-endpoint"),
]


@pytest.mark.parametrize(("louder", "silent"), PAIRS)
def test_the_order_of_suppression_holds(louder, silent):
    card = next(policy.card for policy in POLICIES if policy.card.id == silent)
    assert louder in card.yields_to


@pytest.mark.parametrize(
    ("change", "louder", "silent"),
    [
        (host("all", "*"), "fqdn-no-overbroad-wildcard", "fqdn-no-azure-storage"),
        (host("all", "*"), "fqdn-no-overbroad-wildcard", "shadowed-outbound-rules"),
        (again("documentation", "twice"), "duplicate-outbound-rules", "shadowed-outbound-rules"),
        (tag("a", "INTERNET"), "service-tag-no-internet-equivalent", "service-tag-known"),
        (tag("a", "VirtualNetwork", "*", "*"), "service-tag-no-internet-equivalent", "service-tag-port-protocol-scoped"),
        (tag("a", "Storage", addressPrefixes=["8.8.8.0/24"], ports="*"), "service-tag-address-prefixes-scoped", "service-tag-port-protocol-scoped"),
        (host("a", "*.vault.azure.net"), "fqdn-no-overbroad-wildcard", "fqdn-azure-service-needs-private-endpoint"),
        (network(status={"status": "Inactive"}), "network-provisioned-before-online-deployment", "network-provisioned-proactively"),
    ],
)  # fmt: skip
def test_what_is_silent_beside_a_louder_policy_speaks_without_it(hub, change, louder, silent):
    change(hub)
    alone = [policy for policy in POLICIES if policy.card.id == silent]
    pair = [policy for policy in POLICIES if policy.card.id in (louder, silent)]
    assert {name for name, _ in findings(hub, alone)} == {silent}
    assert {name for name, _ in findings(hub, pair)} == {louder}
