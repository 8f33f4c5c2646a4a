"""Who signs in, where, and for how long."""

from __future__ import annotations

import azure.identity
import pytest
from azure.core.credentials import AccessToken
from hubs import hub
from standin.examples import PRODUCTION, SANDBOX, estate_of, snapshot_of

from scanner.errors import UsageError
from scanner.sources.azure import clouds, credential

TENANT = "00000000-0000-0000-0000-0000000000aa"
CLIENT = "00000000-0000-0000-0000-0000000000cc"


def collect(run, server, *more):
    return run(server, "collect", "-s", PRODUCTION, "--light", "-q", "-o", "x.jsonl", *more)


@pytest.fixture
def authority(arm, monkeypatch):
    """A stand-in at which an application can sign in, too."""
    server = arm(estate_of(hub()))
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", server.url)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    return server


@pytest.fixture
def github(authority, monkeypatch):
    """The same, from a job of GitHub Actions."""
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{authority.url}/github-oidc?v=1")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "github-job-secret")
    return authority


@pytest.mark.parametrize("name", ["default", "managed-identity"])
def test_a_managed_identity_signs_in(arm, run, name):
    server = arm(estate_of(hub()))
    assert collect(run, server, "--credential", name)[0] == 0
    assert len(server.tokens) == 1


@pytest.mark.parametrize("name", ["default", "environment"])
def test_an_application_signs_in_with_what_the_environment_says(authority, run, monkeypatch, name):
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "hush")
    code, _, err = collect(run, authority, "--credential", name)
    assert code == 0, err
    assert authority.forms[0]["scope"] == f"{authority.url}/.default"
    assert authority.forms[0]["client_id"] == CLIENT


def test_a_job_of_github_signs_in_with_its_id_token(github, run):
    code, _, err = collect(run, github, "--credential", "github-oidc")
    assert code == 0, err
    assert github.forms[0]["client_assertion"] == "assertion-0"
    assert github.forms[0]["client_id"] == CLIENT


def test_a_job_of_github_fetches_a_new_id_token_for_each_new_token(github, run):
    """The id token lives for minutes: a long audit outlives it."""
    github.revoke_after = 3
    code, _, err = collect(run, github, "--credential", "github-oidc", "-s", SANDBOX)
    assert code == 3, err
    assert [form["client_assertion"] for form in github.forms] == ["assertion-0", "assertion-1"]


def test_a_tenant_that_is_named_is_signed_in_to(github, run):
    other = "00000000-0000-0000-0000-0000000000bb"
    assert collect(run, github, "--credential", "github-oidc", "--tenant", other)[0] == 0
    assert github.forms


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("AZURE_CLIENT_ID", "AZURE_CLIENT_ID"),
        ("AZURE_TENANT_ID", "--tenant or AZURE_TENANT_ID"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "id-token: write"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "id-token: write"),
    ],
)
def test_what_a_job_of_github_lacks_is_said_in_one_line(github, run, monkeypatch, missing, said):
    monkeypatch.delenv(missing)
    code, _, err = collect(run, github, "--credential", "github-oidc")
    assert (code, len(err)) == (2, 1)
    assert said in err[0]
    assert "github-job-secret" not in err[0]


def test_an_id_token_that_github_does_not_give_is_said_in_one_line(github, run, monkeypatch):
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "another")
    code, _, err = collect(run, github, "--credential", "github-oidc")
    assert (code, len(err)) == (2, 1)
    assert "HTTP status 403" in err[0]


@pytest.mark.parametrize("name", ["environment", "cli"])
def test_a_credential_that_is_not_there_is_said_in_one_line(arm, run, name, monkeypatch):
    server = arm(estate_of(hub()))
    monkeypatch.setenv("PATH", "")
    code, _, err = collect(run, server, "--credential", name)
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("hubscan: error: cannot sign in to Azure: ")
    assert server.tokens == []


def test_no_credential_asks_anybody_anything(monkeypatch):
    """Nothing interactive: whoever runs unattended is never waited for."""
    asked = {}
    monkeypatch.setattr(azure.identity, "DefaultAzureCredential", lambda **options: asked.update(options))
    credential.Signing(name="default", cloud=clouds.CLOUDS["public"]).credential()
    assert {name for name, value in asked.items() if name.startswith("exclude_") and value} >= {
        "exclude_interactive_browser_credential",
        "exclude_shared_token_cache_credential",
        "exclude_broker_credential",
    }


@pytest.mark.parametrize(
    ("cloud", "endpoint", "scope", "authority"),
    [
        (
            "public",
            "https://management.azure.com",
            "https://management.azure.com/.default",
            "login.microsoftonline.com",
        ),
        (
            "usgov",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
            "login.microsoftonline.us",
        ),
        (
            "china",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            "login.chinacloudapi.cn",
        ),
    ],
)
def test_each_cloud_has_its_own_places(cloud, endpoint, scope, authority):
    found = clouds.resolve(cloud, None)
    assert (found.endpoint, found.scope, found.authority) == (endpoint, scope, authority)
    assert clouds.resolve("public", f"{endpoint.upper()}/".replace("HTTPS", "https")) == found


def test_an_endpoint_of_ones_own_gives_the_token_its_scope():
    found = clouds.resolve("public", "https://arm.contoso.com/")
    assert (found.endpoint, found.scope) == ("https://arm.contoso.com", "https://arm.contoso.com/.default")
    assert found.authority is None, "where to sign in is the environment's to say"


def test_a_private_endpoint_of_a_cloud_signs_in_at_that_cloud():
    found = clouds.resolve("usgov", "https://arm.contoso.com")
    assert (found.scope, found.authority) == ("https://arm.contoso.com/.default", "login.microsoftonline.us")


@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_a_slash_at_the_end_of_the_endpoint_does_no_harm(arm, run, slash):
    server = arm(estate_of(hub()))
    server.url += slash
    assert collect(run, server)[0] == 0
    assert len(snapshot_of("x.jsonl")["hub"]) == 1


def test_a_token_is_replaced_before_it_ends(monkeypatch):
    given, clock = [], [1000.0]

    class Fake:
        def get_token(self, *_scopes, **_options):
            given.append(1)
            return AccessToken(f"t{len(given)}", int(clock[0]) + 3600)

    monkeypatch.setattr(credential.Signing, "credential", lambda _self: Fake())
    monkeypatch.setattr(credential.time, "time", lambda: clock[0])
    identity = credential.Identity(credential.Signing(name="default", cloud=clouds.CLOUDS["public"]))
    assert [identity.token(), identity.token()] == ["t1", "t1"]
    clock[0] += 3200
    assert identity.token() == "t1"
    clock[0] += 200
    assert identity.token() == "t2"


def test_settings_that_make_no_sense_are_a_usage_error(monkeypatch):
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "http://login.contoso.com")
    with pytest.raises(UsageError, match="--credential default"):
        credential.Signing(name="default", cloud=clouds.CLOUDS["public"]).credential()
