module "m" {
  source = "./nope"
}
resource "azurerm_ai_foundry" "h" {
  name = "h"
}
