"""``hubscan scan`` of infrastructure code as its user runs it."""

from __future__ import annotations

import json

import pytest
from sources.code.plans import HUB, STORAGE, block, change, hub, hub_block, plan, rule, rule_block, to

FILE = """\
kind: hub
name: hub1
managed_network:
  isolation_mode: allow_only_approved_outbound
  outbound_rules:
  - {name: data, type: fqdn, destination: data.blob.core.windows.net}
"""
MAIN = """\
resource "azurerm_ai_foundry" "hub" {
  managed_network {
    isolation_mode = "AllowOnlyApprovedOutbound"
  }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "data" {
  # hubscan:ignore fqdn-no-azure-storage the account of a partner
  destination_fqdn = "data.blob.core.windows.net"
}
"""
ONE_POLICY = ("--select", "fqdn-no-azure-storage")
STORAGE_RULE = rule("fqdn", "data", {"destination_fqdn": "data.blob.core.windows.net"})


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Writes files into a fresh working directory."""
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))

    return write


def found(out):
    return {(one["policy"], one["verdict"]): one for one in json.loads(out)["findings"]}


def test_a_folder_of_code(code, run):
    code(
        infra__hub_yml=FILE,
        infra__plan_json=plan([hub(), STORAGE_RULE], [hub_block(), rule_block("fqdn", "data")]),
    )
    exit_code, out, _ = run("scan", "infra", *ONE_POLICY)
    assert exit_code == 1
    first, second, last = out.splitlines()
    assert first.startswith("infra/hub.yml:6:30: high fqdn-no-azure-storage: ")
    assert second.startswith("infra/plan.json:1:")
    assert last.startswith("hubscan: 2 hubs")


def test_a_plan_beside_its_configuration_points_into_it(code, run):
    code(
        main_tf=MAIN.replace("hubscan:ignore", "why"),
        plan_json=plan([hub(), STORAGE_RULE], [hub_block(), rule_block("fqdn", "data")]),
    )
    exit_code, out, _ = run("scan", "plan.json", *ONE_POLICY)
    assert exit_code == 1
    assert out.startswith("main.tf:8:3: high fqdn-no-azure-storage: ")


def test_a_comment_there_exempts_the_finding_of_the_plan(code, run):
    code(main_tf=MAIN, plan_json=plan([hub(), STORAGE_RULE], [hub_block(), rule_block("fqdn", "data")]))
    exit_code, out, _ = run("scan", "plan.json", *ONE_POLICY, "-o", "json")
    (one,) = json.loads(out)["findings"]
    assert (exit_code, one["verdict"]) == (0, "exempt")
    assert one["exemption"]["justification"] == "the account of a partner"


def test_evidence_names_where_a_value_was_written(code, run):
    main = MAIN.replace('"data.blob.core.windows.net"', "var.host").replace("hubscan:ignore", "why")
    code(
        main_tf=main,
        terraform_tfvars='host = "data.blob.core.windows.net"\n',
        plan_json=plan([hub(), STORAGE_RULE], [hub_block(), rule_block("fqdn", "data")]),
    )
    one = found(run("scan", "plan.json", *ONE_POLICY, "-o", "json")[1])["fqdn-no-azure-storage", "fail"]
    assert (one["location"]["path"], one["location"]["line"]) == ("main.tf", 8)
    assert one["evidence"]["origin"] == "terraform.tfvars:1:1"


def test_a_target_with_a_service_endpoint_is_judged_although_no_id_is_known(code, run):
    account = change(
        STORAGE,
        "st",
        {"name": "st1", "network_rules": [{"default_action": "Deny", "virtual_network_subnet_ids": [None]}]},
        unknown={"id": True, "network_rules": [{"virtual_network_subnet_ids": [True]}]},
    )
    endpoint = rule(
        "private_endpoint", "pe", {"sub_resource_target": "blob"}, unknown={"service_resource_id": True}
    )
    blocks = [
        hub_block(),
        block(STORAGE, "st"),
        rule_block("private_endpoint", "pe", service_resource_id=to(f"{STORAGE}.st.id")),
    ]
    code(plan_json=plan([hub(), account, endpoint], blocks))
    out = run("scan", "plan.json", "-o", "json")[1]
    assert ("no-service-endpoint-beside-private-endpoint", "fail") in found(out)


def test_code_that_cannot_be_understood_is_an_incomplete_picture(code, run):
    code(hub_yml="managed_network: {isolation_mode: [")
    exit_code, out, _ = run("scan", ".")
    assert exit_code == 3
    assert "gap: hub.yml:2:1: failed (syntax)" in out
    code(other_yml=FILE)
    assert run("scan", ".", *ONE_POLICY)[0] == 1
    assert run("scan", ".", *ONE_POLICY, "--fail-on", "critical")[0] == 3


def test_a_plan_that_only_destroys_has_no_hub(code, run):
    code(plan_json=plan([change(HUB, "hub", None, actions=("delete",), before={"name": "hub1"})]))
    assert run("scan", "plan.json")[0] == 2
    assert run("scan", "plan.json", "--allow-empty")[0] == 0


def test_a_folder_without_hubs_is_fine_where_that_is_allowed(code, run):
    code(main_tf='resource "azurerm_subnet" "s" {\n}\n', ci_yml="jobs: {}\n")
    assert run("scan", ".")[0] == 2
    exit_code, _, err = run("scan", ".", "--allow-empty", "-v")
    assert exit_code == 0
    assert "hubscan: passed over as of other kinds: 1" in err


def test_secrets_of_a_plan_are_in_no_report(code, run, tmp_path):
    made = hub(
        after={"description": "hush-hush", "tags": {"a": "hush-hush"}},
        sensitive={"description": True, "tags": {"a": True}},
    )
    code(plan_json=plan([made, STORAGE_RULE], [hub_block(), rule_block("fqdn", "data")]))
    outputs = [
        argument
        for form in ("json", "sarif", "markdown", "text")
        for argument in ("-o", f"{form}={form}.out")
    ]
    run("scan", "plan.json", "--show-passes", *outputs)
    written = [(tmp_path / f"{form}.out").read_text() for form in ("json", "sarif", "markdown", "text")]
    assert "hush-hush" not in "".join(written)
    assert "hush-hush" not in run("show", "plan.json")[1]


def test_a_finding_about_what_the_hub_depends_on_stands_in_that_resource(code, run):
    main = """resource "azurerm_storage_account" "st" {
  name = "st1"
  public_network_access_enabled = true
}
"""
    account = change(STORAGE, "st", {"name": "st1", "public_network_access_enabled": True})
    made = hub(unknown={"id": True, "storage_account_id": True})
    blocks = [hub_block(storage_account_id=to(f"{STORAGE}.st.id")), block(STORAGE, "st")]
    code(main_tf=MAIN, storage_tf=main, plan_json=plan([made, account], blocks))
    out = run("scan", "plan.json", "--select", "dependency-public-network-access-disabled")[1]
    assert out.startswith("storage.tf:3:3: high dependency-public-network-access-disabled: ")


SIGNED = "https://data.blob.core.windows.net/c?sv=1&sig=hush,https://me:hush@contoso.com"
NETWORK = """\
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {{
  name: 'hub1'
  kind: 'Hub'
  tags: {{ link: '{host}' }}
  properties: {{
    managedNetwork: {{
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {{ data: {{ type: 'FQDN', destination: '{host}' }} }}
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hub_yml", FILE.replace("data.blob.core.windows.net", f"'{SIGNED}'")),
        ("main_bicep", NETWORK.format(host=SIGNED)),
        ("main_bicep", f"param p string\n{NETWORK.format(host=f'${{p}},{SIGNED}')}"),
        ("main_bicep", "param p bool\n" + NETWORK.format(host=f"${{p ? '{SIGNED}' : '{SIGNED}/x'}}")),
        ("main_tf", MAIN.replace('"data.blob.core.windows.net"', f'"{SIGNED}"')),
        ("main_tf", MAIN.replace('"data.blob.core.windows.net"', f'"${{var.p}},{SIGNED}"')),
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_the_secrets_of_urls_in_code_are_in_no_report(code, run, name, text, form):
    code(**{name: text})
    exit_code, out, err = run("scan", ".", "--show-passes", "-o", form)
    assert exit_code == 1
    assert "fqdn-no-azure-storage" in out
    _, shown, _ = run("show", ".")
    assert "contoso.com" in shown
    assert "hush" not in f"{out}{err}{shown}"


@pytest.mark.parametrize("kind", ["computeinstance", "amlcompute"])
def test_a_setting_that_arm_has_deeper_than_the_command_line_has_its_own_line(code, run, kind):
    compute = f"name: box\ntype: {kind}\nsize: Standard_DS3_v2\nssh_public_access_enabled: true\n"
    code(hub_yml=FILE, box_yml=compute)
    policy = "compute-ssh-public-access-disabled"
    _, out, _ = run("scan", ".", "--select", policy, "-o", "json")
    location = found(out)[policy, "fail"]["location"]
    assert (location["path"], location["line"]) == ("box.yml", 4)
