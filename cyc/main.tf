module "m" {
  source = "./a"
}
