resource "azurerm_ai_foundry" "hub" {
  name                  = "hub-contoso-fqdn"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  public_network_access = "Disabled"

  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "storage" {
  name             = "storage"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "stcontoso.blob.core.windows.net"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "shouting" {
  name             = "shouting"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "STCONTOSO.DFS.CORE.WINDOWS.NET"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "dotted" {
  name             = "dotted"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "stcontoso.file.core.windows.net."
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "vault" {
  name             = "vault"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "kv-contoso.vault.azure.net"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "everything" {
  name             = "everything"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "*"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "suffix" {
  name             = "suffix"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "*.com"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "middle" {
  name             = "middle"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "api.*.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "several" {
  name             = "several"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "files.fabrikam.example, stcontoso.queue.core.windows.net"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "port" {
  name             = "port"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "git.fabrikam.example:22"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "link" {
  name             = "link"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "https://docs.fabrikam.example/guide"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "address" {
  name             = "address"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "192.0.2.10"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "spaced" {
  name             = "bad name"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "api.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "again" {
  name             = "again"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "API.fabrikam.example"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "covered" {
  name             = "covered"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = "mail.fabrikam.com"
}
