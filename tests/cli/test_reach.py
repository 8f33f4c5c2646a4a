"""``hubscan reach``: whether code on a hub reaches something, by which rule, or what rule it would take."""

from __future__ import annotations

import json

import pytest
from hubs import SUBSCRIPTION, hub

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
STORE = f"{GROUP}/Microsoft.Storage/storageAccounts/st1"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv1"


def endpoint(target, subresource):
    return {"serviceResourceId": target, "subresourceTarget": subresource}


def tag(name, ports="443", protocol="TCP", **more):
    return {"serviceTag": name, "portRanges": ports, "protocol": protocol, **more}


@pytest.fixture
def ask(estate, run):
    """Asks one hub: the word of the answer, its line, the other lines, and the exit code."""

    def call(one, *question):
        code, out, _ = run("reach", one["name"], estate(one), *question)
        first, *rest = out.splitlines()
        return first.partition(":")[0], first, rest, code

    return call


OPEN = hub(
    rules=[
        ("index", "FQDN", "*.contoso.com, www.fabrikam.com"),
        ("store", "PrivateEndpoint", endpoint(STORE, "blob")),
        ("vaults", "ServiceTag", tag("AzureKeyVault")),
        ("range", "ServiceTag", tag("AzureMonitor", addressPrefixes=["203.0.113.0/24"])),
    ]
)


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        (["--host", "a.contoso.com"], "index"),
        (["--host", "WWW.Fabrikam.com."], "index"),
        (["--host", "a.contoso.com", "--port", "80"], "index"),
        (["--host", "*.b.contoso.com"], "index"),
        (["--host", "st1.blob.core.windows.net"], "store"),
        (["--host", "any-vault.vault.azure.net"], "vaults"),
        (["--host", "203.0.113.9"], "range"),
        (["--tag", "AzureKeyVault"], "vaults"),
        (["--tag", "azurekeyvault.westeurope", "--port", "443"], "vaults"),
        (["--resource", STORE.upper()], "store"),
        (["--resource", VAULT], "vaults"),
    ],
)
def test_yes_and_by_which_rule(ask, question, rule):
    word, line, rest, code = ask(OPEN, *question)
    assert (word, code, rest) == ("yes", 0, [])
    assert f"rule '{rule}'" in line


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        (["--host", "contoso.com"], "an FQDN rule for contoso.com"),
        (["--host", "files.contoso.com.evil.example"], "an FQDN rule"),
        (["--host", "a.contoso.com", "--port", "22"], "a service tag rule with its address"),
        (["--host", "st2.blob.core.windows.net"], "a private endpoint rule to the Microsoft.Storage"),
        (["--host", "st1.file.core.windows.net"], "a private endpoint rule to the Microsoft.Storage"),
        (["--tag", "Storage"], "a service tag rule for Storage"),
        (["--tag", "AzureKeyVault", "--port", "22"], "a service tag rule for AzureKeyVault"),
        (["--resource", STORE.replace("st1", "st2")], "a private endpoint rule to it (blob"),
    ],
)
def test_no_and_what_rule_it_would_take(ask, question, needed):
    hub_ = hub(rules=[rule for rule in RULES if rule[0] != "range"])
    word, _, rest, code = ask(hub_, *question)
    assert (word, code) == ("no", 0)
    assert rest[0].startswith(f"needed: {needed}")


RULES = [
    (rule["name"], rule["properties"]["type"], rule["properties"]["destination"])
    for rule in OPEN["outboundRules"]
]


def test_the_command_is_filled_with_the_hub_and_quoted(ask):
    _, _, rest, _ = ask(hub("hub1", rules=[]), "--host", "www.fabrikam.com")
    assert rest[1] == (
        "  az ml workspace outbound-rule set --rule www-fabrikam-com --type fqdn --destination www.fabrikam.com"
        f" --workspace-name hub1 --resource-group <resource-group> --subscription {SUBSCRIPTION}"
    ).replace("<resource-group>", "rg")
    hostile = f"{GROUP}/Microsoft.Storage/storageAccounts/a;rm -rf $HOME"
    _, _, rest, _ = ask(hub("hub1", rules=[]), "--resource", hostile)
    assert f"--service-resource-id '{hostile}'" in rest[1]


