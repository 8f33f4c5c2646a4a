"""``hubscan`` on folders of Terraform's configuration as its user runs it."""

from __future__ import annotations

import json

import pytest
from sources.code.plans import RULE, block, change, hub, hub_block, plan, rule, to

MAIN = """\
resource "azurerm_ai_foundry" "hub" {
  name = "hub1"
  managed_network {
    isolation_mode = var.mode
  }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "data" {
  name             = "data"
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = local.host
}
"""
VALUES = """\
variable "mode" {
  type    = string
  default = "AllowOnlyApprovedOutbound"
}
locals {
  host = "data.blob.core.windows.net"
}
"""
ONE_POLICY = ("--select", "fqdn-no-azure-storage")


@pytest.fixture
def infra(tmp_path, monkeypatch):
    """Writes files into the folder ``infra`` of a fresh working directory."""
    monkeypatch.chdir(tmp_path)

    def write(main=MAIN, **files):
        for name, content in {"main.tf": main, "values.tf": VALUES, **files}.items():
            path = tmp_path / "infra" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))

    return write


def findings(out):
    return [one for one in json.loads(out)["findings"] if one["verdict"] in ("fail", "unknown", "exempt")]


def test_a_finding_stands_on_the_line_and_names_where_the_value_was_written(infra, run):
    infra()
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    (one,) = findings(out)
    assert code == 1
    assert one["location"] == {"path": "infra/main.tf", "line": 10, "column": 3, "end_line": 10}
    assert one["evidence"]["origin"] == "infra/values.tf:6:3"
    assert (one["hub"]["name"], one["item"]) == ("hub1", "data")


def test_a_comment_exempts_the_finding_on_its_line_or_the_one_below(infra, run):
    infra(
        MAIN.replace(
            "  destination",
            "  # hubscan:ignore fqdn-no-azure-storage the account of a partner\n  destination",
        )
    )
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert (code, [one["verdict"] for one in findings(out)]) == (0, ["exempt"])
    infra(MAIN.replace("local.host", "local.host // hubscan:ignore fqdn-no-azure-storage because"))
    assert run("scan", "infra", *ONE_POLICY)[0] == 0
    infra(MAIN.replace("local.host", "local.host # hubscan:ignore fqdn-no-azure-storage"))
    assert run("scan", "infra", *ONE_POLICY)[0] == 1


def test_what_nothing_decides_is_unknown_with_its_words_and_place(infra, run):
    infra(**{"values.tf": VALUES.replace('  default = "AllowOnlyApprovedOutbound"\n', "")})
    policy = ("--select", "managed-network-isolation-enabled")
    code, out, _ = run("scan", "infra", *policy, "-o", "json")
    (one,) = findings(out)
    assert (code, one["verdict"], one["location"]["line"]) == (0, "unknown", 4)
    assert "the variable 'mode' has no default" in one["reason"]
    assert run("scan", "infra", *policy, "--fail-on-unknown")[0] == 1


@pytest.mark.parametrize("option", ["--var-file", "--parameters"])
@pytest.mark.parametrize("name", ["prod.tfvars", "prod.tfvars.json"])
def test_files_with_values_count_most(infra, run, tmp_path, option, name):
    infra(**{"terraform.tfvars": 'mode = "AllowInternetOutbound"\n'})
    (tmp_path / name).write_text('{"mode": "Disabled"}' if name.endswith("json") else 'mode = "Disabled"\n')
    _, out, _ = run("show", "infra", option, name, "--positions")
    assert f"isolationMode: Disabled  # infra/main.tf:4:5, written at {name}:1:" in out
    _, out, _ = run("show", "infra")
    assert "isolationMode: AllowInternetOutbound" in out


def test_the_last_of_several_files_with_values_counts(infra, run, tmp_path):
    infra()
    for name in ("Disabled", "AllowInternetOutbound"):
        (tmp_path / f"{name}.vars").write_text(f'mode = "{name}"\n')
    _, out, _ = run(
        "show", "infra", "--var-file", "Disabled.vars", "--var-file", "AllowInternetOutbound.vars"
    )
    assert "isolationMode: AllowInternetOutbound" in out


