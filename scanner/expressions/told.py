"""As much as can be told of a fact of a hub of which something is not known.

What is missing is the same in hub after hub: a collection that nobody asked for.  What rests on that and
on some words alone is found once.
"""

from __future__ import annotations

from typing import Any

from scanner.values import NotCollected, Unknown

OUTCOMES = 64
"""How many ways a fact turned out are remembered."""

_LONGEST = 256
"""Longer texts are not remembered: an attacker's may be of any length."""

_WORDS = frozenset({str, bool, int, type(None)})
_HOLES = frozenset({Unknown, NotCollected})


class Told:
    """How a fact turned out: a value or a failure, and the value on which it depends whether it fails.

    ``common`` is True where the same object stands for it in all hubs.
    """

    __slots__ = ("common", "doubt", "failure", "value")

    def __init__(
        self, value: Any, doubt: Unknown | None = None, failure: BaseException | None = None
    ) -> None:
        self.value = value
        self.doubt = doubt
        self.failure = failure
        self.common = False


Parts = tuple[Told, ...]


class Outcomes:
    """How a fact turned out in hubs so far, by how all that it rests on did, or by itself.

    ``vain`` counts hubs in which it rested on more than what many have alike.
    """

    __slots__ = ("_known", "vain")

    def __init__(self) -> None:
        self._known: dict[Any, Told] = {}
        self.vain = 0

    @property
    def pays(self) -> bool:
        """Whether it may pay to find out first what the fact rests on."""
        return self.vain < OUTCOMES

    def of(self, parts: Parts) -> Told | None:
        """How it turned out where all that it rests on had turned out like this."""
        return self._known.get(parts)

    def keep(self, told: Told, parts: Parts | None = None) -> Told:
        """What stands for an outcome: the same for each that is equal, where that is easily seen."""
        key = _likeness(told) if parts is None else parts
        known = None if key is None else self._known.get(key)
        if known is None and key is not None and len(self._known) < OUTCOMES:
            told.common = True
            self._known[key] = told
        return known or told


def _likeness(told: Told) -> tuple[Any, ...] | None:
    """Equal for outcomes that nothing tells apart; None for one of which that is not easily seen."""
    value = told.value
    kind = type(value)
    if told.doubt is not None or told.failure is not None:
        return None
    if kind in _WORDS:
        return (kind, value) if kind is not str or len(value) <= _LONGEST else None
    if kind in _HOLES and value.text is None and value.place is None:
        return (kind, value.reason, value.truth, value.boolean, value.fallible)
    return (kind,) if (kind is list or kind is dict) and not value else None
