"""The reference tables: what stands in them, and how a user changes them."""

from __future__ import annotations

import pytest

from scanner import reference
from scanner.bundled import bundled
from scanner.errors import ConfigError
from scanner.functions import table
from scanner.reference import Reference, names

COVERING = ["net", "windows.net", "core.windows.net", "usgovcloudapi.net", "core.usgovcloudapi.net", "cn"]
COVERING += ["chinacloudapi.cn", "core.chinacloudapi.cn", "azure.net", "storage.azure.net"]
NOT_STORAGE = ["*.vo.msecnd.net", "*.azureedge.net", "*.gallerycdn.vsassets.io", "vscode.search.windows.net"]
NOT_STORAGE += ["*.servicebus.windows.net", "*.database.windows.net"]


def call(name, *arguments):
    return table()[name].call(*arguments)


def test_every_table_names_its_source_and_date():
    assert {"service-endpoints", "service-tags", "storage-endpoints"} < set(names())
    for name in names():
        content = Reference().table(name)
        assert content["source"]
        assert len(content["date"]) == len("2026-11-23")


@pytest.mark.parametrize("base", COVERING)
def test_each_parent_of_a_storage_endpoint_covers_storage(base):
    assert call("storage_match", f"*.{base}") == "covering"


@pytest.mark.parametrize("host", NOT_STORAGE)
def test_each_host_that_only_looks_like_storage_is_none(host):
    assert call("storage_match", host) is None


def test_each_service_that_a_rule_may_target_is_a_target_of_the_table():
    targets = Reference().table("private-endpoint-targets")
    types = {entry["type"]: entry["groupIds"] for entry in targets["entries"]}
    services = Reference().table("service-endpoints")["services"].values()
    for entry in [*services, *targets["connections"]["entries"]]:
        assert entry["type"] in types
    for entry in Reference().table("required-rules")["privateEndpoints"]:
        assert entry["subresourceTarget"] in types[entry["type"]]


def test_each_member_of_an_initiative_is_a_definition_of_the_table():
    content = Reference().table("azure-policies")
    definitions = [entry["id"] for entry in content["definitions"]]
    initiatives = [entry["id"] for entry in content["initiatives"]]
    assert len(set(definitions)) == len(definitions)
    assert len(set(initiatives)) == len(initiatives)
    for initiative in content["initiatives"]:
        for member in initiative["members"]:
            assert member["definition"] in definitions
            assert member["reference"]
            assert ("effectParameter" in member) == ("defaultEffect" in member)


def test_each_required_tag_is_classed_as_required():
    for entry in Reference().table("required-rules")["serviceTags"]:
        assert {"requiredCore", "requiredPlatform"} & set(call("tag_classes", entry["serviceTag"]))
        assert call("port_ranges", entry["portRanges"])


def test_each_scenario_host_is_a_plain_host_or_pattern_with_an_id_of_its_own():
    content = Reference().table("scenario-hosts")
    ids = [entry["id"] for entry in content["hosts"]]
    assert len(ids) == len(set(ids))
    for entry in content["hosts"]:
        (host,) = call("hosts", entry["host"])
        assert (host["host"], host["flags"]) == (entry["host"], [])
        assert host["kind"] in ("exact", "wildcard")
    for entry in content["detection"]["entries"]:
        assert set(entry["ids"]) <= set(ids)


def test_no_table_spells_the_host_of_a_package_index():
    text = (bundled("policies") / "data" / "scenario-hosts.yaml").read_text(encoding="utf-8")
    hosts = [
        entry["host"] for entry in Reference().table("scenario-hosts")["hosts"] if entry["group"] == "index"
    ]
    assert len(hosts) == 4
    assert not [host for host in hosts if host.lstrip("*.") in text]


def test_a_user_adds_and_removes_entries_of_a_list():
    assert call("host_breadth", "*.apps.fabrikam.com") == "brand-wildcard"
    changes = {"add": ["apps.fabrikam.com"], "remove": ["sharepoint.com"]}
    reference.use(Reference({"multi-tenant-hosts": {"wildcardBases": changes}}))
    assert call("host_breadth", "*.apps.fabrikam.com") == "multi-tenant"
    assert call("host_breadth", "*.sharepoint.com") == "brand-wildcard"
    assert call("host_breadth", "*.azureedge.net") == "multi-tenant"
    assert "apps.fabrikam.com" in call("data", "multi-tenant-hosts")["wildcardBases"]


