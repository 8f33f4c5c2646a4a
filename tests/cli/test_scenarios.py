"""Scenarios from the command line: declared by tag or configuration, detected, and what is missing for them."""

from __future__ import annotations

import json

import pytest
from hubs import hub

CODE = (
    "*.vscode.dev, *.vscode-unpkg.net, *.vscode-cdn.net, *.vscodeexperiments.azureedge.net, default.exp-tas.com,"
    " code.visualstudio.com, update.code.visualstudio.com, *.vo.msecnd.net, marketplace.visualstudio.com,"
    " vscode.blob.core.windows.net, *.gallerycdn.vsassets.io, vscode.download.prss.microsoft.com"
)
ONLY = ("--select", "category:scenario", "-o", "json")


def findings(out):
    return {
        (finding["policy"], finding["item"]): finding
        for finding in json.loads(out)["findings"]
        if finding["verdict"] != "unknown"
    }


def tagged(scenarios, *rules):
    return hub(rules=rules, tags={"hubscan-scenarios": scenarios})


def test_the_missing_hosts_are_named_and_the_rule_to_add_is_written_out(estate, run):
    code, out, _ = run("scan", estate(tagged("vscode", ("code", "FQDN", "vscode.dev"))), *ONLY)
    finding = findings(out)["scenario-vscode-hosts-complete", "vscode"]
    assert code == 1
    assert finding["evidence"]["item.missingHosts"] == CODE.split(", ")
    assert all(host in finding["message"] for host in CODE.split(", "))
    assert f'--destination "{CODE}" --workspace-name hub1' in finding["remediation"]["azure_cli"]
    for form in ("azureml_yaml", "bicep", "terraform"):
        assert CODE in finding["remediation"][form]


def test_a_complete_scenario_gives_no_finding_at_all(estate, run):
    _, out, _ = run("scan", estate(tagged("vscode", ("code", "FQDN", CODE))), "-o", "json")
    assert {policy for policy, _ in findings(out)} & {
        "scenario-declared",
        "scenario-host-obsolete-or-misspelled",
        "scenario-hosts-without-scenario",
        "scenario-vscode-hosts-complete",
        "fqdn-no-azure-storage",
    } == set()


def test_the_configuration_declares_for_hubs_by_name(estate, run, tmp_path):
    (tmp_path / "hubscan.yaml").write_text("scenarios:\n  - {hub: hub1, needs: [huggingface]}\n")
    code, out, _ = run("scan", estate(hub(), hub("hub2")), *ONLY)
    assert code == 1
    assert list(findings(out)) == [("scenario-huggingface-hosts-complete", "huggingface")]
    assert findings(out).popitem()[1]["hub"]["name"] == "hub1"


def test_a_scenario_nobody_declared_is_information(estate, run):
    code, out, _ = run("scan", estate(hub(rules=[("h", "FQDN", "huggingface.co")])), *ONLY)
    assert code == 0
    finding = findings(out)["scenario-declared", "huggingface"]
    assert finding["severity"] == "info"
    assert "docker.io" in finding["message"]


def test_no_report_spells_the_host_of_a_package_index_unless_a_hub_lacks_it(estate, run):
    index = "pypi" + ".org"
    _, out, _ = run("scan", estate(tagged("vscode", ("code", "FQDN", CODE))), "-o", "sarif")
    assert index not in out
    _, out, _ = run("scan", estate(tagged("python-packages")), *ONLY)
    assert index in findings(out)["scenario-python-packages-hosts-complete", "python-packages"]["message"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "scenarios:\n  - {hub: '*', needs: [vscode, hugging-face]}",
            "2:32: 'hugging-face' is no known scenario (did you mean 'huggingface'?)",
        ),
        ("scenarios:\n  - {hub: '*', needs: vscode}", "2:23: 'needs' must be an array, not a string"),
        ("scenarios:\n  - {needs: [vscode]}", "2:5: 'scenarios.0' has no 'hub'"),
        ("data:\n  scenario-host: {}", "2:3: there is no reference table 'scenario-host'"),
        ("data:\n  scenario-hosts: []", "2:19: scenario-hosts is a map; it cannot become a list"),
        (
            "data:\n  scenario-hosts:\n    hosts:\n      add:\n        - {scenario: vscode, hots: a.contoso.com}",
            "5:30: 'hots' is no key of these entries (did you mean 'host'?)",
        ),
        (
            "data:\n  scenario-hosts:\n    hosts:\n      add:\n        - {scenario: vscode, group: own}",
            "5:11: scenario-hosts.hosts.add.0 has no 'host'",
        ),
        (
            "data: {scenario-hosts: {hosts: {add: [{scenario: vscode, group: own, versions: [newest], host: 5}]}}}",
            "1:96: 'host' is text, not a number",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_is_one_line_with_its_place(estate, run, tmp_path, text, problem):
    (tmp_path / "hubscan.yaml").write_text(text)
    code, out, err = run("scan", estate(hub()))
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith(f"hubscan: error: hubscan.yaml:{problem}")


def test_a_user_adds_a_host_to_a_scenario_and_a_scenario_of_their_own(estate, run, tmp_path):
    (tmp_path / "hubscan.yaml").write_text(
        """
data:
  scenario-hosts:
    hosts:
      add:
        - {id: OWN1, scenario: vscode, group: own, host: code.contoso.com}
        - {id: OWN2, scenario: labelling, group: own, host: labels.contoso.com, versions: [newest]}
      remove: [VS6]
scenarios:
  - {hub: "*", needs: [vscode, labelling]}
"""
    )
    code, out, _ = run("scan", estate(hub(rules=[("code", "FQDN", f"{CODE}, labels.contoso.com")])), *ONLY)
    assert code == 1
    (finding,) = findings(out).values()
    assert finding["evidence"]["item.missingHosts"] == ["code.contoso.com"]