def test_a_file_with_values_that_nothing_takes_is_a_gap(infra, run, tmp_path):
    infra()
    (tmp_path / "prod.tfvars").write_text('mood = "x"\n')
    code, out, _ = run("scan", "infra", *ONE_POLICY, "--var-file", "prod.tfvars", "--fail-on", "never")
    assert code == 3
    assert "prod.tfvars: failed (parameters): no configuration that was read declares any of these" in out


def test_a_file_with_values_that_is_broken_says_where(infra, run, tmp_path):
    infra()
    (tmp_path / "prod.tfvars").write_text("mode = \n")
    code, out, _ = run("scan", "infra", *ONE_POLICY, "--var-file", "prod.tfvars", "--fail-on", "never")
    assert code == 3
    assert "prod.tfvars:1:8: failed (syntax): expected a value, found the end of the line" in out


def test_a_file_with_values_that_is_not_there_ends_the_command(infra, run):
    infra()
    code, _, err = run("scan", "infra", "--var-file", "nope.tfvars")
    assert (code, err) == (2, ["hubscan: error: nope.tfvars: no such file or folder"])


def test_a_syntax_error_makes_the_picture_incomplete(infra, run):
    infra(**{"broken.tf": "locals {\n  a = \n}\n"})
    code, out, _ = run("scan", "infra", "--select", "managed-network-isolation-enabled")
    assert code == 3
    assert "infra/broken.tf:2:7: failed (syntax): expected a value, found the end of the line" in out


def planned():
    host = {"destination_fqdn": "data.blob.core.windows.net"}
    blocks = [hub_block(), block(f"{RULE}_fqdn", "data", {"workspace_id": to("azurerm_ai_foundry.hub.id")})]
    return plan([hub(), rule("fqdn", "data", host)], blocks)


def test_a_folder_with_a_plan_of_it_is_judged_through_the_plan(infra, run):
    infra(**{"plan.json": planned()})
    _, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    (one,) = findings(out)
    assert (one["location"]["path"], one["location"]["line"]) == ("infra/main.tf", 10)
    assert len(json.loads(out)["hubs"]) == 1


def test_the_lines_of_a_plan_are_named_alike_wherever_a_scan_starts(infra, run, tmp_path, monkeypatch):
    infra(**{"plan.json": planned()})
    monkeypatch.chdir(tmp_path / "infra")
    paths = []
    for path in (".", "plan.json", "./plan.json"):
        _, out, _ = run("scan", path, *ONE_POLICY, "-o", "json")
        (one,) = findings(out)
        paths.append(one["location"]["path"])
    assert paths == ["main.tf", "main.tf", "main.tf"]


def test_a_plan_of_something_else_does_not_hide_a_folder(infra, run):
    other = plan([hub("other", after={"name": "hub2"})], [hub_block("other")])
    infra(**{"plan.json": other})
    _, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert sorted(one["name"] for one in json.loads(out)["hubs"]) == ["hub1", "hub2"]


def test_named_files_stand_for_their_folder(infra, run):
    infra()
    code, out, _ = run("scan", "infra/main.tf", "infra/values.tf", *ONE_POLICY, "-o", "json")
    assert (code, len(json.loads(out)["hubs"])) == (1, 1)


def test_the_same_scan_gives_the_same_bytes(infra, run):
    infra(**{"b/main.tf": MAIN.replace("hub1", "hub2"), "b/values.tf": VALUES})
    first = run("scan", "infra", "-o", "text")
    assert first == run("scan", "infra", "-o", "text")
    assert run("scan", "infra", "-o", "text", "-j", "2")[1] == first[1]


def test_the_environment_is_read_where_it_is_named(infra, run, monkeypatch):
    infra()
    monkeypatch.setenv("TF_VAR_mode", "Disabled")
    assert "isolationMode: AllowOnlyApprovedOutbound" in run("show", "infra")[1]
    assert "isolationMode: Disabled" in run("show", "infra", "--env", "TF_VAR_mode")[1]


