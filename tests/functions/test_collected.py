"""A list that nobody collected is told from one that could not be read."""

from __future__ import annotations

import pytest

from scanner.functions import table
from scanner.values import OpenList, Touched, Unknown

if_collected = table()["if_collected"].call


def test_a_list_is_what_it_is():
    assert if_collected({"computes": [{"name": "a"}]}, "computes") == [{"name": "a"}]
    unsure = OpenList((), "x")
    assert if_collected({"computes": unsure}, "computes") is unsure


@pytest.mark.parametrize("value", [None, Unknown("computes was not collected")])
def test_what_nobody_collected_is_null(value):
    assert if_collected({"computes": value, "gaps": []}, "computes") is None
    assert if_collected({"computes": value, "gaps": [{"subject": "onlineEndpoints"}, 7]}, "computes") is None


@pytest.mark.parametrize("subject", ["computes", "Computes", "/subscriptions/1/workspaces/hub1/computes/"])
def test_what_somebody_could_not_read_is_not_known(subject):
    with pytest.raises(Touched, match=r"^computes could not be read$"):
        if_collected({"gaps": [{"subject": subject, "reason": "forbidden"}]}, "computes")
    with pytest.raises(Touched, match=r"^forbidden$"):
        if_collected({"computes": Unknown("forbidden"), "gaps": [{"subject": subject}]}, "computes")
