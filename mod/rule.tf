resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "r" {
 name="rule1"
 workspace_id = module.m["a"].id
 destination_fqdn = "contoso.com"
}