@pytest.mark.parametrize(
    ("rules", "question", "because"),
    [
        (
            [("x", "ServiceTag", tag("AppService"))],
            ["--host", "www.fabrikam.com"],
            "under a name of their own",
        ),
        (
            [("x", "ServiceTag", tag("AzureCloud"))],
            ["--host", "www.fabrikam.com"],
            "under a name of their own",
        ),
        ([("x", "ServiceTag", tag("Storage.northeurope"))], ["--host", "st9.blob.core.windows.net"], "alone"),
        (
            [("x", "ServiceTag", tag("AzureMonitor", addressPrefixes=["203.0.113.0/24"]))],
            ["--host", "www.fabrikam.com"],
            "203.0.113.0/24",
        ),
        (
            [
                ("x", "ServiceTag", tag("Storage")),
                ("y", "ServiceTag", tag("Storage", action="Deny")),
            ],
            ["--tag", "Storage"],
            "denies",
        ),
        ([("x", "ServiceTag", tag("Storage.westeurope"))], ["--tag", "Storage"], "a part of it"),
        ([("new", "NetworkRule", "x")], ["--host", "www.fabrikam.com"], "what rule 'new' opens is not known"),
        (
            [("x", "ServiceTag", tag(None))],
            ["--host", "www.fabrikam.com"],
            "what rule 'x' opens is not known",
        ),
        ([("x", "ServiceTag", tag(None))], ["--tag", "Storage"], "what rule 'x' opens is not known"),
        ([("x", "PrivateEndpoint", endpoint(None, "blob"))], ["--resource", STORE], "what rule 'x' opens"),
        ([("x", "ServiceTag", tag("Storage", ports="443-"))], ["--tag", "Storage"], "no port and no range"),
        ([("x", "ServiceTag", tag("Internet", ports=["443"]))], ["--host", "fabrikam.com"], "no port and no"),
        (
            [("x", "ServiceTag", tag("AzureMonitor", ports="all", addressPrefixes=["203.0.113.0/24"]))],
            ["--host", "203.0.113.9"],
            "no port and no range",
        ),
        (
            [("x", "ServiceTag", tag("NewTag"))],
            ["--host", "fabrikam.com"],
            "no service tag 'newtag' is known",
        ),
        (
            [("x", "ServiceTag", tag("Storage,Sql"))],
            ["--tag", "Sql"],
            "no service tag 'storage,sql' is known",
        ),
        (
            [("x", "ServiceTag", tag("Internet", protocol="Any"))],
            ["--host", "fabrikam.com"],
            "'any' is no protocol",
        ),
        (
            [("x", "ServiceTag", tag("Internet", action="Audit"))],
            ["--host", "fabrikam.com"],
            "whether it allows or denies is not known",
        ),
        ([("x", "FQDN", ".contoso.com")], ["--host", "a.contoso.com"], "no name or pattern that Azure"),
        ([("x", "FQDN", "x*.contoso.com")], ["--host", "xy.contoso.com"], "no name or pattern that Azure"),
        ([("x", "FQDN", "a.contoso.com; fabrikam.com")], ["--host", "fabrikam.com"], "no name or pattern"),
    ],
)
def test_what_nobody_can_tell_is_unknown(ask, rules, question, because):
    word, line, _, code = ask(hub(rules=rules), *question)
    assert (word, code) == ("unknown", 3)
    assert because in line


