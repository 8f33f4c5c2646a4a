resource "azurerm_ai_foundry" "h" {
  name = "h"
  managed_network {
    isolation_mode = var.x ? "Disabled" : "Disabled"
  }
}
variable "x" {}
