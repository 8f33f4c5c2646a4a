resource "azurerm_ai_foundry" "hub" {
  name                = "hub-contoso-null"
  location            = "westeurope"
  resource_group_name = "rg-contoso"

  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "nowhere" {
  name                = "nowhere"
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = "stcontoso"
  sub_resource_target = "blob"
  spark_enabled       = true
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "empty" {
  name             = "empty"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = ""
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "ports" {
  name         = "ports"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "AzureMonitor"
  protocol     = "*"
  port_ranges  = "0-65535"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "dup" {
  name             = "dup-a"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "a.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "wide" {
  name             = "wide"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "*.fabrikam.example"
}
