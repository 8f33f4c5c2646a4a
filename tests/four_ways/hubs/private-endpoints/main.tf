resource "azurerm_storage_account" "lake" {
  name                          = "stcontosolake"
  resource_group_name           = "rg-contoso"
  location                      = "westeurope"
  account_tier                  = "Standard"
  account_replication_type      = "LRS"
  public_network_access_enabled = true

  network_rules {
    default_action             = "Deny"
    virtual_network_subnet_ids = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/apps"]
  }
}

resource "azurerm_key_vault" "app" {
  name                          = "kv-contoso-app"
  resource_group_name           = "rg-contoso"
  location                      = "westeurope"
  tenant_id                     = "00000000-0000-0000-0000-000000000000"
  sku_name                      = "standard"
  public_network_access_enabled = false
}

resource "azurerm_search_service" "search" {
  name                          = "srch-contoso"
  resource_group_name           = "rg-contoso"
  location                      = "westeurope"
  sku                           = "standard"
  public_network_access_enabled = false
}

resource "azurerm_ai_foundry" "hub" {
  name                  = "hub-contoso-private"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  public_network_access = "Disabled"

  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "lake" {
  for_each            = toset(["lake-blob", "lake-copy"])
  name                = each.key
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = azurerm_storage_account.lake.id
  sub_resource_target = "blob"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "vault" {
  name                = "vault"
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = azurerm_key_vault.app.id
  sub_resource_target = "secrets"
}

resource "azapi_resource" "search" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "search"
  parent_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      type = "PrivateEndpoint"
      destination = {
        serviceResourceId = azurerm_search_service.search.id
        subresourceTarget = "searchService"
        sparkEnabled      = false
      }
    }
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "machine" {
  name                = "machine"
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Compute/virtualMachines/vm-contoso"
  sub_resource_target = "rdp"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint" "elsewhere" {
  name                = "elsewhere"
  workspace_id        = azurerm_ai_foundry.hub.id
  service_resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Sql/servers/sql-fabrikam"
  sub_resource_target = "sqlServer"
}
