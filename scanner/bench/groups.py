"""Cases that judge the items of one list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any

from scanner.bench.cases import Case
from scanner.bench.sitting import LONGEST, Mark, Paths, Sitting, Unmarkable
from scanner.bench.verdicts import Judged
from scanner.expressions.facts import STOPPED, Grounds, Spread
from scanner.expressions.fused import Doubt, doubtful
from scanner.expressions.writer import TooNested
from scanner.records import dataclass

ITEMS = 8_192
"""How many items a panel remembers in each way before it begins anew."""

CONTEXTS = 16
"""In how many ways a panel remembers items: one for each set of values that their verdict rests on, too."""

IN_VAIN = 256
"""How many hubs may rest on more than can be remembered before a panel remembers nothing any more."""

TRIALS = 2 * ITEMS
"""After how many items a panel that knew fewer than one in three of them remembers nothing any more."""


@dataclass(slots=True)
class Group:
    """Cases that judge the items of one list.

    ``paths`` are where their verdict looks into what the items are made of, None for all of it.
    ``grounds`` are what their verdict on an item rests on beside the item, None where that is the hub as
    a whole: then nothing is remembered.  ``spread`` says how the list is made, where it is made item by
    item: then what is remembered is of what the items are made.  ``warm`` is how often a panel judges
    before its requirements are made one function.
    """

    each: int
    paths: Paths
    grounds: Grounds | None
    spread: Spread | None
    warm: int
    cases: list[Case] = field(default_factory=list)
    _panels: dict[tuple[int, ...], Panel] = field(default_factory=dict)

    def panel(self, cases: list[Case]) -> Panel:
        """Some of the cases, as those that apply to the same hubs."""
        key = tuple([case.number for case in cases])
        if key not in self._panels:
            if len(self._panels) >= CONTEXTS:
                self._panels.clear()
            self._panels[key] = Panel(cases, self.grounds, self.spread, self.warm)
        return self._panels[key]

    def judge(self, panel: Panel, sitting: Sitting, judged: list[Judged]) -> None:
        """Put down what each case of a panel says of a hub, where that is not that it passes."""
        source = self.each if self.spread is None else self.spread.base
        try:
            members = sitting.facts[source]
        except STOPPED:
            members = None
        if type(members) is not list:
            for case in panel.cases:
                judged[case.number] = case.explained(sitting)
        elif members:
            marks = sitting.marks(source, members, self.paths) if panel.remembers else None
            for case, answers in panel.failing(members, marks, sitting):
                judged[case.number] = case.failing(answers, sitting)


class Panel:
    """The cases of a group that apply to the same hubs: what each of them says of items."""

    def __init__(
        self, cases: Sequence[Case], grounds: Grounds | None, spread: Spread | None, warm: int
    ) -> None:
        self.cases = cases
        self._is_apart = not any(case.require.on_item for case in cases)
        pays = spread is not None or any(case.require.grounds.loops for case in cases)
        self.remembers = grounds is not None and pays and not self._is_apart
        """Whether it knows what it has judged before.

        Not where that rests on more of a hub than words, nor where to judge costs less than to know.
        """
        self._grounds = grounds or Grounds()
        self._in_vain = 0
        self._met = self._new = 0
        self._make = _alone if spread is None else spread.make
        self._passed: dict[tuple[Mark, ...], set[Mark]] = {}
        self._until = warm
        self._doubt: Doubt | None = None

    def failing(
        self, members: Sequence[Any], marks: Sequence[Mark] | None, sitting: Sitting
    ) -> list[tuple[Case, list[tuple[Any, Any]]]]:
        """The cases that some items do not plainly pass, with those items and what is said of each.

        ``members`` are what the items are made of, ``marks`` their marks; None where nothing may be
        remembered of them.
        """
        if self._is_apart and all(case.passes(None, sitting) for case in self.cases):
            return []
        passed = None if marks is None else self._remembered(sitting)
        if marks is None or passed is None:
            doubts = self._doubts([item for member in members for item in self._make(member)], sitting)
        else:
            doubts = self._new_doubts(members, marks, passed, sitting)
        if not doubts:
            return []
        answers = [(case, [(item, case.answer(item, sitting)) for item in doubts]) for case in self.cases]
        failing = [(case, [one for one in said if one[1] is not True]) for case, said in answers]
        return [(case, said) for case, said in failing if said]

    def _new_doubts(
        self, members: Sequence[Any], marks: Sequence[Mark], passed: set[Mark], sitting: Sitting
    ) -> list[Any]:
        """Those of the items whose marks are new, the marks of all others of them remembered."""
        if passed.issuperset(marks):
            self._count(len(members), 0)
            return []
        fresh = [(member, mark) for member, mark in zip(members, marks, strict=True) if mark not in passed]
        self._count(len(members), len(fresh))
        made = [self._make(member) for member, _ in fresh]
        doubts = self._doubts([item for items in made for item in items], sitting)
        doubted = set(map(id, doubts))
        passed.update(
            mark
            for items, (_, mark) in zip(made, fresh, strict=True)
            if mark is not None and len(mark) <= LONGEST and doubted.isdisjoint(map(id, items))
        )
        return doubts

    def _count(self, met: int, new: int) -> None:
        """Give up remembering where nearly all items are new."""
        self._met += met
        self._new += new
        if self._met >= TRIALS:
            self.remembers = self._new * 3 < self._met * 2
            self._met = self._new = 0

    def _doubts(self, items: Sequence[Any], sitting: Sitting) -> list[Any]:
        """The items that do not plainly pass all the cases."""
        if self._doubt is not None:
            return self._doubt(items, sitting.facts)
        if self._until == 0:
            with suppress(TooNested, RecursionError):
                self._doubt = doubtful([case.require for case in self.cases])
        self._until -= 1
        return [item for item in items if not all(case.passes(item, sitting) for case in self.cases)]

    def _remembered(self, sitting: Sitting) -> set[Mark] | None:
        """The marks of what passes all the cases, where what they rest on is as it is here."""
        try:
            key = sitting.key(self._grounds)
        except (Unmarkable, *STOPPED):
            self._in_vain += 1
            self.remembers = self._in_vain < IN_VAIN
            return None
        passed = self._passed.get(key)
        if passed is None or len(passed) > ITEMS:
            if len(self._passed) >= CONTEXTS:
                self._passed.clear()
            passed = self._passed[key] = set()
        return passed


def _alone(member: Any) -> tuple[Any]:
    return (member,)
