"""Steps into a document, and what is said of a value that is not what it should be."""

from __future__ import annotations

import pytest

from scanner.functions.documents import described, field, known, peek
from scanner.values import Touched, Unknown

DOCUMENT = {"name": "hub1", "properties": {"tags": ["a"], "sku": None, "mode": Unknown("var.mode")}}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "a boolean"),
        (0, "a number"),
        (0.5, "a number"),
        ("", "text"),
        ([], "a list"),
        ({}, "an object"),
        (None, "null"),
    ],
)
def test_a_value_is_described_by_its_kind(value, words):
    assert described(value) == words


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), DOCUMENT),
        (("name",), "hub1"),
        (("properties", "tags"), ["a"]),
        (("properties", "sku"), None),
        (("properties", "sku", "name"), None),
        (("other", "name"), None),
    ],
)
def test_a_step_that_is_missing_leads_to_null(path, value):
    assert field(DOCUMENT, *path) == value
    assert peek(DOCUMENT, *path) == value


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        (DOCUMENT, ("properties", "mode"), "var.mode"),
        (DOCUMENT, ("properties", "mode", "name"), "var.mode"),
        (DOCUMENT, ("properties", "tags", "name"), "properties.tags is a list"),
        (DOCUMENT, ("name", "first"), "name is text"),
        (7, ("name",), "it is a number"),
        (Unknown("forbidden"), ("name",), "forbidden"),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(document, path, reason):
    with pytest.raises(Touched) as caught:
        field(document, *path)
    assert caught.value.unknown.reason == reason


@pytest.mark.parametrize(
    ("path", "reason"), [(("properties", "mode"), "var.mode"), (("properties", "mode", "name"), "var.mode")]
)
def test_who_merely_peeks_gets_what_is_not_known(path, reason):
    assert peek(DOCUMENT, *path).reason == reason
    assert peek(DOCUMENT, "name", "first") is None
    assert peek(DOCUMENT, "properties", "tags", "name") is None


def test_what_is_known_is_itself():
    assert known(None) is None
    assert known(DOCUMENT) is DOCUMENT
    with pytest.raises(Touched):
        known(Unknown("x"))
