"""The cases of one kind of workspace, those that judge the same items put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.bench.cases import Case
from scanner.bench.sitting import Sitting, Unmarkable
from scanner.bench.verdicts import SKIPPED, Judged
from scanner.expressions.sharing import STOPPED, Grounds, Spread

ITEMS = 8_192
"""How many items a group remembers in each way before it begins anew."""

CONTEXTS = 16
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
        grouped: dict[tuple[int, Grounds | None], Group] = {}
        single = []
        for case in cases:
            each = case.each
            if each is None or each.fact is None or (each.grounds.loops and case.memory is not None):
                single.append(case)
            else:
                rests = None if case.require.grounds.whole else case.require.grounds
                key = (each.fact, rests)
                grouped.setdefault(key, Group(each.fact, rests, each.spread)).cases.append(case)
        return cls(blank, single, list(grouped.values()))

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

    ``grounds`` are what their verdict on an item rests on beside the item, None where that is the hub as
    a whole: then nothing is remembered.  ``spread`` says how the list is made, where it is made item by
    item: then what is remembered is of what the items are made.
    """

    each: int
    grounds: Grounds | None
    spread: Spread | None
    cases: list[Case] = field(default_factory=list)
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
        members = self._members(sitting)
        if members is None:
            for case in active:
                judged[case.number] = case.explained(sitting)
            return
        for case, items in zip(active, self._failing(members, active, sitting), strict=True):
            if items:
                judged[case.number] = case.failing(items, sitting)

    def _members(self, sitting: Sitting) -> list[Any] | None:
        """The list, or what it is made of; None where that is not plain."""
        try:
            members = sitting.facts[self._source]
        except STOPPED:
            return None
        return members if type(members) is list else None

    @property
    def _source(self) -> int:
        return self.each if self.spread is None else self.spread.base

    def _failing(self, members: list[Any], active: Sequence[Case], sitting: Sitting) -> list[list[Any]]:
        """For each case the items that do not plainly pass."""
        failing: list[list[Any]] = [[] for _ in active]
        passed = self._context(active, sitting)
        if passed is None:
            for member in members:
                self._all_pass(self._items(member), active, failing, sitting)
            return failing
        for member, mark in zip(members, sitting.marks(self._source, members), strict=True):
            if mark in passed:
                continue
            if self._all_pass(self._items(member), active, failing, sitting) and mark is not None:
                passed.add(mark)
        return failing

    def _items(self, member: Any) -> Sequence[Any]:
        return (member,) if self.spread is None else self.spread.make(member)

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

    def _context(self, active: Sequence[Case], sitting: Sitting) -> set[bytes] | None:
        """The marks of items that pass all the cases, where what they rest on is as it is here."""
        if self.grounds is None:
            return None
        try:
            rest = sitting.key(self.grounds)
        except (Unmarkable, *STOPPED):
            return None
        key = (*(case.number for case in active), None, *rest)
        passed = self._passed.get(key)
        if passed is None or len(passed) > ITEMS:
            if len(self._passed) >= CONTEXTS:
                self._passed.clear()
            passed = self._passed[key] = set()
        return passed
