"""What the doctor says: who, where, what can be read, which action is missing, and a role that is enough."""

from __future__ import annotations

import base64
import json

import pytest
from hubs import hub
from hypothesis import given
from hypothesis import strategies as st
from standin.examples import CLOSED, FEDERAL, PRODUCTION, SANDBOX, estate_of
from standin.faults import Fault

from scanner.sources.azure import checkup, role
from scanner.sources.azure.refusal import read_action


def role_of(out):
    """The role at the end of what was printed: the only braces in it."""
    return json.loads(out[out.index("{") :])


def test_everything_readable_is_exit_code_0(arm, run):
    code, out, err = run(arm(estate_of(hub())), "doctor", "-s", PRODUCTION)
    assert (code, err) == (0, [])
    assert "no action is missing" in out
    assert f"subscription  {PRODUCTION}  Contoso 01" in out
    assert "workspaces  1" in out


def test_cloud_and_endpoints_are_named(arm, run):
    server = arm(estate_of(hub()))
    _, out, _ = run(server, "doctor", "-s", PRODUCTION)
    assert f"endpoint      {server.url}\n" in out
    assert f"token scope   {server.url}/.default\n" in out


def test_without_a_scope_every_visible_subscription_is_looked_at(arm, run):
    code, out, _ = run(arm(), "doctor")
    assert code == 3
    for subscription in (PRODUCTION, SANDBOX, FEDERAL, CLOSED):
        assert f"subscription  {subscription}" in out


def test_a_missing_action_is_named_with_where_it_is_missing(arm, run):
    server = arm()
    server.faults = [Fault("/outboundRules|/storageAccounts", "status", 403, "AuthorizationFailed", "no")]
    code, out, _ = run(server, "doctor", "-s", SANDBOX, "-s", FEDERAL)
    assert code == 3
    missing = out.partition("missing actions")[2].partition("A custom role")[0]
    assert "Microsoft.MachineLearningServices/workspaces/outboundRules/read  in 2 subscriptions" in missing
    assert "Microsoft.Storage/storageAccounts/read  in 2 subscriptions" in missing


def test_a_subscription_that_cannot_be_seen_is_exit_code_3(arm, run):
    gone = "00000000-0000-0000-0000-0000000000ff"
    code, out, _ = run(arm(), "doctor", "-s", gone)
    assert code == 3
    assert f"failed      /subscriptions/{gone} (404 ResourceNotFound)" in out


def test_what_fails_is_told_from_what_is_forbidden(arm, run):
    server = arm(estate_of(hub()))
    server.faults = [Fault("/vaults", "status", 500, "Down", "out of order")]
    code, out, _ = run(server, "doctor", "-s", PRODUCTION)
    assert code == 3
    assert (
        f"failed      /subscriptions/{PRODUCTION}/providers/Microsoft.KeyVault/vaults (500 Down): out of order"
        in out
    )


def test_what_a_subscription_has_not_is_no_fault(arm, run):
    server = arm(estate_of(hub()))
    server.faults = [
        Fault("searchServices", "status", 409, "MissingSubscriptionRegistration"),
        Fault("/computes", "status", 404, "NotFound"),
    ]
    code, out, _ = run(server, "doctor", "-s", PRODUCTION)
    assert code == 0
    assert "not there   searchServices, computes" in out


def test_a_list_that_is_none_is_not_called_readable(arm, run):
    estate = estate_of(hub())
    estate.answers[f"{hub()['id'].lower()}/computes"] = (200, {"value": None})
    estate.answers[f"{hub()['id'].lower()}/connections"] = (200, {"error": {"code": "AuthorizationFailed"}})
    estate.answers[f"{hub()['id'].lower()}/onlineendpoints"] = (404, b"<html>")
    code, out, _ = run(arm(estate), "doctor", "-s", PRODUCTION)
    assert code == 3
    assert f"failed      {hub()['id']}/computes (200 Malformed)" in out
    assert f"failed      {hub()['id']}/connections (200 AuthorizationFailed)" in out
    assert f"failed      {hub()['id']}/onlineEndpoints (404 Malformed)" in out


def test_nobody_signed_in_is_said_and_exit_code_3(arm, run):
    server = arm()
    server.token_fails = True
    code, out, err = run(server, "doctor", "--credential", "managed-identity")
    assert (code, err) == (3, [])
    assert "identity      none: cannot sign in to Azure" in out


def token_of(**claims):
    encoded = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJ0eXAiOiJKV1QifQ.{encoded}.signature"


def test_who_is_signed_in_is_read_from_the_token(arm, run):
    server = arm(estate_of(hub()))
    server.claims = {
        "appid": "app-1",
        "oid": "object-1",
        "tid": "tenant-1",
        "app_displayname": "audit\x1b[31m",
    }
    _, out, _ = run(server, "doctor", "-s", PRODUCTION)
    for line in (
        "identity      audit [31m",
        "application   app-1",
        "object id     object-1",
        "tenant        tenant-1",
    ):
        assert f"{line}\n" in out
    assert server.tokens[0] not in out


@given(st.text(max_size=80))
def test_any_text_may_be_a_token(text):
    assert isinstance(checkup.whoami(text), dict)


@given(
    st.dictionaries(
        st.sampled_from(["upn", "appid", "oid", "x"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=9)),
    )
)
def test_claims_that_are_texts_are_told(claims):
    expected = {
        name: value for name, value in claims.items() if name != "x" and isinstance(value, str) and value
    }
    assert checkup.whoami(token_of(**claims)) == expected


def test_the_role_has_reads_alone_and_no_wildcard(arm, run):
    _, out, _ = run(arm(estate_of(hub())), "doctor", "-s", PRODUCTION)
    made = role_of(out)
    assert made["AssignableScopes"] == [f"/subscriptions/{PRODUCTION}"]
    assert made["IsCustom"] is True
    assert (made["NotActions"], made["DataActions"], made["NotDataActions"]) == ([], [], [])
    assert all(action.endswith("/read") and "*" not in action for action in made["Actions"])
    assert not any("secret" in action.lower() or "/metadata/" in action for action in made["Actions"])
    assert made["Actions"] == sorted(set(made["Actions"]))


def test_the_role_is_enough_for_every_read_that_is_made(arm, run):
    server = arm()
    run(server, "collect", "--all-subscriptions", "-q", "-o", "x.jsonl")
    run(server, "doctor")
    needed = {read_action(one.url).lower() for one in server.seen}
    assert needed <= {action.lower() for action in role.actions(groups=False)}


def test_the_role_for_a_management_group_reads_its_members(arm, run):
    server = arm()
    _, out, _ = run(server, "doctor", "-m", "contoso")
    made = role_of(out)
    assert made["AssignableScopes"] == ["/providers/Microsoft.Management/managementGroups/contoso"]
    needed = {read_action(one.url).lower() for one in server.seen}
    assert needed <= {action.lower() for action in made["Actions"]}


@pytest.mark.parametrize("option", [["--shard", "9/2"], ["-s", "x"], ["--arm-endpoint", "http://x"]])
def test_a_scope_that_makes_no_sense_is_a_usage_error(run, option):
    code, out, err = run(None, "doctor", *option)
    assert (code, len(err)) == (2, 1)
    assert "{" not in out
