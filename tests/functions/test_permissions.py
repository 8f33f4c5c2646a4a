"""Permissions of role-based access control: what a list of them allows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

permits = table()["permits"].call

READ = "Microsoft.MachineLearningServices/workspaces/privateEndpointConnections/read"
WRITE = "Microsoft.MachineLearningServices/workspaces/privateEndpointConnections/write"
PIECE = st.text("ab/*.", max_size=6)


def role(*actions, without=()):
    return {"actions": list(actions), "notActions": list(without)}


@pytest.mark.parametrize(
    "pattern",
    [
        WRITE,
        WRITE.upper(),
        "*",
        "**",
        "*/write",
        "Microsoft.MachineLearningServices/*",
        "Microsoft.MachineLearningServices/*/write",
        "microsoft.machinelearningservices/workspaces/*/WRITE",
        "Microsoft.*/workspaces/*Connections/write",
        f" {WRITE} ",
        f"{WRITE}*",
        f"*{WRITE}",
        f"*{WRITE}*",
        "*Microsoft.*/write",
    ],
)
def test_a_pattern_stands_for_the_action(pattern):
    assert permits([role(pattern)], WRITE) is True


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "write",
        "*/read",
        READ,
        WRITE.removesuffix("/write"),
        f"{WRITE}/action",
        f"{WRITE}/*",
        "Microsoft.MachineLearningServices/workspaces/write",
        "Microsoft.MachineLearningServices/*/privateEndpointConnections/*/write",
        "Microsoft.MachineLearningServices/?orkspaces/*",
        "*/write*/write",
        "*Connections*Connections*",
    ],
)
def test_a_pattern_stands_for_other_actions(pattern):
    assert permits([role(pattern)], WRITE) is False


def test_the_first_permission_of_which_too_little_is_known_is_the_reason():
    with pytest.raises(Touched, match=r"var\.first"):
        permits([Unknown("var.first"), role("*/read"), Unknown("var.second")], WRITE)


def test_roles_add_up():
    assert permits([role("*/read"), role(WRITE)], WRITE)
    assert not permits([role("*/read"), role("*/delete")], WRITE)
    assert not permits([], WRITE)


def test_what_one_role_takes_away_another_may_give():
    assert not permits([role("*", without=["*/write"])], WRITE)
    assert permits([role("*", without=["*/write"]), role(WRITE)], WRITE)
    assert permits([role("*", without=["Microsoft.Network/*/write"])], WRITE)


@pytest.mark.parametrize(
    "permission", [{}, {"actions": None}, {"actions": []}, {"dataActions": ["*"]}, {"notActions": []}]
)
def test_a_permission_without_actions_allows_nothing(permission):
    assert permits([permission], WRITE) is False


@pytest.mark.parametrize(
    ("permission", "reason"),
    [
        (None, "a permission is null"),
        ("*", "a permission is text"),
        (Unknown("var.role"), "var.role"),
        ({"actions": "*"}, "actions of a permission is text"),
        ({"actions": Unknown("var.actions")}, "var.actions"),
        ({"actions": ["*/read", 5]}, "one of actions is a number"),
        ({"actions": ["*"], "notActions": "none"}, "notActions of a permission is text"),
        ({"actions": ["*"], "notActions": [Unknown("var.not")]}, "var.not"),
    ],
)
def test_a_permission_of_which_too_little_is_known_may_allow_it(permission, reason):
    with pytest.raises(Touched, match=reason):
        permits([permission], WRITE)
    assert permits([permission, role(WRITE)], WRITE) is True


@pytest.mark.parametrize(
    "permission",
    [
        {"actions": ["*/read"], "notActions": [Unknown("var.not")]},
        {"actions": [Unknown("var.action")], "notActions": ["*/write"]},
    ],
)
def test_what_is_not_known_counts_only_where_it_decides(permission):
    assert permits([permission], WRITE) is False


@given(st.lists(PIECE, max_size=6).map("".join), st.text("ab/.", max_size=12))
def test_stars_stand_for_any_characters_and_nothing_else_does(pattern, action):
    expression = "".join(".*" if char == "*" else re.escape(char) for char in pattern)
    assert permits([role(pattern)], action) is bool(re.fullmatch(expression, action))


@given(st.text("ab/", min_size=1, max_size=12))
def test_an_action_is_allowed_by_itself_and_denied_by_itself(action):
    assert permits([role(action)], action.upper())
    assert not permits([role("*", without=[action])], action)


def test_a_hostile_pattern_takes_no_longer_than_its_length():
    pattern = "*a" * 20_000 + "b"
    assert permits([role(pattern)], "a" * 40_000) is False


@pytest.mark.parametrize("pattern", ["a/read*read", "a/r*a/read", "a/read*a/read", "a/read*d"])
def test_what_stands_before_a_star_and_after_it_is_not_the_same_text(pattern):
    assert permits([role(pattern)], "a/read") is False