@pytest.mark.parametrize(
    ("type_", "given", "expression"),
    [
        ("list(string)", '["x", "Disabled"]', "var.given[1]"),
        ("object({ mode = string })", '{ mode = "Disabled" }', "var.given.mode"),
        ("number", "5", 'var.given == 5 ? "Disabled" : "no"'),
        ("string", '["x"', '"${var.given}" == "[\\"x\\"" ? "Disabled" : "no"'),
    ],
)
def test_the_environment_has_values_of_any_type(infra, run, monkeypatch, type_, given, expression):
    infra(
        MAIN.replace("var.mode", expression), **{"given.tf": f'variable "given" {{\n  type = {type_}\n}}\n'}
    )
    monkeypatch.setenv("TF_VAR_given", given)
    assert "isolationMode: Disabled" in run("show", "infra", "--env", "TF_VAR_given")[1]


def test_files_with_values_count_more_than_the_environment(infra, run, monkeypatch):
    infra(**{"terraform.tfvars": 'mode = "AllowInternetOutbound"\n'})
    monkeypatch.setenv("TF_VAR_mode", "Disabled")
    assert "isolationMode: AllowInternetOutbound" in run("show", "infra", "--env", "TF_VAR_mode")[1]


EXTRA = 'variable "extra" {}\n'


@pytest.mark.parametrize(
    ("loop", "name", "host"),
    [
        ('merge(var.extra, { data = "data.blob.core.windows.net" })', "each.key", "each.value"),
        (
            'merge({ docs = "learn.microsoft.com" }, var.extra, { data = "data.blob.core.windows.net" })',
            "each.key",
            "each.value",
        ),
        ('toset(concat(var.extra, ["data"]))', "each.key", '"${each.key}.blob.core.windows.net"'),
    ],
)
def test_instances_that_stand_beside_unknown_ones_are_there_in_any_case(infra, run, loop, name, host):
    rule_ = MAIN.replace("local.host", host).replace('"data"\n  workspace', f"{name}\n  workspace")
    rule_ = rule_.replace("  name             =", f"  for_each = {loop}\n  name             =")
    infra(rule_, **{"extra.tf": EXTRA})
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert code == 1
    assert {one["item"]: one["verdict"] for one in findings(out)}["data"] == "fail"
    # The rules that nobody knows stay unknown, whatever is known of the others.
    assert sorted(one["verdict"] for one in findings(out)) == ["fail", "unknown"]


def test_rules_merged_over_unknown_ones_are_there_in_any_case(infra, run):
    infra(
        """\
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub1"
  body = {
    kind = "Hub"
    properties = {
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        outboundRules = merge(var.extra, {
          data = { type = "FQDN", destination = "data.blob.core.windows.net" }
        })
      }
    }
  }
}
""",
        **{"extra.tf": EXTRA},
    )
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert code == 1
    assert {one["item"]: one["verdict"] for one in findings(out)} == {
        "data": "fail",
        "(not known)": "unknown",
    }


