"""The cases of one kind of workspace, and which of them are asked of a hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from scanner.bench.cases import Case
from scanner.bench.groups import Group, Panel
from scanner.bench.routine import Routine
from scanner.bench.sitting import Paths, Sitting
from scanner.bench.verdicts import SKIPPED, Judged
from scanner.expressions.facts import STOPPED, Grounds
from scanner.model import Hub
from scanner.records import dataclass
from scanner.values import Unknown

PLANS = 64
"""How many plans a docket keeps before it begins anew."""

Answer = bool | None
"""Whether a condition holds; None where that is not plain."""


@dataclass(slots=True)
class Plan:
    """What to ask of hubs to which the same cases apply.

    ``blank`` are the verdicts where nothing is found.  ``unclear`` are cases of which it is not plain
    whether they apply; ``whole`` judge the hub by a fact, ``single`` in another way, alone.
    """

    blank: list[Judged]
    unclear: list[Case] = field(default_factory=list)
    whole: list[tuple[int, Case]] = field(default_factory=list)
    single: list[Case] = field(default_factory=list)
    panels: list[tuple[Group, Panel]] = field(default_factory=list)


class Docket:
    """What to ask of a hub of one kind.  ``blank`` are the verdicts of policies that judge no such hub."""

    def __init__(self, cases: Sequence[Case], blank: list[Judged], routine: Routine) -> None:
        self._blank = blank
        self._cases = cases
        self._routine = routine
        self._parts = {
            (case.policy.card.id, part.expression): part.run for case in cases for part in case.parts
        }
        self._groups = _grouped(cases, routine.warm)
        self._needs = tuple(sorted({name for case in cases for name in case.policy.needs}))
        # Cases that write the same condition are asked once; first those whose condition is a fact.
        firsts = {case.condition: case for case in reversed(cases) if case.condition is not None}
        self._asked = sorted(firsts.values(), key=lambda case: case.when_fact is None)
        self._whens = [case.when_fact for case in self._asked if case.when_fact is not None]
        self._plans: dict[tuple[tuple[Answer, ...], tuple[str, ...]], Plan] = {}

    def judge(self, hub: Hub) -> list[Judged]:
        """What each policy says of a hub."""
        sitting = Sitting(hub, self._routine.facts(hub.document), self._parts)
        plan = self._plan(sitting)
        judged = plan.blank.copy()
        for case in plan.unclear:
            judged[case.number] = case.explained(sitting)
        for case in (*plan.single, *_not_passed(plan, sitting)):
            judged[case.number] = case.judge(sitting)
        for group, panel in plan.panels:
            group.judge(panel, sitting, judged)
        return judged

    def _plan(self, sitting: Sitting) -> Plan:
        key = self._answers(sitting), sitting.lacking(self._needs)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._planned(*key)
        return plan

    def _answers(self, sitting: Sitting) -> tuple[Answer, ...]:
        facts = sitting.facts
        try:
            values = [facts[number] for number in self._whens]
        except STOPPED:
            return tuple([case.holds(sitting) for case in self._asked])
        others = [case.holds(sitting) for case in self._asked[len(values) :]]
        return (
            *[True if one is True else None if isinstance(one, Unknown) else False for one in values],
            *others,
        )

    def _planned(self, answers: Sequence[Answer], lacking: Sequence[str]) -> Plan:
        plan = Plan(self._blank.copy())
        held = {case.condition: answer for case, answer in zip(self._asked, answers, strict=True)}
        active = []
        for case in self._cases:
            answer = held.get(case.condition, True)
            if answer and not set(lacking).isdisjoint(case.policy.needs):
                answer = None
            if answer is None:
                plan.unclear.append(case)
            elif not answer:
                plan.blank[case.number] = SKIPPED
            elif case.each is None and case.require.fact is not None:
                plan.whole.append((case.require.fact, case))
            elif case.each is None or case.each.fact is None:
                plan.single.append(case)
            else:
                active.append(case)
        for group in self._groups:
            members = [case for case in group.cases if case in active]
            if members:
                plan.panels.append((group, group.panel(members)))
        return plan


def _grouped(cases: Sequence[Case], warm: int) -> list[Group]:
    """The cases that judge the same items, and rest on the same of them and of a hub, put together."""
    grouped: dict[tuple[int, Paths, Grounds | None], Group] = {}
    for case in cases:
        if case.each is not None and case.each.fact is not None:
            rests = None if case.require.grounds.whole else case.require.grounds
            key = (case.each.fact, case.paths, rests)
            group = grouped.setdefault(key, Group(*key, case.each.spread, warm))
            group.cases.append(case)
    return list(grouped.values())


def _not_passed(plan: Plan, sitting: Sitting) -> list[Case]:
    """The cases that judge the hub by a fact, and do not plainly pass it."""
    facts = sitting.facts
    try:
        return [case for number, case in plan.whole if facts[number] is not True]
    except STOPPED:
        return [case for _, case in plan.whole if not case.passes(None, sitting)]
