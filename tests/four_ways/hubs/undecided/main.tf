variable "mode" {
  type = string
}

variable "access" {
  type = string
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-any"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = var.access
      managedNetwork = {
        isolationMode = var.mode
        outboundRules = {
          weather = { type = "FQDN", destination = "api.fabrikam.example" }
          storage = { type = "FQDN", destination = "stcontoso.blob.core.windows.net" }
        }
      }
      provisionNetworkNow = true
    }
  }
}
