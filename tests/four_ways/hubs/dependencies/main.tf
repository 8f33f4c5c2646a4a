variable "location" {
  type    = string
  default = "westeurope"
}

resource "azurerm_storage_account" "hub" {
  name                          = "stcontosohub"
  resource_group_name           = "rg-contoso"
  location                      = var.location
  account_tier                  = "Standard"
  account_replication_type      = "LRS"
  public_network_access_enabled = true

  network_rules {
    default_action = "Allow"
    bypass         = ["AzureServices"]
  }
}

resource "azurerm_key_vault" "hub" {
  name                          = "kv-contoso-hub"
  resource_group_name           = "rg-contoso"
  location                      = var.location
  tenant_id                     = "00000000-0000-0000-0000-000000000000"
  sku_name                      = "standard"
  public_network_access_enabled = false

  network_acls {
    default_action = "Deny"
    bypass         = "None"
  }
}

resource "azurerm_container_registry" "hub" {
  name                          = "crcontosohub"
  resource_group_name           = "rg-contoso"
  location                      = var.location
  sku                           = "Basic"
  public_network_access_enabled = true
}

resource "azurerm_application_insights" "hub" {
  name                       = "appi-contoso-hub"
  resource_group_name        = "rg-contoso"
  location                   = var.location
  application_type           = "web"
  internet_ingestion_enabled = true
  internet_query_enabled     = true
}

resource "azurerm_ai_foundry" "hub" {
  name                    = "hub-contoso-deps"
  location                = var.location
  resource_group_name     = "rg-contoso"
  storage_account_id      = azurerm_storage_account.hub.id
  key_vault_id            = azurerm_key_vault.hub.id
  container_registry_id   = azurerm_container_registry.hub.id
  application_insights_id = azurerm_application_insights.hub.id
  public_network_access   = "Enabled"

  encryption {
    key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.KeyVault/vaults/kv-contoso-keys"
    key_id       = "https://kv-contoso-keys.vault.azure.net/keys/hub/00000000000000000000000000000000"
  }

  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azapi_update_resource" "provision" {
  type        = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  resource_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      provisionNetworkNow = true
    }
  }
}
