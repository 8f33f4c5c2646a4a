"""What is asked of nearly every hub of a kind, found in one go once it is known what that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from scanner.expressions.facts import STOPPED, Facts, Ledger
from scanner.expressions.fused import fused
from scanner.expressions.writer import TooNested

WATCHED = 32
"""How many hubs show what is usual: what was asked of all of them."""


class Routine:
    """The facts of hubs of one kind.  What is usual is found in one go after ``warm`` hubs."""

    def __init__(self, ledger: Ledger, warm: int) -> None:
        self.warm = warm
        self._ledger = ledger
        self._until = warm
        self._watched: list[Facts] = []
        self._fill: Callable[[Facts], None] | None = None

    def facts(self, hub: Any) -> Facts:
        """The facts of a hub, the usual ones found already."""
        facts = self._ledger.of(hub)
        if self._fill is not None:
            # What it did not come to is found when it is asked for, and so is why.
            with suppress(*STOPPED):
                self._fill(facts)
        elif self._until >= 0:
            self._watch(facts)
        return facts

    def _watch(self, facts: Facts) -> None:
        self._until -= 1
        if self._until < 0:
            asked = Counter(number for one in self._watched for number in one)
            usual = {number for number, times in asked.items() if times == len(self._watched)}
            with suppress(TooNested, RecursionError):
                self._fill = fused(self._ledger.facts, usual)
            self._watched.clear()
        elif self._until < WATCHED:
            self._watched.append(facts)
