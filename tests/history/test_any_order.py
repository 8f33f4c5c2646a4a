"""Any scans in any order: a history says what a slow and plain account of them says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from history.reports import a_scan, recorded, states, story
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.history import trend as trends
from scanner.history.store import History

HUBS, POLICIES, ITEMS = "ab", "pq", "xy"
VERDICTS = ("fail", "unknown", "exempt")


@st.composite
def scans(draw):
    """A scan: its day, the hubs and policies it judged, and what it found; None is a policy that is unknown."""
    hubs = draw(st.sets(st.sampled_from(HUBS)))
    policies = draw(st.sets(st.sampled_from(POLICIES), min_size=1))
    found = []
    for hub in sorted(hubs):
        for policy in sorted(policies):
            if draw(st.integers(0, 5)) == 0:
                found.append((hub, policy, None, "unknown"))
                continue
            verdicts = draw(st.tuples(*(st.sampled_from((None, None, *VERDICTS)) for _ in ITEMS)))
            found += [(hub, policy, item, one) for item, one in zip(ITEMS, verdicts, strict=True) if one]
    return draw(st.integers(1, 9)), "".join(sorted(hubs)), "".join(sorted(policies)), found


class Account:
    """What is known of each finding, kept by hand."""

    def __init__(self):
        self.state, self.opened, self.judged, self.fixed = {}, {}, {}, 0

    def take(self, day, hubs, policies, found):
        hubs = [hub for hub in hubs if self.judged.get(hub, 0) <= day]
        said = {(hub, policy, item): verdict for hub, policy, item, verdict in found if hub in hubs}
        for key, verdict in said.items():
            self.state[key] = "open" if verdict == "fail" else verdict
            if verdict == "fail":
                self.opened.setdefault(key, day)
            elif verdict == "exempt":
                self.opened.pop(key, None)
        for hub in hubs:
            self.judged[hub] = day
            for policy in policies:
                if (hub, policy, None) not in said:
                    self.settle(hub, policy, said)

    def settle(self, hub, policy, said):
        for key, state in self.state.items():
            if key[:2] == (hub, policy) and key not in said and state in ("open", "unknown", "exempt"):
                self.state[key] = "fixed" if key in self.opened else "cleared"
                self.fixed += self.opened.pop(key, None) is not None


@settings(max_examples=150)
@given(st.lists(scans(), min_size=1, max_size=7))
def test_a_history_says_what_a_plain_account_of_the_scans_says(given_scans):
    account = Account()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        for day, hubs, policies, found in given_scans:
            account.take(day, hubs, policies, found)
            recorded(path, a_scan(f"2026-11-0{day}", found, hubs=hubs, policies=policies))
        assert states(path) == account.state
        assert sum(story(path, policy).count("fixed") for policy in POLICIES) == account.fixed
        check_sums(path, account)


def check_sums(path, account):
    """Sums of days, of subscriptions and of severities are those of the findings."""
    with History(path) as history:
        points, paces = trends.trend(history).points, trends.paces(history)
        assert sum(points[-1].open.values()) == len(account.opened)
        assert (
            sum(pace.open for pace in paces) == sum(sum(pace.ages) for pace in paces) == len(account.opened)
        )
        assert sum(pace.fixed for pace in paces) == sum(point.fixed for point in points) == account.fixed
        assert sum(one.open for one in trends.burn_downs(history)) == len(account.opened)
        assert all(count >= 0 for point in points for count in point.open.values())
