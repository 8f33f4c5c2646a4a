"""Plans of Terraform, and the hubs that they make."""

from __future__ import annotations

import json

import pytest
from sources.code.plans import (
    HUB,
    RULE,
    STORAGE,
    WORKSPACE,
    block,
    change,
    hub,
    hub_block,
    plan,
    rule,
    rule_block,
    to,
)

from scanner.sources import Code, collect
from scanner.sources.code.resource import Resource
from scanner.sources.code.terraform.reader import Plans
from scanner.sources.files.content import Content
from scanner.sources.files.walk import File
from scanner.values import OpenList, Unknown

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
REAL = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1"


@pytest.fixture
def load(read):
    def call(document, name="plan.json"):
        return read(document, name)

    return call


def rules_of(found):
    return {one["name"]: one["properties"] for one in found.document["outboundRules"]}


class TestHubs:
    def test_a_hub_with_what_arm_calls_its_attributes(self, load):
        found = load(
            plan(
                [hub(after={"tags": {"env": "dev"}, "identity": [{"type": "SystemAssigned"}]})], [hub_block()]
            )
        )
        assert (found.hub.ref.kind, found.hub.ref.name, found.hub.live) == ("Hub", "hub1", False)
        assert found.hub.ref.id.endswith("plan.json#hub1")
        assert found.document["properties"] == {
            "publicNetworkAccess": "Disabled",
            "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
        }
        assert found.document["tags"] == {"env": "dev"}
        assert found.document["identity"] == {"type": "SystemAssigned"}
        assert [(note.kind, note.hubs) for note in found.notes] == [("terraform-plan", 1)]

    def test_a_workspace_says_public_access_as_a_boolean(self, load):
        values = {
            "name": "ws",
            "kind": "Default",
            "public_network_access_enabled": False,
            "v1_legacy_mode_enabled": True,
            "managed_network": [{"isolation_mode": "Disabled", "provision_on_creation_enabled": True}],
            "serverless_compute": [{"subnet_id": "s", "public_ip_enabled": False}],
            "storage_account_access_type": "Identity",
        }
        found = load(plan([change(WORKSPACE, "ws", values)]))
        assert found.hub.ref.kind == "Default"
        assert found.document["properties"] == {
            "publicNetworkAccess": "Disabled",
            "v1LegacyMode": True,
            "managedNetwork": {"isolationMode": "Disabled"},
            "provisionNetworkNow": True,
            "serverlessComputeSettings": {
                "serverlessComputeCustomSubnet": "s",
                "serverlessComputeNoPublicIP": True,
            },
            "systemDatastoresAuthMode": "identity",
        }

    def test_a_network_that_nobody_set_is_absent(self, load):
        made = change(HUB, "hub", {"name": "hub1"}, unknown={"id": True, "managed_network": True})
        found = load(plan([made], [block(HUB, "hub")]))
        assert "managedNetwork" not in found.document["properties"]

    @pytest.mark.parametrize("blocks", [(), None])
    def test_a_network_that_is_set_and_not_known_is_not_known(self, load, blocks):
        made = change(HUB, "hub", {"name": "hub1"}, unknown={"id": True, "managed_network": True})
        document = plan([made], [hub_block()])
        if blocks is None:
            del document["configuration"]
        assert isinstance(load(document).document["properties"]["managedNetwork"], Unknown)

    def test_a_mode_that_is_known_after_apply_names_its_address(self, load):
        made = hub(
            after={"managed_network": [{}]},
            unknown={"id": True, "managed_network": [{"isolation_mode": True}]},
        )
        mode = load(plan([made], [hub_block()])).document["properties"]["managedNetwork"]["isolationMode"]
        assert isinstance(mode, Unknown)
        assert mode.text == "azurerm_ai_foundry.hub.managed_network[0].isolation_mode"

    def test_a_sensitive_value_is_never_shown(self, load):
        made = hub(
            after={"description": "hush", "managed_network": [{"isolation_mode": "Disabled"}]},
            sensitive={"description": True, "managed_network": [{"isolation_mode": True}]},
        )
        found = load(plan([made], [hub_block()]))
        assert isinstance(found.document["properties"]["managedNetwork"]["isolationMode"], Unknown)
        assert "hush" not in repr(found.document)

    def test_a_resource_that_is_sensitive_as_a_whole_is_there_all_the_same(self, load):
        found = load(plan([hub(sensitive=True)], [hub_block()]))
        assert isinstance(found.document["properties"]["managedNetwork"], Unknown)

    @pytest.mark.parametrize(
        ("actions", "there"),
        [
            (("create",), True),
            (("update",), True),
            (("no-op",), True),
            (("delete", "create"), True),
            (("create", "delete"), True),
            (("delete",), False),
            (("forget",), False),
        ],
    )
    def test_what_is_only_destroyed_is_no_hub(self, load, actions, there):
        gone = {"after": None} if not there else {}
        entry = hub(actions=actions)
        entry["change"].update(gone)
        found = load(plan([entry], [hub_block()]))
        assert len(found.hubs) == there
        if there:
            assert found.document["plan"] == {"action": "replace" if len(actions) > 1 else actions[0]}

    def test_each_instance_of_count_and_for_each_is_a_hub(self, load):
        entries = [hub(after={"name": f"hub-{key}"}, key=f'["{key}"]') for key in ("dev", "prod")]
        assert load(plan(entries, [hub_block()])).names == ["hub-dev", "hub-prod"]

    def test_a_name_that_is_not_known_is_told_by_its_address(self, load):
        made = change(HUB, "hub", {"managed_network": []}, unknown={"id": True, "name": True})
        assert load(plan([made], [hub_block()])).hub.ref.name == "{azurerm_ai_foundry.hub}"

    def test_a_state_is_read_too(self, load):
        values = {"id": REAL, "name": "hub1", "managed_network": [{"isolation_mode": "Disabled"}]}
        resource = {
            "address": "module.a.azurerm_ai_foundry.hub",
            "mode": "managed",
            "type": HUB,
            "name": "hub",
            "values": values,
        }
        child = {"address": "module.a", "resources": [resource]}
        document = {
            "format_version": "1.0",
            "terraform_version": "1.11.4",
            "values": {"root_module": {"child_modules": [child]}},
        }
        assert load(document).document["properties"]["managedNetwork"]["isolationMode"] == "Disabled"


