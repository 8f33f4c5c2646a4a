"""``hubscan diff`` and ``scan --against``: two states, what changed, and what policies say of it."""

from __future__ import annotations

import json

import pytest
from hubs import hub, snapshot

DOCS = ("docs", "FQDN", "learn.microsoft.com")
INTERNET = "AllowInternetOutbound"
FORMATS = ("table", "text", "json", "jsonl", "sarif", "markdown")


@pytest.fixture
def states(tmp_path, monkeypatch):
    """Writes two states into a fresh working directory and returns their names."""
    monkeypatch.chdir(tmp_path)

    def write(before, after):
        for name, state in (("before.json", before), ("after.json", after)):
            document = state if isinstance(state, dict) else snapshot(*state)
            (tmp_path / name).write_text(json.dumps(document))
        return "before.json", "after.json"

    return write


def judged(out):
    return {(one["policy"], one["item"]): one["verdict"] for one in json.loads(out)["findings"]}


def changes(out):
    return [
        (one["hub"]["name"], one["item"], one["change"], one["opens"], one["closes"])
        for one in json.loads(out)["changes"]
    ]


def test_two_equal_states_have_no_change_and_no_finding(states, run):
    code, out, err = run("diff", *states([hub(rules=[DOCS])], [hub(rules=[DOCS])]))
    assert code == 0
    assert err == []
    assert out.startswith("hubscan: no change between the two states; 1 hub, 5 policies: 0 failing")


def test_rule_by_rule_what_is_reached_now_and_what_no_more(states, run):
    before = hub(
        rules=[("a", "FQDN", "*.contoso.com"), ("b", "FQDN", "fabrikam.com"), ("c", "FQDN", "x.com")]
    )
    after = hub(
        rules=[
            ("a", "FQDN", "a.contoso.com"),
            ("b", "FQDN", "fabrikam.com, *.fabrikam.com"),
            ("d", "FQDN", "y.com"),
        ]
    )
    code, out, _ = run("diff", *states([before], [after]), "-o", "json", "--fail-on", "low")
    assert code == 1
    assert changes(out) == [
        ("hub1", "a", "narrowed", [], ["*.contoso.com"]),
        ("hub1", "b", "widened", ["*.fabrikam.com"], []),
        ("hub1", "d", "added", ["y.com"], []),
        ("hub1", "c", "removed", [], ["x.com"]),
    ]
    assert judged(out) == {
        ("user-rules-not-widened", "b"): "fail",
        ("user-rules-not-widened", "d"): "fail",
    }


@pytest.mark.parametrize("form", FORMATS)
def test_a_weaker_mode_is_a_critical_finding_in_every_format(states, run, form):
    code, out, _ = run("diff", *states([hub()], [hub(mode=INTERNET)]), "-o", form)
    assert code == 1
    assert "isolation-mode-no-downgrade" in out


def test_a_saved_comparison_renders_again(states, run):
    paths = states([hub()], [hub(mode=INTERNET, rules=[DOCS])])
    run("diff", *paths, "-o", "json=result.json")
    for form in FORMATS:
        assert run("report", "result.json", "-o", form)[1] == run("diff", *paths, "-o", form)[1]


def test_hubs_without_an_id_are_found_again(states, run):
    def named(name, mode):
        return {**hub(name, mode=mode), "id": None}

    before = [named("one", INTERNET), named("two", "AllowOnlyApprovedOutbound"), hub("three", mode=INTERNET)]
    after = [named("THREE", "Disabled"), named("Two", INTERNET), named("one", INTERNET)]
    code, out, _ = run(
        "diff", *states(before, after), "--select", "isolation-mode-no-downgrade", "-o", "json"
    )
    assert code == 1
    assert {one["hub"]["name"] for one in json.loads(out)["findings"]} == {"THREE", "Two"}
    assert all(item == "isolationMode" for _, item, *_ in changes(out))


def test_hubs_without_a_name_are_the_same_in_their_order(states, run):
    def bare(mode):
        return {"kind": "Hub", "properties": {"managedNetwork": {"isolationMode": mode}}}

    before, after = [bare(INTERNET), bare(INTERNET)], [bare(INTERNET), bare("Disabled")]
    code, out, _ = run(
        "diff", *states(before, after), "--select", "isolation-mode-no-downgrade", "-o", "json"
    )
    assert code == 1
    assert [one["hub"]["id"] for one in json.loads(out)["findings"]] == ["after.json#hubs[1]"]
    # A bare workspace as the API gives it is a state, too.
    code, out, _ = run("diff", *states(bare(INTERNET), bare("Disabled")), "-o", "json")
    assert code == 1
    assert ("isolation-mode-no-downgrade", None) in judged(out)


