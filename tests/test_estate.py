"""The bundled estate is what it says it is: a snapshot in ARM's shape, of a company that does not exist."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main

FOLDER = Path(__file__).resolve().parent.parent / "reports" / "examples" / "estate"
ESTATE = FOLDER / "contoso.jsonl"
MICROSOFT = "00000000-0000-0000-0000-00000000000f"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
ENVELOPE = {"id", "name", "type", "kind", "location", "tags", "identity", "sku", "systemData", "properties"}
LISTS = {
    *("outboundRules", "connections", "computes", "onlineEndpoints", "projects", "locks", "roleAssignments"),
    *("policyAssignments", "diagnosticSettings", "permissions", "networkSecurityRules", "resources", "gaps"),
}
USER_RULE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")
# Everything that may stand for a host here.  What is not listed has no place in an example.
HOSTS = re.compile(
    r"(.*\.)?(contoso\.com|learn\.microsoft\.com|windows\.net|core\.usgovcloudapi\.net|api\.azureml\.ms"
    r"|(api|inference)\.ml\.azure\.(com|us)|cognitiveservices\.azure\.(com|us)|vscode\.dev|vscode-unpkg\.net"
    r"|vscode-cdn\.net|vscodeexperiments\.azureedge\.net|default\.exp-tas\.com|code\.visualstudio\.com"
    r"|vo\.msecnd\.net|vscode\.download\.prss\.microsoft\.com|marketplace\.visualstudio\.com"
    r"|gallerycdn\.vsassets\.io)",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"credential|password|secret|connectionstring|instrumentationkey|accountkey|sharedaccess"
    r"|(^|[?&])sig=|^[A-Za-z0-9+/]{40,}=*$",
    re.IGNORECASE,
)


@functools.cache
def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ESTATE.read_text(encoding="utf-8").splitlines()]


def of(kind: str) -> list[dict[str, Any]]:
    return [line[kind] for line in lines() if kind in line]


def named(hub: dict[str, Any]) -> str:
    return str(hub["name"])


def texts(value: Any) -> Iterator[str]:
    """Every key and every string of a document."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)
    elif isinstance(value, str):
        yield value


def destinations(hub: dict[str, Any], kind: str) -> dict[str, Any]:
    """What each rule of a type points to, by the rule's name."""
    rules = ((rule["name"], rule["properties"]) for rule in hub["outboundRules"])
    return {name: properties["destination"] for name, properties in rules if properties["type"] == kind}


def endpoint_targets(hub: dict[str, Any]) -> dict[str, str]:
    return {name: to["serviceResourceId"] for name, to in destinations(hub, "PrivateEndpoint").items()}


each_hub = pytest.mark.parametrize("hub", of("hub"), ids=named)


def test_it_opens_with_a_header_and_closes_with_the_right_counts() -> None:
    first, *middle, last = lines()
    assert first["snapshot"] == "hubscan/v1"
    assert first["collected_at"] == "2026-11-02T05:17:00Z"
    assert {tuple(line) for line in middle} == {("subscription",), ("hub",), ("gap",)}
    assert last == {"end": {"hubs": len(of("hub")), "gaps": len(of("gap"))}}


def test_it_is_small_enough_to_ship_and_ends_its_last_line() -> None:
    text = ESTATE.read_bytes()
    assert len(text) < 250_000
    assert text.endswith(b"}\n")
    assert b"\r" not in text


def test_it_holds_enough_hubs_in_three_subscriptions_of_two_tenants() -> None:
    kinds = [hub["kind"] for hub in of("hub")]
    assert kinds.count("Hub") >= 14
    assert set(kinds) == {"Hub", "Project", "Default"}
    assert len(of("subscription")) == len({hub["id"].split("/")[2] for hub in of("hub")}) == 3
    assert {subscription["tenantId"][-2:] for subscription in of("subscription")} == {"aa", "bb"}