class TestRules:
    def test_the_three_kinds_of_rules_find_their_hub_by_reference(self, load):
        tag = {"service_tag": "DataFactory", "protocol": "TCP", "port_ranges": "443"}
        endpoint = {
            "service_resource_id": f"{SUBSCRIPTION}/x",
            "sub_resource_target": "blob",
            "spark_enabled": False,
        }
        found = load(
            plan(
                [
                    hub(),
                    rule("fqdn", "web", {"destination_fqdn": "contoso.com"}),
                    rule("service_tag", "tag", tag),
                    rule("private_endpoint", "pe", endpoint),
                ],
                [
                    hub_block(),
                    rule_block("fqdn", "web"),
                    rule_block("service_tag", "tag"),
                    rule_block("private_endpoint", "pe"),
                ],
            )
        )
        assert rules_of(found) == {
            "web": {"type": "FQDN", "category": "UserDefined", "destination": "contoso.com"},
            "tag": {
                "type": "ServiceTag",
                "category": "UserDefined",
                "destination": {"serviceTag": "DataFactory", "protocol": "TCP", "portRanges": "443"},
            },
            "pe": {
                "type": "PrivateEndpoint",
                "category": "UserDefined",
                "destination": {
                    "serviceResourceId": f"{SUBSCRIPTION}/x",
                    "subresourceTarget": "blob",
                    "sparkEnabled": False,
                },
            },
        }

    def test_a_rule_of_a_hub_whose_id_is_known(self, load):
        made = hub(after={"id": REAL}, actions=("no-op",), unknown={})
        found = load(
            plan(
                [
                    made,
                    change(
                        f"{RULE}_fqdn",
                        "web",
                        {"name": "web", "workspace_id": REAL, "destination_fqdn": "a.com"},
                    ),
                ]
            )
        )
        assert list(rules_of(found)) == ["web"]

    def test_a_rule_of_a_hub_outside_the_plan_is_judged_with_an_unknown_mode(self, load):
        found = load(
            plan(
                [
                    change(
                        f"{RULE}_fqdn",
                        "web",
                        {"name": "web", "workspace_id": REAL, "destination_fqdn": "a.com"},
                    )
                ]
            )
        )
        assert found.hub.ref.name == "hub1"
        assert isinstance(found.document["properties"], Unknown)

    def test_a_rule_that_is_destroyed_is_not_there(self, load):
        gone = change(
            f"{RULE}_fqdn", "web", None, actions=("delete",), before={"name": "web", "workspace_id": REAL}
        )
        found = load(plan([hub(after={"id": REAL}, actions=("no-op",)), gone], [hub_block()]))
        assert found.document["outboundRules"] == []

    def test_instances_meet_by_their_key(self, load):
        entries = [hub(after={"name": f"hub-{key}"}, key=f'["{key}"]') for key in ("a", "b")]
        entries += [
            rule("fqdn", "web", {"name": f"web-{key}", "destination_fqdn": "x.com"}, key=f'["{key}"]')
            for key in ("a", "b")
        ]
        found = load(plan(entries, [hub_block(), rule_block("fqdn", "web", "azurerm_ai_foundry.hub")]))
        assert {one.ref.name: [r["name"] for r in one.document["outboundRules"]] for one in found.hubs} == {
            "hub-a": ["web-a"],
            "hub-b": ["web-b"],
        }

    def keyed(self, *references, **more):
        """Two hubs and two rules of one key each, and a target that is written with such references."""
        entries = [hub(after={"name": f"hub-{key}"}, key=f'["{key}"]', **more) for key in ("a", "b")]
        entries += [
            rule("fqdn", "web", {"name": f"web-{key}", "destination_fqdn": "x.com"}, key=f'["{key}"]')
            for key in ("a", "b")
        ]
        target = rule_block("fqdn", "web")
        target["expressions"]["workspace_id"] = {"references": list(references)}
        return plan(entries, [hub_block(), target])

    @pytest.mark.parametrize(
        "references",
        [
            (f"{HUB}.hub", "each.value.hub", "each.value"),
            (f"{HUB}.hub", "each.key", "local.hub_of"),
            (f"{HUB}.hub", "var.which"),
        ],
    )
    def test_a_key_that_something_else_tells_is_not_that_of_the_rule(self, load, references):
        for one in load(self.keyed(*references)).hubs:
            assert [sure for _, sure in one.document["outboundRules"].members] == [False, False]

    @pytest.mark.parametrize(
        ("key", "sure"), [("each.key", True), ("local.of[each.key]", False), ('"${each.key}"', False)]
    )
    def test_configuration_beside_tells_the_key(self, write, scan, key, sure):
        write("plan.json", self.keyed(f"{HUB}.hub", "each.key"))
        write(
            "main.tf",
            f'resource "{RULE}_fqdn" "web" {{\n  for_each = var.of\n  workspace_id = {HUB}.hub[{key}].id\n}}\n',
        )
        for one in scan().hubs:
            rules = one.document["outboundRules"]
            assert isinstance(rules, list) is sure
            assert not sure or [one["name"] for one in rules] == [one.ref.name.replace("hub", "web")]

    def test_a_local_is_followed_where_configuration_lies_beside(self, write, scan):
        target = rule_block("fqdn", "web", "local.hub_id")
        entries = [
            hub(),
            hub("other", after={"name": "hub2"}),
            rule("fqdn", "web", {"destination_fqdn": "x"}),
        ]
        write("plan.json", plan(entries, [hub_block(), hub_block("other"), target]))
        write(
            "main.tf",
            f"locals {{\n  hub_id = {HUB}.other.id\n}}\n"
            f'resource "{RULE}_fqdn" "web" {{\n  workspace_id = local.hub_id\n}}\n',
        )
        found = {one.ref.name: one.document["outboundRules"] for one in scan().hubs}
        assert (found["hub1"], [one["name"] for one in found["hub2"]]) == ([], ["web"])

    def test_a_literal_key_says_which_instance(self, load):
        entries = [hub(after={"name": f"hub-{key}"}, key=f"[{key}]") for key in (0, 1)]
        entries.append(rule("fqdn", "web", {"destination_fqdn": "x.com"}))
        blocks = [hub_block(), rule_block("fqdn", "web", "azurerm_ai_foundry.hub[1].id")]
        found = load(plan(entries, blocks))
        assert {one.ref.name: len(one.document["outboundRules"]) for one in found.hubs} == {
            "hub-0": 0,
            "hub-1": 1,
        }

    def test_a_rule_that_may_be_of_two_hubs_is_surely_of_neither(self, load):
        entries = [
            hub(),
            hub("other", after={"name": "hub2"}),
            rule("fqdn", "web", {"destination_fqdn": "x.com"}),
        ]
        target = rule_block("fqdn", "web")
        target["expressions"]["workspace_id"] = to(f"{HUB}.hub.id", f"{HUB}.other.id", "var.which")
        for one in load(plan(entries, [hub_block(), hub_block("other"), target])).hubs:
            ((member, sure),) = one.document["outboundRules"].members
            assert (member["name"], sure) == ("web", False)