def test_a_broad_tag_opens_what_is_known_to_be_in_it(ask):
    azure = hub(rules=[("x", "ServiceTag", tag("AzureCloud"))])
    assert ask(azure, "--host", "st9.blob.core.windows.net")[0] == "yes"
    assert ask(azure, "--tag", "Storage")[0] == "yes"
    everything = hub(rules=[("x", "ServiceTag", tag("Internet", ports="*"))])
    assert ask(everything, "--host", "www.fabrikam.com", "--port", "22")[0] == "yes"


@pytest.mark.parametrize(
    ("kind", "destination"),
    [
        ("FQDN", ""),
        ("FQDN", "x*.contoso.com"),
        ("FQDN", ".contoso.com"),
        ("ServiceTag", tag("Internet", protocol="UDP")),
        ("FQDN", "a.contoso.com; b.contoso.com"),
    ],
)
def test_a_rule_that_is_none_still_does_not_open_other_hosts(ask, kind, destination):
    assert ask(hub(rules=[("x", kind, destination)]), "--host", "www.fabrikam.com")[0] == "no"


def test_what_is_not_in_force_leaves_nothing_open(ask):
    one = hub(rules=[("new", "NetworkRule", "x")])
    one["outboundRules"][0]["properties"]["status"] = "Failed"
    assert ask(one, "--host", "www.fabrikam.com")[0] == "no"


def test_hubs_of_one_name_are_told_apart_by_their_ids(estate, run):
    hubs = [
        hub("hub1", rules=[]),
        {**hub("hub1", rules=[]), "id": hub("hub1")["id"].replace("/rg/", "/rg2/")},
    ]
    _, out, _ = run("reach", "hub1", estate(*hubs))
    assert [line.partition(": ")[0] for line in out.splitlines()[::2]] == [one["id"] for one in hubs]


@pytest.mark.parametrize("status", ["Failed", "Deleting"])
def test_a_rule_that_is_not_in_force_opens_nothing(ask, status):
    one = hub(rules=[("index", "FQDN", "www.fabrikam.com")])
    one["outboundRules"][0]["properties"]["status"] = status
    assert ask(one, "--host", "www.fabrikam.com")[0] == "no"


def test_a_mode_without_approval_lets_everything_out(ask):
    for mode in ("AllowInternetOutbound", "Disabled"):
        for question in (["--host", "www.fabrikam.com"], ["--tag", "Storage"], ["--resource", STORE]):
            assert ask(hub(mode=mode), *question)[0] == "yes"
    assert ask(hub(mode="AllowInternetOutbound"), "--host", "10.0.0.4")[0] == "unknown"


@pytest.mark.parametrize(
    ("address", "word"), [("fd00::1", "unknown"), ("2001:4860:4860::8888", "yes"), ("999.1.1.1", "yes")]
)
def test_an_address_of_version_6_and_one_that_is_none_are_no_crash(ask, address, word):
    assert ask(hub(mode="AllowInternetOutbound"), "--host", address)[0] == word
    prefixes = tag("AzureMonitor", addressPrefixes=["fd00::/8"])
    one = hub(rules=[("x", "ServiceTag", prefixes)])
    assert ask(one, "--host", address)[0] == {"fd00::1": "yes", "999.1.1.1": "unknown"}.get(address, "no")


def test_a_target_without_a_public_endpoint_is_reached_by_private_endpoint_alone(ask):
    closed = {"id": STORE, "type": "x", "properties": {"publicNetworkAccess": "Disabled"}}
    alone = hub(rules=[("x", "ServiceTag", tag("Storage"))], resources=[closed])
    word, line, _, _ = ask(alone, "--resource", STORE)
    assert word == "no"
    assert "public network access is disabled" in line
    reached = hub(mode="AllowInternetOutbound", rules=[("pe", "PrivateEndpoint", endpoint(STORE, "blob"))])
    assert "rule 'pe'" in ask({**reached, "resources": [closed]}, "--resource", STORE)[1]


