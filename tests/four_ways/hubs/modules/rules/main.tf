variable "hub_id" {
  type = string
}

variable "account" {
  type = string
}

variable "tag" {
  type    = string
  default = "Internet"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "data" {
  name             = "data"
  workspace_id     = var.hub_id
  destination_fqdn = "${var.account}.table.core.windows.net"
}

resource "azurerm_machine_learning_workspace_network_outbound_rule_service_tag" "any" {
  name         = "any"
  workspace_id = var.hub_id
  service_tag  = var.tag
  protocol     = "TCP"
  port_ranges  = "443"
}
