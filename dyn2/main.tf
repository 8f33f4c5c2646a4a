resource "azurerm_ai_foundry" "h" {
  name = "h"
  dynamic "managed_network" {
    for_each = var.on ? [var.mode] : []
    content {
      isolation_mode = managed_network.value
    }
  }
}
variable "on" { default = true }
variable "mode" { default = "AllowOnlyApprovedOutbound" }
