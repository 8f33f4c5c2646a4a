"""The rule by which a large audit is shared out."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import shards
from scanner.errors import UsageError

COUNTS = st.integers(1, 40)


@given(st.integers(1, 999), st.integers(0, 999))
def test_both_numbers_are_read(index, more):
    assert shards.parse(f"{index}/{index + more}") == (index, index + more)


@pytest.mark.parametrize(
    "text", ["", "1", "/", "1/", "/2", "0/2", "3/2", "-1/2", "1/2/3", "1.0/2", "a/b", "²/3", "1/9999999"]
)
def test_anything_else_is_a_usage_error(text):
    with pytest.raises(UsageError, match="--shard"):
        shards.parse(text)


@given(st.text(max_size=40), COUNTS)
def test_every_subscription_falls_into_one_shard(subscription, count):
    assert sum(shards.holds((index, count), subscription) for index in range(1, count + 1)) == 1


@given(st.uuids(), COUNTS, st.data())
def test_letter_case_does_not_matter(identifier, count, data):
    index = data.draw(st.integers(1, count))
    text = str(identifier)
    assert shards.holds((index, count), text) == shards.holds((index, count), text.upper())


def test_the_rule_is_the_first_eight_bytes_of_the_sha256_of_the_id():
    text = "00000000-0000-0000-0000-000000000001"
    place = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 7
    assert shards.holds((place + 1, 7), text)
