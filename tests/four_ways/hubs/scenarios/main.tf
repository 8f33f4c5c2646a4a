variable "scenarios" {
  type    = list(string)
  default = ["vscode", "huggingface"]
}

locals {
  hosts = {
    hub         = "huggingface.co"
    marketplace = "*.gallerycdn.vsassets.io"
    update      = "update.code.visualstudio.com"
  }
}

resource "azapi_resource" "hub" {
  type      = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  name      = "hub-contoso-studio"
  location  = "westeurope"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso"
  tags = {
    hubscan-scenarios = join(",", var.scenarios)
    costApproved      = "2026-01"
  }
  body = {
    kind = "Hub"
    properties = {
      publicNetworkAccess = "Disabled"
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        firewallSku   = "Basic"
        outboundRules = {
          for name, host in local.hosts : name => { type = "FQDN", destination = host }
        }
      }
      provisionNetworkNow = true
    }
  }
}
