resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub9"
  parent_id = "/subscriptions/x/resourceGroups/rg"
  body = <<BODY
{
  "kind": "Hub",
  "properties": { "friendlyName": "${var.name}", "managedNetwork": { "isolationMode": "Disabled" } }
}
BODY
}
variable "name" {}
