resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub9"
  parent_id = azurerm_resource_group.rg.id
  body = jsonencode({
    kind = "Hub"
    properties = {
      storageAccount = azurerm_storage_account.sa.id
    }
  })
}
resource "azurerm_resource_group" "rg" { name = "rg" }
resource "azurerm_storage_account" "sa" { 
 name = "sa${random_id.x.hex}" 
 resource_group_name = azurerm_resource_group.rg.name
}
resource "azapi_update_resource" "net" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  resource_id = azapi_resource.hub.id
  body = jsonencode({
    properties = {
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        outboundRules = {
          "${azurerm_storage_account.sa.name}-file" = {
            type = "PrivateEndpoint"
            destination = {
              serviceResourceId = azurerm_storage_account.sa.id
              subresourceTarget = "file"
            }
          }
        }
      }
    }
  })
}
