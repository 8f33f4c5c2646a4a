module "m" {
  source = "../../etc"
}
resource "azurerm_ai_foundry" "h" {
  name = "h"
}
