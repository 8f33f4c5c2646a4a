"""What a scan changes in a history, and what it must not: what nobody looked at is neither fixed nor clean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from history.reports import a_scan, recorded, states, story
from reporters.builders import LOW, a_gap, a_hub

from scanner.errors import HistoryError
from scanner.history import trend as trends
from scanner.history.recording import record
from scanner.history.store import History
from scanner.model import Egress, HubEntry, Severity, Shard

FAILS = [("a", "p", "x", "fail")]
X = ("a", "p", "x")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


def test_a_finding_is_new_then_fixed_then_reopened(path):
    days = [a_scan("2026-11-01", FAILS), a_scan("2026-11-04"), a_scan("2026-11-09", FAILS)]
    recorded(path, *days)
    assert story(path) == ["opened", "fixed", "reopened"]
    with History(path) as history:
        row = history.ask("SELECT first_seen, last_seen, opened, failures FROM finding").fetchone()
        assert [trends.moment(seconds)[:10] for seconds in row[:3]] == [
            "2026-11-01",
            "2026-11-09",
            "2026-11-09",
        ]
        assert row[3] == 2


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(a_scan("2026-11-02", policies="q"), id="another policy was selected"),
        pytest.param(a_scan("2026-11-02", hubs="b"), id="another path, subscription or shard was read"),
        pytest.param(a_scan("2026-11-02", hubs=""), id="no hub was read"),
        pytest.param(
            a_scan("2026-11-02", hubs="b", gaps=[a_gap(a_hub("a").id, hub=a_hub("a"))]), id="the hub is a gap"
        ),
        pytest.param(
            a_scan("2026-11-02", [("a", "p", None, "unknown")], gaps=[a_gap(hub=a_hub("a"))]),
            id="the collection is a gap, so the policy is unknown",
        ),
        pytest.param(a_scan("2026-11-02", [("a", "p", "x", "unknown")]), id="unknown after fail"),
        pytest.param(
            a_scan("2026-11-02", [("a", "p", "…x", "unknown")]), id="an item of an open name is unknown"
        ),
        pytest.param(a_scan("2026-11-02", live=False), id="the same hub was judged from code"),
        pytest.param(a_scan("2026-10-31"), id="the scan is of an earlier day"),
    ],
)
def test_what_was_not_judged_stays_open(path, later):
    recorded(path, a_scan("2026-11-01", FAILS), later)
    assert states(path)[X] in ("open", "unknown")
    assert "fixed" not in story(path)
    with History(path) as history:
        assert sum(trends.trend(history).points[-1].open.values()) == 1


def test_an_exemption_of_what_is_unknown_fixes_nothing(path):
    unknown = a_scan("2026-11-02", [("a", "p", None, "exempt")])
    reason = [replace(finding, reason="locks was not collected") for finding in unknown.findings]
    recorded(path, a_scan("2026-11-01", FAILS), replace(unknown, findings=reason))
    assert states(path)[X] == "open"


def test_another_item_that_is_unknown_does_not_keep_a_fix_from_being_seen(path):
    recorded(path, a_scan("2026-11-01", FAILS), a_scan("2026-11-02", [("a", "p", "y", "unknown")]))
    assert states(path) == {X: "fixed", ("a", "p", "y"): "unknown"}


def test_an_unknown_finding_that_fails_again_was_open_all_the_time(path):
    unknown = a_scan("2026-11-05", [("a", "p", "x", "unknown")])
    recorded(path, a_scan("2026-11-01", FAILS), unknown, a_scan("2026-11-09", FAILS), a_scan("2026-11-11"))
    assert story(path) == ["opened", "unknown", "confirmed", "fixed"]
    with History(path) as history:
        high = trends.paces(history)[1]
    assert (high.fixed, high.mean_days) == (1, 10.0)


def test_what_was_never_more_than_unknown_is_cleared_and_no_fix(path):
    recorded(path, a_scan("2026-11-01", [("a", "p", "x", "unknown")]), a_scan("2026-11-02"))
    assert story(path) == ["unknown", "cleared"]
    with History(path) as history:
        assert [(point.new, point.fixed) for point in trends.trend(history).points] == [(0, 0), (0, 0)]


def test_an_exempted_finding_is_not_open_until_its_exemption_ends(path):
    exempt = a_scan("2026-11-02", [("a", "p", "x", "exempt")])
    recorded(path, a_scan("2026-11-01", FAILS), exempt, a_scan("2026-11-03", FAILS))
    assert story(path) == ["opened", "exempted", "unexempted"]
    with History(path) as history:
        assert [sum(point.open.values()) for point in trends.trend(history).points] == [1, 0, 1]
        detail = history.ask("SELECT detail FROM event WHERE kind = 'exempted'").fetchone()[0]
    assert "private endpoint in May" in detail


def test_a_finding_that_yields_to_a_louder_one_is_not_fixed(path):
    louder = a_scan("2026-11-02", [("a", "q", "X", "fail")], policies="pq", yields={"p": ("q",)})
    recorded(path, a_scan("2026-11-01", FAILS, policies="pq"), louder)
    assert states(path) == {X: "superseded", ("a", "q", "X"): "open"}
    recorded(path, a_scan("2026-11-03", FAILS, policies="pq"))
    assert story(path) == ["opened", "superseded", "reopened"]


def test_nor_is_one_that_yields_to_one_that_does(path):
    louder = a_scan(
        "2026-11-02", [("a", "r", "x", "fail")], policies="pqr", yields={"p": ("q",), "q": ("r",)}
    )
    recorded(path, a_scan("2026-11-01", FAILS, policies="pqr"), louder)
    assert states(path)[X] == "superseded"


@pytest.mark.parametrize("verdict", ["exempt", "unknown"])
def test_only_what_fails_is_louder(path, verdict):
    quiet = a_scan("2026-11-02", [("a", "q", "x", verdict)], policies="pq", yields={"p": ("q",)})
    recorded(path, a_scan("2026-11-01", FAILS, policies="pq"), quiet)
    assert states(path)[X] == "fixed"


def test_a_hub_that_is_gone_is_gone_where_the_same_scope_was_read_in_full(path):
    both = a_scan("2026-11-01", [("a", "p", "x", "fail"), ("b", "p", "x", "fail")], hubs="ab")
    recorded(path, both, a_scan("2026-11-02", hubs="b"), scope={"all_subscriptions": True})
    assert states(path) == {X: "gone", ("b", "p", "x"): "fixed"}
    with History(path) as history:
        assert history.ask("SELECT name FROM hub WHERE gone IS NOT NULL").fetchall() == [("a",)]
    recorded(path, a_scan("2026-11-03", FAILS), scope={"all_subscriptions": True})
    assert story(path) == ["opened", "opened", "fixed", "gone", "reopened"]


@pytest.mark.parametrize(
    ("later", "scope"),
    [
        pytest.param(
            a_scan("2026-11-02", hubs="b"), {"all_subscriptions": False, "hubs": ["b"]}, id="other scope"
        ),
        pytest.param(a_scan("2026-11-02", hubs="b"), None, id="a scope that nobody knows"),
        pytest.param(
            a_scan("2026-11-02", hubs="b", gaps=[replace(a_gap("subscriptions"), hub=None)]),
            {"all_subscriptions": True},
            id="a gap of the whole scan",
        ),
        pytest.param(
            a_scan("2026-11-02", hubs="b", gaps=[a_gap(hub=a_hub("a"))]),
            {"all_subscriptions": True},
            id="a gap of that hub",
        ),
        pytest.param(
            a_scan("2026-11-02", hubs=""), {"all_subscriptions": True}, id="its subscription was not seen"
        ),
        pytest.param(
            replace(a_scan("2026-11-02", hubs="b"), shard=Shard(index=1, count=2, basis="")),
            {"all_subscriptions": True},
            id="one shard of several",
        ),
    ],
)
def test_a_hub_that_is_merely_not_there_stays(path, later, scope):
    recorded(path, a_scan("2026-11-01", FAILS, hubs="ab"), scope={"all_subscriptions": True})
    recorded(path, later, scope=scope)
    assert states(path)[X] == "open"


def test_the_last_hub_of_a_subscription_is_gone_where_that_was_named(path):
    subscription = {"subscriptions": [a_hub("a").subscription_id.upper()]}
    recorded(path, a_scan("2026-11-01", FAILS), a_scan("2026-11-02", hubs=""), scope=subscription)
    assert states(path)[X] == "gone"


@pytest.mark.parametrize(("live", "state"), [(False, "gone"), (True, "open")])
def test_code_says_which_hubs_there_are_and_a_snapshot_does_not(path, live, state):
    files = {"paths": "('infra',)"}
    scans = [a_scan("2026-11-01", FAILS, live=live), a_scan("2026-11-02", hubs="b", live=live)]
    recorded(path, *scans, scope=files)
    assert states(path)[X] == state


def test_the_same_scan_recorded_twice_is_recorded_once(path):
    scans = [a_scan("2026-11-01", FAILS), a_scan("2026-11-02"), a_scan("2026-11-02", FAILS)]
    recorded(path, *scans, *scans[-1:], scans[0])
    assert story(path) == ["opened", "fixed", "reopened"]
    with History(path) as history:
        assert history.ask("SELECT count(*) FROM scan").fetchone() == (3,)


def test_two_states_of_one_day_follow_one_another_as_they_are_recorded(path):
    scans = [a_scan("2026-11-01", FAILS), a_scan("2026-11-01")]
    recorded(path, *scans, *scans)
    assert story(path) == ["opened", "fixed", "reopened", "fixed"]


def test_hubs_of_code_that_come_back_on_the_same_day_are_back(path):
    there, nothing = a_scan("2026-11-01", FAILS, live=False), a_scan("2026-11-01", hubs="", live=False)
    recorded(path, there, nothing, there, scope={"paths": "('infra',)"})
    assert story(path) == ["opened", "gone", "reopened"]


def test_a_scan_of_an_earlier_day_changes_nothing_of_hubs_judged_later(path):
    recorded(path, a_scan("2026-11-05", FAILS), a_scan("2026-11-01", hubs="ab"))
    assert story(path) == ["opened"]
    with History(path) as history:
        assert history.ask("SELECT late FROM scan ORDER BY id").fetchall() == [(0,), (1,)]
        assert history.ask("SELECT name FROM hub ORDER BY name").fetchall() == [("a",), ("b",)]


def test_modes_of_hubs_are_kept_with_what_they_were(path):
    def in_mode(scan, mode):
        (entry,) = scan.hubs
        return replace(scan, hubs=[replace(entry, egress=Egress(isolation_mode=mode))])

    days = [
        ("2026-11-01", "Disabled"),
        ("2026-11-02", "Disabled"),
        ("2026-11-03", "AllowOnlyApprovedOutbound"),
    ]
    recorded(path, *(in_mode(a_scan(day), mode) for day, mode in days), a_scan("2026-11-04"))
    with History(path) as history:
        events = history.ask("SELECT kind, mode FROM hub_event ORDER BY id").fetchall()
        assert events == [("found", "Disabled"), ("mode", "AllowOnlyApprovedOutbound")]
        assert history.ask("SELECT mode FROM hub").fetchone() == ("AllowOnlyApprovedOutbound",)


def test_another_severity_of_a_policy_moves_what_is_open(path):
    recorded(
        path, a_scan("2026-11-01", FAILS), a_scan("2026-11-02", FAILS, severity=LOW), a_scan("2026-11-03")
    )
    with History(path) as history:
        points = trends.trend(history).points
    counts = [(point.open[Severity.HIGH], point.open[Severity.LOW], point.fixed) for point in points]
    assert counts == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_findings_of_transitions_are_no_state_of_a_hub(path):
    recorded(path, a_scan("2026-11-01", FAILS), passing=["p"])
    assert states(path) == {}


def test_a_saved_result_whose_time_is_none_is_refused(path):
    with History(path, writing=True) as history, pytest.raises(HistoryError, match="finished_at 'soon'"):
        record(history, replace(a_scan("2026-11-01"), finished_at="soon"))


def test_what_a_database_cannot_hold_is_recorded_as_it_can_be(path):
    hub = HubEntry(id="/hubs/\ud800\x00é", name="\u202eא" * 9_000, kind="Hub")
    scan = a_scan("2026-11-01", FAILS)
    findings = [replace(scan.findings[0], hub=hub, item="\ud800", message="x" * 9_000)]
    recorded(path, replace(scan, hubs=[hub], findings=findings))
    assert list(states(path).values()) == ["open"]


def test_since_the_last_scan_counts_what_this_one_changed(path):
    found = [("a", "p", item, "fail") for item in "uvwx"]
    recorded(path, a_scan("2026-11-01", found, hubs="ab"), scope={"all_subscriptions": True})
    with History(path, writing=True) as history:
        later = a_scan(
            "2026-11-03", [("a", "p", "u", "fail"), ("a", "p", "y", "fail"), ("a", "p", "v", "unknown")]
        )
        scan = record(history, later, scope={"all_subscriptions": True})
        told = trends.trend(history, scan).since_last
    assert told is not None
    assert (told.before, told.new, told.fixed, told.held) == ("2026-11-01T06:00:00Z", 1, 2, 1)
