"""Terraform: plans as ``terraform show -json`` writes them, and the configuration that lies beside them."""
