locals {
  lake = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Storage/storageAccounts/stcontosolake"
}

resource "azurerm_ai_foundry" "hub" {
  name                  = "hub-contoso-web"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  public_network_access = "Disabled"

  managed_network {
    isolation_mode = "AllowInternetOutbound"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "lake" {
  name                = "lake"
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = local.lake
  sub_resource_target = "dfs"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "weather" {
  name             = "weather"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "api.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "monitor" {
  name         = "monitor"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "AzureMonitor"
  protocol     = "TCP"
  port_ranges  = "443"
}
