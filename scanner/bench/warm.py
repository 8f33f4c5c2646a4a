"""Some policies taken apart, for many hubs."""

from __future__ import annotations

from collections.abc import Sequence

from scanner import engine
from scanner.bench.cases import Case
from scanner.bench.docket import Docket
from scanner.bench.routine import Routine
from scanner.bench.verdicts import PASSED, Judged
from scanner.expressions.facts import Ledger
from scanner.model import Hub
from scanner.policy import Policy


class Warm:
    """Some policies with what they share, a docket for each kind of workspace.

    ``usual_after`` says how many hubs of a kind are judged before what is asked of them all is put into
    functions.
    """

    def __init__(self, policies: Sequence[Policy], usual_after: int) -> None:
        self._policies = policies
        self._usual_after = usual_after
        self._ledger = Ledger()
        self._cases: dict[int, Case] = {}
        self._dockets: dict[str, Docket] = {}

    def judge(self, hub: Hub) -> list[Judged]:
        """What each policy says of a hub."""
        kind = hub.ref.kind.lower()
        docket = self._dockets.get(kind)
        if docket is None:
            docket = self._dockets[kind] = self._docket(kind, hub.ref.kind)
        return docket.judge(hub)

    def _docket(self, kind: str, spelled: str) -> Docket:
        cases = []
        blank: list[Judged] = []
        for number, policy in enumerate(self._policies):
            if kind in policy.kinds:
                if number not in self._cases:
                    self._cases[number] = Case.of(number, policy, self._ledger)
                cases.append(self._cases[number])
                blank.append(PASSED)
            else:
                blank.append((engine.not_judged(policy, spelled),))
        return Docket(cases, blank, Routine(self._ledger, self._usual_after))
