"""ARM ids: which texts are some, and which may stand in a URL."""

from __future__ import annotations

import pytest
from hubs import hub
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.azure import ids

HUB = hub()["id"]


@given(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text())))
def test_anything_may_be_asked(value):
    parsed = ids.parse(value)
    assert parsed is None or parsed.key == value.strip().rstrip("/").lower()


@given(st.text(alphabet="/.%?#ab\\ \n@:", max_size=30))
def test_what_is_an_id_leads_nowhere_else(tail):
    parsed = ids.parse(f"{HUB}/{tail}")
    if parsed is not None:
        segments = parsed.text.split("/")
        assert not {".", ".."} & set(segments)
        assert not set("?#%\\\n") & set(parsed.text)


def test_its_parts_are_in_lower_case_and_its_text_is_as_written():
    parsed = ids.parse(f" {HUB.upper().replace('/SUBSCRIPTIONS', '/subscriptions')}/ ")
    assert parsed.type == "microsoft.machinelearningservices/workspaces"
    assert (parsed.name, parsed.group) == ("HUB1", "rg")
    assert parsed.key == HUB.lower()


def test_a_child_has_the_types_of_all_above_it():
    assert (
        ids.parse(f"{HUB}/outboundRules/a").type
        == "microsoft.machinelearningservices/workspaces/outboundrules"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "/subscriptions/x",
        "/subscriptions/x/resourceGroups/y",
        HUB.removeprefix("/"),
        f"{HUB}/outboundRules",
        f"https://x{HUB}",
        HUB.replace("/rg/", "//"),
        HUB + "?x",
    ],
)
def test_what_is_no_whole_id_is_none(text):
    assert ids.parse(text) is None


@given(st.sampled_from(["/a", "/a/b", "/a/bc", ""]), st.sampled_from(["/a", "/a/b", "/a/b/c"]))
def test_a_scope_covers_itself_and_what_is_below_it(scope, identifier):
    expected = scope.split("/") == identifier.split("/")[: len(scope.split("/"))]
    assert ids.covers(scope, identifier) == expected
