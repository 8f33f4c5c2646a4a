resource "azurerm_ai_foundry" "h" {
  name = "h"
  dynamic "managed_network" {
    for_each = var.on ? [1] : []
    content {
      isolation_mode = "Disabled"
    }
  }
}
variable "on" {}