HEREDOC = """\
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub1"
  body = <<-BODY
    {
      "kind": "Hub",
      "properties": {"managedNetwork": {
        "isolationMode": "AllowOnlyApprovedOutbound",
        "outboundRules": {
          "ünlike": {"type": "FQDN", "destination": "${local.host}"},
          "part": {"type": "FQDN", "destination": "${var.mode}.blob.core.windows.net"},
          "open": {
            "type": "FQDN",
            "destination": "${var.open}.blob.core.windows.net"
          }
        }
      }}
    }
  BODY
}
variable "open" {}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_stands_in_a_heredoc_has_the_place_of_its_line(infra, run, ends):
    infra(HEREDOC.replace("\n", ends))
    _, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    found = {one["item"]: (one["location"], one["evidence"].get("origin")) for one in findings(out)}
    places = {name: (place["line"], place["column"]) for name, (place, _) in found.items()}
    assert places == {"ünlike": (10, 38), "part": (11, 36), "open": (14, 13)}
    origins = {name: origin and origin.partition(":")[0] for name, (_, origin) in found.items()}
    assert origins["ünlike"] == origins["part"] == "infra/values.tf"


@pytest.mark.parametrize(
    "host",
    [
        # What is filled in has lines of its own, so that nobody knows whose lines follow.
        "%{ if true ~}\n data.blob.core.windows.net%{ endif }",
        # JSON takes no comment.
        'data.blob.core.windows.net" // why\n,"category": "UserDefined',
    ],
)
def test_a_heredoc_whose_lines_are_not_those_of_its_text_is_one_place(infra, run, host):
    infra(HEREDOC.replace("${local.host}", host))
    _, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert {one["location"]["line"] for one in findings(out)} == {4}


@pytest.mark.parametrize(("more", "is_found"), [(10, True), (1_000, False)])
def test_in_a_line_that_nobody_could_read_its_beginning_is_the_place(infra, run, more, is_found):
    rules = {f"r{number}": {"type": "FQDN", "destination": "contoso.com"} for number in range(more)}
    rules["data"] = {"type": "FQDN", "destination": "data.blob.core.windows.net"}
    network = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": rules}
    body = json.dumps({"kind": "Hub", "properties": {"managedNetwork": network}})
    infra(f"""resource "azapi_resource" "hub" {{
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub1"
  body = <<-BODY
    {body}
  BODY
}}
""")
    _, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    (found,) = findings(out)
    column = f"    {body}".index('"destination": "data.') + 1 if is_found else 5
    assert (found["location"]["line"], found["location"]["column"]) == (5, column)


def test_a_rule_that_is_written_twice_is_seen_twice(infra, run):
    infra(
        """\
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
  name = "hub1"
  body = {
    kind = "Hub"
    properties = { managedNetwork = { isolationMode = "AllowOnlyApprovedOutbound", outboundRules = local.rules } }
  }
}
locals {
  rules = {
    docs = { type = "FQDN", destination = "learn.microsoft.com" }
    docs = { type = "FQDN", destination = "contoso.com" }
  }
}
"""
    )
    _, out, _ = run("scan", "infra", "--select", "outbound-rule-names-unique", "-o", "json")
    (one,) = findings(out)
    assert (one["item"], one["verdict"], one["location"]["line"]) == ("docs", "fail", 6)


def test_a_comment_above_a_heredoc_exempts_what_stands_in_it(infra, run):
    comment = "  # hubscan:ignore fqdn-no-azure-storage the account of a partner\n"
    infra(HEREDOC.replace("  body = <<-BODY\n", f"{comment}  body = <<-BODY\n"))
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json")
    assert code == 0
    assert {one["verdict"] for one in findings(out)} == {"exempt"}
    infra(HEREDOC.replace("  BODY\n}\n", f"  BODY\n{comment}}}\n"))
    assert run("scan", "infra", *ONE_POLICY)[0] == 1


@pytest.mark.parametrize(
    ("mode", "verdict"), [("Disabled", "fail"), ("AllowInternetOutbound", "unknown"), ("", "fail")]
)
def test_a_block_that_may_not_be_there_is_judged_by_what_it_would_say(infra, run, mode, verdict):
    content = f'    content {{\n      isolation_mode = "{mode}"\n    }}\n'
    block_ = f'  dynamic "managed_network" {{\n    for_each = var.on ? [1] : []\n{content}  }}\n'
    infra(f'resource "azurerm_ai_foundry" "hub" {{\n  name = "hub1"\n{block_}}}\nvariable "on" {{}}\n')
    _, out, _ = run("scan", "infra", "--select", "managed-network-isolation-enabled", "-o", "json")
    (one,) = findings(out)
    assert (one["verdict"], one["location"]["line"]) == (verdict, 6)


def test_rules_may_be_written_in_files_of_their_own(infra, run):
    rules = """
