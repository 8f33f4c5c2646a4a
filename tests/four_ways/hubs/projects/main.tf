resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-shared"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
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

resource "azapi_resource" "quiet" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "prj-quiet"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Project"
    properties = {
      hubResourceId       = azapi_resource.hub.id
      publicNetworkAccess = "Disabled"
    }
  }
}

resource "azapi_resource" "loud" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "prj-loud"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Project"
    properties = {
      hubResourceId       = azapi_resource.hub.id
      publicNetworkAccess = "Enabled"
      managedNetwork = {
        isolationMode = "AllowInternetOutbound"
      }
    }
  }
}
