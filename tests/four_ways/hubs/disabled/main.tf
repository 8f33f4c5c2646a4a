resource "azurerm_ai_foundry" "hub" {
  name                  = "hub-contoso-lab"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  friendly_name         = "Lab"
  public_network_access = "Enabled"

  managed_network {
    isolation_mode = "Disabled"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "weather" {
  name             = "weather"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "api.fabrikam.example"
}