def test_a_subscription_comes_before_its_hubs_and_says_the_same_as_they_do() -> None:
    seen: dict[str, dict[str, Any]] = {}
    for line in lines():
        if "subscription" in line:
            seen[line["subscription"]["subscriptionId"]] = line["subscription"]
        elif "hub" in line:
            own = line["hub"]["subscription"]
            assert own == seen[own["subscriptionId"]]
            assert own["providers"]["Microsoft.Network"] == "Registered"


def test_ids_and_names_are_unique() -> None:
    assert len({hub["id"].lower() for hub in of("hub")}) == len(of("hub"))
    assert len({named(hub) for hub in of("hub")}) == len(of("hub"))


@each_hub
def test_a_hub_has_the_shape_of_arm_and_every_list_of_a_whole_read(hub: dict[str, Any]) -> None:
    assert set(hub) == ENVELOPE | LISTS | {"subscription"}
    assert all(isinstance(hub[name], list) for name in LISTS)
    assert hub["type"] == WORKSPACE
    assert hub["id"].endswith(f"/providers/{WORKSPACE}/{hub['name']}")
    assert hub["properties"]["tenantId"] == hub["identity"]["tenantId"] == hub["subscription"]["tenantId"]
    assert ("hubResourceId" in hub["properties"]) == (hub["kind"] == "Project")
    assert "outboundRules" not in hub["properties"].get("managedNetwork", {}), "the list stands for the map"


@each_hub
def test_rules_are_complete_and_only_the_platform_uses_its_names(hub: dict[str, Any]) -> None:
    names = [rule["name"] for rule in hub["outboundRules"]]
    assert len(set(names)) == len(names)
    for rule in hub["outboundRules"]:
        assert {"type", "category", "status", "destination"} == set(rule["properties"])
        required = rule["properties"]["category"] == "Required"
        assert required == rule["name"].startswith("__SYS_")
        assert required or rule["name"].startswith("Connection_") or USER_RULE.fullmatch(rule["name"])


@each_hub
def test_a_platform_rule_is_named_after_what_it_points_to(hub: dict[str, Any]) -> None:
    for name, to in destinations(hub, "ServiceTag").items():
        protocol = "" if to["protocol"] == "*" else f"_{to['protocol']}"
        assert not name.startswith("__SYS_") or name == f"__SYS_ST_{to['serviceTag']}{protocol}"
    digits: dict[str, set[str]] = {}
    for name, to in destinations(hub, "PrivateEndpoint").items():
        if name.startswith("__SYS_"):
            target = to["serviceResourceId"]
            stem = re.escape(f"__SYS_PE_{target.rsplit('/', 1)[1]}_{to['subresourceTarget']}")
            match = re.fullmatch(stem + "_([0-9a-f]{8})", name)
            assert match, name
            digits.setdefault(target, set()).add(match[1])
    assert all(len(found) == 1 for found in digits.values()), "a target has one set of digits"


@each_hub
def test_a_rule_made_for_a_connection_joins_to_it(hub: dict[str, Any]) -> None:
    made = {name: target for name, target in endpoint_targets(hub).items() if name.startswith("Connection_")}
    targets = {
        connection["name"]: connection["properties"]["metadata"]["ResourceId"]
        for connection in hub["connections"]
    }
    stem = len("Connection_")
    assert {name[stem:].rsplit("_", 1)[0]: target for name, target in made.items()} == targets


@each_hub
def test_a_network_that_is_not_provisioned_has_no_active_rule_and_no_endpoint(hub: dict[str, Any]) -> None:
    status = hub["properties"].get("managedNetwork", {}).get("status", {}).get("status")
    assert {rule["properties"]["status"] for rule in hub["outboundRules"]} <= {status}
    if status == "Inactive":
        assert not any(held["properties"].get("privateEndpointConnections") for held in hub["resources"])
        assert hub["onlineEndpoints"] == []


