"""What may be sent, and to whom: reads, and to the configured host alone."""

from __future__ import annotations

import pytest
from azure.core.rest import HttpRequest
from hubs import hub
from standin.examples import PRODUCTION, estate_of, snapshot_of
from standin.faults import Fault

from scanner.sources.azure import client, clouds, credential, pipeline
from scanner.sources.azure.refusal import Refused, answered, read_action


@pytest.fixture
def pipe(arm):
    """A stand-in, and the client of the program."""
    server = arm(estate_of(hub()))
    cloud = clouds.resolve("public", server.url)
    identity = credential.Identity(credential.Signing(name="managed-identity", cloud=cloud))
    made = client.Arm(cloud, identity, pipeline.Pace(lambda _: None), connections=2)
    yield server, made
    made.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_nothing_but_get_leaves_the_program(pipe, method):
    server, made = pipe
    with pytest.raises(Refused) as refused:
        made._resources.send_request(
            HttpRequest(
                method, f"/subscriptions/{PRODUCTION}/providers/Microsoft.Network/register?api-version=1"
            )
        )
    assert refused.value.code == "NotARead"
    assert server.seen == []


def test_a_query_of_resource_graph_is_a_read(pipe):
    server, made = pipe
    with pytest.raises(Refused):
        made._resources.send_request(
            HttpRequest("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=1", json={})
        )
    assert [one.method for one in server.seen] == ["POST"]


@pytest.mark.parametrize(
    "url",
    [
        "https://attacker.contoso.com/x",
        "http://127.0.0.1/x",
        "https://127.0.0.1:1/x",
        "https://127.0.0.1@attacker.contoso.com/x",
        "ftp://127.0.0.1/",
    ],
)
def test_no_other_place_is_asked_anything(pipe, url):
    server, made = pipe
    with pytest.raises(Refused) as refused:
        made._send(url, "x")
    assert refused.value.code == "ForeignHost"
    assert (server.seen, server.tokens) == ([], [])


@pytest.mark.parametrize("link", ["https://[::1/x", 7, {"a": 1}])
@pytest.mark.parametrize("path", ["/workspaces", "/outboundRules"])
def test_a_link_that_is_no_url_is_a_gap(arm, run, link, path):
    server = arm(
        estate_of(*(hub(f"hub{n}", rules=[(f"r{i}", "FQDN", "a") for i in range(3)]) for n in range(3))),
        page=2,
    )
    server.links = lambda url: link if f"{path}?".lower() in url.lower() else url
    assert run(server, "collect", "-s", PRODUCTION, "--light", "-q", "-o", "x.jsonl")[0] in (2, 3)
    held = snapshot_of("x.jsonl")
    gaps = [*held.get("gap", []), *(gap for one in held.get("hub", []) for gap in one["gaps"])]
    assert {gap["code"] for gap in gaps} == {"Malformed"}


def test_the_usual_port_may_be_named_or_not():
    named = clouds.resolve("public", "https://arm.contoso.com:443/")
    assert named.host == clouds.authority("https://ARM.contoso.com/subscriptions") == "arm.contoso.com"
    assert clouds.authority("https://arm.contoso.com:4430/") == "arm.contoso.com:4430"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_the_same_host_is_followed(arm, run, status):
    server = arm(estate_of(hub()))
    server.faults = [
        Fault(
            "/computes",
            "status",
            status,
            "Moved",
            times=1,
            headers={"Location": f"{server.url}/subscriptions/{PRODUCTION}?api-version=2022-12-01"},
        )
    ]
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    (gap,) = snapshot_of("x.jsonl")["hub"][0]["gaps"]
    assert gap["code"] == "Malformed", "the other document is no list, but it was read"


@pytest.mark.parametrize(
    "target", ["https://attacker.contoso.com/", "http://127.0.0.1/", "//attacker.contoso.com/x"]
)
def test_a_redirect_to_another_host_is_not(arm, run, target):
    server = arm(estate_of(hub()))
    server.faults = [Fault("/computes", "status", 307, "Moved", headers={"Location": target})]
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    (gap,) = snapshot_of("x.jsonl")["hub"][0]["gaps"]
    assert (gap["subject"], gap["code"]) == ("computes", "ForeignHost")


def test_redirects_in_a_circle_end(arm, run):
    server = arm(estate_of(hub()))
    server.faults = [Fault("/computes", "status", 302, "Moved", headers={"Location": "?api-version=x"})]
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    assert snapshot_of("x.jsonl")["hub"][0]["gaps"][0]["code"] == "Redirect"
    assert sum("/computes" in one.url for one in server.seen) == 4


def test_a_token_that_another_tenant_does_not_take_is_a_gap_and_not_the_end(arm, run):
    server = arm()
    server.faults = [
        Fault(r"/hub-[a-z]+/computes", "status", 401, "InvalidAuthenticationTokenTenant", "wrong tenant")
    ]
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    assert len(snapshot_of("x.jsonl")["hub"]) == 14
    assert len(server.tokens) == 1


def test_a_refusal_that_no_new_token_helps_does_not_fetch_one_each_time(arm, run):
    server = arm(estate_of(*(hub(f"hub{number}") for number in range(6))))
    server.faults = [Fault("/computes", "status", 401, "Unauthorized", "not you")]
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    assert len(server.tokens) == 2
    assert {gap["reason"] for one in snapshot_of("x.jsonl")["hub"] for gap in one["gaps"]} == {"forbidden"}


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/subscriptions", "Microsoft.Resources/subscriptions/read"),
        (f"/subscriptions/{PRODUCTION}?api-version=1", "Microsoft.Resources/subscriptions/read"),
        (
            f"/subscriptions/{PRODUCTION}/providers/Microsoft.Network",
            "Microsoft.Resources/subscriptions/providers/read",
        ),
        (
            f"/subscriptions/{PRODUCTION}/providers/Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/read",
        ),
        (hub()["id"], "Microsoft.MachineLearningServices/workspaces/read"),
        (f"{hub()['id']}/outboundRules", "Microsoft.MachineLearningServices/workspaces/outboundRules/read"),
        (
            f"{hub()['id']}/onlineEndpoints/e/deployments",
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/read",
        ),
        (
            f"{hub()['id']}/providers/Microsoft.Insights/diagnosticSettings",
            "Microsoft.Insights/diagnosticSettings/read",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m/descendants",
            "Microsoft.Management/managementGroups/descendants/read",
        ),
    ],
)
def test_the_action_that_a_read_needs_is_known(path, action):
    assert read_action(path) == action


def test_a_forbidden_answer_names_the_action_that_arm_names():
    body = b'{"error": {"code": "AuthorizationFailed", "message": "The client \'x\' does not have authorization to perform action \'Microsoft.X/y/read\' over scope \'z\'"}}'
    refused = answered(403, body, "/subscriptions/x")
    assert (refused.action, refused.code, refused.reason) == (
        "Microsoft.X/y/read",
        "AuthorizationFailed",
        "forbidden",
    )


def test_a_forbidden_answer_that_names_none_is_given_the_one_by_its_path():
    refused = answered(403, b"<html>", f"{hub()['id']}/computes")
    assert refused.detail == "(missing action: Microsoft.MachineLearningServices/workspaces/computes/read)"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b'{"error": null}',
        b'{"error": "x"}',
        b'{"error": {"code": 7, "message": []}}',
        b"\xff\xfe",
    ],
)
def test_an_error_of_any_shape_is_understood(body):
    refused = answered(500, body, "/x")
    assert (refused.status, refused.code, refused.detail) == (500, None, "HTTP status 500")
