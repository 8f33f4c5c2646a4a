resource "azurerm_ai_foundry" "h" {
  name = "h"
  count = 0
}
