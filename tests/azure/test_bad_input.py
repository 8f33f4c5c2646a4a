"""What an endpoint may answer, and what becomes of it: one clear line or a gap each, never a token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hubs import hub
from standin import certificate
from standin.examples import FEDERAL, PRODUCTION, SANDBOX, estate_of, snapshot_of
from standin.faults import Fault

HUB = hub()["id"]
RULES = r"/workspaces/hub1/outboundRules"


def gaps_of(name="x.jsonl"):
    """Every gap of a snapshot as subject, reason, status and code."""
    held = snapshot_of(name)
    found = [*held.get("gap", []), *(gap for one in held.get("hub", []) for gap in one["gaps"])]
    return [(gap["subject"], gap["reason"], gap["status"], gap["code"]) for gap in found]


def collect(run, server, *more):
    return run(server, "collect", "-s", PRODUCTION, *more, "-o", "x.jsonl", "--no-progress")


def test_an_endpoint_that_is_not_https_is_refused_before_anything_is_sent(arm, run):
    server = arm()
    code = run(
        None,
        "collect",
        "-s",
        PRODUCTION,
        "-o",
        "x.jsonl",
        "--arm-endpoint",
        server.url.replace("https", "http"),
    )
    assert code[0] == 2
    assert code[2] == [
        f"hubscan: error: --arm-endpoint {server.url.replace('https', 'http')}: must begin with https://, a token is sent there"
    ]
    assert server.seen == []
    assert server.tokens == []


@pytest.mark.parametrize(
    "endpoint",
    ["https://", "https://user:pw@host", "https://host/?x=1", "https://ho st", "ftp://x", "https://[::1"],
)
def test_an_endpoint_that_is_no_url_is_one_line(arm, run, endpoint):
    arm()
    code, _, err = run(None, "collect", "-s", PRODUCTION, "-o", "x.jsonl", "--arm-endpoint", endpoint)
    assert (code, len(err)) == (2, 1)
    assert "--arm-endpoint" in err[0]
    assert "pw@" not in err[0]


def test_an_endpoint_that_answers_html_is_said_to(arm, run):
    server = arm(estate_of(hub()))
    server.faults = [Fault(".", "html")]
    code, _, err = collect(run, server)
    assert code == 2
    assert any("HTML, not JSON: is this an ARM endpoint?" in line for line in err)


def test_a_certificate_that_nobody_vouches_for_is_refused(arm, run, tmp_path, monkeypatch):
    server = arm()
    (tmp_path / "other").mkdir()
    other, _ = certificate.write(tmp_path / "other")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    code, _, err = collect(run, server)
    assert code == 2
    assert any("certificate of the endpoint is not trusted" in line for line in err)
    assert server.seen == []


def test_a_host_that_nobody_answers_at_is_a_gap(arm, run):
    arm()
    code, _, err = run(
        None, "collect", "-s", PRODUCTION, "-o", "x.jsonl", "--arm-endpoint", "https://127.0.0.1:1"
    )
    assert code == 2
    assert any("no answer" in line for line in err)


def test_a_hub_deleted_between_list_and_read_is_missing(arm, run):
    server = arm(estate_of(hub(), hub("hub2")))
    server.faults = [Fault(r"/workspaces/hub2\?", "status", 404, "ResourceNotFound", "gone")]
    code, _, _ = collect(run, server)
    assert code == 3
    assert gaps_of() == [(HUB.replace("hub1", "hub2"), "missing", 404, "ResourceNotFound")]
    assert [one["name"] for one in snapshot_of("x.jsonl")["hub"]] == ["hub1"]


def test_a_hub_that_may_be_listed_but_not_read_is_kept_with_its_gap(arm, run):
    server = arm(estate_of(hub(), hub("hub2")))
    server.faults = [Fault(r"/workspaces/hub2\?", "status", 403, "AuthorizationFailed", "no")]
    code, _, _ = collect(run, server)
    assert code == 3
    assert gaps_of() == [(HUB.replace("hub1", "hub2"), "forbidden", 403, "AuthorizationFailed")]
    unread = next(one for one in snapshot_of("x.jsonl")["hub"] if one["name"] == "hub2")
    assert "properties" not in unread


def test_a_subscription_disabled_half_way_leaves_gaps_and_the_rest(arm, run):
    server = arm()
    server.faults = [Fault(f"{SANDBOX}/resourceGroups", "status", 403, "SubscriptionDisabled", "disabled")]
    code, _, _ = run(server, "collect", "-s", SANDBOX, "-s", FEDERAL, "-q", "-o", "x.jsonl")
    assert code == 3
    read = snapshot_of("x.jsonl")["hub"]
    assert [one["name"] for one in read if FEDERAL in one["id"] and not one["gaps"]] == ["hub-federal"]
    assert {code for subject, _, _, code in gaps_of()} == {"SubscriptionDisabled"}


def test_a_subscription_deleted_half_way_leaves_gaps_and_the_rest(arm, run):
    server = arm()
    server.faults = [Fault(f"{SANDBOX}/resourceGroups", "status", 404, "SubscriptionNotFound", "gone")]
    code, _, _ = run(server, "collect", "-s", SANDBOX, "-s", FEDERAL, "-q", "-o", "x.jsonl")
    assert code == 3
    assert {reason for _, reason, _, _ in gaps_of()} == {"missing"}
    assert "hub-federal" in [one["name"] for one in snapshot_of("x.jsonl")["hub"]]


def test_ids_in_another_letter_case_are_the_same_ids(arm, run):
    shouted = hub("HUB1")
    shouted["id"] = shouted["id"].upper().replace("/SUBSCRIPTIONS", "/Subscriptions")
    shouted["properties"]["keyVault"] = (
        f"/SUBSCRIPTIONS/{PRODUCTION}/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/KV1"
    )
    shouted["resources"] = [
        {
            "id": f"/subscriptions/{PRODUCTION}/resourceGroups/rg/providers/Microsoft.Keyvault/vaults/kv1",
            "type": "Microsoft.KeyVault/vaults",
            "properties": {"publicNetworkAccess": "Disabled"},
        }
    ]
    code, _, _ = collect(run, arm(estate_of(shouted)))
    assert code == 0
    (read,) = snapshot_of("x.jsonl")["hub"]
    assert [one["properties"] for one in read["resources"]] == [{"publicNetworkAccess": "Disabled"}]


def test_ids_that_are_none_are_gaps_and_are_never_asked_for(arm, run):
    odd = hub()
    odd["properties"]["storageAccount"] = "/subscriptions/../../x"
    odd["outboundRules"] = [
        {"name": "a", "properties": {"type": "PrivateEndpoint", "destination": {"serviceResourceId": target}}}
        for target in (
            "not an id",
            "https://attacker.contoso.com/subscriptions/x",
            "/subscriptions/x/resourceGroups/../providers/a/b/c",
            7,
            ["x"],
        )
    ]
    server = arm(estate_of(odd))
    code, _, _ = collect(run, server)
    assert code == 3
    assert {code for _, _, _, code in gaps_of()} == {"malformed-id"}
    assert len(gaps_of()) == 6
    assert not any(".." in one.url or "attacker" in one.url for one in server.seen)


def test_unknown_types_categories_statuses_and_kinds_are_kept_as_they_are(arm, run):
    odd = hub(
        "hub1",
        rules=[("a", "Quantum", {"beam": 1}), ("b", None, None), ("c", 7, "x")],
        kind="hUB",
        extra={"new": [1]},
    )
    odd["outboundRules"][0]["properties"]["category"] = "Recommended2"
    odd["outboundRules"][0]["properties"]["status"] = "Halfway"
    code, _, _ = collect(run, arm(estate_of(odd)))
    assert code == 0
    (read,) = snapshot_of("x.jsonl")["hub"]
    assert read["outboundRules"] == odd["outboundRules"]
    assert (read["kind"], read["extra"]) == ("hUB", {"new": [1]})
    code, _, err = run(None, "scan", "x.jsonl", "-q", "--fail-on", "never")
    assert code in (0, 3)
    assert not any("Traceback" in line for line in err)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("truncate", "IncompleteReadError"),
        ("malformed", "Malformed"),
        ("html", "Malformed"),
        ("drop", "ServiceResponseError"),
        ("loop", "NextLinkLoop"),
        ("foreign", "ForeignHost"),
        ("redirect", "ForeignHost"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_gap_and_the_rest_goes_on(arm, run, kind, code):
    server = arm(estate_of(hub(rules=[("a", "FQDN", "contoso.com")]), hub("hub2")))
    server.faults = [Fault(RULES, kind)]
    assert collect(run, server)[0] == 3
    (gap,) = gaps_of()
    assert gap[:2] == ("outboundRules", "failed")
    assert gap[3] == code
    assert len(snapshot_of("x.jsonl")["hub"]) == 2
    assert all(one.url.startswith("/") for one in server.seen)


@pytest.mark.parametrize("kind", ["truncate", "malformed", "drop"])
def test_what_goes_wrong_once_is_tried_again(arm, run, kind):
    server = arm(estate_of(hub(rules=[("a", "FQDN", "contoso.com")])))
    server.faults = [Fault(RULES, kind, times=2)]
    assert collect(run, server)[0] == 0
    assert len(snapshot_of("x.jsonl")["hub"][0]["outboundRules"]) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_passes_is_waited_for(arm, run, status):
    server = arm(estate_of(hub()))
    server.faults = [Fault(RULES, "status", status, "Busy", times=2)]
    assert collect(run, server)[0] == 0


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "failed"),
        (403, "forbidden"),
        (404, "missing"),
        (409, "failed"),
        (410, "missing"),
        (501, "failed"),
    ],
)
def test_a_status_that_stays_is_a_gap_at_once(arm, run, status, reason):
    server = arm(estate_of(hub()))
    server.faults = [Fault("/computes", "status", status, "Odd")]
    assert collect(run, server)[0] == 3
    assert gaps_of() == [("computes", reason, status, "Odd")]
    assert sum("/computes" in one.url for one in server.seen) == 1


def test_a_byte_order_mark_before_an_answer_is_no_part_of_it(arm, run):
    """Some services of Azure write one; the libraries of Azure read over it, too."""
    estate = estate_of(hub())
    for path in list(estate.answers):
        found = estate.answers[path]
        body = {"value": found} if isinstance(found, list) else found[1]
        estate.answers[path] = (200, b"\xef\xbb\xbf" + json.dumps(body).encode())
    assert collect(run, arm(estate))[0] == 0
    (read,) = snapshot_of("x.jsonl")["hub"]
    assert (read["name"], read["kind"], read["gaps"]) == ("hub1", "Hub", [])


def test_a_page_of_40_megabytes_is_read(arm, run):
    rules = [(f"rule-{number}", "FQDN", f"{number}.contoso.com" + "x" * 8000) for number in range(5000)]
    server = arm(estate_of(hub(rules=rules)), page=10_000)
    assert collect(run, server, "--light")[0] == 0
    assert len(snapshot_of("x.jsonl")["hub"][0]["outboundRules"]) == 5000


def test_five_thousand_rules_in_many_pages_are_all_read(arm, run):
    rules = [(f"rule-{number}", "FQDN", f"{number}.contoso.com") for number in range(5000)]
    server = arm(estate_of(hub(rules=rules)), page=500)
    assert collect(run, server, "--light")[0] == 0
    names = [rule["name"] for rule in snapshot_of("x.jsonl")["hub"][0]["outboundRules"]]
    assert names == [rule[0] for rule in rules]


def test_a_token_that_expires_in_the_middle_is_replaced(arm, run):
    server = arm()
    server.revoke_after = 30
    code, _, _ = run(server, "collect", "-s", SANDBOX, "-q", "-o", "x.jsonl")
    assert code == 0
    assert len(server.tokens) > 1
    assert gaps_of() == []


def test_a_sign_in_that_ends_in_the_middle_keeps_what_was_read(arm, run):
    server = arm()
    server.revoke_after = 60
    server.tokens_left = 1
    code, _, err = run(
        server, "collect", "-s", PRODUCTION, "-o", "x.jsonl", "--no-progress", "--concurrency", "2"
    )
    assert code == 3
    assert any("cannot sign in to Azure" in line for line in err)
    assert any("collect --resume x.jsonl" in line for line in err)
    held = snapshot_of("x.jsonl")
    assert held["hub"]
    assert "end" not in held


@pytest.mark.parametrize("command", [["collect", "-o", "x.jsonl"], ["scan"]])
def test_nobody_signed_in_is_one_line(arm, run, command):
    server = arm()
    server.token_fails = True
    code, _, err = run(
        server, *command, "-s", PRODUCTION, "--credential", "managed-identity", "--no-progress"
    )
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("hubscan: error: cannot sign in to Azure")
    assert not Path("x.jsonl").exists()


def test_a_list_without_values_is_malformed(arm, run):
    estate = estate_of(hub())
    estate.answers[f"{HUB.lower()}/computes"] = (200, {"items": []})
    estate.answers[f"{HUB.lower()}/connections"] = (200, {"value": {"a": 1}})
    assert collect(run, arm(estate))[0] == 3
    assert sorted(gaps_of()) == [
        ("computes", "failed", 200, "Malformed"),
        ("connections", "failed", 200, "Malformed"),
    ]


@pytest.mark.parametrize("link", [{}, [], 0, False, {"href": "x"}], ids=repr)
@pytest.mark.parametrize("name", ["@odata.nextLink", "nextLink"])
def test_a_next_page_that_is_no_link_leaves_the_list_half_read(arm, run, name, link):
    """Whatever it is, it says that the list goes on."""
    estate = estate_of(hub())
    read = {"name": "cpu", "properties": {"computeType": "AmlCompute", "properties": {}}}
    estate.answers[f"{HUB.lower()}/computes"] = (200, {"value": [read], name: link})
    assert collect(run, arm(estate))[0] == 3
    assert gaps_of() == [("computes", "failed", 200, "Malformed")]
    assert snapshot_of("x.jsonl")["hub"][0]["computes"] == [read]


def test_an_error_beside_the_members_of_a_list_leaves_it_half_read(arm, run):
    estate = estate_of(hub())
    error = {"code": "PartialFailure", "message": "Some of it could not be read."}
    estate.answers[f"{HUB.lower()}/computes"] = (200, {"value": [], "error": error})
    estate.answers[f"{HUB.lower()}/connections"] = (200, {"error": error})
    estate.answers[f"{HUB.lower()}/onlineendpoints"] = (200, {"value": [], "error": None})
    assert collect(run, arm(estate))[0] == 3
    assert sorted(gaps_of()) == [
        ("computes", "failed", 200, "PartialFailure"),
        ("connections", "failed", 200, "PartialFailure"),
    ]


@pytest.mark.parametrize("more", [{"error": {"code": "PartialFailure"}}, {"nextLink": {}}], ids=repr)
def test_a_list_of_workspaces_that_ends_too_early_keeps_what_it_showed(arm, run, more):
    estate = estate_of(hub(), hub("hub2"))
    path = f"/subscriptions/{PRODUCTION}/providers/microsoft.machinelearningservices/workspaces"
    estate.answers[path] = (200, {"value": estate.answers[path], **more})
    assert collect(run, arm(estate))[0] == 3
    assert [one["name"] for one in snapshot_of("x.jsonl")["hub"]] == ["hub1", "hub2"]
    (told, *below) = gaps_of()
    assert told[0] == f"/subscriptions/{PRODUCTION}/providers/Microsoft.MachineLearningServices/workspaces"
    assert told[1:3] == ("failed", 200)
    assert below == [("projects", *told[1:])] * 2, "either hub may have more projects than were listed"


def test_links_that_differ_in_their_fragment_go_in_a_circle(arm, run):
    server = arm(
        estate_of(hub(rules=[(f"r{number}", "FQDN", "a.contoso.com") for number in range(5)])), page=2
    )
    server.links = lambda url: f"{url.replace('=4', '=2')}#{len(server.seen)}"
    assert collect(run, server)[0] == 3
    assert gaps_of() == [("outboundRules", "failed", 200, "NextLinkLoop")]


def test_members_that_are_no_objects_do_no_harm(arm, run):
    estate = estate_of(hub())
    for name in ("computes", "connections", "onlineEndpoints", "outboundRules"):
        estate.answers[f"{HUB.lower()}/{name.lower()}"] = [None, 7, "x", [], {"name": 3}, {"properties": []}]
    estate.answers[f"/subscriptions/{PRODUCTION}/providers/microsoft.authorization/locks"] = [None, {"id": 7}]
    assert collect(run, arm(estate))[0] == 0
    code, _, err = run(None, "scan", "x.jsonl", "-q", "--fail-on", "never")
    assert code in (0, 3)
    assert err == []


@pytest.mark.parametrize(
    "document",
    [
        {"id": HUB, "properties": "x"},
        {"properties": {"managedNetwork": 7, "keyVault": [1]}},
        {"id": "/elsewhere", "identity": 3},
    ],
)
def test_a_workspace_of_odd_shape_is_still_a_hub(arm, run, document):
    estate = estate_of(hub())
    estate.answers[HUB.lower()] = (200, document)
    assert collect(run, arm(estate))[0] in (0, 3)
    (read,) = snapshot_of("x.jsonl")["hub"]
    assert read["id"] == HUB


@pytest.mark.parametrize(
    "document",
    [{}, {"code": "Nobody", "message": "knows"}, {"id": HUB, "properties": None}, hub("hub2")],
    ids=["nothing", "words", "no properties", "another hub"],
)
def test_what_is_no_word_of_the_hub_leaves_what_the_list_showed_of_it(arm, run, document):
    estate = estate_of(hub(), hub("hub2"))
    estate.answers[HUB.lower()] = (200, document)
    assert collect(run, arm(estate))[0] == 3
    assert gaps_of() == [(HUB, "failed", 200, "Malformed")]
    read = snapshot_of("x.jsonl")["hub"][0]
    assert (read["id"], read["name"], read["kind"]) == (HUB, "hub1", "Hub")
    assert "properties" not in read


def test_what_the_workspace_does_not_say_of_itself_the_list_does(arm, run):
    estate = estate_of(hub())
    estate.answers[HUB.lower()] = (200, {"properties": hub()["properties"]})
    assert collect(run, arm(estate))[0] == 0
    (read,) = snapshot_of("x.jsonl")["hub"]
    assert (read["id"], read["kind"], read["location"]) == (HUB, "Hub", "westeurope")


def test_a_page_that_says_404_does_not_make_a_hub_missing(arm, run):
    """Something in between wrote it: ARM would have said so in JSON."""
    estate = estate_of(hub())
    estate.answers[HUB.lower()] = (404, b"<html>Not Found</html>")
    estate.answers[f"{HUB.lower()}/computes"] = (404, b"")
    assert collect(run, arm(estate))[0] == 3
    assert gaps_of() == [(HUB, "failed", 404, "Malformed"), ("computes", "missing", 404, None)]
    assert snapshot_of("x.jsonl")["hub"][0]["name"] == "hub1"


def test_a_workspace_with_an_id_that_is_none_is_a_gap(arm, run):
    estate = estate_of(hub())
    path = f"/subscriptions/{PRODUCTION}/providers/microsoft.machinelearningservices/workspaces"
    estate.answers[path] = [hub(), {"id": "../x", "kind": "Hub"}, {"kind": "Hub"}, 7]
    assert collect(run, arm(estate))[0] == 3
    assert [gap[3] for gap in gaps_of()] == ["malformed-id"] * 3


def test_no_token_is_in_any_message(arm, run, tmp_path):
    server = arm()
    echo = "Bearer token-0-0123456789abcdef0123456789abcdef is bad; eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk"
    server.faults = [
        Fault("/computes", "status", 400, "Bad", echo),
        Fault(
            "/connections",
            "status",
            403,
            "AuthorizationFailed",
            "sig=abcdefghijklmnop&AccountKey=abcdefghijkl==",
        ),
    ]
    code, out, err = run(server, "collect", "-s", SANDBOX, "-v", "-o", "x.jsonl")
    assert code == 3
    everything = out + "\n".join(err) + (tmp_path / "x.jsonl").read_text()
    for secret in (*server.tokens, "eyJhbGci", "sig=abc", "AccountKey=abc", "0123456789abcdef0123"):
        assert secret not in everything
    assert json.loads((tmp_path / "x.jsonl").read_text().splitlines()[-1])["end"]["hubs"] == 5
