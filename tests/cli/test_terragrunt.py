"""``hubscan scan`` on folders of Terraform to whose variables Terragrunt gives values."""

from __future__ import annotations

import json

import pytest

MODULE = """\
resource "azurerm_ai_foundry" "hub" {
  name = "hub1"
  managed_network {
    isolation_mode = var.mode
  }
}
variable "mode" {
  default = "AllowOnlyApprovedOutbound"
}
variable "other" {
  default = "x"
}
"""
APPROVED, DISABLED = 'inputs = { mode = "AllowOnlyApprovedOutbound" }', 'inputs = { mode = "Disabled" }'
SOURCE = 'terraform {\n  source = "../../modules/hub"\n}\n'
INCLUDE = 'include "root" {\n  path = find_in_parent_folders()\n}\n'


@pytest.fixture
def verdict(tmp_path, monkeypatch, run):
    """The verdict on the isolation of the one hub in some files, and the reason where it is unknown."""
    monkeypatch.chdir(tmp_path)

    def call(files, path="."):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        policy = ("--select", "managed-network-isolation-enabled")
        _, out, _ = run("scan", path, *policy, "--show-passes", "-o", "json")
        (found,) = json.loads(out)["findings"]
        return found["verdict"], found["reason"]

    return call


def given(path):
    return f"the variable 'mode' is given by Terragrunt, in {path}"


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("", ("pass", None)),
        ('inputs = { other = "y" }', ("pass", None)),
        (APPROVED, ("pass", None)),
        (DISABLED, ("fail", None)),
        ('inputs = {\n  "mode" = "Disabled"\n}', ("fail", None)),
        ("inputs = { mode = local.mode }", ("unknown", given("terragrunt.hcl"))),
        ('inputs = { mode = get_env("MODE", "Disabled") }', ("unknown", given("terragrunt.hcl"))),
        ('inputs = merge(local.shared, { mode = "Disabled" })', ("unknown", given("terragrunt.hcl"))),
        (INCLUDE, ("unknown", given("terragrunt.hcl"))),
        (INCLUDE + DISABLED, ("fail", None)),
        (
            'terraform {\n  extra_arguments "values" {\n    arguments = ["-var-file=prod.tfvars"]\n  }\n}\n'
            + APPROVED,
            ("unknown", given("terragrunt.hcl")),
        ),
        ("inputs = {", ("unknown", given("terragrunt.hcl"))),
    ],
)
@pytest.mark.parametrize("path", [".", "main.tf"])
def test_inputs_beside_a_module_stand_before_its_defaults(verdict, unit, expected, path):
    assert verdict({"main.tf": MODULE, "terragrunt.hcl": unit}, path) == expected


def test_inputs_in_json_are_read_as_well(verdict):
    unit = json.dumps({"inputs": {"mode": "Disabled"}})
    assert verdict({"main.tf": MODULE, "terragrunt.hcl.json": unit}) == ("fail", None)


def test_values_in_the_folder_stand_before_inputs(verdict):
    files = {"main.tf": MODULE, "terragrunt.hcl": DISABLED}
    assert verdict({**files, "terraform.tfvars": 'mode = "AllowOnlyApprovedOutbound"'}) == ("pass", None)


@pytest.mark.parametrize(
    "source",
    [
        "../../modules/hub",
        "../../modules//hub",
        "${get_repo_root()}/modules/hub",
        "${dirname(find_in_parent_folders())}//modules/hub?x=1",
    ],
)
def test_a_unit_gives_inputs_to_the_module_that_it_names(verdict, source):
    unit = SOURCE.replace("../../modules/hub", source) + DISABLED
    assert verdict({"modules/hub/main.tf": MODULE, "live/prod/terragrunt.hcl": unit}) == ("fail", None)


@pytest.mark.parametrize(
    "source", ["git::https://git.example.com/modules.git//modules/hub", "../../modules/network", "../hub"]
)
def test_a_unit_of_another_module_gives_nothing(verdict, source):
    unit = SOURCE.replace("../../modules/hub", source) + DISABLED
    assert verdict({"modules/hub/main.tf": MODULE, "live/prod/terragrunt.hcl": unit}) == ("pass", None)


def test_units_that_agree_are_as_one_and_others_leave_it_open(verdict):
    files = {
        "modules/hub/main.tf": MODULE,
        "live/dev/terragrunt.hcl": SOURCE + APPROVED,
        "live/prod/terragrunt.hcl": SOURCE + APPROVED,
    }
    assert verdict(files) == ("pass", None)
    assert verdict({**files, "live/prod/terragrunt.hcl": SOURCE + DISABLED}) == (
        "unknown",
        given("live/dev/terragrunt.hcl"),
    )


def test_values_beside_a_unit_are_copied_to_its_module(verdict):
    files = {"modules/hub/main.tf": MODULE, "live/prod/terragrunt.hcl": SOURCE + APPROVED}
    assert verdict({**files, "live/prod/terraform.tfvars": 'mode = "Disabled"'})[0] == "unknown"


def test_a_module_that_a_unit_deploys_is_judged_beside_what_else_calls_it(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    files = {
        "modules/hub/main.tf": MODULE,
        "live/prod/terragrunt.hcl": SOURCE + DISABLED,
        "example/main.tf": 'module "hub" {\n  source = "../modules/hub"\n}\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    policy = ("--select", "managed-network-isolation-enabled")
    code, out, _ = run("scan", ".", *policy, "--show-passes", "-o", "json")
    assert (code, sorted(one["verdict"] for one in json.loads(out)["findings"])) == (1, ["fail", "pass"])