@each_hub
def test_ids_belong_to_the_hub_and_the_scope_that_they_are_read_in(hub: dict[str, Any]) -> None:
    home = hub["id"].split("/providers/")[0]
    used = {text.split("/")[2] for text in texts(hub) if text.startswith("/subscriptions/")}
    assert used <= {hub["subscription"]["subscriptionId"], MICROSOFT}
    for name in ("connections", "computes", "onlineEndpoints", "diagnosticSettings"):
        assert all(member["id"].startswith(hub["id"] + "/") for member in hub[name])
    unread = {gap["subject"] for gap in hub["gaps"]}
    for name in ("storageAccount", "keyVault", "containerRegistry", "applicationInsights"):
        target = hub["properties"][name]
        assert target is None or target in unread or target.startswith(home + "/providers/")


@each_hub
def test_what_a_hub_points_to_is_read_or_is_a_gap(hub: dict[str, Any]) -> None:
    read = {hub["id"], *(resource["id"] for resource in hub["resources"])}
    known = {arm_id.lower() for arm_id in (*read, *(gap["subject"] for gap in hub["gaps"]))}
    own = [hub["properties"][name] for name in ("storageAccount", "keyVault", "containerRegistry")]
    pointed = {target.lower() for target in (*own, *endpoint_targets(hub).values()) if target}
    assert pointed <= known
    for resource in hub["resources"]:
        assert resource["id"].endswith(f"/providers/{resource['type']}/{resource['name']}")


def test_a_project_belongs_to_a_hub_that_lists_it() -> None:
    (project,) = (hub for hub in of("hub") if hub["kind"] == "Project")
    (owner,) = (hub for hub in of("hub") if hub["id"] == project["properties"]["hubResourceId"])
    assert [member["id"] for member in owner["projects"]] == [project["id"]]
    assert owner["properties"]["associatedWorkspaces"] == [project["id"]]


def test_gaps_say_what_could_not_be_read_and_why() -> None:
    (top,) = of("gap")
    assert top["subject"] not in {f"/subscriptions/{read['subscriptionId']}" for read in of("subscription")}
    (partners,) = (hub for hub in of("hub") if hub["gaps"])
    assert [gap["reason"] for gap in partners["gaps"]] == ["forbidden", "failed"]
    assert all(
        set(gap) == {"subject", "reason", "status", "code", "detail"} for gap in (top, *partners["gaps"])
    )


def test_nothing_in_it_is_a_secret_or_looks_like_one() -> None:
    # The names of resource types are long words of letters and slashes, as a key may be.
    suspects = {text for text in texts(lines()) if SECRET.search(text) and not text.startswith("Microsoft.")}
    assert suspects == set()


def test_every_host_is_of_contoso_or_of_a_service_that_the_hubs_use() -> None:
    found = {text for text in texts(lines()) if text.startswith("https://")}
    for hub in of("hub"):
        found.update(host for to in destinations(hub, "FQDN").values() for host in to.split(", "))
    hosts = {re.split(r"[:/]", text.removeprefix("https://"))[0].rstrip(".") for text in found}
    assert len(hosts) > 20
    assert {host for host in hosts if host != "*" and not HOSTS.fullmatch(host.removeprefix("*."))} == set()


def rows() -> list[list[str]]:
    """The table of the page: name, subscription, what it shows, what to expect."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    return [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]


def test_the_page_beside_it_describes_every_document() -> None:
    words = {"1": "production", "2": "sandbox", "3": "federal"}
    described = {name.strip("`"): subscription for name, subscription, *_ in rows()}
    assert described == {named(hub): words[hub["subscription"]["subscriptionId"][-1]] for hub in of("hub")}


def test_each_hub_fails_what_the_page_says_and_no_other_policy_that_the_page_names(tmp_path: Path) -> None:
    expected = {name.strip("`"): set(re.findall(r"`([a-z0-9-]+)`", cell)) for name, _, _, cell in rows()}
    result = tmp_path / "result.json"
    assert main(["scan", str(ESTATE), "-o", f"json={result}"]) == 1
    failing: dict[str, set[str]] = {name: set() for name in expected}
    for finding in json.loads(result.read_text(encoding="utf-8"))["findings"]:
        if finding["verdict"] == "fail" and finding["policy"] in set().union(*expected.values()):
            failing[finding["hub"]["name"]].add(finding["policy"])
    assert failing == expected
