"""What the azurerm provider sets where configuration does not, in words that a plan would have.

Facts are those of the provider's schemas, version 4.  What differs between its versions is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.sources.code.terraform.builder import ABSENT, reached, steps

_PUBLIC = {"public_network_access_enabled": True}

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "azurerm_ai_foundry": {"public_network_access": "Enabled"},
    "azurerm_machine_learning_workspace": {
        **_PUBLIC,
        "kind": "Default",
        "v1_legacy_mode_enabled": False,
        "storage_account_access_type": "AccessKey",
        "managed_network.0.provision_on_creation_enabled": False,
        "serverless_compute.0.public_ip_enabled": False,
    },
    "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint": {"spark_enabled": False},
    "azurerm_machine_learning_compute_cluster": {
        "node_public_ip_enabled": True,
        "local_auth_enabled": True,
        "ssh_public_access_enabled": False,
    },
    "azurerm_machine_learning_compute_instance": {"node_public_ip_enabled": True, "local_auth_enabled": True},
    "azurerm_storage_account": {
        **_PUBLIC,
        "account_kind": "StorageV2",
        "is_hns_enabled": False,
        "min_tls_version": "TLS1_2",
        "shared_access_key_enabled": True,
    },
    "azurerm_key_vault": _PUBLIC,
    "azurerm_container_registry": {
        **_PUBLIC,
        "admin_enabled": False,
        "network_rule_bypass_option": "AzureServices",
        "network_rule_set.0.default_action": "Allow",
    },
    "azurerm_application_insights": {"internet_ingestion_enabled": True, "internet_query_enabled": True},
    "azurerm_search_service": {
        **_PUBLIC,
        "local_authentication_enabled": True,
        "network_rule_bypass_option": "None",
    },
    "azurerm_cognitive_account": {
        **_PUBLIC,
        "local_auth_enabled": True,
        "outbound_network_access_restricted": False,
    },
    "azurerm_ai_services": {"public_network_access": "Enabled", "local_authentication_enabled": True},
    "azurerm_cosmosdb_account": {
        **_PUBLIC,
        "kind": "GlobalDocumentDB",
        "is_virtual_network_filter_enabled": False,
    },
    "azurerm_mssql_server": {**_PUBLIC, "outbound_network_restriction_enabled": False},
    "azurerm_mssql_virtual_network_rule": {"ignore_missing_vnet_service_endpoint": False},
    "azurerm_api_management": _PUBLIC,
    "azurerm_databricks_workspace": _PUBLIC,
    "azurerm_eventhub_namespace": _PUBLIC,
    "azurerm_linux_web_app": _PUBLIC,
    "azurerm_postgresql_flexible_server": _PUBLIC,
    "azurerm_redis_cache": _PUBLIC,
    "azurerm_windows_web_app": _PUBLIC,
}
"""By the type of the provider, the path of an attribute and its value."""


def filled(kind: str, values: dict[str, Any]) -> None:
    """Set what the provider would in the values of a resource, where they have none."""
    for path, value in DEFAULTS.get(kind, {}).items():
        *above, last = steps(path)
        holder = reached(values, above)
        if holder is not ABSENT and isinstance(holder, dict) and holder.get(str(last)) is None:
            holder[str(last)] = value
