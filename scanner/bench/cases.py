"""A policy taken apart, and what it says of a hub where that is plain to see."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from scanner import engine
from scanner.bench.sitting import Path, Paths, Sitting
from scanner.bench.verdicts import PASSED, Judged
from scanner.engine import Judgement
from scanner.expressions import STEPS
from scanner.expressions.facts import STOPPED, Ledger
from scanner.expressions.sharing import Shared, take_apart
from scanner.policy import Policy
from scanner.records import dataclass
from scanner.values import Unknown


@dataclass(slots=True)
class Case:
    """A policy taken apart.  ``number`` is its place among the policies of the bench."""

    number: int
    policy: Policy
    when: Shared | None
    each: Shared | None
    require: Shared

    @classmethod
    def of(cls, number: int, policy: Policy, ledger: Ledger) -> Case:
        """Take a policy apart."""

        def part(expression: Any) -> Shared:
            return take_apart(expression, policy.params, ledger, policy.card.id)

        return cls(
            number=number,
            policy=policy,
            when=None if policy.when is None else part(policy.when),
            each=None if policy.each is None else part(policy.each),
            require=part(policy.require),
        )

    @property
    def parts(self) -> list[Shared]:
        """What it consists of."""
        return [part for part in (self.when, self.each, self.require) if part is not None]

    @property
    def when_fact(self) -> int | None:
        """The fact that its condition is, None where it has none or it is no fact."""
        return None if self.when is None else self.when.fact

    @property
    def condition(self) -> tuple[str, int] | None:
        """The same for policies that write the same condition; None where it applies to every hub."""
        if self.when is None:
            return None
        return ("policy", self.number) if self.when.fact is None else ("fact", self.when.fact)

    @property
    def paths(self) -> Paths:
        """At which paths into what its items are made of a verdict looks, None for all of it."""
        reads, spread = self.require.reads, None if self.each is None else self.each.spread
        if reads is not None and spread is not None:
            reads = frozenset(
                (*spread.shown[path[0]], *path[1:]) if path[0] in spread.shown else spread.core
                for path in reads
            )
        if not reads or () in reads:
            return None
        # One path for each field: what several have in common costs less to look at than all of them.
        fields = {path[0]: [one for one in reads if one[0] == path[0]] for path in reads}
        return tuple([_in_common(fields[name]) for name in sorted(fields)])

    def holds(self, sitting: Sitting) -> bool | None:
        """Whether the policy applies to a hub; None where that is not plain."""
        if self.when is None:
            return True
        try:
            value = self._asked(self.when, sitting)
        except STOPPED:
            return None
        return True if value is True else None if isinstance(value, Unknown) else False

    def judge(self, sitting: Sitting) -> Judged:
        """The verdicts on a hub to which the policy applies."""
        if self.each is None:
            answer = self.answer(None, sitting)
            return PASSED if answer is True else self.failing([(None, answer)], sitting)
        try:
            members = self._asked(self.each, sitting)
        except STOPPED:
            members = None
        if type(members) is not list:
            return self.explained(sitting)
        answers = [(item, self.answer(item, sitting)) for item in members]
        return self.failing([one for one in answers if one[1] is not True], sitting)

    def explained(self, sitting: Sitting) -> Judged:
        """The verdicts on a hub, as the engine finds them."""
        return engine.evaluate(self.policy, sitting.hub, sitting.memo)

    def passes(self, item: Any, sitting: Sitting) -> bool:
        """Whether an item plainly passes."""
        return self.answer(item, sitting) is True

    def answer(self, item: Any, sitting: Sitting) -> Any:
        """What the requirement says of an item; None where only the engine can tell."""
        try:
            return self._asked(self.require, sitting, item)
        except STOPPED:
            return None

    def failing(self, answers: Sequence[tuple[Any, Any]], sitting: Sitting) -> Judged:
        """The verdicts on a hub, given all items that do not plainly pass, with what is said of each."""
        if not answers:
            return PASSED
        policy = self.policy
        scope = {"hub": sitting.hub.document, "params": policy.params}
        judged: list[Judgement] = []
        for item, answer in answers:
            if answer is False:
                judged.append(engine.failure(policy, scope, item, sitting.memo))
            else:
                judged += engine.judgements(policy, scope, ((item, True),), sitting.memo)
        return judged or PASSED

    def _asked(self, part: Shared, sitting: Sitting, item: Any = None) -> Any:
        """The value of a part.  Raises one of `STOPPED`."""
        if part.fact is not None:
            return sitting.facts[part.fact]
        if part.constant:
            return part.value
        return part.run(sitting.facts.hub, item, self.policy.params, None, STEPS, sitting.facts)


def _in_common(paths: Sequence[Path]) -> Path:
    """What some paths begin with."""
    first, last = min(paths), max(paths)
    return tuple(
        [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))]
    )
