module "m" {
  source = "../a"
}
