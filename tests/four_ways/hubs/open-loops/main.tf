variable "hosts" {
  type = list(string)
}

variable "allow_monitor" {
  type = bool
}

variable "targets" {
  type    = list(string)
  default = ["stcontosoa", "stcontosob"]
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-loop"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        firewallSku   = "Standard"
      }
      provisionNetworkNow = true
    }
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "hosts" {
  count            = length(var.hosts)
  name             = "host-${count.index}"
  workspace_id     = azapi_resource.hub.id
  destination_fqdn = "${var.hosts[count.index]}.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "internet" {
  count        = var.allow_monitor ? 1 : 0
  name         = "internet"
  workspace_id = azapi_resource.hub.id
  service_tag  = "Internet"
  protocol     = "TCP"
  port_ranges  = "443"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "targets" {
  for_each            = toset(var.targets)
  name                = each.value
  workspace_id        = azapi_resource.hub.id
  service_resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Storage/storageAccounts/${each.value}"
  sub_resource_target = "blobs"
}
