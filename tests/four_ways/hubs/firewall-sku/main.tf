# azurerm_ai_foundry has no argument for the SKU of the firewall.
resource "azapi_resource" "basic" {
  type      = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  name      = "hub-contoso-basic"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  tags = {
    cost-center = "lab"
  }
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      provisionNetworkNow = true
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        firewallSku   = "Basic"
        outboundRules = {
          weather = { type = "FQDN", destination = "api.fabrikam.example" }
        }
      }
    }
  }
}

resource "azapi_resource" "premium" {
  type      = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  name      = "hub-contoso-premium"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = jsonencode({
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      provisionNetworkNow = true
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        firewallSku   = "Premium"
        outboundRules = {
          weather = { type = "FQDN", destination = "api.fabrikam.example" }
        }
      }
    }
  })
}

resource "azurerm_ai_foundry" "idle" {
  name                  = "hub-contoso-idle"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  public_network_access = "Disabled"

  managed_network {
    isolation_mode = "AllowInternetOutbound"
  }
}

resource "azapi_update_resource" "idle" {
  type        = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  resource_id = azurerm_ai_foundry.idle.id
  body = {
    properties = {
      provisionNetworkNow = true
      managedNetwork = {
        firewallSku = "Standard"
      }
    }
  }
}