def test_rules_that_could_not_be_read_leave_a_no_open(ask):
    one = hub(rules=[("index", "FQDN", "www.fabrikam.com")])
    one["gaps"] = [{"subject": f"{one['id']}/outboundRules", "reason": "forbidden", "status": 403}]
    assert ask(one, "--host", "www.fabrikam.com")[0] == "yes"
    assert ask(one, "--host", "www.contoso.com")[0] == "unknown"


def test_rules_that_were_never_collected_leave_everything_open(ask):
    one = hub()
    del one["outboundRules"]
    word, line, _, code = ask(one, "--host", "www.contoso.com")
    assert (word, code) == ("unknown", 3)
    assert "not collected" in line or "could not be read" in line or "not reported" in line


def test_in_code_the_rules_that_azure_adds_count_and_open_values_are_unknown(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules = {
        "store": {"type": "FQDN", "destination": "[concat(parameters('name'), '.contoso.com')]"},
    }
    network = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": rules}
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string"}},
        "resources": [
            {
                "type": "Microsoft.MachineLearningServices/workspaces",
                "apiVersion": "2024-10-01",
                "name": "hub1",
                "kind": "Hub",
                "location": "westeurope",
                "properties": {"managedNetwork": network},
            }
        ],
    }
    (tmp_path / "main.json").write_text(json.dumps(template))
    assert run("reach", "hub1", "main.json", "--host", "login.microsoftonline.com")[1].startswith(
        "yes: the rule for AzureActiveDirectory"
    )
    assert run("reach", "hub1", "main.json", "--host", "a.contoso.com")[1].startswith("unknown: rule 'store'")
    assert run("reach", "hub1", "main.json", "--host", "www.fabrikam.com")[1].startswith("no: ")


def test_without_a_question_it_lists_what_is_open(run, estate):
    code, out, _ = run("reach", "hub1", estate(OPEN))
    assert code == 0
    first, *rows = out.splitlines()
    assert first == "hub1: isolation mode AllowOnlyApprovedOutbound: what the rules below open, nothing else"
    assert [row.split()[:2] for row in rows] == [
        ["FQDN", "*.contoso.com"],
        ["FQDN", "www.fabrikam.com"],
        ["ServiceTag", "AzureMonitor"],
        ["PrivateEndpoint", "storageaccounts/st1"],
        ["ServiceTag", "AzureKeyVault"],
    ]
    assert all(row.endswith("(user)") for row in rows)


def test_hubs_of_one_name_are_answered_one_by_one(run, estate):
    other = hub()
    other["id"] = other["id"].replace("/rg/", "/rg-2/")
    code, out, _ = run("reach", "hub1", estate(hub(), other), "--host", "www.fabrikam.com")
    answers = [line for line in out.splitlines() if ": no: " in line]
    assert [line.partition(": ")[0] for line in answers] == [hub()["id"], other["id"]]
    assert code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hub2"], "no hub 'hub2' in estate.json (did you mean 'hub1'?)"),
        (["hub1", "--host", "a", "--tag", "b"], "--host and --tag: ask for one thing at a time"),
        (["hub1", "--port", "443"], "--port goes with --host"),
        (["hub1", "--host", "a*b"], "--host 'a*b': no host name"),
        (["hub1", "--host", ""], "--host '': no host name"),
        (["hub1", "--resource", "st1"], "--resource 'st1': not the ARM id of a resource"),
        (["hub1", "--tag", " "], "--tag: name a service tag"),
        (["hub1", "--host", "a", "--port", "70000"], "70000 is not in the range"),
    ],
)
def test_what_cannot_be_asked_is_one_line(run, estate, arguments, said):
    name = estate(hub())
    code, _, err = run("reach", arguments[0], name, *arguments[1:])
    assert code == 2
    assert said in err[0]


def test_a_hostile_name_writes_no_command_to_the_terminal(run, estate):
    one = hub(rules=[("\x1b[31m::error::x", "FQDN", "a\u202e.contoso.com")])
    _, out, _ = run("reach", "hub1", estate(one))
    assert "\x1b" not in out
    assert "\u202e" not in out