locals {
  files = fileset("${path.module}/rules", "**/*.yaml")
  rules = { for name in local.files : trimsuffix(basename(name), ".yaml") => yamldecode(file("${path.module}/rules/${name}")) }
}
resource "azurerm_machine_learning_workspace_network_outbound_rule_fqdn" "file" {
  for_each         = local.rules
  name             = each.key
  workspace_id     = azurerm_ai_foundry.hub.id
  destination_fqdn = each.value.host
}
"""
    infra(
        **{
            "rules.tf": rules,
            "rules/eu/blob.yaml": "host: eu.blob.core.windows.net\n",
            "rules/ok.yaml": "host: pypi.contoso.com\n",
        }
    )
    code, out, _ = run("scan", "infra", *ONE_POLICY, "-o", "json", "--show-passes")
    found = {one["item"]: (one["verdict"], one["location"]["line"]) for one in findings(out)}
    assert (code, found) == (1, {"blob": ("fail", 10), "data": ("fail", 10)})


AZAPI_HUB = """
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  name = "hub1"
  body = { kind = "Hub", properties = { managedNetwork = { firewallSku = "Basic" } } }
  sensitive_body = {
    properties = { managedNetwork = { isolationMode = "%s" } }
  }
}
"""
ISOLATED = ("--select", "managed-network-isolation-enabled")


@pytest.mark.parametrize(("mode", "verdict"), [("Disabled", "fail"), ("AllowInternetOutbound", "pass")])
def test_what_a_body_keeps_out_of_the_state_is_read(infra, run, mode, verdict):
    infra(AZAPI_HUB % mode, **{"values.tf": ""})
    _, out, _ = run("scan", "infra", *ISOLATED, "-o", "json", "--show-passes")
    (one,) = json.loads(out)["findings"]
    assert one["verdict"] == verdict
    assert verdict == "pass" or one["location"]["line"] == 7


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ({"constant_value": {"properties": {"managedNetwork": {"isolationMode": "Disabled"}}}}, "fail"),
        (to("var.network"), "unknown"),
        (None, "pass"),
    ],
)
def test_a_plan_says_no_more_of_it_than_its_configuration(infra, run, expression, verdict):
    body = {"kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}}}
    kind = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
    after = {"name": "hub1", "type": kind, "body": body, "sensitive_body": None}
    written = {"sensitive_body": expression} if expression else {}
    infra(
        "",
        **{
            "plan.json": plan(
                [change("azapi_resource", "hub", after)], [block("azapi_resource", "hub", written)]
            )
        },
    )
    _, out, _ = run("scan", "infra", *ISOLATED, "-o", "json", "--show-passes")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == [verdict]


@pytest.mark.parametrize(
    ("enabled", "verdicts"), [("false", []), ("true", ["fail"]), ("var.on", ["fail"]), ("1 > 2", [])]
)
def test_a_block_that_is_not_enabled_makes_no_hub(infra, run, enabled, verdicts):
    off = f"""
variable "on" {{}}
resource "azurerm_ai_foundry" "off" {{
  name = "off"
  lifecycle {{
    enabled = {enabled}
  }}
}}
output "name" {{
  value = try(azurerm_ai_foundry.off.name, "none")
}}
"""
    infra(off, **{"values.tf": ""})
    _, out, _ = run("scan", "infra", "--allow-empty", *ISOLATED, "-o", "json")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == verdicts


def test_an_update_of_a_rule_in_the_map_of_its_hub_changes_that_rule(infra, run):
    infra(
        """
