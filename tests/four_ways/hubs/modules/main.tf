resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-fabrikam-core"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-fabrikam"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
      }
      provisionNetworkNow = true
    }
  }
}

module "rules" {
  source  = "./rules"
  hub_id  = azapi_resource.hub.id
  account = "stfabrikam"
}
