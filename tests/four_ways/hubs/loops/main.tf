variable "environment" {
  type    = string
  default = "prod"

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "One of dev and prod."
  }
}

variable "hosts" {
  type    = list(string)
  default = ["api.fabrikam.example", "stfabrikam.blob.core.windows.net"]
}

variable "open_internet" {
  type    = bool
  default = false
}

locals {
  tags = {
    factory = "DataFactory"
    monitor = "AzureMonitor"
  }
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-${var.environment}"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = var.environment == "dev" ? "Enabled" : "Disabled"
      managedNetwork = {
        isolationMode = var.open_internet ? "AllowInternetOutbound" : "AllowOnlyApprovedOutbound"
      }
      provisionNetworkNow = true
    }
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "hosts" {
  count            = length(var.hosts)
  name             = "host-${count.index}"
  workspace_id     = azapi_resource.hub.id
  destination_fqdn = var.hosts[count.index]
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "tags" {
  for_each     = local.tags
  name         = "tag-${each.key}"
  workspace_id = azapi_resource.hub.id
  service_tag  = each.value
  protocol     = "TCP"
  port_ranges  = "443"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "everything" {
  count            = var.open_internet ? 1 : 0
  name             = "everything"
  workspace_id     = azapi_resource.hub.id
  destination_fqdn = "*"
}