class TestModules:
    def calls(self, *references):
        """A module ``net`` with a rule for the hub that it is given, whose own output is the rule's id."""
        return {
            "net": {
                "source": "./net",
                "expressions": {"hub_id": to(*references)},
                "module": {
                    "resources": [rule_block("fqdn", "web", "var.hub_id")],
                    "outputs": {"rule_id": {"expression": to(f"{RULE}_fqdn.web.id")}},
                },
            }
        }

    def test_a_variable_leads_out_of_a_module(self, load):
        entry = rule("fqdn", "web", {"destination_fqdn": "x.com"}, module="module.net")
        found = load(plan([hub(), entry], [hub_block()], calls=self.calls(f"{HUB}.hub.id")))
        assert list(rules_of(found)) == ["web"]

    def test_an_output_leads_into_a_module(self, load):
        calls = self.calls("module.hub.id", "module.hub")
        calls["hub"] = {
            "source": "./hub",
            "module": {
                "resources": [hub_block("this")],
                "outputs": {"id": {"expression": to(f"{HUB}.this.id")}},
            },
        }
        entries = [
            hub("this", module="module.hub"),
            rule("fqdn", "web", {"destination_fqdn": "x.com"}, module="module.net"),
        ]
        assert list(rules_of(load(plan(entries, calls=calls)))) == ["web"]

    @pytest.mark.parametrize("references", [("module.hub", "each.key"), ("module.hub[each.key].id",)])
    def test_an_instance_of_a_module_is_found_by_the_key_of_who_refers_to_it(self, load, references):
        calls = {
            "hub": {
                "source": "./hub",
                "for_each_expression": {},
                "module": {
                    "resources": [hub_block("this"), block(STORAGE, "st")],
                    "outputs": {
                        "id": {"expression": to(f"{HUB}.this.id")},
                        "storage": {"expression": to(f"{STORAGE}.st.id")},
                    },
                },
            }
        }
        entries = []
        for key in ("a", "b"):
            inside = f'module.hub["{key}"]'
            entries.append(hub("this", after={"name": f"hub-{key}"}, module=inside))
            entries.append(change(STORAGE, "st", {"name": f"st{key}"}, module=inside))
            values = {"name": f"web-{key}", "destination_fqdn": "x.com"}
            entries.append(rule("fqdn", "web", values, key=f'["{key}"]'))
        target = rule_block("fqdn", "web")
        target["expressions"]["workspace_id"] = {"references": list(references)}
        found = load(plan(entries, [target], calls=calls))
        assert {one.ref.name: [r["name"] for r in one.document["outboundRules"]] for one in found.hubs} == {
            "hub-a": ["web-a"],
            "hub-b": ["web-b"],
        }

    def test_a_module_of_rules_is_given_the_hub_of_its_own_key(self, load):
        calls = self.calls()
        calls["net"]["expressions"]["hub_id"] = {"references": [f"{HUB}.hub", "each.key"]}
        entries = [hub(after={"name": f"hub-{key}"}, key=f'["{key}"]') for key in ("a", "b")]
        for key in ("a", "b"):
            values = {"name": f"web-{key}", "destination_fqdn": "x.com"}
            entries.append(rule("fqdn", "web", values, module=f'module.net["{key}"]'))
        found = load(plan(entries, [hub_block()], calls=calls))
        assert {one.ref.name: [r["name"] for r in one.document["outboundRules"]] for one in found.hubs} == {
            "hub-a": ["web-a"],
            "hub-b": ["web-b"],
        }

    def test_modules_that_pass_a_variable_on_to_themselves_end(self, load):
        calls = self.calls("module.net.loop", "module.net")
        calls["net"]["module"]["outputs"]["loop"] = {"expression": to("var.hub_id")}
        entry = rule("fqdn", "web", {"destination_fqdn": "x.com"}, module="module.net")
        found = load(plan([hub(), entry], [hub_block()], calls=calls))
        assert "hub1" in found.names


