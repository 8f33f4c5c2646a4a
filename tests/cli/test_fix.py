"""``hubscan fix``: a file of remediations that is safe to look at, and safe to run once somebody did."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
import yaml
from hubs import SUBSCRIPTION, hub
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from scanner.cli import main

FORMS = ("azure-cli", "azureml-yaml", "bicep", "terraform")
SCENARIO = {"hubscan-scenarios": "huggingface"}


@pytest.fixture
def result(estate, run):
    """Scans hubs and returns the name of the saved result."""

    def scan(*hubs, select="scenario-huggingface-hosts-complete"):
        run("scan", estate(*hubs), "--select", select, "-o", "json=result.json")
        return "result.json"

    return scan


@pytest.fixture
def edited(result, tmp_path):
    """Writes a result whose one finding has another remediation."""

    def write(**remediation):
        document = json.loads((tmp_path / result(hub(tags=SCENARIO))).read_text())
        document["findings"][0]["remediation"] = remediation
        (tmp_path / "result.json").write_text(json.dumps(document))
        return "result.json"

    return write


def executed(script, folder):
    """The commands of az that a script runs, as lists of arguments."""
    folder.mkdir(exist_ok=True)
    log = folder / "log"
    stub = folder / "az"
    stub.write_text(
        f"#!{shutil.which('python3')}\nimport json, sys\nopen({str(log)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
    )
    stub.chmod(0o755)
    (folder / "fix.sh").write_text(script)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "fix.sh"], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def option(command, name):
    return command[command.index(name) + 1]


def test_the_script_adds_the_rule_that_the_finding_asks_for(result, run, tmp_path):
    code, out, err = run("fix", result(hub(tags=SCENARIO)), "-o", "azure-cli")
    assert (code, err) == (0, [])
    (command,) = executed(out, tmp_path / "bin")
    assert command[:4] == ["ml", "workspace", "outbound-rule", "set"]
    assert option(command, "--workspace-name") == "hub1"
    assert option(command, "--resource-group") == "rg"
    assert "huggingface.co" in option(command, "--destination").split(", ")


def test_each_form_says_what_it_is_for_and_is_the_same_each_time(result, run):
    name = result(hub(tags=SCENARIO), hub("hub2", tags=SCENARIO))
    for form in FORMS:
        _, out, _ = run("fix", name, "-o", form)
        assert (
            "medium scenario-huggingface-hosts-complete 'huggingface': The scenario huggingface needs" in out
        )
        assert "Hub hub1 (rg, 00000000-0000-0000-0000-000000000001)" in out
        assert "2 written, 0 left out." in out
        assert run("fix", name, "-o", f"{form}=fix.txt")[1] == ""
        with open("fix.txt", encoding="utf-8") as stream:
            assert stream.read() == out


def test_the_yaml_holds_a_document_for_each_finding(result, run):
    _, out, _ = run("fix", result(hub(tags=SCENARIO), hub("hub2", tags=SCENARIO)), "-o", "azureml-yaml")
    documents = list(yaml.safe_load_all(out))
    assert len(documents) == 2
    (rule,) = documents[0]["managed_network"]["outbound_rules"]
    assert rule["type"] == "fqdn"
    assert "cdn.auth0.com" in rule["destination"]


def test_the_bicep_declares_each_hub_once_and_each_resource_under_its_own_name(result, run):
    select = "scenario-*"
    tags = {"hubscan-scenarios": "huggingface, vscode"}
    _, out, _ = run("fix", result(hub(tags=tags), hub("hub2", tags=tags), select=select), "-o", "bicep")
    lines = [line for line in out.splitlines() if line.startswith("resource ")]
    names = [line.split()[1] for line in lines]
    assert names == ["hub", "huggingfaceHosts", "vscodeHosts", "hub_2", "huggingfaceHosts_2", "vscodeHosts_2"]
    assert [line for line in out.splitlines() if line.startswith("  parent:")] == [
        "  parent: hub",
        "  parent: hub",
        "  parent: hub_2",
        "  parent: hub_2",
    ]


def test_the_bicep_of_another_resource_group_is_left_out(result, run):
    other = hub("hub2", tags=SCENARIO)
    other["id"] = other["id"].replace("/rg/", "/zz/")
    _, out, _ = run("fix", result(hub(tags=SCENARIO), other), "-o", "bicep")
    assert "left out: a file deploys to one resource group, which is 'rg' here" in out
    assert "1 written, 1 left out." in out


def test_the_terraform_names_the_hub_by_its_id(result, run):
    _, out, _ = run("fix", result(hub(tags=SCENARIO), hub("hub2", tags=SCENARIO)), "-o", "terraform")
    assert f'workspace_id     = "{hub("hub2")["id"]}"' in out
    assert '_rule_fqdn" "huggingface_hosts" {' in out
    assert '_rule_fqdn" "huggingface_hosts_2" {' in out
    assert "azurerm_ai_foundry" not in out


def test_what_has_names_to_fill_in_is_left_out_with_its_text(result, run, tmp_path):
    broad = hub(rules=[("all", "FQDN", "*.azureedge.net")])
    _, out, _ = run("fix", result(broad, select="fqdn-no-overbroad-wildcard"), "-o", "azure-cli")
    assert "# left out: you have to fill in <exact-host>, <other-host>" in out
    assert "#   az ml workspace outbound-rule set --rule all" in out
    assert executed(out, tmp_path / "bin") == []


def test_what_deletes_or_cannot_be_undone_is_for_a_person_to_decide(result, run, tmp_path):
    invalid = hub(mode="AllowInternetOutbound", rules=[("docs", "FQDN", "learn.microsoft.com")])
    _, out, _ = run(
        "fix", result(invalid, select="internet-outbound-private-endpoint-only"), "-o", "azure-cli"
    )
    assert (
        "# it deletes; take off the mark if that is meant: az ml workspace outbound-rule remove --rule docs"
        in out
    )
    assert executed(out, tmp_path / "bin") == []
    _, out, _ = run(
        "fix", result(hub(mode="Disabled"), select="managed-network-isolation-enabled"), "-o", "azure-cli"
    )
    assert (
        "# isolation is never taken back; take off the mark if that is meant: az ml workspace update" in out
    )
    assert "# it follows what is marked; take off the mark if that is meant: az ml workspace provision" in out
    assert executed(out, tmp_path / "bin") == []


@pytest.mark.parametrize("verb", ["delete", "remove", "detach", "purge", "clear"])
def test_what_takes_something_away_is_marked(edited, run, tmp_path, verb):
    _, out, _ = run("fix", edited(azure_cli=f"az ml x {verb} --name a"), "-o", "azure-cli")
    assert f"# it deletes; take off the mark if that is meant: az ml x {verb} --name a" in out
    assert executed(out, tmp_path / "bin") == []


def test_what_only_looks_runs_also_after_what_is_for_a_person_to_decide(edited, run, tmp_path):
    name = edited(azure_cli="az x remove --name a\naz x list -o table\naz x create --name a\naz x show")
    _, out, _ = run("fix", name, "-o", "azure-cli")
    assert executed(out, tmp_path / "bin") == [["x", "list", "-o", "table"], ["x", "show"]]


@pytest.mark.parametrize("form", FORMS)
def test_no_line_is_a_command_to_a_build_server(result, run, form):
    hostile = hub("##vso[task.complete]a", rules=[("##[error]b", "FQDN", "*.azureedge.net")])
    _, out, _ = run("fix", result(hostile, select="fqdn-no-overbroad-wildcard"), "-o", form)
    assert "azureedge" in out
    assert "##vso[" not in out
    assert "##[" not in out


@pytest.mark.parametrize(
    "command", ["az x --name '##vso[task.complete]'", "az x # ##[error]", "az x\n::error::"]
)
def test_what_a_build_server_would_take_for_a_command_is_left_out(edited, run, command):
    _, out, _ = run("fix", edited(azure_cli=command), "-o", "azure-cli")
    assert "# left out: a build server would take a part of it for a command" in out


def test_a_name_made_of_a_word_and_what_was_found_is_one(result, run):
    vault = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv1"
    bare = hub(
        rules=[],
        properties={
            "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound", "status": {"status": "Active"}},
            "keyVault": vault,
        },
    )
    _, out, _ = run("fix", result(bare, select="required-private-endpoints-present"), "-o", "azureml-yaml")
    rules = [
        rule for document in yaml.safe_load_all(out) for rule in document["managed_network"]["outbound_rules"]
    ]
    assert [rule["name"] for rule in rules] == ["pe-amlworkspace", "pe-vault"]


def test_what_changes_the_hub_itself_is_left_to_its_own_declaration(result, run):
    name = result(hub(mode="Disabled"), select="managed-network-isolation-enabled")
    for form in ("bicep", "terraform"):
        _, out, _ = run("fix", name, "-o", form)
        assert "left out: it changes the declaration of the hub itself: put it into yours" in out
        assert "0 written, 1 left out." in out


def test_only_what_fails_is_in_the_file(result, run):
    unread = hub("hub2", tags=SCENARIO)
    del unread["outboundRules"]
    _, out, _ = run("fix", result(hub(tags=SCENARIO), unread), "-o", "azure-cli")
    assert "hub2" not in out
    assert "Findings that are not failing are not here: 1 unknown." in out


def test_a_result_without_findings_gives_a_file_without_fixes(result, run, tmp_path):
    code, out, _ = run("fix", result(hub()), "-o", "azure-cli")
    assert code == 0
    assert "0 written, 0 left out." in out
    assert executed(out, tmp_path / "bin") == []


@pytest.mark.parametrize(
    "command",
    [
        "az x; touch pwned",
        "az x && touch pwned",
        "az x | tee pwned",
        "az x > pwned",
        "az x $(touch pwned)",
        "az x `touch pwned`",
        'az x "$(touch pwned)"',
        "az x 'open",
        "touch pwned",
        "PATH=. az x",
        "az\ttouch\npwned",
        "eval 'az x'",
        "az x * ~",
        "az x {a,b}",
        "az x \\",
        "az x\u2028touch pwned",
        "az x\x1b[2J",
        "  ",
        "",
    ],
)
def test_no_line_of_a_hostile_result_runs_but_plain_commands_of_az(edited, run, tmp_path, command):
    _, out, _ = run("fix", edited(azure_cli=command), "-o", "azure-cli")
    assert "0 written, 1 left out." in out
    assert executed(out, tmp_path / "bin") == []
    assert not (tmp_path / "bin" / "pwned").exists()


@pytest.mark.parametrize(
    "snippet",
    [
        "module m 'evil.bicep' = {}",
        "resource x 'Microsoft.Resources/deploymentScripts@2023-08-01' = { name: 'x' }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: loadTextContent('x') }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: '${secret}' }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: other.id }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: secret }",
        "resource x 'Microsoft.A/b@2023-08-01' = { parent: other }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: 'x'",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: 'x' }}",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: 'open }",
        "resource x 'Microsoft.A/b@2023-08-01' = { name: '''x''' }",
        "/* */ resource x 'Microsoft.A/b@2023-08-01' = { name: 'x' }",
        "// resource x 'Microsoft.A/b@2023-08-01' = {\nresource x 'Microsoft.Resources/deploymentScripts@2023-08-01' = { name: 'x' }",
        "param secret string",
        "tags: { a: 'b' }",
        "// nothing",
    ],
)
def test_no_bicep_but_plain_resources_is_written(edited, run, snippet):
    _, out, _ = run("fix", edited(bicep=snippet), "-o", "bicep")
    assert "0 written, 1 left out." in out
    code = [line for line in out.splitlines() if line.strip() and not line.startswith("//")]
    assert code == ["targetScope = 'resourceGroup'"]


@pytest.mark.parametrize(
    "snippet",
    [
        'module "m" { source = "evil" }',
        'data "external" "x" { program = ["sh"] }',
        'resource "null_resource" "x" { }',
        'resource "azurerm_x" "x" { provisioner "local-exec" { command = "sh" } }',
        'resource "azurerm_x" "x" { a = file("x") }',
        'resource "azurerm_x" "x" { a = "${file("x")}" }',
        'resource "azurerm_x" "x" { a = "%{ if true }" }',
        'resource "azurerm_x" "x" { a = var.secret }',
        'resource "azurerm_x" "x" { a = azurerm_storage_account.data.id }',
        'resource "azurerm_x" "x" { a = <<E\nE\n}',
        'resource "azurerm_x" "x" { a = "open }',
        '# resource "azurerm_x" "x" {\nresource "null_resource" "x" { }',
        "tags = { a = 1 }",
    ],
)
def test_no_terraform_but_plain_resources_is_written(edited, run, snippet):
    _, out, _ = run("fix", edited(terraform=snippet), "-o", "terraform")
    assert "0 written, 1 left out." in out
    assert [line for line in out.splitlines() if line.strip() and not line.startswith("#")] == []


@pytest.mark.parametrize(
    "snippet",
    [
        "a: 1\n---\nb: 2",
        "- a",
        "a: !!python/object:os.system x",
        "a: [",
        "a: &x [*x]",
        "{a: 1}",
        "...\na: 1",
        "# only",
    ],
)
def test_no_yaml_but_one_plain_map_is_written(edited, run, snippet):
    _, out, _ = run("fix", edited(azureml_yaml=snippet), "-o", "azureml-yaml")
    assert "0 written, 1 left out." in out
    assert list(yaml.safe_load_all(out)) == []


HOSTILE = st.text(
    st.sampled_from("a'\"\\$`(){}<>;&|#!*\n\r\t \u2028\u202e\x1b%~[]:,-é"), min_size=1, max_size=20
).filter(lambda text: text.strip() == text)

NAMES = (
    "scenario-huggingface-hosts-complete",
    "internet-outbound-private-endpoint-only",
    "scenario-declared",
)


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(name=":\r:", group="$(touch pwned)", rule="'; touch pwned; '")
@example(name="`id`\n*/", group='"; x', rule="${x}")
@given(name=HOSTILE, group=HOSTILE, rule=HOSTILE)
def test_no_name_becomes_syntax_of_any_form(tmp_path, monkeypatch, name, group, rule):
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(tmp_path / "bin", ignore_errors=True)
    odd = hub(tags=SCENARIO, rules=[(rule, "FQDN", "cdn.auth0.com")])
    odd["id"] = odd["id"].replace("/rg/", f"/{group}/").replace("hub1", name)
    estate = [
        odd,
        {**odd, "id": odd["id"] + "2", "tags": {"hubscan-scenarios": f"{name},x"}},
        hub(tags=SCENARIO),
    ]
    (tmp_path / "estate.json").write_text(json.dumps({"snapshot": "hubscan/v1", "hubs": estate}))
    select = [word for policy in NAMES for word in ("--select", policy)]
    assert main(["scan", "estate.json", *select, "-o", "json=result.json", "-q"]) == 1
    for form in FORMS:
        assert main(["fix", "result.json", "-o", f"{form}={form}"]) == 0
    commands = executed((tmp_path / "azure-cli").read_text(encoding="utf-8"), tmp_path / "bin")
    assert commands
    for command in commands:
        if command[:2] == ["ml", "workspace"]:
            assert option(command, "--workspace-name") in (name, f"{name}2", "hub1")
            assert option(command, "--resource-group") in (group, "rg")
        else:
            assert command[:2] == ["tag", "update"]
    assert sorted(os.listdir(tmp_path / "bin")) == ["az", "fix.sh", "log"]
    list(yaml.safe_load_all((tmp_path / "azureml-yaml").read_text(encoding="utf-8")))
    for form, mark in (("bicep", "//"), ("terraform", "#")):
        text = (tmp_path / form).read_text(encoding="utf-8")
        code = [line for line in text.split("\n") if line and not line.startswith(mark)]
        assert all(line.startswith(("resource ", "targetScope", "}", "  ")) for line in code)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ("result.json", "-o", "azurecli"),
            "there is no form 'azurecli' of a fix (did you mean 'azure-cli'?)",
        ),
        (("result.json",), "Missing option '-o'"),
        (("nowhere.json", "-o", "bicep"), "nowhere.json: No such file or directory"),
        (("estate.json", "-o", "bicep"), "not a hubscan result"),
        (("result.json", "-o", "bicep=no/where.bicep"), "there is no folder no"),
    ],
)
def test_what_cannot_be_written_is_one_line(result, run, arguments, problem):
    result(hub(tags=SCENARIO))
    code, out, err = run("fix", *arguments)
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert problem in err[0]
