module "m" {
  source = "./hub"
  for_each = { a = "Disabled", b = "AllowInternetOutbound" }
  name = each.key
  mode = each.value
}