class TestTargets:
    def storage(self, **after):
        values = {
            "name": "st1",
            "resource_group_name": "rg",
            "public_network_access_enabled": True,
            "network_rules": [
                {
                    "default_action": "Deny",
                    "bypass": ["AzureServices", "Logging"],
                    "ip_rules": ["1.2.3.4"],
                    "virtual_network_subnet_ids": [f"{SUBSCRIPTION}/subnet"],
                    "private_link_access": [],
                }
            ],
            **after,
        }
        return change(STORAGE, "st", values)

    def test_a_dependency_is_found_by_reference_although_no_id_is_known(self, load):
        made = hub(unknown={"id": True, "storage_account_id": True})
        blocks = [hub_block(storage_account_id=to(f"{STORAGE}.st.id")), block(STORAGE, "st")]
        found = load(plan([made, self.storage()], blocks))
        (resource,) = [one for one in found.document["resources"] if one["name"] == "st1"]
        assert resource["id"] == found.document["properties"]["storageAccount"]
        assert resource["type"] == "Microsoft.Storage/storageAccounts"
        assert resource["properties"]["publicNetworkAccess"] == "Enabled"
        assert resource["properties"]["networkAcls"] == {
            "defaultAction": "Deny",
            "bypass": "AzureServices, Logging",
            "ipRules": [{"value": "1.2.3.4"}],
            "virtualNetworkRules": [{"id": f"{SUBSCRIPTION}/subnet"}],
            "resourceAccessRules": [],
        }

    def test_network_rules_of_their_own_are_those_of_the_account(self, load):
        made = hub(unknown={"id": True, "storage_account_id": True})
        rules = change(
            f"{STORAGE}_network_rules",
            "st",
            {"default_action": "Deny", "virtual_network_subnet_ids": ["s"]},
            unknown={"id": True, "storage_account_id": True},
        )
        account = change(STORAGE, "st", {"name": "st1"}, unknown={"id": True, "network_rules": True})
        blocks = [
            hub_block(storage_account_id=to(f"{STORAGE}.st.id")),
            block(STORAGE, "st"),
            block(f"{STORAGE}_network_rules", "st", {"storage_account_id": to(f"{STORAGE}.st.id")}),
        ]
        found = load(plan([made, rules, account], blocks))
        (resource,) = [one for one in found.document["resources"] if one["name"] == "st1"]
        assert resource["properties"]["networkAcls"] == {
            "defaultAction": "Deny",
            "virtualNetworkRules": [{"id": "s"}],
        }

    def test_the_target_of_a_private_endpoint_rule(self, load):
        endpoint = rule(
            "private_endpoint",
            "pe",
            {"sub_resource_target": "vault"},
            unknown={"service_resource_id": True},
        )
        vault = change("azurerm_key_vault", "kv", {"name": "kv1", "network_acls": []})
        blocks = [
            hub_block(),
            block("azurerm_key_vault", "kv"),
            rule_block("private_endpoint", "pe", service_resource_id=to("azurerm_key_vault.kv.id")),
        ]
        found = load(plan([hub(), endpoint, vault], blocks))
        target = rules_of(found)["pe"]["destination"]["serviceResourceId"]
        assert [one["id"] for one in found.document["resources"] if one["name"] == "kv1"] == [target]

    @pytest.mark.parametrize(
        ("kind", "after", "expected"),
        [
            (
                "azurerm_container_registry",
                {
                    "sku": "Premium",
                    "public_network_access_enabled": False,
                    "network_rule_set": [
                        {
                            "default_action": "Deny",
                            "ip_rule": [{"action": "Allow", "ip_range": "1.2.3.4/32"}],
                            "virtual_network": [],
                        }
                    ],
                },
                {
                    "publicNetworkAccess": "Disabled",
                    "networkRuleSet": {
                        "defaultAction": "Deny",
                        "ipRules": [{"action": "Allow", "value": "1.2.3.4/32"}],
                        "virtualNetworkRules": [],
                    },
                },
            ),
            (
                "azurerm_search_service",
                {
                    "public_network_access_enabled": False,
                    "allowed_ips": ["1.2.3.4"],
                    "local_authentication_enabled": False,
                },
                {
                    "publicNetworkAccess": "Disabled",
                    "disableLocalAuth": True,
                    "networkRuleSet": {"ipRules": [{"value": "1.2.3.4"}]},
                },
            ),
            (
                "azurerm_cognitive_account",
                {
                    "public_network_access_enabled": True,
                    "network_acls": [
                        {
                            "default_action": "Deny",
                            "virtual_network_rules": [
                                {"subnet_id": "s", "ignore_missing_vnet_service_endpoint": True}
                            ],
                        }
                    ],
                },
                {
                    "publicNetworkAccess": "Enabled",
                    "networkAcls": {
                        "defaultAction": "Deny",
                        "virtualNetworkRules": [{"id": "s", "ignoreMissingVnetServiceEndpoint": True}],
                    },
                },
            ),
            (
                "azurerm_ai_services",
                {"public_network_access": "Disabled"},
                {"publicNetworkAccess": "Disabled"},
            ),
            (
                "azurerm_cosmosdb_account",
                {
                    "public_network_access_enabled": True,
                    "is_virtual_network_filter_enabled": True,
                    "virtual_network_rule": [{"id": "s"}],
                    "ip_range_filter": "1.2.3.4, 5.6.7.8",
                },
                {
                    "publicNetworkAccess": "Enabled",
                    "isVirtualNetworkFilterEnabled": True,
                    "virtualNetworkRules": [{"id": "s", "ignoreMissingVnetServiceEndpoint": None}],
                    "ipRules": [{"ipAddressOrRange": "1.2.3.4"}, {"ipAddressOrRange": "5.6.7.8"}],
                },
            ),
            (
                "azurerm_mssql_server",
                {"public_network_access_enabled": False},
                {"publicNetworkAccess": "Disabled"},
            ),
            (
                "azurerm_redis_cache",
                {"public_network_access_enabled": False},
                {"publicNetworkAccess": "Disabled"},
            ),
        ],
    )
    def test_other_types_that_a_rule_points_to(self, load, kind, after, expected):
        endpoint = rule("private_endpoint", "pe", {}, unknown={"service_resource_id": True})
        blocks = [
            hub_block(),
            block(kind, "t"),
            rule_block("private_endpoint", "pe", service_resource_id=to(f"{kind}.t.id")),
        ]
        found = load(plan([hub(), endpoint, change(kind, "t", {"name": "t1", **after})], blocks))
        (resource,) = [one for one in found.document["resources"] if one["name"] == "t1"]
        assert resource["properties"] == expected

    def test_a_private_endpoint_that_leads_to_the_hub(self, load):
        endpoint = change(
            "azurerm_private_endpoint",
            "in",
            {
                "name": "pe1",
                "private_service_connection": [{"name": "c", "subresource_names": ["amlworkspace"]}],
            },
            unknown={"id": True, "private_service_connection": [{"private_connection_resource_id": True}]},
        )
        connection = {"private_connection_resource_id": to(f"{HUB}.hub.id")}
        blocks = [
            hub_block(),
            block("azurerm_private_endpoint", "in", {"private_service_connection": [connection]}),
        ]
        found = load(plan([hub(), endpoint], blocks))
        (resource,) = [one for one in found.document["resources"] if one["name"] == "pe1"]
        (link,) = resource["properties"]["privateLinkServiceConnections"]
        assert link["properties"] == {
            "privateLinkServiceId": found.document["id"],
            "groupIds": ["amlworkspace"],
        }

    def test_computes_and_projects(self, load):
        cluster = change(
            "azurerm_machine_learning_compute_cluster",
            "c",
            {
                "name": "cpu",
                "node_public_ip_enabled": False,
                "vm_size": "S",
                "ssh_public_access_enabled": False,
            },
            unknown={"id": True, "machine_learning_workspace_id": True},
        )
        project = change(
            "azurerm_ai_foundry_project",
            "p",
            {"name": "p1"},
            unknown={"id": True, "ai_services_hub_id": True},
        )
        blocks = [
            hub_block(),
            block(
                "azurerm_machine_learning_compute_cluster",
                "c",
                {"machine_learning_workspace_id": to(f"{HUB}.hub.id")},
            ),
            block("azurerm_ai_foundry_project", "p", {"ai_services_hub_id": to(f"{HUB}.hub.id")}),
        ]
        found = load(plan([hub(), cluster, project], blocks))
        document = next(one.document for one in found.hubs if one.ref.kind == "Hub")
        assert [one["name"] for one in document["projects"]] == ["p1"]
        (compute,) = document["computes"]
        assert compute["properties"] == {
            "computeType": "AmlCompute",
            "properties": {
                "enableNodePublicIp": False,
                "vmSize": "S",
                "remoteLoginPortPublicAccess": "Disabled",
            },
        }


