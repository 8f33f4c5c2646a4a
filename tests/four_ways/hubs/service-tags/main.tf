resource "azurerm_ai_foundry" "hub" {
  name                  = "hub-contoso-tags"
  location              = "westeurope"
  resource_group_name   = "rg-contoso"
  public_network_access = "Disabled"

  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "internet" {
  name         = "internet"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "Internet"
  protocol     = "TCP"
  port_ranges  = "443"
}

resource "azapi_resource" "cloud" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "cloud"
  parent_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      type     = "ServiceTag"
      category = "UserDefined"
      destination = {
        serviceTag = "AzureCloud.westeurope"
        protocol   = "*"
        portRanges = "*"
      }
    }
  }
}

resource "azapi_resource" "storage" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "storage"
  parent_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      type     = "ServiceTag"
      category = "UserDefined"
      destination = {
        serviceTag = "Storage.WestEurope"
        protocol   = "TCP"
        portRanges = "443"
      }
    }
  }
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "factory" {
  name         = "factory"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "DataFactory"
  protocol     = "TCP"
  port_ranges  = "80, 443, 8080-8090"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "backwards" {
  name         = "backwards"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "AzureMonitor"
  protocol     = "UDP"
  port_ranges  = "9000-8000"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "invented" {
  name         = "invented"
  workspace_id = azurerm_ai_foundry.hub.id
  service_tag  = "ContosoCloud"
  protocol     = "TCP"
  port_ranges  = "443"
}

resource "azapi_resource" "denied" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "denied"
  parent_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      type     = "ServiceTag"
      category = "UserDefined"
      destination = {
        serviceTag = "Internet"
        action     = "Deny"
        protocol   = "TCP"
        portRanges = "443"
      }
    }
  }
}

resource "azapi_resource" "prefixes" {
  type      = "Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01"
  name      = "prefixes"
  parent_id = azurerm_ai_foundry.hub.id
  body = {
    properties = {
      type     = "ServiceTag"
      category = "UserDefined"
      destination = {
        serviceTag      = "DataFactory"
        addressPrefixes = ["0.0.0.0/0"]
        protocol        = "TCP"
        portRanges      = "443"
      }
    }
  }
}
