variable "environment" {
  type = string
}

variable "public_access" {
  type    = bool
  default = false
}

variable "mode" {
  type    = string
  default = "Disabled"
}

variable "partner_host" {
  type = string
}

variable "tag" {
  type    = string
  default = "AzureMonitor"
}
