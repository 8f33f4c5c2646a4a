resource "azurerm_ai_foundry" "h" {
  name = "${each.key}"
  for_each = var.hubs
  managed_network {
    isolation_mode = each.value.mode
  }
}
variable "hubs" {}
