"""The resource types of the azurerm provider that hubs are made of, and what ARM calls their attributes.

A row is the path of an attribute, the path of the property, and how the value is converted.  A number in
a path is the index of an inner block.  Facts are those of the provider's schemas, version 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.sources.code.terraform import convert
from scanner.sources.code.terraform.convert import Convert

Row = tuple[str, str, Convert]

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a resource type of the provider is in ARM.

    ``parent`` is the attribute with the id of the resource that it is a child of; ``patches`` that of a
    resource which it sets properties of, and is nothing beside.  ``fixed`` are properties that it has
    without saying so; ``refers`` maps the attributes that hold ids to the types these must be of.
    """

    type: str
    rows: tuple[Row, ...]
    parent: str | None = None
    patches: str | None = None
    fixed: Mapping[str, str] | None = None
    refers: Mapping[str, str] | None = None


_ACCESS: Row = ("public_network_access_enabled", "properties.publicNetworkAccess", convert.enabled)
_LOCAL: Row = ("local_authentication_enabled", "properties.disableLocalAuth", convert.negated)
_COMMON: tuple[Row, ...] = (("location", "location", convert.same), ("tags", "tags", convert.same))

STORAGE = "Microsoft.Storage/storageAccounts"
VAULT = "Microsoft.KeyVault/vaults"
REGISTRY = "Microsoft.ContainerRegistry/registries"
INSIGHTS = "Microsoft.Insights/components"
_LOGS = "Microsoft.OperationalInsights/workspaces"

_DEPENDENCIES = {
    "storage_account_id": STORAGE,
    "key_vault_id": VAULT,
    "container_registry_id": REGISTRY,
    "application_insights_id": INSIGHTS,
}

_WORKSPACE: tuple[Row, ...] = (
    *_COMMON,
    ("storage_account_id", "properties.storageAccount", convert.same),
    ("key_vault_id", "properties.keyVault", convert.same),
    ("container_registry_id", "properties.containerRegistry", convert.same),
    ("application_insights_id", "properties.applicationInsights", convert.same),
    ("description", "properties.description", convert.same),
    ("friendly_name", "properties.friendlyName", convert.same),
    ("image_build_compute_name", "properties.imageBuildCompute", convert.same),
    ("primary_user_assigned_identity", "properties.primaryUserAssignedIdentity", convert.same),
    ("identity.0.type", "identity.type", convert.same),
    ("encryption.0", "properties.encryption", convert.block),
    ("encryption.0.key_vault_id", "properties.encryption.keyVaultProperties.keyVaultArmId", convert.same),
    ("encryption.0.key_id", "properties.encryption.keyVaultProperties.keyIdentifier", convert.same),
    ("managed_network.0", "properties.managedNetwork", convert.block),
    ("managed_network.0.isolation_mode", "properties.managedNetwork.isolationMode", convert.same),
    ("managed_network.0.provision_on_creation_enabled", "properties.provisionNetworkNow", convert.boolean),
)

_STORAGE_RULES: tuple[tuple[str, str, Convert], ...] = (
    ("default_action", "defaultAction", convert.same),
    ("bypass", "bypass", convert.joined),
    ("ip_rules", "ipRules", convert.values),
    ("virtual_network_subnet_ids", "virtualNetworkRules", convert.ids),
    ("private_link_access", "resourceAccessRules", convert.access_rules),
)

_COGNITIVE: tuple[Row, ...] = (
    *_COMMON,
    _ACCESS,
    ("kind", "kind", convert.same),
    ("custom_subdomain_name", "properties.customSubDomainName", convert.same),
    ("local_auth_enabled", "properties.disableLocalAuth", convert.negated),
    ("outbound_network_access_restricted", "properties.restrictOutboundNetworkAccess", convert.boolean),
    ("fqdns", "properties.allowedFqdnList", convert.same),
    ("network_acls.0", "properties.networkAcls", convert.block),
    ("network_acls.0.default_action", "properties.networkAcls.defaultAction", convert.same),
    ("network_acls.0.bypass", "properties.networkAcls.bypass", convert.same),
    ("network_acls.0.ip_rules", "properties.networkAcls.ipRules", convert.values),
    ("network_acls.0.virtual_network_rules", "properties.networkAcls.virtualNetworkRules", convert.subnets),
)

_COMPUTE: tuple[Row, ...] = (
    ("location", "location", convert.same),
    ("subnet_resource_id", "properties.properties.subnet.id", convert.same),
    ("node_public_ip_enabled", "properties.properties.enableNodePublicIp", convert.boolean),
    ("local_auth_enabled", "properties.disableLocalAuth", convert.negated),
)