resource "azapi_resource" "hub" {
  type = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
  name = "hub1"
  body = {
    kind = "Hub"
    properties = {
      managedNetwork = {
        isolationMode = "AllowOnlyApprovedOutbound"
        outboundRules = { Data = { type = "FQDN", destination = "contoso.com" } }
      }
    }
  }
}
resource "azapi_update_resource" "rule" {
  type        = "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-09-01"
  resource_id = "${azapi_resource.hub.id}/outboundRules/data"
  body        = { properties = { destination = "contoso.blob.core.windows.net" } }
}
""",
        **{"values.tf": ""},
    )
    _, out, _ = run("scan", "infra", "-o", "json")
    found = {(one["policy"], one["item"]): one["location"]["line"] for one in findings(out)}
    assert found["fqdn-no-azure-storage", "Data"] == 18
    assert not [one for one in found if one[0] in ("outbound-rule-names-unique", "rule-category-not-spoofed")]


@pytest.mark.parametrize(
    ("ssh", "verdicts"),
    [
        ('ssh {\n    public_key = "ssh-rsa x"\n  }', ["fail"]),
        ("ssh {\n    public_key = var.key\n  }", ["fail"]),
        ("", ["pass"]),
        (
            "dynamic ssh {\n    for_each = var.on ? [1] : []\n    content {\n      public_key = var.key\n    }\n  }",
            ["unknown"],
        ),
        ("dynamic ssh {\n    for_each = []\n    content {\n      public_key = var.key\n    }\n  }", ["pass"]),
    ],
)
def test_a_block_of_ssh_opens_the_port_of_an_instance(infra, run, ssh, verdicts):
    compute = f"""
