"""A policy taken apart, and what it says of a hub where that is plain to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scanner import engine
from scanner.bench.memory import Memory
from scanner.bench.sitting import Sitting, Unmarkable
from scanner.bench.verdicts import PASSED, SKIPPED, Judged
from scanner.expressions import STEPS
from scanner.expressions.sharing import STOPPED, Grounds, Ledger, Shared, take_apart
from scanner.policy import Policy
from scanner.values import Unknown


@dataclass(slots=True)
class Case:
    """A policy taken apart.

    ``number`` is its place among the policies of the bench.  ``memory`` keeps plain verdicts by all that
    the policy rests on, None where it rests on too much, or is quicker asked than remembered.
    ``condition`` tells policies that apply to the same hubs: the fact that is their ``when``, and their
    needs; None where ``when`` is no fact.
    """

    number: int
    policy: Policy
    when: Shared | None
    each: Shared | None
    require: Shared
    grounds: Grounds
    condition: tuple[int | None, tuple[str, ...]] | None
    memory: Memory[Judged] | None

    @classmethod
    def of(cls, number: int, policy: Policy, ledger: Ledger) -> Case:
        """Take a policy apart."""

        def part(expression: Any) -> Shared:
            return take_apart(expression, policy.params, ledger, policy.card.id)

        when = None if policy.when is None else part(policy.when)
        each = None if policy.each is None else part(policy.each)
        require = part(policy.require)
        grounds = Grounds().and_those_of(*(one.grounds for one in (when, each, require) if one is not None))
        return cls(
            number=number,
            policy=policy,
            when=when,
            each=each,
            require=require,
            grounds=grounds,
            condition=(None if when is None else when.fact, policy.needs)
            if when is None or when.fact is not None
            else None,
            memory=Memory() if grounds.loops and not grounds.whole else None,
        )

    def judge(self, sitting: Sitting) -> Judged:
        """The verdicts on a hub."""
        key = None
        try:
            if self.memory is not None and self.memory.helps:
                key = sitting.key(self.grounds)
                known = self.memory.get(key)
                if known is not None and all(map(sitting.has, self.policy.needs)):
                    return known
        except Unmarkable:
            key = None
        except STOPPED:
            return self.explained(sitting)
        verdict = self._found(sitting)
        if key is not None and self.memory is not None and (verdict is PASSED or verdict is SKIPPED):
            self.memory.keep(key, verdict)
        return verdict

    def explained(self, sitting: Sitting) -> Judged:
        """The verdicts on a hub, as the engine finds them."""
        return engine.evaluate(self.policy, sitting.hub, sitting.memo)

    def applies(self, sitting: Sitting) -> bool | None:
        """Whether the policy applies to a hub and has what it needs; None where that is not plain."""
        if self.condition is None:
            return self._applies(sitting)
        if self.condition not in sitting.applying:
            sitting.applying[self.condition] = self._applies(sitting)
        return sitting.applying[self.condition]

    def _applies(self, sitting: Sitting) -> bool | None:
        if self.when is not None:
            try:
                value = self._asked(self.when, sitting)
            except STOPPED:
                return None
            if value is not True:
                return None if isinstance(value, Unknown) else False
        return True if all(map(sitting.has, self.policy.needs)) else None

    def passes(self, item: Any, sitting: Sitting) -> bool:
        """Whether an item plainly passes."""
        try:
            return self._asked(self.require, sitting, item) is True
        except STOPPED:
            return False

    def failing(self, items: Sequence[Any], sitting: Sitting) -> Judged:
        """The verdicts on a hub some items of which do not plainly pass."""
        scope = {"hub": sitting.hub.document, "params": self.policy.params}
        return list(engine.judgements(self.policy, scope, ((item, True) for item in items))) or PASSED

    def _found(self, sitting: Sitting) -> Judged:
        applies = self.applies(sitting)
        if applies is None:
            return self.explained(sitting)
        if not applies:
            return SKIPPED
        if self.each is None:
            return PASSED if self.passes(None, sitting) else self.explained(sitting)
        try:
            members = self._asked(self.each, sitting)
        except STOPPED:
            members = None
        if type(members) is not list:
            return self.explained(sitting)
        if self.require.on_item:
            items = [item for item in members if not self.passes(item, sitting)]
        else:
            items = [] if not members or self.passes(None, sitting) else members
        return self.failing(items, sitting) if items else PASSED

    def _asked(self, part: Shared, sitting: Sitting, item: Any = None) -> Any:
        """The value of a part.  Raises one of `STOPPED`."""
        if part.fact is not None:
            return sitting.facts[part.fact]
        if part.constant:
            return part.value
        return part.run(sitting.facts.hub, item, self.policy.params, None, STEPS, sitting.facts)
