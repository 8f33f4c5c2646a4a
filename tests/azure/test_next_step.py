"""What goes wrong with Azure says what to do next."""

from __future__ import annotations

import pytest
from hubs import hub
from standin.examples import CLOSED, PRODUCTION, bundled, estate_of

NOBODY = "00000000-0000-0000-0000-00000000000f"


@pytest.mark.parametrize("command", [["scan"], ["collect", "-o", "x.jsonl"]], ids=["scan", "collect"])
@pytest.mark.parametrize("subscription", [CLOSED, NOBODY], ids=["closed", "unknown"])
def test_where_no_hub_can_be_read_the_doctor_is_named(arm, run, command, subscription):
    code, _, err = run(arm(bundled()), *command, "-s", subscription, "--no-progress")
    assert code == 2
    assert err[0] == (
        "hubscan: error: no hub found in 1 subscription"
        " ('hubscan doctor' with the same scope says what this identity may read)"
    )
    assert len(err) == 2


def test_where_nobody_answers_the_network_is_named(arm, run):
    arm(bundled())
    code, _, err = run(
        None, "scan", "--all-subscriptions", "--no-progress", "--arm-endpoint", "https://127.0.0.1:1"
    )
    assert code == 2
    assert "no answer: check the network, HTTPS_PROXY and --arm-endpoint" in err[0]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cli", "install the Azure CLI and run 'az login'"),
        ("environment", "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"),
        ("managed-identity", "give this machine a managed identity"),
    ],
)
def test_where_nobody_is_signed_in_the_way_to_do_it_comes_first(arm, run, monkeypatch, name, hint):
    server = arm(bundled())
    server.token_fails = True
    monkeypatch.setenv("PATH", "")
    code, _, err = run(server, "collect", "-s", PRODUCTION, "-o", "x.jsonl", "--credential", name)
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith(f"hubscan: error: cannot sign in to Azure: {hint}")
    assert "aka.ms" not in err[0]
    _, out, _ = run(server, "doctor", "--credential", name)
    assert f"identity      none: cannot sign in to Azure: {hint}" in out


def test_the_doctor_says_what_comes_next_where_all_is_well(arm, run):
    _, out, _ = run(arm(estate_of(hub())), "doctor", "-s", PRODUCTION)
    assert "no action is missing\n  next: hubscan scan, with the same scope\n" in out


def test_the_doctor_says_who_has_to_do_what_where_an_action_is_missing(arm, run):
    code, out, _ = run(arm(bundled()), "doctor", "-s", CLOSED)
    assert code == 3
    assert "  next: have somebody assign Reader, or the role below, to this identity" in out
    assert "az role assignment create --assignee OBJECT_ID --role 'hubscan reader'" in out


def test_the_doctor_does_not_call_well_what_it_could_not_look_at(arm, run):
    code, out, _ = run(arm(bundled()), "doctor", "-s", NOBODY)
    assert code == 3
    assert "no action is missing" not in out
    assert "no action is known to be missing, but not all could be looked at" in out
    assert "next: check ids and network" in out
