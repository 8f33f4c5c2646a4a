"""What one evaluation with unknown values carries along: its steps, and its doubts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from scanner.expressions.runtime import Reference, spent
from scanner.expressions.unknowns import certainly
from scanner.records import dataclass
from scanner.values import OpenList, Touched, Unknown

if TYPE_CHECKING:
    from scanner.expressions.facts import Facts

Variables = Mapping[str, Any]
Rule = Callable[["State", Any, Variables], Any]
"""How to compute one node: from the current value and the variables in sight."""

FAILURES = (ValueError, TypeError, ArithmeticError)
"""How an evaluation fails: jmespath's errors are ValueErrors; Python's own come from its functions."""


@dataclass(slots=True)
class State:
    """One evaluation.

    ``doubt`` is the first unknown value on which it depends whether the evaluation ends in an error;
    from then on nothing that it yields is decided.  ``facts`` are those of the hub, for an expression that
    was taken apart.
    """

    steps: list[int]
    doubt: Unknown | None = field(default=None)
    facts: Facts | None = field(default=None)

    def spend(self, count: int) -> None:
        """Take steps.  Raises `StepsSpent`."""
        self.steps[0] -= count
        if self.steps[0] < 0:
            spent(self.steps)

    def doubted(self, cause: Unknown) -> Unknown:
        """A value that may be an error instead, because of something that is not known."""
        if self.doubt is None:
            self.doubt = cause
        return Unknown(cause.reason, text=cause.text, place=cause.place, fallible=True)

    def attempt(self, rule: Rule, value: Any, variables: Variables, cause: Unknown) -> Any:
        """The value of what may not be computed at all, depending on ``cause``: its failure is a doubt."""
        try:
            return rule(self, value, variables)
        except FAILURES:
            return self.doubted(cause)

    def answer(self, rule: Rule, document: Any, variables: Variables) -> Any:
        """As much as can be told of what a rule yields.  Raises what it raises, `Touched` aside."""
        try:
            return self.settled(rule(self, document, variables))
        except Touched as touched:
            return self.doubted(touched.unknown)

    def settled(self, result: Any) -> Any:
        """What may be said of the result, seeing the doubts.

        A list keeps its members, and has one more that may not be there: whatever the error would have
        kept from being seen.
        """
        if self.doubt is None:
            return result
        rest = Unknown(self.doubt.reason, text=self.doubt.text, place=self.doubt.place, fallible=True)
        if isinstance(result, (list, OpenList)):
            known = result.members if isinstance(result, OpenList) else ((member, True) for member in result)
            doubtful = OpenList((*known, (rest, False)), self.doubt.reason)
            doubtful.text, doubtful.place, doubtful.fallible = rest.text, rest.place, True
            return doubtful
        if isinstance(result, Unknown):
            return Unknown(result.reason, text=result.text, place=result.place, fallible=True)
        return rest


def reference(rule: Rule, state: State, variables: Variables, *, keys: bool = False) -> Any:
    """An expression reference; with ``keys`` it raises `Touched` where its value is not known."""

    def visit(element: Any) -> Any:
        value = rule(state, element, variables)
        return certainly(value) if keys else value

    return Reference(visit)
