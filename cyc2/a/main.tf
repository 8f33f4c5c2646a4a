module "m" {
  source = "../b"
}
resource "azurerm_ai_foundry" "h" {
  name = "h"
}