variable "key" {{}}
variable "on" {{}}
resource "azurerm_machine_learning_compute_instance" "box" {{
  name                          = "box"
  machine_learning_workspace_id = azurerm_ai_foundry.hub.id
  {ssh.replace("dynamic ssh", 'dynamic "ssh"')}
}}
"""
    infra(**{"compute.tf": compute})
    policy = ("--select", "compute-ssh-public-access-disabled")
    _, out, _ = run("scan", "infra", *policy, "-o", "json", "--show-passes")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == verdicts


SET_ON_A_HUB = """
resource "azurerm_management_lock" "frozen" {
  name       = "frozen"
  scope      = azurerm_ai_foundry.hub.id
  lock_level = "%s"
}
resource "azurerm_log_analytics_workspace" "logs" {
  name                = "logs"
  resource_group_name = "rg"
}
resource "azurerm_monitor_diagnostic_setting" "logs" {
  name                       = "logs"
  target_resource_id         = azurerm_ai_foundry.hub.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.logs.id
%s
}
"""
LOGS = '  enabled_log {\n    category_group = "allLogs"\n  }'
SETTINGS = ("--select", "resource-locks-compatible", "--select", "diagnostics-enabled")


@pytest.mark.parametrize(
    ("level", "logs", "verdicts"),
    [
        ("ReadOnly", LOGS, {"resource-locks-compatible": ("fail", 5), "diagnostics-enabled": ("pass", None)}),
        (
            "CanNotDelete",
            "",
            {"resource-locks-compatible": ("pass", None), "diagnostics-enabled": ("fail", 11)},
        ),
    ],
)
def test_locks_and_diagnostic_settings_are_judged(infra, run, level, logs, verdicts):
    infra(**{"set.tf": SET_ON_A_HUB % (level, logs)})
    _, out, _ = run("scan", "infra", *SETTINGS, "-o", "json", "--show-passes")
    found = {}
    for one in json.loads(out)["findings"]:
        found[one["policy"]] = (one["verdict"], one["location"] and one["location"]["line"])
    assert {name: verdict for name, (verdict, _) in found.items()} == {
        name: verdict for name, (verdict, _) in verdicts.items()
    }
    assert found["resource-locks-compatible"] == verdicts["resource-locks-compatible"]


def test_a_lock_in_a_plan_finds_its_hub(infra, run):
    lock = change(
        "azurerm_management_lock",
        "frozen",
        {"name": "frozen", "lock_level": "ReadOnly"},
        unknown={"id": True, "scope": True},
    )
    blocks = [
        hub_block(),
        block("azurerm_management_lock", "frozen", {"scope": to("azurerm_ai_foundry.hub.id")}),
    ]
    infra("", **{"plan.json": plan([hub(), lock], blocks), "values.tf": ""})
    _, out, _ = run("scan", "infra/plan.json", *SETTINGS, "-o", "json")
    assert [(one["verdict"], one["item"]) for one in json.loads(out)["findings"]] == [("fail", "frozen")]


@pytest.mark.parametrize(
    ("policy", "one", "other", "verdict"),
    [
        ("fqdn-ports-80-443-only", "contoso.com", "contoso.com:8080", "unknown"),
        ("fqdn-ports-80-443-only", "contoso.com", "contoso.com, fabrikam.com:8080", "unknown"),
        ("fqdn-ports-80-443-only", "a.contoso.com", "b.contoso.com", "pass"),
        ("fqdn-destination-well-formed", "contoso.com", "contoso.com/path", "unknown"),
        ("fqdn-no-azure-storage", "a.blob.core.windows.net", "b.blob.core.windows.net", "fail"),
        ("fqdn-no-azure-storage", "contoso.com", "contoso.com, a.blob.core.windows.net", "unknown"),
    ],
)
def test_one_of_two_hosts_is_no_more_known_than_what_they_have_in_common(
    infra, run, policy, one, other, verdict
):
    host = f'var.on ? "{one}" : "{other}"'
    infra(MAIN.replace("local.host", host), **{"on.tf": 'variable "on" { type = bool }\n'})
    _, out, _ = run("scan", "infra", "--select", policy, "-o", "json", "--show-passes")
    assert {found["verdict"] for found in json.loads(out)["findings"]} == {verdict}


@pytest.mark.parametrize(
    ("logs", "unknown", "verdict"),
    [
        ({"enabled_log": [{"category_group": "allLogs"}]}, {}, "pass"),
        ({"enabled_log": []}, {}, "fail"),
        # A dynamic block of which the plan does not know the content: its configuration has no word of it.
        ({}, {"enabled_log": True}, "unknown"),
    ],
)
def test_a_diagnostic_setting_in_a_plan_is_judged_by_what_the_plan_knows(infra, run, logs, unknown, verdict):
    setting, workspace = "azurerm_monitor_diagnostic_setting", "azurerm_log_analytics_workspace"
    open_ids = {"id": True, "target_resource_id": True, "log_analytics_workspace_id": True}
    changes = [
        hub(),
        change(workspace, "logs", {"name": "logs", "resource_group_name": "rg"}),
        change(setting, "logs", {"name": "logs", **logs}, unknown={**open_ids, **unknown}),
    ]
    written = {
        "target_resource_id": to("azurerm_ai_foundry.hub.id"),
        "log_analytics_workspace_id": to(f"{workspace}.logs.id"),
    }
    blocks = [hub_block(), block(workspace, "logs"), block(setting, "logs", written)]
    infra("", **{"plan.json": plan(changes, blocks), "values.tf": ""})
    _, out, _ = run("scan", "infra/plan.json", *SETTINGS[2:], "-o", "json", "--show-passes")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == [verdict]


ZONES = "azurerm_availability_zones"


@pytest.mark.parametrize(
    ("relevant", "taken", "verdict"),
    [
        ([], None, "fail"),
        # The only expression that a dynamic block can have is in no list of the plan.
        ([ZONES], None, "unknown"),
        ([ZONES], "azurerm_storage_account.data", "fail"),
        (["azurerm_storage_account"], None, "fail"),
    ],
)
def test_a_network_that_a_plan_does_not_say_anything_of_may_be_that_of_a_dynamic_block(
    infra, run, relevant, taken, verdict
):
    zones = change(ZONES, "data", unknown={"names": True}, mode="data", actions=("read",))
    storage = change("azurerm_storage_account", "data", {"name": "data"}, unknown={})
    changes = [hub(after={"managed_network": None}, unknown={"managed_network": True}), zones, storage]
    blocks = [
        block("azurerm_ai_foundry", "hub"),
        block("azurerm_storage_account", "data", {"zones": to(f"data.{ZONES}.data.names")} if taken else {}),
    ]
    attributes = [
        {"resource": f"{'data.' if kind == ZONES else ''}{kind}.data", "attribute": ["names"]}
        for kind in relevant
    ]
    infra("", **{"plan.json": plan(changes, blocks, relevant_attributes=attributes), "values.tf": ""})
    _, out, _ = run("scan", "infra/plan.json", *ISOLATED, "-o", "json")
    assert [one["verdict"] for one in findings(out)] == [verdict]


@pytest.mark.parametrize(
    ("inside", "verdict"),
    [({"image_build_compute_name": to("var.names")}, "fail"), ({}, "unknown")],
)
def test_what_a_module_is_called_with_may_decide_of_its_dynamic_blocks(infra, run, inside, verdict):
    zones = change(ZONES, "data", unknown={"names": True}, mode="data", actions=("read",))
    one = hub(after={"managed_network": None}, unknown={"managed_network": True}, module="module.ai")
    call = {
        "expressions": {"names": to(f"data.{ZONES}.data.names")},
        "module": {"resources": [block("azurerm_ai_foundry", "hub", inside)]},
    }
    odd = [{"resource": "module.ai"}, {"resource": "", "attribute": [{}]}, 1]
    attributes = [{"resource": f"data.{ZONES}.data", "attribute": ["names"]}, *odd]
    infra("", **{"plan.json": plan([one, zones], calls={"ai": call}, relevant_attributes=attributes)})
    _, out, _ = run("scan", "infra/plan.json", *ISOLATED, "-o", "json")
    assert [one["verdict"] for one in findings(out)] == [verdict]


TEMPLATE_FILE = """
data "template_file" "host" {
  template = %s
  vars = {
    account = %s
  }
}
locals {
  host = data.template_file.host.rendered
}
"""


@pytest.mark.parametrize(
    ("template", "account", "verdict"),
    [
        ('"$${account}.blob.core.windows.net"', '"data"', "fail"),
        ('file("${path.module}/host.tpl")', '"data"', "fail"),
        ('file("${path.module}/host.tpl")', "var.account", "fail"),
        ('"$${account}.contoso.com"', "var.account", "pass"),
        ('"$${account}"', '"docs.contoso.com"', "pass"),
        ('"$${account}"', "var.account", "unknown"),
        ('"$${other}"', '"x"', "unknown"),
        ("var.account", '"x"', "unknown"),
    ],
)
def test_what_a_template_file_makes_is_judged(infra, run, template, account, verdict):
    values = (
        'variable "mode" { default = "AllowOnlyApprovedOutbound" }\nvariable "account" { type = string }\n'
    )
    files = {
        "values.tf": values,
        "host.tf": TEMPLATE_FILE % (template, account),
        "host.tpl": "${account}.blob.core.windows.net",
    }
    infra(MAIN, **files)
    _, out, _ = run("scan", "infra", *ONE_POLICY, "--show-passes", "-o", "json")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == [verdict]


def test_a_project_knows_the_hub_of_its_own_folder(infra, run):
    code = """
        module "naming" {
          source = "registry.contoso.com/contoso/naming/azurerm"
        }
        resource "azapi_resource" "project" {
          type = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
          name = "project"
          body = {
            kind = "Project"
            properties = {
              hubResourceId  = azurerm_ai_foundry.hub.id
              managedNetwork = { isolationMode = "AllowOnlyApprovedOutbound" }
            }
          }
        }
        resource "azurerm_ai_foundry" "hub" {
          name = "${module.naming.name}-hub"
          managed_network {
            isolation_mode = "MODE"
          }
        }
    """
    modes = {"one": "AllowOnlyApprovedOutbound", "two": "Disabled"}
    infra(main="", **{f"{name}/main.tf": code.replace("MODE", mode) for name, mode in modes.items()})
    _, out, _ = run(
        "scan", "infra", "--select", "project-inherits-hub-network", "--show-passes", "-o", "json"
    )
    found = [one for one in json.loads(out)["findings"] if one["hub"]["kind"] == "Project"]
    verdicts = {one["hub"]["id"]: one["verdict"] for one in found}
    assert verdicts == {"infra/one#project": "pass", "infra/two#project": "fail"}
