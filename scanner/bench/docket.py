"""The cases of one kind of workspace, those that judge the same items put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.bench.cases import SKIPPED, Case, Judged
from scanner.bench.memory import ENTRIES
from scanner.bench.sitting import Mark, Sitting, Unmarkable
from scanner.expressions.sharing import STOPPED, Spread

CONTEXTS = 64
"""In how many ways a group remembers items: one for each set of its policies that apply, and so on."""


@dataclass(slots=True)
class Docket:
    """What to ask of a hub of one kind.  ``blank`` are the verdicts where nothing is found."""

    blank: list[Judged]
    single: list[Case]
    groups: list[Group]

    @classmethod
    def of(cls, cases: Sequence[Case], blank: list[Judged]) -> Docket:
        """Put together the cases that judge the same items, and rest on the same of a hub."""
        grouped: dict[tuple[int, tuple[int, ...] | None], list[Case]] = {}
        single = []
        for case in cases:
            if case.each is None or case.each.fact is None or (case.each.loops and case.memory is not None):
                single.append(case)
            else:
                leaves = None if case.require.whole else tuple(sorted(case.require.leaves))
                grouped.setdefault((case.each.fact, leaves), []).append(case)
        groups = [
            Group(each, leaves, found, found[0].each.spread)
            for (each, leaves), found in grouped.items()
            if found[0].each
        ]
        return cls(blank, single, groups)

    def judge(self, sitting: Sitting) -> list[Judged]:
        """What each policy says of a hub."""
        judged = self.blank.copy()
        for case in self.single:
            judged[case.number] = case.judge(sitting)
        for group in self.groups:
            group.judge(sitting, judged)
        return judged


@dataclass(slots=True)
class Group:
    """Cases that judge the items of one list.

    ``leaves`` are what their verdict on an item rests on beside the item, None where that is the hub as
    a whole: then nothing is remembered.  ``spread`` says how the list is made, where it is made item by
    item: then what is remembered is of what the items are made.
    """

    each: int
    leaves: tuple[int, ...] | None
    cases: list[Case]
    spread: Spread | None
    _passed: dict[tuple[Any, ...], set[bytes]] = field(default_factory=dict)

    def judge(self, sitting: Sitting, judged: list[Judged]) -> None:
        """Put down what each case says of a hub."""
        active = []
        for case in self.cases:
            applies = case.applies(sitting)
            if applies:
                active.append(case)
            else:
                judged[case.number] = SKIPPED if applies is False else case.explained(sitting)
        if not active:
            return
        number = self.each if self.spread is None else self.spread.base
        try:
            members = sitting.facts[number]
        except STOPPED:
            members = None
        if type(members) is not list:
            for case in active:
                judged[case.number] = case.explained(sitting)
            return
        passed = self._context(active, sitting)
        marks = sitting.marks(number, members) if passed is not None else [None] * len(members)
        failing: list[list[Any]] = [[] for _ in active]
        for member, mark in zip(members, marks, strict=True):
            if passed is not None and mark in passed:
                continue
            items = (member,) if self.spread is None else self.spread.make(member)
            if self._all_pass(items, active, failing, sitting) and passed is not None and mark is not None:
                passed.add(mark)
        for case, items in zip(active, failing, strict=True):
            if items:
                judged[case.number] = case.failing(items, sitting)

    def _all_pass(
        self, items: Sequence[Any], active: Sequence[Case], failing: list[list[Any]], sitting: Sitting
    ) -> bool:
        """Whether some items pass all the cases; those that do not are added to a list for each case."""
        clean = True
        for item in items:
            for case, found in zip(active, failing, strict=True):
                if not case.passes(item, sitting):
                    found.append(item)
                    clean = False
        return clean

    def _context(self, active: list[Case], sitting: Sitting) -> set[bytes] | None:
        """The marks of items that pass all the cases, where what they rest on is as it is here."""
        if self.leaves is None:
            return None
        try:
            rest: list[Mark] = [sitting.mark(leaf) for leaf in self.leaves]
        except (Unmarkable, *STOPPED):
            return None
        key = (*(case.number for case in active), None, *rest)
        passed = self._passed.get(key)
        if passed is None or len(passed) > ENTRIES:
            if len(self._passed) >= CONTEXTS:
                self._passed.clear()
            passed = self._passed[key] = set()
        return passed
