"""What was collected of a hub."""

from __future__ import annotations

import pytest

from scanner.functions import table
from scanner.values import OpenList, Unknown

collected = table()["collected"].call


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ([], True),
        ([{}], True),
        ({}, True),
        (OpenList((), "403"), True),
        (Unknown("403"), False),
        (None, False),
        ("x", False),
    ],
)
def test_a_collection_is_there_where_it_is_one(value, answer):
    assert collected({"computes": value}, "computes") is answer


def test_a_collection_that_nobody_names_is_not_there():
    assert collected({}, "computes") is False
