resource "azurerm_ai_foundry" "h" {
  name = "one"
}
resource "azurerm_ai_foundry" "h" {
  name = "two"
  location = var.nope
}
