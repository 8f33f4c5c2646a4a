"""Which subscriptions and hubs are read: what the scope options name, and what they leave out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hubs import hub
from standin.examples import CLOSED, FEDERAL, PRODUCTION, SANDBOX, bundled, estate_of, snapshot_of

from scanner import shards

ABSENT = "00000000-0000-0000-0000-0000000000ff"
RESEARCH = (
    f"/subscriptions/{PRODUCTION}/resourceGroups/rg-ai-research/providers"
    "/Microsoft.MachineLearningServices/workspaces/hub-research"
)


def collected(run, server, *options):
    """The subscriptions of the hubs that were collected, and the exit code."""
    code, _, _ = run(server, "collect", *options, "--light", "-q", "-o", "x.jsonl")
    return code, sorted({hub["id"].split("/")[2] for hub in snapshot_of("x.jsonl").get("hub", [])})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-s", SANDBOX], [SANDBOX]),
        (["-s", SANDBOX, "-s", FEDERAL, "-s", SANDBOX], [SANDBOX, FEDERAL]),
        (["-s", f"/subscriptions/{SANDBOX}"], [SANDBOX]),
        (["--hub", RESEARCH], [PRODUCTION]),
        (["--hub", RESEARCH.upper().replace("/SUBSCRIPTIONS", "/subscriptions")], [PRODUCTION]),
        (["-s", FEDERAL, "--hub", RESEARCH], [PRODUCTION, FEDERAL]),
        (["-s", SANDBOX, "-s", FEDERAL, "--exclude-subscription", SANDBOX], [FEDERAL]),
    ],
)
def test_only_what_is_named_is_read(arm, run, options, expected):
    assert collected(run, arm(), *options) == (0, expected)


def test_a_management_group_holds_the_subscriptions_of_the_groups_below_it(arm, run):
    estate = bundled()
    estate.groups = {"contoso": [SANDBOX, FEDERAL]}
    assert collected(run, arm(estate), "-m", "contoso") == (0, [SANDBOX, FEDERAL])


def test_a_group_may_be_named_by_its_arm_id(arm, run):
    estate = bundled()
    estate.groups = {"contoso": [FEDERAL]}
    name = "/providers/Microsoft.Management/managementGroups/contoso"
    for told in (name, f"{name.lower()}/"):
        assert collected(run, arm(estate), "-m", told) == (0, [FEDERAL])


def test_a_group_of_which_only_the_subscriptions_are_listed_is_read_by_those(arm, run):
    estate = bundled()
    estate.groups = {}
    kind = "/providers/Microsoft.Management/managementGroups/subscriptions"
    path = "/providers/microsoft.management/managementgroups/contoso/subscriptions"
    answer = estate.answer
    estate.answer = lambda asked: (
        [{"type": kind, "name": FEDERAL}] if asked.lower() == path else answer(asked)
    )
    assert collected(run, arm(estate), "-m", "contoso") == (0, [FEDERAL])


def test_a_group_that_is_not_visible_is_a_gap(arm, run):
    code, read = collected(run, arm(), "-m", "fabrikam", "-s", FEDERAL)
    assert (code, read) == (3, [FEDERAL])
    (gap,) = snapshot_of("x.jsonl")["gap"]
    assert gap["subject"] == "/providers/Microsoft.Management/managementGroups/fabrikam"
    assert (gap["reason"], gap["status"]) == ("missing", 404)


def test_all_subscriptions_are_all_that_are_visible(arm, run):
    code, read = collected(run, arm(), "--all-subscriptions")
    assert read == [PRODUCTION, SANDBOX, FEDERAL]
    assert code == 3, "one of them cannot be read"


@pytest.mark.parametrize(
    "member",
    [
        None,
        "x",
        {},
        {"subscriptionId": "../x", "type": "/subscriptions", "name": ".."},
        {"type": "Unheard/of"},
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    ("path", "options", "subject"),
    [
        ("/subscriptions", ["--all-subscriptions"], "/subscriptions"),
        (
            "/providers/Microsoft.Management/managementGroups/contoso/descendants",
            ["-m", "contoso"],
            "/providers/Microsoft.Management/managementGroups/contoso",
        ),
    ],
)
def test_a_subscription_that_does_not_say_which_it_is_is_a_gap(arm, run, path, options, subject, member):
    estate = estate_of(hub())
    answer = estate.answer
    estate.answer = lambda asked: [*answer(asked), member] if asked == path else answer(asked)
    assert collected(run, arm(estate), *options) == (3, [PRODUCTION])
    (gap,) = snapshot_of("x.jsonl")["gap"]
    assert (gap["subject"], gap["reason"], gap["code"]) == (subject, "failed", "Malformed")


@pytest.mark.parametrize("named", [[ABSENT], [SANDBOX, ABSENT]])
def test_a_subscription_that_is_named_and_not_visible_is_a_gap(arm, run, named):
    options = [word for one in named for word in ("-s", one)]
    code, _, err = run(arm(), "collect", *options, "-o", "x.jsonl", "--no-progress")
    assert code == (3 if SANDBOX in named else 2)
    (gap,) = snapshot_of("x.jsonl")["gap"]
    assert (gap["subject"], gap["reason"], gap["status"]) == (f"/subscriptions/{ABSENT}", "missing", 404)
    assert any(ABSENT in line for line in err)


def test_the_missing_action_of_a_forbidden_subscription_is_named(arm, run):
    code, _, err = run(arm(), "collect", "-s", CLOSED, "-o", "x.jsonl", "--no-progress")
    assert code == 2
    assert any("'Microsoft.MachineLearningServices/workspaces/read'" in line for line in err)


def test_shards_are_disjoint_and_together_the_whole(arm, run):
    estate = estate_of(
        *(
            hub(id=hub()["id"].replace(PRODUCTION, f"00000000-0000-0000-0000-0000000000{number:02}"))
            for number in range(12)
        ),
        subscriptions=[f"00000000-0000-0000-0000-0000000000{number:02}" for number in range(12)],
    )
    server = arm(estate)
    parts = []
    for index in (1, 2, 3):
        code, read = collected(run, server, "--all-subscriptions", "--shard", f"{index}/3")
        assert code == 0
        assert all(shards.holds((index, 3), one) for one in read)
        parts += read
    assert sorted(parts) == sorted(estate.subscriptions)


def test_a_shard_without_a_subscription_is_empty_and_says_so(arm, run):
    """More shards than subscriptions: a part of nothing is no failure of the whole."""
    elsewhere = next(f"{n}/64" for n in range(1, 65) if not shards.holds((n, 64), SANDBOX))
    server = arm()
    for command in (["collect", "-o", "x.jsonl"], ["scan", "-o", "json=r.json"]):
        code, _, err = run(server, *command, "-s", SANDBOX, "--shard", elsewhere, "--no-progress")
        assert code == 0
        assert any("in other shards" in line for line in err)
    assert snapshot_of("x.jsonl")["end"] == [{"hubs": 0, "gaps": 0}]


def test_the_shards_of_a_live_scan_merge_to_what_one_scan_says(arm, run):
    server = arm()
    options = ["--all-subscriptions", "--today", "2026-11-02", "-q"]
    for index in (1, 2, 3):
        run(server, "scan", *options, "--shard", f"{index}/3", "-o", f"json={index}.json")
    run(server, "scan", *options, "-o", "json=whole.json")
    code, _, err = run(None, "merge", "1.json", "2.json", "3.json", "-o", "json=merged.json")
    assert code == 1, err
    merged, whole = (json.loads(Path(name).read_text()) for name in ("merged.json", "whole.json"))
    for finding in (*merged["findings"], *whole["findings"]):
        finding["evidence"].pop("hub.collectedAt", None)
    for part in ("summary", "findings", "hubs", "gaps"):
        assert merged[part] == whole[part]


def test_no_workspace_is_exit_code_2_with_its_reason(arm, run):
    server = arm(estate_of())
    for command in (["collect", "-o", "x.jsonl"], ["scan"]):
        code, _, err = run(server, *command, "-s", PRODUCTION, "--no-progress")
        assert code == 2
        assert any("no hub found in 1 subscription: there is no workspace in it" in line for line in err)


def test_no_subscription_at_all_is_exit_code_2_with_its_reason(arm, run):
    code, _, err = run(arm(estate_of(subscriptions=())), "scan", "--all-subscriptions", "--no-progress")
    assert code == 2
    assert any("no subscription is visible to this identity" in line for line in err)


def test_a_workspace_that_no_policy_judges_is_named_by_its_kind(arm, run):
    code, _, err = run(arm(estate_of(hub(kind="Lake"))), "scan", "-s", PRODUCTION, "--no-progress")
    assert code == 2
    assert any("1 of kind Lake" in line for line in err)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name what to read"),
        (["-s", "production"], "not the id of a subscription"),
        (["--hub", "/subscriptions/1/resourceGroups/rg"], "--hub"),
        (["--hub", RESEARCH.replace("workspaces", "registries")], "--hub"),
        (["-m", "a/../b?c"], "no id of a management group"),
        (["-m", "a/b"], "write ID or /providers/Microsoft.Management/managementGroups/ID"),
        (["-m", "/subscriptions/contoso"], "no id of a management group"),
        (["-s", f"a/{SANDBOX}"], "not the id of a subscription"),
        (["-s", f"{RESEARCH}/{SANDBOX}"], "not the id of a subscription"),
        (["--all-subscriptions", "--exclude-subscription", f"a/{SANDBOX}"], "not the id of a subscription"),
        (["-s", SANDBOX, "--exclude-subscription", "x"], "--exclude-subscription x"),
        (["-s", SANDBOX, "--shard", "0/3"], "--shard 0/3"),
        (["-s", SANDBOX, "--shard", "4/3"], "--shard 4/3"),
        (["-s", SANDBOX, "--cloud", "mars"], "mars"),
        (["-s", SANDBOX, "--credential", "password"], "password"),
        (["-s", SANDBOX, "--concurrency", "0"], "0"),
    ],
)
def test_a_scope_that_makes_no_sense_is_a_usage_error(run, tmp_path, options, said):
    code, out, err = run(None, "collect", *options, "-o", tmp_path / "x.jsonl")
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith("hubscan: error: ")
    assert said in err[0]
    assert not (tmp_path / "x.jsonl").exists()


def test_a_scan_takes_a_path_or_a_scope(run, tmp_path):
    (tmp_path / "x.json").write_text("{}")
    for arguments in (
        ["scan"],
        ["scan", tmp_path / "x.json", "-s", SANDBOX],
        ["scan", tmp_path / "x.json", "--light"],
    ):
        code, out, err = run(None, *arguments)
        assert (code, out, len(err)) == (2, "", 1)


def test_the_same_hub_named_twice_is_read_once(arm, run):
    run(
        arm(),
        "collect",
        "--hub",
        RESEARCH,
        "--hub",
        RESEARCH.lower(),
        "-s",
        PRODUCTION,
        "-q",
        "-o",
        "x.jsonl",
    )
    held = [hub["id"].lower() for hub in snapshot_of("x.jsonl")["hub"]]
    assert held.count(RESEARCH.lower()) == 1