_RULE = "azurerm_machine_learning_workspace_network_outbound_rule"
_IN_WORKSPACE = {"workspace_id": WORKSPACE}

KINDS: Mapping[str, Kind] = {
    "azurerm_ai_foundry": Kind(
        type=WORKSPACE,
        rows=(*_WORKSPACE, ("public_network_access", "properties.publicNetworkAccess", convert.same)),
        fixed={"kind": "Hub"},
        refers=_DEPENDENCIES,
    ),
    "azurerm_ai_foundry_project": Kind(
        type=WORKSPACE,
        rows=(
            *_COMMON,
            ("ai_services_hub_id", "properties.hubResourceId", convert.same),
            ("friendly_name", "properties.friendlyName", convert.same),
            ("description", "properties.description", convert.same),
            ("identity.0.type", "identity.type", convert.same),
        ),
        fixed={"kind": "Project"},
        refers={"ai_services_hub_id": WORKSPACE},
    ),
    "azurerm_machine_learning_workspace": Kind(
        type=WORKSPACE,
        rows=(
            *_WORKSPACE,
            _ACCESS,
            ("kind", "kind", convert.same),
            ("v1_legacy_mode_enabled", "properties.v1LegacyMode", convert.boolean),
            ("storage_account_access_type", "properties.systemDatastoresAuthMode", convert.camel),
            (
                "serverless_compute.0.subnet_id",
                "properties.serverlessComputeSettings.serverlessComputeCustomSubnet",
                convert.same,
            ),
            (
                "serverless_compute.0.public_ip_enabled",
                "properties.serverlessComputeSettings.serverlessComputeNoPublicIP",
                convert.negated,
            ),
        ),
        refers=_DEPENDENCIES,
    ),
    f"{_RULE}_fqdn": Kind(
        type=f"{WORKSPACE}/outboundRules",
        rows=(("destination_fqdn", "properties.destination", convert.same),),
        parent="workspace_id",
        fixed={"properties.type": "FQDN", "properties.category": "UserDefined"},
        refers=_IN_WORKSPACE,
    ),
    f"{_RULE}_private_endpoint": Kind(
        type=f"{WORKSPACE}/outboundRules",
        rows=(
            ("service_resource_id", "properties.destination.serviceResourceId", convert.same),
            ("sub_resource_target", "properties.destination.subresourceTarget", convert.same),
            ("spark_enabled", "properties.destination.sparkEnabled", convert.boolean),
        ),
        parent="workspace_id",
        fixed={"properties.type": "PrivateEndpoint", "properties.category": "UserDefined"},
        refers={**_IN_WORKSPACE, "service_resource_id": ""},
    ),
    f"{_RULE}_service_tag": Kind(
        type=f"{WORKSPACE}/outboundRules",
        rows=(
            ("service_tag", "properties.destination.serviceTag", convert.same),
            ("protocol", "properties.destination.protocol", convert.same),
            ("port_ranges", "properties.destination.portRanges", convert.same),
        ),
        parent="workspace_id",
        fixed={"properties.type": "ServiceTag", "properties.category": "UserDefined"},
        refers=_IN_WORKSPACE,
    ),
    "azurerm_machine_learning_compute_instance": Kind(
        type=f"{WORKSPACE}/computes",
        rows=(
            *_COMPUTE,
            ("virtual_machine_size", "properties.properties.vmSize", convert.same),
            ("ssh.0", "properties.properties.sshSettings", convert.opened_ssh),
        ),
        parent="machine_learning_workspace_id",
        fixed={"properties.computeType": "ComputeInstance"},
        refers={"machine_learning_workspace_id": WORKSPACE},
    ),
    "azurerm_machine_learning_compute_cluster": Kind(
        type=f"{WORKSPACE}/computes",
        rows=(
            *_COMPUTE,
            ("vm_size", "properties.properties.vmSize", convert.same),
            (
                "ssh_public_access_enabled",
                "properties.properties.remoteLoginPortPublicAccess",
                convert.enabled,
            ),
        ),
        parent="machine_learning_workspace_id",
        fixed={"properties.computeType": "AmlCompute"},
        refers={"machine_learning_workspace_id": WORKSPACE},
    ),
    "azurerm_storage_account": Kind(
        type=STORAGE,
        rows=(
            *_COMMON,
            _ACCESS,
            ("account_kind", "kind", convert.same),
            ("account_tier", "sku.tier", convert.same),
            ("is_hns_enabled", "properties.isHnsEnabled", convert.boolean),
            ("min_tls_version", "properties.minimumTlsVersion", convert.same),
            ("shared_access_key_enabled", "properties.allowSharedKeyAccess", convert.boolean),
            ("allow_nested_items_to_be_public", "properties.allowBlobPublicAccess", convert.boolean),
            ("network_rules.0", "properties.networkAcls", convert.block),
            *(
                (f"network_rules.0.{name}", f"properties.networkAcls.{target}", how)
                for name, target, how in _STORAGE_RULES
            ),
        ),
    ),
    "azurerm_storage_account_network_rules": Kind(
        type=STORAGE,
        rows=tuple((name, f"properties.networkAcls.{target}", how) for name, target, how in _STORAGE_RULES),
        patches="storage_account_id",
        refers={"storage_account_id": STORAGE},
    ),
    "azurerm_key_vault": Kind(
        type=VAULT,
        rows=(
            *_COMMON,
            _ACCESS,
            ("tenant_id", "properties.tenantId", convert.same),
            ("sku_name", "properties.sku", convert.sku),
            ("rbac_authorization_enabled", "properties.enableRbacAuthorization", convert.boolean),
            ("purge_protection_enabled", "properties.enablePurgeProtection", convert.boolean),
            ("network_acls.0", "properties.networkAcls", convert.block),
            ("network_acls.0.default_action", "properties.networkAcls.defaultAction", convert.same),
            ("network_acls.0.bypass", "properties.networkAcls.bypass", convert.same),
            ("network_acls.0.ip_rules", "properties.networkAcls.ipRules", convert.values),
            (
                "network_acls.0.virtual_network_subnet_ids",
                "properties.networkAcls.virtualNetworkRules",
                convert.ids,
            ),
        ),
    ),
    "azurerm_container_registry": Kind(
        type=REGISTRY,
        rows=(
            *_COMMON,
            _ACCESS,
            ("sku", "sku", convert.sku),
            ("admin_enabled", "properties.adminUserEnabled", convert.boolean),
            ("network_rule_bypass_option", "properties.networkRuleBypassOptions", convert.same),
            ("network_rule_set.0", "properties.networkRuleSet", convert.block),
            ("network_rule_set.0.default_action", "properties.networkRuleSet.defaultAction", convert.same),
            ("network_rule_set.0.ip_rule", "properties.networkRuleSet.ipRules", convert.registry_rules),
            (
                "network_rule_set.0.virtual_network",
                "properties.networkRuleSet.virtualNetworkRules",
                convert.subnets,
            ),
        ),
    ),
    "azurerm_application_insights": Kind(
        type=INSIGHTS,
        rows=(
            *_COMMON,
            ("internet_ingestion_enabled", "properties.publicNetworkAccessForIngestion", convert.enabled),
            ("internet_query_enabled", "properties.publicNetworkAccessForQuery", convert.enabled),
        ),
    ),
    "azurerm_search_service": Kind(
        type="Microsoft.Search/searchServices",
        rows=(
            *_COMMON,
            _ACCESS,
            _LOCAL,
            ("sku", "sku", convert.sku),
            ("allowed_ips", "properties.networkRuleSet.ipRules", convert.values),
            ("network_rule_bypass_option", "properties.networkRuleSet.bypass", convert.same),
        ),
    ),
    "azurerm_cognitive_account": Kind(
        type="Microsoft.CognitiveServices/accounts",
        rows=(*_COGNITIVE, ("sku_name", "sku", convert.sku)),
    ),
    "azurerm_ai_services": Kind(
        type="Microsoft.CognitiveServices/accounts",
        rows=(
            *_COGNITIVE,
            _LOCAL,
            ("public_network_access", "properties.publicNetworkAccess", convert.same),
            ("sku_name", "sku", convert.sku),
        ),
        fixed={"kind": "AIServices"},
    ),
    "azurerm_cosmosdb_account": Kind(
        type="Microsoft.DocumentDB/databaseAccounts",
        rows=(
            *_COMMON,
            _ACCESS,
            ("kind", "kind", convert.same),
            ("local_authentication_disabled", "properties.disableLocalAuth", convert.boolean),
            (
                "is_virtual_network_filter_enabled",
                "properties.isVirtualNetworkFilterEnabled",
                convert.boolean,
            ),
            ("virtual_network_rule", "properties.virtualNetworkRules", convert.subnets),
            ("ip_range_filter", "properties.ipRules", convert.split),
        ),
    ),
    "azurerm_mssql_server": Kind(
        type="Microsoft.Sql/servers",
        rows=(
            *_COMMON,
            _ACCESS,
            (
                "outbound_network_restriction_enabled",
                "properties.restrictOutboundNetworkAccess",
                convert.enabled,
            ),
        ),
    ),
    "azurerm_mssql_virtual_network_rule": Kind(
        type="Microsoft.Sql/servers/virtualNetworkRules",
        rows=(
            ("subnet_id", "properties.virtualNetworkSubnetId", convert.same),
            (
                "ignore_missing_vnet_service_endpoint",
                "properties.ignoreMissingVnetServiceEndpoint",
                convert.same,
            ),
        ),
        parent="server_id",
        refers={"server_id": "Microsoft.Sql/servers"},
    ),
    "azurerm_management_lock": Kind(
        type="Microsoft.Authorization/locks",
        rows=(
            ("lock_level", "properties.level", convert.same),
            ("notes", "properties.notes", convert.same),
        ),
        parent="scope",
        refers={"scope": ""},
    ),
    "azurerm_role_assignment": Kind(
        type="Microsoft.Authorization/roleAssignments",
        rows=(
            ("scope", "properties.scope", convert.same),
            ("principal_id", "properties.principalId", convert.same),
            ("principal_type", "properties.principalType", convert.same),
            ("role_definition_name", "properties.roleDefinitionId", convert.role),
            ("role_definition_id", "properties.roleDefinitionId", convert.same),
        ),
        parent="scope",
        refers={"scope": ""},
    ),
    "azurerm_monitor_diagnostic_setting": Kind(
        type="Microsoft.Insights/diagnosticSettings",
        rows=(
            ("log_analytics_workspace_id", "properties.workspaceId", convert.same),
            ("storage_account_id", "properties.storageAccountId", convert.same),
            ("eventhub_authorization_rule_id", "properties.eventHubAuthorizationRuleId", convert.same),
            ("eventhub_name", "properties.eventHubName", convert.same),
            ("partner_solution_id", "properties.marketplacePartnerId", convert.same),
            ("log", "properties.logs", convert.logs),
            ("enabled_log", "properties.logs", convert.logs),
        ),
        parent="target_resource_id",
        refers={
            "target_resource_id": "",
            "log_analytics_workspace_id": _LOGS,
            "storage_account_id": STORAGE,
        },
    ),
    "azurerm_private_endpoint": Kind(
        type="Microsoft.Network/privateEndpoints",
        rows=(
            *_COMMON,
            ("subnet_id", "properties.subnet.id", convert.same),
            ("private_service_connection", "properties.privateLinkServiceConnections", convert.connections),
        ),
        refers={"private_service_connection.0.private_connection_resource_id": ""},
    ),
}
"""By the type of the provider."""

