"""Which exemption covers what, until when, and what is said of one that covers nothing."""

from __future__ import annotations

import datetime

import pytest

from scanner import exemptions
from scanner.exemptions import Register
from scanner.model import HubRef

HUB = HubRef(
    id="/subscriptions/s/resourceGroups/RG/providers/Microsoft.MachineLearningServices/workspaces/Hub-Prod",
    name="Hub-Prod",
    kind="Hub",
)


def register(**entry):
    told = {"policy": "p", "hub": "*", "justification": "reviewed", **entry}
    return Register((exemptions.read(told),), datetime.date(2026, 11, 23))


@pytest.mark.parametrize("pattern", ["hub-prod", "HUB-*", "*/workspaces/hub-prod", "/subscriptions/S/*"])
def test_the_hub_glob_matches_name_or_id_without_case(pattern):
    assert register(hub=pattern).covering("p", HUB, None) == 0


@pytest.mark.parametrize("pattern", ["prod", "hub", "*/workspaces/other", "[*"])
def test_a_glob_matches_the_whole_of_it(pattern):
    assert register(hub=pattern).covering("p", HUB, None) is None


def test_an_exemption_of_an_item_covers_that_item_alone():
    assert register(item="rule-*").covering("p", HUB, "rule-1") == 0
    assert register(item="rule-*").covering("p", HUB, "other") is None
    assert register(item="rule-*").covering("p", HUB, None) is None


def test_another_policy_is_not_covered():
    assert register().covering("q", HUB, None) is None


@pytest.mark.parametrize(("expires", "covers"), [("2026-11-22", None), ("2026-11-23", 0), (None, 0)])
def test_an_exemption_counts_through_the_day_it_expires(expires, covers):
    entry = {} if expires is None else {"expires": expires}
    assert register(**entry).covering("p", HUB, None) == covers


def test_an_expired_exemption_is_said_and_so_is_one_that_matches_nothing():
    assert list(register(expires="2026-01-01").notices(set(), ["p"])) == [
        "the exemption of p for '*' expired on 2026-01-01 and exempts nothing (waiver: reviewed)"
    ]
    assert list(register(item="x").notices(set(), ["p"])) == [
        "the exemption of p for '*', item 'x' matches no finding (waiver: reviewed)"
    ]
    assert list(register().notices({0}, ["p"])) == []
    assert list(register().notices(set(), ["another"])) == []
