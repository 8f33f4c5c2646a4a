resource "azurerm_ai_foundry" "x" {
  name = 
}
resource "azurerm_ai_foundry" "h" {
  name = "h"
}
