resource "azurerm_ai_foundry" "h" {
  name = "h"
  managed_network {
    isolation_mode = local.a
  }
}
locals {
  a = local.b
  b = local.a
}