def test_hubs_of_the_same_name_in_two_subscriptions_are_two(states, run):
    other = hub()
    other["id"] = other["id"].replace("000001", "000002")
    code, out, _ = run("diff", *states([hub()], [other]), "-o", "json")
    assert code == 0
    assert [(item, word) for _, item, word, _, _ in changes(out)] == [(None, "removed"), (None, "added")]


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1), (2, 2)])
def test_a_hub_in_several_versions_is_neither_new_nor_gone(states, run, before, after):
    paths = states([hub(mode=INTERNET)] * before, [hub(mode=INTERNET, rules=[DOCS])] * after)
    _, out, _ = run("diff", *paths, "-o", "json")
    assert {(item, word) for _, item, word, _, _ in changes(out)} == {("docs", "added")}


def test_a_hub_that_only_one_state_has_is_said_and_no_finding(states, run):
    code, out, _ = run("diff", *states([hub("gone"), hub("stays")], [hub("stays"), hub("new", rules=[DOCS])]))
    assert code == 0
    assert "/workspaces/gone: the hub itself: removed, the state after has no such hub" in out
    assert "/workspaces/new: the hub itself: added, the state before has no such hub" in out
    assert "0 failing" in out


@pytest.mark.parametrize("cut", [True, False])
def test_a_state_that_was_not_read_to_its_end_decides_nothing(states, run, tmp_path, cut):
    paths = states([], [hub(rules=[DOCS])])
    lines = [{"snapshot": "hubscan/v1"}, {"hub": hub("other")}, {"end": {"hubs": 1, "gaps": 0}}]
    (tmp_path / "before.jsonl").write_text("\n".join(map(json.dumps, lines[: 2 if cut else 3])) + "\n")
    code, out, _ = run("diff", "before.jsonl", paths[1], "-o", "json")
    assert code == (3 if cut else 0)
    verdicts = judged(out)
    assert (verdicts.get(("isolation-mode-no-downgrade", None)) == "unknown") is cut
    assert ("hub1", None, "unknown" if cut else "added", [], []) in changes(out)


def test_a_before_without_its_rules_makes_what_they_opened_unknown(states, run):
    before = hub()
    del before["outboundRules"]
    code, out, _ = run("diff", *states([before], [hub(rules=[DOCS])]), "-o", "json")
    assert code == 0
    assert judged(out)["user-rules-not-widened", None] == "unknown"
    assert judged(out)["first-fqdn-rule-acknowledged", None] == "unknown"
    assert run("diff", "before.json", "after.json", "--fail-on-unknown", "--fail-on", "low")[0] == 1


