resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name      = "hub-contoso-compute"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      v1LegacyMode        = true
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
      }
      provisionNetworkNow = true
    }
  }
}

resource "azurerm_machine_learning_compute_cluster" "train" {
  name                          = "train"
  location                      = "westeurope"
  vm_priority                   = "Dedicated"
  vm_size                       = "Standard_DS3_v2"
  machine_learning_workspace_id = azapi_resource.hub.id
  node_public_ip_enabled        = true
  ssh_public_access_enabled     = true
  local_auth_enabled            = true

  scale_settings {
    min_node_count                       = 0
    max_node_count                       = 4
    scale_down_nodes_after_idle_duration = "PT30S"
  }
}

resource "azurerm_machine_learning_compute_instance" "notebook" {
  name                          = "notebook"
  machine_learning_workspace_id = azapi_resource.hub.id
  virtual_machine_size          = "Standard_DS3_v2"
  node_public_ip_enabled        = false
  subnet_resource_id            = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/notebooks"
}

resource "azapi_resource" "score" {
  type      = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2024-10-01"
  name      = "score"
  location  = "westeurope"
  parent_id = azapi_resource.hub.id
  body = {
    properties = {
      authMode            = "Key"
      publicNetworkAccess = "Enabled"
    }
  }
}

resource "azapi_resource" "blue" {
  type      = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments@2024-10-01"
  name      = "blue"
  location  = "westeurope"
  parent_id = azapi_resource.score.id
  body = {
    sku = { name = "Default", capacity = 1 }
    properties = {
      endpointComputeType       = "Managed"
      instanceType              = "Standard_DS3_v2"
      egressPublicNetworkAccess = "Disabled"
    }
  }
}
