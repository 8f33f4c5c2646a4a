"""Isolation modes: one spelling, one order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

isolation_mode = table()["isolation_mode"].call
mode_rank = table()["mode_rank"].call

MODES = ["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"]


def hub(mode):
    return {"properties": {"managedNetwork": {"isolationMode": mode}}}


@given(st.sampled_from(MODES), st.data())
def test_spelling_does_not_matter(mode, data):
    noise = data.draw(st.lists(st.sampled_from(["", "_", "-", " "]), min_size=len(mode), max_size=len(mode)))
    spelled = "".join(
        map("".join, zip(data.draw(st.sampled_from([mode, mode.upper(), mode.lower()])), noise, strict=True))
    )
    assert isolation_mode(hub(spelled)) == mode
    assert mode_rank(spelled) == MODES.index(mode)


@pytest.mark.parametrize(
    "document",
    [
        {"properties": {}},
        {"properties": {"managedNetwork": None}},
        {"properties": {"managedNetwork": {}}},
        hub(None),
        hub(""),
        hub("  "),
    ],
)
def test_a_mode_that_is_not_there_is_disabled(document):
    assert isolation_mode(document) == "Disabled"


@pytest.mark.parametrize(
    "mode", ["Private with Approved Outbound", "AllowApprovedOutbound", "<script>", "x" * 10_000]
)
def test_any_other_text_stays_as_written_and_has_no_rank(mode):
    assert isolation_mode(hub(mode)) == mode
    assert mode_rank(mode) is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "properties was not reported"),
        ({"properties": None}, "properties was not reported"),
        ({"properties": []}, "properties is a list"),
        ({"properties": {"managedNetwork": "on"}}, "properties.managedNetwork is text"),
        (hub(5), "isolationMode is a number"),
        (hub(Unknown("parameters('mode')")), "parameters"),
        ({"properties": Unknown("not collected")}, "not collected"),
    ],
)
def test_a_mode_that_cannot_be_told_is_unknown(document, reason):
    with pytest.raises(Touched, match=reason):
        isolation_mode(document)
