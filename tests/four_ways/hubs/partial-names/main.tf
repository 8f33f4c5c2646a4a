variable "prefix" {
  type = string
}

resource "azurerm_storage_account" "data" {
  name                          = "st${var.prefix}data"
  resource_group_name           = "rg-contoso"
  location                      = "westeurope"
  account_tier                  = "Standard"
  account_replication_type      = "LRS"
  public_network_access_enabled = true
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-open"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Hub"
    properties = {
      storageAccount      = azurerm_storage_account.data.id
      publicNetworkAccess = "Disabled"
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        outboundRules = {
          data = { type = "FQDN", destination = "${var.prefix}-data.blob.core.windows.net" }
          docs = { type = "FQDN", destination = "docs.${var.prefix}.fabrikam.example" }
          host = { type = "FQDN", destination = var.prefix }
        }
      }
      provisionNetworkNow = true
    }
  }
}