class TestAzapi:
    BODY = {
        "kind": "Hub",
        "properties": {
            "managedNetwork": {
                "isolationMode": "AllowOnlyApprovedOutbound",
                "outboundRules": {
                    "web": {"type": "FQDN", "destination": "contoso.com", "category": "UserDefined"}
                },
            }
        },
    }

    def hub(self, content=BODY, **unknown):
        values = {
            "type": "Microsoft.MachineLearningServices/workspaces@2024-10-01",
            "name": "hub1",
            "parent_id": f"{SUBSCRIPTION}/resourceGroups/rg",
            "body": content,
        }
        return change("azapi_resource", "hub", values, unknown={"id": True, **unknown})

    @pytest.mark.parametrize("form", [lambda body: body, json.dumps], ids=["object", "JSON"])
    def test_a_body_is_the_document(self, load, form):
        found = load(plan([self.hub(form(self.BODY))]))
        assert found.hub.ref.kind == "Hub"
        assert list(rules_of(found)) == ["web"]
        assert found.document["id"] == REAL

    def test_a_body_that_is_not_known(self, load):
        found = load(plan([self.hub(None, body=True)]))
        assert isinstance(found.document["properties"], Unknown)

    def test_a_body_that_is_no_json(self, load):
        assert isinstance(load(plan([self.hub("{")])).document["properties"], Unknown)

    def test_a_rule_of_its_own(self, load):
        values = {
            "type": "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01",
            "name": "own",
            "body": {"properties": {"type": "FQDN", "destination": "x.com"}},
        }
        entry = change("azapi_resource", "own", values, unknown={"id": True, "parent_id": True})
        blocks = [block("azapi_resource", "own", {"parent_id": to("azapi_resource.hub.id")})]
        assert set(rules_of(load(plan([self.hub(), entry], blocks)))) == {"web", "own"}

    def test_ids_in_a_body_where_only_one_resource_can_be_meant(self, load):
        body = {"kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "Disabled"}}}
        made = self.hub(body, body={"properties": {"storageAccount": True, "keyVault": True}})
        entries = [
            made,
            change(STORAGE, "st", {"name": "st1"}),
            change("azurerm_key_vault", "kv", {"name": "kv1"}),
        ]
        blocks = [block("azapi_resource", "hub", {"body": to(f"{STORAGE}.st.id", "azurerm_key_vault.kv.id")})]
        found = load(plan(entries, [*blocks, block(STORAGE, "st"), block("azurerm_key_vault", "kv")]))
        assert {one["name"] for one in found.document["resources"]} == {"st1", "kv1"}

    def patch(self, properties, *, known=None):
        values = {
            "type": "Microsoft.MachineLearningServices/workspaces@2024-10-01",
            "body": {"properties": properties},
            **({"resource_id": known} if known else {}),
        }
        return change(
            "azapi_update_resource", "patch", values, unknown={"id": True, "resource_id": known is None}
        )

    def test_an_update_patches_what_it_names(self, load):
        entry = self.patch(
            {"managedNetwork": {"outboundRules": {"more": {"type": "FQDN", "destination": "a.com"}}}}
        )
        blocks = [hub_block(), block("azapi_update_resource", "patch", {"resource_id": to(f"{HUB}.hub.id")})]
        found = load(plan([entry, hub()], blocks))
        assert found.document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
        assert list(rules_of(found)) == ["more"]

    def test_an_update_of_a_hub_outside_the_plan_is_judged_by_what_it_sets(self, load):
        found = load(plan([self.patch({"managedNetwork": {"isolationMode": "Disabled"}}, known=REAL)]))
        assert found.hub.ref.name == "hub1"
        assert found.document["properties"]["managedNetwork"]["isolationMode"] == "Disabled"


class TestPatches:
    """What updates a hub that nobody can tell leaves each of them open in what it sets."""

    def patch(self, mode, *references, **more):
        body = {"properties": {"managedNetwork": {"isolationMode": mode}}}
        kind = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
        entries = [hub(after={"name": f"hub-{key}"}, key=f'["{key}"]') for key in ("a", "b")]
        entries.append(
            change(
                "azapi_update_resource",
                "net",
                {"type": kind, "body": body},
                unknown={"resource_id": True},
                **more,
            )
        )
        target = block("azapi_update_resource", "net", {"resource_id": {"references": list(references)}})
        return plan(entries, [hub_block(), target])

    def modes(self, found):
        return [one.document["properties"]["managedNetwork"]["isolationMode"] for one in found.hubs[:2]]

    def test_one_of_two_by_a_key_that_is_not_told(self, load):
        found = load(self.patch("Disabled", f"{HUB}.hub", "each.value.hub", "each.value", key='["a"]'))
        assert all(isinstance(one, Unknown) for one in self.modes(found))

    def test_one_that_sets_what_was_set_leaves_nothing_open(self, load):
        found = load(self.patch("AllowOnlyApprovedOutbound", f"{HUB}.hub", "var.which"))
        assert self.modes(found) == ["AllowOnlyApprovedOutbound"] * 2

    def test_one_by_its_own_key(self, load):
        found = load(self.patch("Disabled", f"{HUB}.hub", "each.key", key='["b"]'))
        assert self.modes(found) == ["AllowOnlyApprovedOutbound", "Disabled"]


class TestPlaces:
    MAIN = """\
# the hub
resource "azurerm_ai_foundry" "hub" {
  name = "hub1" // comment
  managed_network {
    isolation_mode = var.mode
  }
}

variable "mode" {
  type    = string
  default = "Disabled"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "web" {
  name             = "web"
  destination_fqdn = "${var.prefix}.blob.core.windows.net"
}

resource "azapi_resource" "hub" {
  body = jsonencode({
    properties = {
      managedNetwork = {
        isolationMode = "Disabled"
        "outboundRules" = { web = { type = "FQDN" } }
      }
    }
  })
}
"""

    def lines(self, hub, *path):
        node = hub.document
        for name in path[:-1]:
            node = node[name]
        place = hub.places.of(node, path[-1])
        origin = hub.places.origin(node, path[-1])
        return place.path.rpartition("/")[2], place.line, place.column, origin and origin.line

    def test_values_stand_in_the_configuration_beside_the_plan(self, write, scan):
        write("main.tf", self.MAIN)
        entries = [hub(), rule("fqdn", "web", {"destination_fqdn": "x.blob.core.windows.net"})]
        write("plan.json", plan(entries, [hub_block(), rule_block("fqdn", "web")]))
        found = scan().hub
        mode = ("properties", "managedNetwork", "isolationMode")
        assert self.lines(found, *mode) == ("main.tf", 5, 5, 11)
        assert self.lines(found, "outboundRules", 0, "properties", "destination") == ("main.tf", 16, 3, None)
        assert found.places.of(found.document).line == 2

    def test_a_variable_is_written_where_it_is_given(self, write, scan):
        write("main.tf", self.MAIN)
        write("terraform.tfvars", '\nmode = "AllowInternetOutbound"\n')
        write("plan.json", plan([hub()], [hub_block()]))
        found = scan().hub
        network = found.document["properties"]["managedNetwork"]
        origin = found.places.origin(network, "isolationMode")
        assert (origin.path.rpartition("/")[2], origin.line) == ("terraform.tfvars", 2)

    def test_a_body_inside_a_call(self, write, scan):
        write("main.tf", self.MAIN)
        write("plan.json", plan([TestAzapi().hub()]))
        found = scan().hub
        assert self.lines(found, "properties", "managedNetwork", "isolationMode")[1] == 23
        assert found.places.of(found.document["outboundRules"][0]["properties"], "type").line == 24

    def test_a_module_that_lies_beside(self, write, scan):
        write(
            "net/main.tf",
            'resource "azurerm_ai_foundry" "this" {\n  managed_network {\n    isolation_mode = var.mode\n  }\n}\n',
        )
        write("main.tf", 'module "net" {\n  source = "./net"\n  mode   = "Disabled"\n}\n')
        calls = {"net": {"source": "./net", "module": {"resources": [hub_block("this")]}}}
        write("plan.json", plan([hub("this", module="module.net")], calls=calls))
        found = scan().hub
        network = found.document["properties"]["managedNetwork"]
        assert found.places.of(network, "isolationMode").path.endswith("net/main.tf")
        assert found.places.origin(network, "isolationMode").line == 3

    @pytest.mark.parametrize("source", ["../outside", "./link"])
    def test_a_module_that_lies_elsewhere_is_not_read(self, write, scan, tmp_path, source):
        write("outside/main.tf", 'resource "azurerm_ai_foundry" "this" {\n}\n')
        calls = {"net": {"source": source, "module": {"resources": [hub_block("this")]}}}
        write("in/plan.json", plan([hub("this", module="module.net")], calls=calls))
        (tmp_path / "in" / "link").symlink_to(tmp_path / "outside")
        found = scan("in").hub
        assert found.places.of(found.document).path.endswith("plan.json")

    def test_a_module_that_is_not_at_hand_is_mended_where_it_is_called(self, write, scan):
        write(
            "main.tf",
            'module "net" {\n  source = "registry/net/azurerm"\n  mode   = var.mode\n}\nvariable "mode" {\n  default = "x"\n}\n',
        )
        inner = block(HUB, "this", {"managed_network": [{"isolation_mode": to("var.mode")}]})
        calls = {"net": {"source": "registry/net/azurerm", "module": {"resources": [inner]}}}
        write("plan.json", plan([hub("this", module="module.net")], calls=calls))
        found = scan().hub
        assert self.lines(found, "properties", "managedNetwork", "isolationMode") == ("main.tf", 3, 3, 6)
        assert self.lines(found, "properties", "publicNetworkAccess") == ("main.tf", 1, 1, None)

    def test_without_configuration_the_plan_itself_is_the_place(self, load):
        text = json.dumps(plan([hub()], [hub_block()]), indent=1)
        found = load(text).hub
        place = found.places.of(found.document)
        assert text.splitlines()[place.line - 1][place.column - 1 :].startswith(
            '"address": "azurerm_ai_foundry.hub"'
        )

    def test_a_dynamic_block(self, write, scan):
        write(
            "main.tf",
            'resource "azurerm_ai_foundry" "hub" {\n  dynamic "managed_network" {\n    for_each = var.x\n    content {\n      isolation_mode = "x"\n    }\n  }\n}\n',
        )
        unknown = change(HUB, "hub", {"name": "hub1"}, unknown={"id": True, "managed_network": True})
        write("plan.json", plan([unknown], [block(HUB, "hub")]))
        assert isinstance(scan().document["properties"]["managedNetwork"], Unknown)


class TestBefore:
    def test_both_states_of_a_plan_can_be_had(self, write):
        before = {
            "id": REAL,
            "name": "hub1",
            "managed_network": [{"isolation_mode": "AllowOnlyApprovedOutbound"}],
        }
        after = {**before, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}]}
        entries = [
            change(HUB, "hub", after, actions=("update",), before=before, unknown={}),
            change(
                f"{RULE}_fqdn",
                "web",
                None,
                actions=("delete",),
                before={"name": "web", "workspace_id": REAL, "destination_fqdn": "x.com"},
            ),
            change(HUB, "new", {"name": "hub2", "managed_network": []}),
        ]
        path = write("plan.json", plan(entries, [hub_block(), hub_block("new")]))

        def state(**which):
            return {
                one.ref.id.rpartition("#")[2]: (
                    one.document["properties"]["managedNetwork"]["isolationMode"],
                    len(one.document["outboundRules"]),
                )
                for one in collect([path], code=Code(**which))
                if hasattr(one, "document") and one.ref.name == "hub1"
            }

        assert state() == {"hub1": ("AllowInternetOutbound", 0)}
        assert state(before=True) == {"hub1": ("AllowOnlyApprovedOutbound", 1)}
        assert [
            one.ref.name for one in collect([path], code=Code(before=True)) if hasattr(one, "document")
        ] == ["hub1"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("document", "code"),
        [
            (plan([], format_version="2.0"), "syntax"),
            ('{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[', "syntax"),
        ],
    )
    def test_a_plan_that_cannot_be_understood_is_a_gap(self, load, document, code):
        assert load(document).codes == [code]

    def test_a_raw_state_says_what_to_save_instead(self, write, scan):
        state = {"version": 4, "terraform_version": "1.11.4", "lineage": "x", "resources": [{"type": HUB}]}
        write("terraform.tfstate", state)
        write("other.tfstate", {**state, "resources": [{"type": "azurerm_subnet"}]})
        (gap,) = scan().gaps
        assert "terraform.tfstate" in gap.subject
        assert "terraform show -json" in gap.detail

    def test_a_packed_plan_says_what_to_save_instead(self, read):
        (gap,) = read(b"PK\x03\x04\x14\x00", "tfplan").gaps
        assert "terraform show -json" in gap.detail

    @pytest.mark.parametrize("reason", ["provider_config_unknown", "instance_count_unknown"])
    def test_what_is_left_to_a_later_plan_is_judged_and_the_plan_incomplete(self, load, reason):
        later = [{"reason": reason, "resource_change": hub(key="[*]")}]
        found = load(plan([], [hub_block()], complete=False, deferred_changes=[1, {}, *later]))
        assert (found.names, found.codes) == (["hub1"], ["incomplete"])
        assert found.document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"

    def test_a_plan_that_ended_with_an_error_is_incomplete(self, load):
        found = load(plan([hub()], [hub_block()], errored=True))
        assert (found.names, found.codes) == (["hub1"], ["errored"])

    @pytest.mark.parametrize(
        "odd",
        [
            {"resource_changes": [1, None, {}, {"address": 1}, {"address": "a", "type": "b", "change": []}]},
            {"configuration": []},
            {"configuration": {"root_module": {"resources": [1], "module_calls": {"a": 1}, "outputs": []}}},
            {"prior_state": {"values": {"root_module": {"resources": [1, {}], "child_modules": [1]}}}},
        ],
    )
    def test_odd_shapes_are_passed_over(self, load, odd):
        assert load({**plan([hub()], [hub_block()]), **odd}).gaps == []

    @pytest.mark.parametrize("form", [lambda body: body, json.dumps], ids=["object", "JSON"])
    def test_a_value_that_is_nested_too_deep_is_not_known(self, load, form):
        deep = {"managedNetwork": {}}
        for _ in range(300):
            deep = {"properties": deep}
        found = load(plan([TestAzapi().hub(form(deep))]))
        assert found.gaps == []
        assert "Unknown" in repr(found.document["properties"])

    def test_a_newer_minor_version_is_read(self, load):
        assert load(plan([hub()], [hub_block()], format_version="1.99")).names == ["hub1"]

    def test_attributes_of_other_types_than_they_should_have(self, load):
        made = change(
            HUB,
            "hub",
            {"name": 7, "managed_network": "x", "tags": [], "identity": [None], "resource_group_name": {}},
        )
        assert load(plan([made], [hub_block()])).hub.ref.kind == "Hub"


def test_the_readers_hand_over_resources(write):
    path = write("plan.json", plan([hub()], [hub_block()]))
    found = []
    reader = Plans(found.append)
    list(reader.read(Content(File(path, "plan.json", named=True))))
    (resource,) = found
    assert isinstance(resource, Resource)
    assert (resource.type, resource.name, resource.deployment) == (
        "Microsoft.MachineLearningServices/workspaces",
        "hub1",
        "plan.json",
    )


@pytest.mark.parametrize("kind", ["connections", "onlineEndpoints", "onlineEndpoints/deployments"])
def test_a_child_of_which_no_plan_tells_the_parent_may_be_any_hubs(load, kind):
    values = {"type": f"Microsoft.MachineLearningServices/workspaces/{kind}@2025-09-01", "name": "child"}
    child = change("azapi_resource", "child", {**values, "body": {}}, unknown={"id": True, "parent_id": True})
    document = plan([hub(), child])
    del document["configuration"]
    members = load(document).document[kind.partition("/")[0]]
    assert isinstance(members, OpenList)
    assert [sure for _, sure in members.members] == [False]
