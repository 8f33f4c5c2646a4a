resource "azurerm_ai_foundry" "h" {
  name = "h"
  count = var.on ? 1 : 0
  managed_network {
    isolation_mode = "Disabled"
  }
}
variable "on" {}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "r" {
 count = var.on ? 1 : 0
 name="rule1"
 workspace_id = azurerm_ai_foundry.h[0].id
 destination_fqdn = "contoso.com"
}
