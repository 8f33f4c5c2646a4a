"""Shares of a large audit: which subscriptions fall into shard I of N, the same everywhere."""

from __future__ import annotations

import hashlib

from scanner.errors import UsageError

WHOLE = (1, 1)
"""The shard that holds every subscription."""


def parse(text: str) -> tuple[int, int]:
    """The two numbers of ``I/N``, I from 1 to N.  Raises `UsageError`."""
    first, slash, second = text.strip().partition("/")
    numbers = (first, second)
    if slash and all(number.isascii() and number.isdecimal() and len(number) < 7 for number in numbers):
        index, count = map(int, numbers)
        if 1 <= index <= count:
            return index, count
    raise UsageError(f"--shard {text}: write I/N, where I is from 1 to N")


def holds(shard: tuple[int, int], subscription: str) -> bool:
    """Whether a subscription falls into a shard, by the hash of its id in lower case."""
    index, count = shard
    digest = hashlib.sha256(subscription.lower().encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") % count == index - 1
