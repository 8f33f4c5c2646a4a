"""The Azure Verified Module of the workspace, for configuration that calls it and was not initialised.

What its parameters mean is written here as a module of our own, in the language itself: what the real one
makes of them, and nothing else.  Facts are those of the versions up to 0.9.
"""

from __future__ import annotations

import re

from scanner.model import Place
from scanner.sources.code.terraform.folder import Folder, read
from scanner.sources.hcl.source import Embedded, Source

NAME = "avm-res-machinelearningservices-workspace"

_VERSION = re.compile(r"(\d+)\.(\d+)")
_IS_IT = re.compile(rf"(?:^|/)azure/(?:terraform-azurerm-)?{NAME}(?:/azurerm|\.git)?(?:\?|$)", re.IGNORECASE)

_WORKSPACE = """
variable "name" {}
variable "location" {}
variable "resource_group_name" { default = null }
variable "resource_group" { default = null }
variable "kind" { default = "Default" }
variable "tags" { default = null }
variable "is_private" { default = null }
variable "public_network_access_enabled" { default = null }
variable "storage_account" { default = {} }
variable "key_vault" { default = {} }
variable "container_registry" { default = {} }
variable "application_insights" { default = {} }
variable "azure_ai_hub" { default = {} }
variable "ai_studio_hub_id" { default = null }
variable "hbi_workspace" { default = false }
variable "image_build_compute" { default = null }
variable "ip_allowlist" { default = [] }
variable "outbound_rules" {
  default  = {}
  nullable = false
}
variable "provision_network_now_enabled" { default = false }
variable "serverless_compute" { default = null }
variable "storage_access_type" { default = "identity" }
variable "primary_user_assigned_identity" { default = {} }
variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default = {}
}
variable "workspace_managed_network" {
  type = object({
    isolation_mode = string
    spark_ready    = optional(bool, true)
    firewall_sku   = optional(string, "Standard")
    outbound_rules = optional(object({
      fqdn             = optional(map(object({ destination = string })), {})
      private_endpoint = optional(map(object({
        resource_id         = string
        sub_resource_target = string
        spark_enabled       = optional(bool, false)
      })), {})
      service_tag = optional(map(object({
        action           = string
        service_tag      = string
        address_prefixes = optional(list(string))
        protocol         = string
        port_ranges      = string
      })), {})
    }), {})
  })
  default = { isolation_mode = "Disabled" }
}

locals {
  rules   = var.workspace_managed_network.outbound_rules
  group   = var.resource_group_name != null ? var.resource_group_name : var.resource_group.name
  many    = length(var.managed_identities.user_assigned_resource_ids) > 0
  network = {
    isolationMode = local.mode
    firewallSku   = local.sku
    outboundRules = merge(
      { for name, rule in local.rules.fqdn : name => { type = "FQDN", destination = rule.destination } },
      { for name, rule in var.outbound_rules : name => {
        type        = "PrivateEndpoint"
        destination = {
          serviceResourceId = rule.resource_id
          subresourceTarget = rule.sub_resource_target
          sparkEnabled      = false
        }
      } },
      { for name, rule in local.rules.private_endpoint : name => {
        type        = "PrivateEndpoint"
        destination = {
          serviceResourceId = rule.resource_id
          subresourceTarget = rule.sub_resource_target
          sparkEnabled      = rule.spark_enabled
        }
      } },
      { for name, rule in local.rules.service_tag : name => {
        type        = "ServiceTag"
        destination = {
          action          = rule.action
          serviceTag      = rule.service_tag
          addressPrefixes = rule.address_prefixes
          protocol        = rule.protocol
          portRanges      = rule.port_ranges
        }
      } },
    )
  }
}

data "azurerm_resource_group" "group" {
  name = local.group
}

resource "azapi_resource" "workspace" {
  type      = "Microsoft.MachineLearningServices/workspaces@2025-07-01-preview"
  name      = local.name
  location  = var.location
  parent_id = data.azurerm_resource_group.group.id
  tags      = var.tags
  body = {
    kind = var.kind
    properties = var.kind == "Project" ? {
      hubResourceId = try(coalesce(var.ai_studio_hub_id, var.azure_ai_hub.resource_id), null)
    } : {
      publicNetworkAccess      = local.public ? "Enabled" : "Disabled"
      storageAccount           = try(var.storage_account.resource_id, null)
      keyVault                 = try(var.key_vault.resource_id, null)
      containerRegistry        = try(var.container_registry.resource_id, null)
      applicationInsights      = try(var.application_insights.resource_id, null)
      hbiWorkspace             = var.hbi_workspace
      imageBuildCompute        = var.image_build_compute
      ipAllowlist              = var.ip_allowlist
      provisionNetworkNow      = var.provision_network_now_enabled
      systemDatastoresAuthMode = var.storage_access_type
      managedNetwork           = local.network
    }
  }
}

output "resource_id" { value = azapi_resource.workspace.id }
output "workspace" { value = { name = local.name, id = azapi_resource.workspace.id } }
"""

_SIMPLE = """
locals {
  name = var.name
  mode = var.workspace_managed_network.isolation_mode
  sku  = var.workspace_managed_network.firewall_sku
}
"""

_PREFIXED = """
locals {
  name = "${ { Default = "aml", Hub = "hub", Project = "aihubproject" }[var.kind] }-${var.name}"
  sku  = null
}
"""

_PRIVATE_IF_SAID = """
locals { public = !coalesce(var.is_private, false) }
"""

EDITIONS: tuple[tuple[tuple[int, int], str], ...] = (
    (
        (0, 8),
        _SIMPLE
        + """
locals {
  public = var.is_private != null ? !var.is_private : coalesce(var.public_network_access_enabled, false)
}
""",
    ),
    ((0, 4), _SIMPLE + _PRIVATE_IF_SAID),
    (
        (0, 2),
        _PREFIXED + _PRIVATE_IF_SAID + "locals { mode = var.workspace_managed_network.isolation_mode }\n",
    ),
    ((0, 0), _PREFIXED + _PRIVATE_IF_SAID + 'locals { mode = "AllowInternetOutbound" }\n'),
)
"""What differs between versions, from the first version that has it on; the newest first."""

_ANY = (
    _SIMPLE
    + """
variable "the_version_of_the_module_decides" {}
locals {
  told   = var.is_private != null ? !var.is_private : var.public_network_access_enabled
  public = local.told != null ? local.told : var.the_version_of_the_module_decides
}
"""
)


def is_published(source: str) -> bool:
    """Whether a source names the module."""
    return _IS_IT.search(source.partition("//")[0] if "://" not in source else source) is not None


def module(version: str | None, place: Place) -> Folder:
    """The module as a version of it is, for a call at a place: everything in it stands there."""
    found = _VERSION.search(version or "")
    told = (int(found[1]), int(found[2])) if found else None
    edition = next((text for since, text in EDITIONS if told is not None and told >= since), _ANY)
    if told is not None and told >= (1, 0):
        edition = _ANY
    sources: dict[str, Source] = {name: Embedded(text, place) for name, text in _files(edition).items()}
    return read(place.path, "", sources)


def _files(edition: str) -> dict[str, str]:
    return {"main.tf": _WORKSPACE, "edition.tf": edition}
