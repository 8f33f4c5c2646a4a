"""Judges hubs by many policies at once, and does nothing twice.

`scanner.engine` says what a verdict is.  Here is only what saves work where it is a plain pass, as
nearly all are: what policies ask of a hub alike is found once; an item that stands in thousands of
hubs, such as a rule, is judged once; and so is a hub by a policy that rests on little of it.  Whatever
is not a plain pass is asked of the engine, which explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scanner import engine
from scanner.bench.verdicts import PASSED, SKIPPED, Judged, Verdicts
from scanner.engine.yielding import Exempt, Ranks, after_yielding
from scanner.model import Hub
from scanner.policy import Policy

if TYPE_CHECKING:
    from scanner.bench.alike import Alike
    from scanner.bench.warm import Warm

__all__ = ["PASSED", "SKIPPED", "Bench", "Judged", "Verdicts"]


COLD = 10
"""How many hubs are judged by the engine alone: preparing to share work pays with the number of hubs."""


WARM = 160
"""How many further hubs of a kind are judged before what is asked of them all is put into functions.

To prepare that costs as much as it saves on some hundreds of hubs."""


class Bench:
    """Some policies, ready to judge any number of hubs."""

    def __init__(self, policies: Sequence[Policy], cold: int = COLD, warm: int = WARM) -> None:
        self._policies = tuple(policies)
        self._ranks = Ranks(self._policies)
        self._cold = cold
        self._usual_after = warm
        self._warm: Warm | None = None
        self._alike: Alike | None = None

    def judge(self, hub: Hub, exempt: Exempt | None = None) -> Iterator[tuple[Policy, Judged]]:
        """The verdicts of every policy on one hub, those that yield to a failing one left out.

        A policy always gives at least one judgement.  They are those of `engine.evaluate`; what is
        `PASSED` or `SKIPPED` is nothing but that.  To what is ``exempt`` nobody yields; None where
        nothing can be.
        """
        common, others = self.parted(hub, exempt)
        yield from common
        yield from others

    def parted(
        self, hub: Hub, exempt: Exempt | None = None
    ) -> tuple[Verdicts, Iterable[tuple[Policy, Judged]]]:
        """The same in two parts: what is given, the same object, for all hubs alike, and the others."""
        if self._cold > 0:
            return (), self._final(hub, self._coldly(hub), exempt)
        if self._alike is None:
            from scanner.bench.alike import Alike  # noqa: PLC0415 - a scan of a hub or two has no use for it

            self._alike = Alike(self._policies, self._ranks)
        return self._alike.judge(hub, exempt) or ((), self._final(hub, self._warmly(hub), exempt))

    def _final(
        self, hub: Hub, judged: Sequence[Judged], exempt: Exempt | None
    ) -> Iterable[tuple[Policy, Judged]]:
        """What is left of verdicts, where policies yield to one another and values are one of a few."""
        telling = _telling(judged)
        if not hub.live and any(one.place is not None for number in telling for one in judged[number]):
            from scanner.bench import choices  # noqa: PLC0415 - few have any

            judged = choices.decided(self._policies, hub, judged)
            telling = _telling(judged)
        left = list(judged)
        verdicts: Mapping[str, Judged] = {}
        for number in telling:
            policy = self._policies[number]
            if policy.card.yields_to:
                if not verdicts:
                    every = dict(zip((one.card.id for one in self._policies), judged, strict=True))
                    verdicts = self._ranks.heard(every, hub, exempt)
                left[number] = after_yielding(policy, judged[number], verdicts, hub)
        return zip(self._policies, left, strict=True)

    def _coldly(self, hub: Hub) -> list[Judged]:
        self._cold -= 1
        memo = engine.Memo()
        return [engine.evaluate(policy, hub, memo) for policy in self._policies]

    def _warmly(self, hub: Hub) -> list[Judged]:
        if self._warm is None:
            from scanner.bench.warm import Warm  # noqa: PLC0415 - a scan of a hub or two has no use for it

            self._warm = Warm(self._policies, self._usual_after)
        return self._warm.judge(hub)


def _telling(judged: Sequence[Judged]) -> list[int]:
    """The numbers of the policies that say more than that a hub passes, or that they do not apply."""
    return [number for number, said in enumerate(judged) if said is not PASSED and said is not SKIPPED]