_NEEDED = frozenset(("storage_account_id", "key_vault_id", "ai_services_hub_id", "service_resource_id"))
_TARGET = "target_resource_id"

PLAIN: Mapping[str, str] = {
    "azurerm_api_management": "Microsoft.ApiManagement/service",
    "azurerm_application_gateway": "Microsoft.Network/applicationGateways",
    "azurerm_data_factory": "Microsoft.DataFactory/factories",
    "azurerm_databricks_workspace": "Microsoft.Databricks/workspaces",
    "azurerm_eventhub_namespace": "Microsoft.EventHub/namespaces",
    "azurerm_linux_web_app": "Microsoft.Web/sites",
    "azurerm_log_analytics_workspace": _LOGS,
    "azurerm_monitor_private_link_scope": "Microsoft.Insights/privateLinkScopes",
    "azurerm_mysql_flexible_server": "Microsoft.DBforMySQL/flexibleServers",
    "azurerm_postgresql_flexible_server": "Microsoft.DBforPostgreSQL/flexibleServers",
    "azurerm_private_link_service": "Microsoft.Network/privateLinkServices",
    "azurerm_redis_cache": "Microsoft.Cache/Redis",
    "azurerm_redis_enterprise_cluster": "Microsoft.Cache/redisEnterprise",
    "azurerm_windows_web_app": "Microsoft.Web/sites",
}
"""Further types that a rule may point to, of which nothing but public access is read."""


def needs(provider_type: str, name: str) -> bool:
    """Whether an attribute with an id is one that a resource of the provider never goes without."""
    known = KINDS.get(provider_type)
    return known is not None and name in _NEEDED and known.parent != _TARGET


def kind_of(provider_type: str) -> Kind | None:
    """What a resource type of the provider is in ARM, None for one that says nothing of hubs."""
    if provider_type in PLAIN:
        return Kind(type=PLAIN[provider_type], rows=(*_COMMON, _ACCESS))
    return KINDS.get(provider_type)