def test_a_user_removes_an_entry_that_is_a_map_by_its_id():
    assert call("host_breadth", "*.vo.msecnd.net") == "pack"
    reference.use(Reference({"scenario-hosts": {"hosts": {"remove": ["VS8"]}}}))
    assert call("host_breadth", "*.vo.msecnd.net") == "brand-wildcard"


def test_a_user_adds_a_cloud_and_replaces_a_list():
    overrides = {
        "storage-endpoints": {
            "clouds": {"Own": {"root": "core.cloud.contoso.com"}},
            "zoneRoot": "zones.contoso.com",
        },
        "service-endpoints": {"services": {"keyVault": {"suffixes": ["vault.contoso.com"]}}},
    }
    reference.use(Reference(overrides))
    assert call("storage_match", "a.blob.core.cloud.contoso.com") == "direct"
    assert call("storage_match", "a.z1.blob.zones.contoso.com") == "direct"
    assert call("storage_match", "a.blob.core.windows.net") == "direct"
    assert call("service_match", "a.vault.contoso.com") == {"service": "keyVault", "match": "exact"}
    assert call("service_match", "a.vault.azure.net") is None


def test_an_override_changes_nothing_of_ours():
    before = Reference().table("service-tags")
    Reference({"service-tags": {"classes": {"exfilNoPe": {"add": ["Contoso"]}}}})
    assert Reference().table("service-tags") is before
    assert "Contoso" not in before["classes"]["exfilNoPe"]


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"no-such-table": {}}, "there is no reference table 'no-such-table'"),
        ({"../data/service-tags": {}}, "there is no reference table"),
        ({"service-tags": ["Storage"]}, "service-tags is a map"),
        ({"service-tags": {"classes": None}}, "service-tags.classes is a map; it cannot become null"),
        ({"service-tags": {"classes": {"exfilNoPe": "Storage"}}}, "exfilNoPe is a list"),
        ({"service-tags": {"classes": {"exfilNoPe": [5]}}}, "exfilNoPe holds text; it cannot hold a number"),
        ({"service-tags": {"classes": {"exfilNoPe": {"add": "x"}}}}, "exfilNoPe.add and .*remove are lists"),
        ({"service-tags": {"classes": {"exfilNoPe": {"plus": []}}}}, "exfilNoPe is a list"),
        ({"storage-endpoints": {"zoneRoot": ["x"]}}, "zoneRoot is text; it cannot become a list"),
        ({"storage-endpoints": {"zoneRoot": 5}}, "zoneRoot is text; it cannot become a number"),
        (
            {"storage-endpoints": {"cluods": {}}},
            r"'cluods' is no key of storage-endpoints \(did you mean 'clouds'",
        ),
        ({"storage-endpoints": {"clouds": {"A": {}}}}, "storage-endpoints.clouds.A has no 'root'"),
        ({"storage-endpoints": {"clouds": {"B": None}}}, "clouds.B must be a map, not null"),
        ({"storage-endpoints": {"clouds": {"C": {"root": 5}}}}, "'root' is text, not a number"),
        ({"service-endpoints": {"services": {"z": {"suffixes": [5]}}}}, "services.z has no 'groupIds'"),
        ({"scenario-hosts": {"hosts": {"add": [{}]}}}, "scenario-hosts.hosts.add.0 has no 'group'"),
        ({"scenario-hosts": {"hosts": [{"hots": "a.com"}]}}, r"'hots' is no key .* \(did you mean 'host'"),
        ({"service-tags": {"classes": {"own": "x"}}}, "classes.own must be a list, not text"),
        ({"service-tags": {"classes": {"other": [None]}}}, "'other' holds text; it cannot hold null"),
    ],
)
def test_an_override_that_does_not_fit_is_refused_before_any_hub_is_judged(overrides, reason):
    with pytest.raises(ConfigError, match=reason):
        Reference(overrides)


@pytest.mark.parametrize(
    "name", ["", "nope", "../policies", "service-tags.yaml", "SERVICE-TAGS", "a" * 10_000]
)
def test_there_is_no_table_of_another_name(name):
    with pytest.raises(KeyError):
        Reference().table(name)
    assert call("data", name) is None
