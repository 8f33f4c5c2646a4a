"""An exemption is added to hubscan.yaml, and nothing else of it changes."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner import amending, positions
from scanner.errors import ConfigError

ENTRY = {
    "policy": "p",
    "hub": "h",
    "category": "waiver",
    "justification": "why: not",
    "expires": "2027-01-31",
}
LINES = [
    "- policy: p",
    "  hub: h",
    "  category: waiver",
    "  justification: 'why: not'",
    "  expires: 2027-01-31",
]


def block(indent, newline="\n"):
    return "".join(f"{' ' * indent}{line}{newline}" for line in LINES)


def added(text, entry=ENTRY):
    return amending.with_exemption(text.encode(), "hubscan.yaml", entry).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "exemptions:\n" + block(2), id="an empty file"),
        pytest.param("# nothing yet\n", "# nothing yet\nexemptions:\n" + block(2), id="a comment alone"),
        pytest.param("fail_on: high", "fail_on: high\nexemptions:\n" + block(2), id="no line end"),
        pytest.param(
            "fail_on: high # ok\n\n", "fail_on: high # ok\n\nexemptions:\n" + block(2), id="no list"
        ),
        pytest.param("a: 1\r\n", "a: 1\r\nexemptions:\r\n" + block(2, "\r\n"), id="lines of Windows"),
        pytest.param("---\na: 1\n...\n", "---\na: 1\nexemptions:\n" + block(2) + "...\n", id="an end mark"),
        pytest.param("  a: 1\n", "  a: 1\n  exemptions:\n" + block(4), id="indented keys"),
        pytest.param(
            "exemptions:\n- policy: q  # first\n  hub: x\n\n# the rest\nfail_on: high\n",
            "exemptions:\n- policy: q  # first\n  hub: x\n" + block(0) + "\n# the rest\nfail_on: high\n",
            id="behind the last entry",
        ),
        pytest.param(
            "exemptions:\n    - {policy: q, hub: x}  # short\n    # soon more\nfail_on: high\n",
            "exemptions:\n    - {policy: q, hub: x}  # short\n"
            + block(4)
            + "    # soon more\nfail_on: high\n",
            id="as deep as the others",
        ),
        pytest.param(
            "exemptions:\n- policy: q\n  justification: |\n    two\n    lines\nfail_on: high\n",
            "exemptions:\n- policy: q\n  justification: |\n    two\n    lines\n"
            + block(0)
            + "fail_on: high\n",
            id="behind a block of text",
        ),
        pytest.param(
            "exemptions:\n- policy: q\n  justification: two\n    lines  # end\n",
            "exemptions:\n- policy: q\n  justification: two\n    lines  # end\n" + block(0),
            id="behind a text of several lines",
        ),
        pytest.param(
            "exemptions:\n- policy: q\n  ticket:\n",
            "exemptions:\n- policy: q\n  ticket:\n" + block(0),
            id="behind nothing",
        ),
        pytest.param(
            "exemptions: # none\nb: 1\n", "exemptions: # none\n" + block(2) + "b: 1\n", id="a key alone"
        ),
        pytest.param(
            "exemptions: []  # none\nb: 1\n",
            "exemptions:  # none\n" + block(2) + "b: 1\n",
            id="an empty list",
        ),
        pytest.param(
            "exemptions: [{policy: q}] # one\n",
            'exemptions: [{policy: q}, {policy: "p", hub: "h", category: "waiver", justification: "why: not", expires: "2027-01-31"}] # one\n',
            id="a list in brackets",
        ),
        pytest.param("\ufeffa: 1\n", "\ufeffa: 1\nexemptions:\n" + block(2), id="a byte order mark"),
    ],
)
def test_where_it_goes(before, after):
    assert added(before) == after


@pytest.mark.parametrize(
    "text", ["{a: 1}", "- a", "exemptions: *x\n", "exemptions: text\n", "a: &x []\nexemptions: *x\n"]
)
def test_where_there_is_no_line_for_it_nothing_is_written(text):
    with pytest.raises((ConfigError, positions.YamlError)) as caught:
        added(text)
    assert str(caught.value).startswith("hubscan.yaml:")
    assert "\n" not in str(caught.value)


TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"#:-[]{}\n\r\t *&!|>%@`"),
    min_size=1,
    max_size=40,
)


@given(values=st.lists(TEXT, min_size=3, max_size=3), flow=st.booleans())
def test_any_text_is_read_back_as_it_was(values, flow):
    policy, hub, why = values
    entry = {"policy": policy, "hub": hub, "justification": why, "expires": "2027-01-31"}
    text = added("exemptions: [{policy: q}]\n" if flow else "fail_on: high\n", entry)
    assert positions.load(text, "x").data["exemptions"][-1] == entry


SCALARS = st.text(st.sampled_from("ab :#-'\"\n"), max_size=12) | st.integers() | st.none() | st.booleans()
DOCUMENTS = st.dictionaries(
    st.sampled_from(["a", "b", "exemptions", "c"]),
    st.lists(st.dictionaries(st.sampled_from(["policy", "hub", "x"]), SCALARS, max_size=3), max_size=3),
    max_size=4,
)


@given(document=DOCUMENTS, flow=st.sampled_from([True, False, None]), indent=st.integers(2, 6))
def test_whatever_a_file_holds_every_line_of_it_stays(document, flow, indent):
    before = yaml.safe_dump(document, default_flow_style=flow, indent=indent, sort_keys=False)
    try:
        after = added(before)
    except ConfigError:
        assert flow is True or not document or "{" in before
        return
    old, new = positions.load(before, "x").data or {}, positions.load(after, "x").data
    assert new == {**old, "exemptions": [*(old.get("exemptions") or []), ENTRY]}
