data "azurerm_search_service" "search" {
  name                = "srch-contoso"
  resource_group_name = "rg-contoso"
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-connect"
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

resource "azapi_resource" "search_rule" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "search"
  parent_id = azapi_resource.hub.id
  body = {
    properties = {
      type = "PrivateEndpoint"
      destination = {
        serviceResourceId = data.azurerm_search_service.search.id
        subresourceTarget = "searchService"
        sparkEnabled      = false
      }
    }
  }
}

resource "azapi_resource" "search" {
  type      = "Microsoft.MachineLearningServices/workspaces/connections@2024-10-01"
  name      = "search"
  parent_id = azapi_resource.hub.id
  body = {
    properties = {
      category = "CognitiveSearch"
      authType = "AAD"
      target   = "https://srch-contoso.search.windows.net"
      metadata = {
        ResourceId = data.azurerm_search_service.search.id
      }
    }
  }
}

resource "azapi_resource" "openai" {
  type      = "Microsoft.MachineLearningServices/workspaces/connections@2024-10-01"
  name      = "openai"
  parent_id = azapi_resource.hub.id
  body = {
    properties = {
      category = "AzureOpenAI"
      authType = "AAD"
      target   = "https://oai-contoso.openai.azure.com"
      metadata = {
        ResourceId = "oai-contoso"
      }
    }
  }
}
