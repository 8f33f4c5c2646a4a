"""The reader of our own JSON Schemas: it agrees with a complete one, and says more."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import schema

POLICY = {
    "id": "my-policy",
    "title": "Title",
    "severity": "low",
    "category": "custom",
    "require": "`true`",
    "parameters": {"limit": {"type": "number", "default": 3}},
    "controls": [{"framework": "MCSB", "version": "v1", "control": "NS-2"}],
    "references": [{"title": "t", "url": "https://learn.microsoft.com"}],
}


COLLECTIONS = schema.published("policy-v1")["properties"]["needs"]["items"]["enum"]


def said(data, name="policy-v1"):
    return [
        (".".join(map(str, found.path)), found.message, found.hint)
        for found in schema.mismatches(schema.published(name), data)
    ]


def test_a_good_policy_has_no_mismatch():
    assert said(POLICY) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"severty": "low"}, ("severty", "unknown key 'severty'", "did you mean 'severity'?")),
        (
            {"severity": "hihg"},
            (
                "severity",
                "'severity' is 'hihg', not one of critical, high, medium, low, info",
                "did you mean 'high'?",
            ),
        ),
        ({"title": 7}, ("title", "'title' must be a string, not a number", None)),
        ({"title": " "}, ("title", "'title' is empty", None)),
        ({"id": "My_Policy"}, ("id", "'id' is 'My_Policy'", "lower case words joined by hyphens")),
        (
            {"needs": ["resource"]},
            (
                "needs.0",
                f"'needs' is 'resource', not one of {', '.join(COLLECTIONS)}",
                "did you mean 'resources'?",
            ),
        ),
        ({"applies_to": []}, ("applies_to", "'applies_to' is empty", None)),
        (
            {"parameters": {"l": {"type": "int"}}},
            ("parameters.l.type", "'type' is 'int', not one of string, number, boolean, array, object", None),
        ),
        (
            {"parameters": {"bad-name": {"type": "number"}}},
            ("parameters.bad-name", "'bad-name' is no name", "letters and digits, camelCase"),
        ),
        ({"transition": "yes"}, ("transition", "'transition' must be a boolean, not a string", None)),
        (
            {"references": [{"title": "t", "url": "javascript:x"}]},
            ("references.0.url", "'url' is 'javascript:x'", "an https address"),
        ),
    ],
)
def test_each_mistake_is_named_with_its_path_and_a_hint(change, expected):
    assert said({**POLICY, **change}) == [expected]


def test_every_missing_key_is_named_at_once():
    assert [message for _, message, _ in said({"id": "a"})] == [
        "the file has no 'title'",
        "the file has no 'severity'",
        "the file has no 'require'",
    ]


@pytest.mark.parametrize("name", ["policy-v1", "config-v1", "hub-v1", "result-v1"])
def test_the_published_schemas_are_valid_draft_2020_12(name):
    jsonschema_rs.meta.validate(schema.published(name))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["low", "my-policy", "", "MCSB", "array", "resources"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*POLICY, "type", "default", "x", "when", "needs", "examples", "pass"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from([*POLICY, "needs", "examples", "remediation", "extra"]), values, max_size=4
    )
)
def test_it_agrees_with_a_complete_validator(change):
    data = {**POLICY, **change}
    complete = jsonschema_rs.Draft202012Validator(schema.published("policy-v1"))
    # Ours calls a text of blanks empty, which JSON Schema has no word for.
    assert (not said(data)) == complete.is_valid(data)
