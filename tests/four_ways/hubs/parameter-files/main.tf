resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = lower("hub-fabrikam-${var.environment}")
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-fabrikam"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = var.public_access ? "Enabled" : "Disabled"
      managedNetwork = {
        isolationMode = var.mode
      }
      provisionNetworkNow = true
    }
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "partner" {
  name             = "partner"
  workspace_id     = azapi_resource.hub.id
  destination_fqdn = var.partner_host
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "factory" {
  name         = "factory"
  workspace_id = azapi_resource.hub.id
  service_tag  = var.tag
  protocol     = "TCP"
  port_ranges  = "443"
}