def test_rules_of_the_platform_are_no_change_where_code_meets_a_live_hub(states, run):
    platform = {
        "name": "__SYS_ST_AzureMonitor_TCP",
        "properties": {
            "type": "ServiceTag",
            "category": "Required",
            "destination": {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": "443"},
        },
    }
    live = hub(rules=[DOCS])
    live["outboundRules"].append(platform)
    code, out, _ = run("diff", *states([live], [hub(rules=[DOCS], live=False)]), "-o", "json")
    assert (code, changes(out)) == (0, [])
    code, out, _ = run("diff", *states([live], [hub(rules=[DOCS])]), "-o", "json")
    assert [word for _, _, word, _, _ in changes(out)] == ["removed"]


def test_the_first_fqdn_rule_brings_a_firewall(states, run):
    code, out, _ = run("diff", *states([hub()], [hub(rules=[DOCS])]), "--fail-on", "info")
    assert code == 1
    assert (
        "info first-fqdn-rule-acknowledged: The first FQDN rule ('docs') makes Azure create a Standard firewall"
        in out
    )


def test_computes_that_were_there_before_isolation_are_named(states, run):
    compute = {
        "name": "ci1",
        "properties": {"computeType": "ComputeInstance", "createdOn": "2025-01-01T00:00:00Z"},
    }
    before = hub(mode="Disabled", computes=[compute], onlineEndpoints=[])
    code, out, _ = run(
        "diff", *states([before], [hub(mode=INTERNET, computes=[compute], onlineEndpoints=[])]), "-o", "json"
    )
    assert code == 1
    assert judged(out) == {("compute-recreated-after-isolation", "ci1"): "fail"}


def test_against_adds_the_policies_of_transitions_to_a_scan(states, run):
    before, after = states([hub()], [hub(mode=INTERNET, rules=[DOCS])])
    code, out, _ = run("scan", after, "--against", before, "-o", "json")
    found = judged(out)
    assert code == 1
    assert ("isolation-mode-no-downgrade", None) in found
    assert ("approved-outbound-mode-preferred", None) in found
    assert [item for _, item, *_ in changes(out)] == ["isolationMode", "docs"]
    plain = json.loads(run("scan", after, "-o", "json")[1])
    assert "isolation-mode-no-downgrade" not in {card["id"] for card in plain["policies"]}
    assert {card["id"] for card in json.loads(out)["policies"]} > {card["id"] for card in plain["policies"]}
    ids = [card["id"] for card in json.loads(out)["policies"]]
    assert ids == sorted(ids)


def test_against_says_which_hubs_are_gone_and_new(states, run):
    before, after = states([hub("gone")], [hub("new", mode=INTERNET)])
    _, _, err = run("scan", after, "--against", before, "--select", "isolation-mode-no-downgrade")
    assert err == [
        "hubscan: gone: the state after has no such hub; its managed network goes with it",
        "hubscan: new: the state before has no such hub",
    ]


def test_a_policy_of_transitions_alone_needs_a_state_before(states, run):
    _, after = states([], [hub()])
    code, out, err = run("scan", after, "--select", "isolation-mode-no-downgrade")
    assert (code, out) == (2, "")
    assert err == [
        "hubscan: error: the selected policies judge what changed: name the state before with --against"
    ]


def test_the_age_of_computes_is_judged_with_one_state_where_a_date_is_given(states, run):
    old = {"name": "ci-old", "systemData": {"createdAt": "2024-11-02T08:00:00Z"}}
    _, after = states([], [{"kind": "Hub", "computes": [old]}])
    select = ("--select", "compute-recreated-after-isolation", "-o", "json")
    date = "compute-recreated-after-isolation.isolationEnabledAt='2025-06-01T00:00:00Z'"
    code, out, _ = run("scan", after, *select, "--param", date)
    assert (code, judged(out)) == (1, {("compute-recreated-after-isolation", "ci-old"): "fail"})


def test_with_one_state_the_age_of_computes_is_judged_where_somebody_asks(states, run):
    compute = {
        "name": "ci1",
        "properties": {"computeType": "ComputeInstance", "createdOn": "2025-01-01T00:00:00Z"},
    }
    _, after = states([], [hub(mode=INTERNET, computes=[compute], onlineEndpoints=[])])
    name = "compute-recreated-after-isolation"
    assert name not in run("scan", after, "-o", "json")[1]
    assert judged(run("scan", after, "--select", name, "-o", "json")[1]) == {(name, "computes"): "unknown"}
    date = f"{name}.isolationEnabledAt='2025-06-01'"
    assert judged(run("scan", after, "--param", date, "-o", "json")[1])[name, "ci1"] == "fail"


def test_an_exemption_covers_a_transition(states, run, tmp_path):
    (tmp_path / "hubscan.yaml").write_text(
        "exemptions:\n  - {policy: isolation-mode-no-downgrade, hub: hub1, justification: decided}\n"
    )
    code, out, _ = run("diff", *states([hub()], [hub(mode=INTERNET)]), "-o", "json")
    assert (code, judged(out)) == (0, {("isolation-mode-no-downgrade", None): "exempt"})


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("diff", "before.json"), "Missing argument 'AFTER'"),
        (("diff", "before.json", "nowhere.json"), "nowhere.json"),
        (("diff", "nowhere.json", "after.json"), "nowhere.json"),
        (("scan", "after.json", "--against", "nowhere.json"), "nowhere.json"),
        (("diff", "before.json", "after.json", "--today", "soon"), "not a date"),
        (
            ("diff", "before.json", "after.json", "--select", "fqdn-no-azure-storage"),
            "nothing would be compared",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_line(states, run, arguments, problem):
    states([hub()], [hub()])
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert problem in err[0]


def test_two_states_without_a_hub_are_nothing_to_compare(states, run):
    paths = states([], [])
    assert run("diff", *paths)[0] == 2
    assert run("diff", *paths, "--allow-empty")[0] == 0


def test_hostile_names_stay_on_their_line(states, run):
    name = "a\n::error::x\x1b[31m|<script>"
    for form in FORMATS:
        _, out, _ = run(
            "diff", *states([hub()], [hub(rules=[(name, "FQDN", "y.com\u202e|`<b>")])]), "-o", form
        )
        assert "\n::error" not in out
        assert "\x1b" not in out
