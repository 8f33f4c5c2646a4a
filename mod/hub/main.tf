resource "azurerm_ai_foundry" "h" {
  name = "${var.name}"
  managed_network {
    isolation_mode = var.mode
  }
}
variable "name" {}
variable "mode" {}
output "id" { value = azurerm_ai_foundry.h.id }
