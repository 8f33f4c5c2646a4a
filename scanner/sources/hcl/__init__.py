"""The language of Terraform's configuration: its text, its syntax, and what its expressions give."""
