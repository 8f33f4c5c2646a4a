"""What functions remember: the same rule text occurs in thousands of hubs, and many policies ask one hub."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from scanner.reference import InForce, Reference, current

Answer = TypeVar("Answer")

ENTRIES = 4_096
"""How many texts a cache holds."""

LONGEST = 512
"""Texts longer than this are judged each time: a cache of megabytes would be an attack's gift."""


def by_text(judge: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Remember the answers for short texts; every caller gets the same object."""
    cached = functools.lru_cache(maxsize=ENTRIES)(judge)

    @functools.wraps(judge)
    def recall(text: str) -> Answer:
        return cached(text) if len(text) <= LONGEST else judge(text)

    return recall


def by_table(judge: Callable[[Reference, str], Answer]) -> Callable[[str], Answer]:
    """The same for a judgement that depends on the reference tables in force."""
    cached = functools.lru_cache(maxsize=ENTRIES)(judge)

    @functools.wraps(judge)
    def recall(text: str) -> Answer:
        return cached(current(), text) if len(text) <= LONGEST else judge(current(), text)

    return recall


def per_hub(make: Callable[..., Answer]) -> Callable[..., Answer]:
    """Remember what was made of the last hub, by its identity, so that a second policy pays nothing.

    The hub must not change between two calls; nobody writes into a document.
    """
    last: Any = None
    reference: Reference | None = None
    made: dict[Hashable, Answer] = {}

    @functools.wraps(make)
    def recall(hub: dict[str, Any], *key: Hashable) -> Answer:
        nonlocal last, reference, made
        if last is not hub or reference is not InForce.reference:
            last, reference, made = hub, current(), {}
        elif key in made:
            return made[key]
        # What is made may ask again of the same hub, or of another.
        mine = made
        answer = mine[key] = make(hub, *key)
        return answer

    return recall
