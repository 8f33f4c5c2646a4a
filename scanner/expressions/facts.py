"""What is known of one hub by now, for all expressions that ask the same of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any, NamedTuple

from scanner.expressions.compiler import compile_tree
from scanner.expressions.errors import EvaluationError
from scanner.expressions.expression import COLD, STEPS
from scanner.expressions.open import build
from scanner.expressions.parser import Node
from scanner.expressions.state import FAILURES, Rule, State
from scanner.expressions.syntax import ROOTS, nodes
from scanner.expressions.told import Outcomes, Told
from scanner.expressions.writer import TooNested
from scanner.functions.registry import Function
from scanner.records import dataclass
from scanner.values import Touched

STOPPED = (*FAILURES, EvaluationError, RecursionError, Touched, TooNested)
"""What ends a shared evaluation: whoever asked must ask again in the way that explains."""

_MISSES = 8
"""After how many hubs in a row in which a fact rested on something unknown that is expected."""

_SELDOM = 64
"""One in how many further hubs it is looked at whether that is still so."""


class Spread(NamedTuple):
    """A list is all the items that ``make`` makes of the members of the list that is fact ``base``.

    ``core`` and ``shown`` say on what of a member an item rests (`scanner.functions.registry.Function`).
    """

    base: int
    make: Callable[[Any], list[Any]]
    core: tuple[str, ...]
    shown: Mapping[str, tuple[str, ...]]


class Grounds(NamedTuple):
    """On what a value rests beside an item.

    ``leaves`` are facts that decide it: those nearest to the hub, and those that are a mere number or
    yes or no.  ``touched`` are facts that it only asks for: it has no value where they have none.
    ``whole`` is True where it also rests on the hub in a way that no leaf stands for; ``loops`` where
    finding it, the leaves known, walks over lists.
    """

    leaves: frozenset[int] = frozenset()
    touched: frozenset[int] = frozenset()
    whole: bool = False
    loops: bool = False

    def and_those_of(self, *others: Grounds) -> Grounds:
        """On what several values rest together."""
        every = (self, *others)
        return Grounds(
            leaves=frozenset().union(*(one.leaves for one in every)),
            touched=frozenset().union(*(one.touched for one in every)),
            whole=any(one.whole for one in every),
            loops=any(one.loops for one in every),
        )


@dataclass(slots=True)
class Fact:
    """A part of expressions that rests on a hub.

    ``spread`` says how a list is made item by item.  ``whole`` is the same as ``node`` with the facts
    that it rests on written out, where it is all of an expression: to find each of them apart would pay
    only where others ask for them, too.
    """

    node: Node
    params: Mapping[str, Any]
    functions: Mapping[str, Function]
    grounds: Grounds
    spread: Spread | None = None
    whole: Node | None = None
    run: Callable[..., Any] | None = None
    outcomes: Outcomes = field(default_factory=Outcomes)
    _asked: int = 0
    _missed: int = 0
    _rule: Rule | None = None
    _parts: tuple[int, ...] | None = None

    @property
    def rule(self) -> Rule:
        """What finds as much of it as can be told where something is not known."""
        if self._rule is None:
            self._rule = build(self.node, self.functions)
        return self._rule

    @property
    def parts(self) -> tuple[int, ...]:
        """The facts that it rests on and on nothing else; none where it asks the hub itself."""
        if self._parts is None:
            every = list(nodes(self.node))
            asks = any(node["type"] in ("variable", "field") and node["value"] == "hub" for node in every)
            facts = {node["value"]: None for node in every if node["type"] == "fact"}
            self._parts = () if asks else tuple(facts)
        return self._parts

    def expects_all(self) -> bool:
        """Whether all that it rests on is likely to be known: then what is compiled finds it best.

        It is not compiled for a few hubs.
        """
        self._asked += 1
        if self.run is None and self._asked < COLD:
            return False
        return self._missed < _MISSES or self._asked % _SELDOM == 0

    def met(self, *, all_known: bool) -> None:
        """Note how it was."""
        self._missed = 0 if all_known else self._missed + 1

    def compiled(self) -> Callable[..., Any]:
        """What finds the fact, compiled when the first hub is asked for it."""
        self.run = compile_tree(self.whole or self.node, self.functions, ROOTS, facts=True)
        return self.run


class Ledger:
    """The facts of some expressions, by number."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._numbers: dict[str, int] = {}

    def number(self, key: str, make: Callable[[int], Fact]) -> int:
        """The number of the fact with that key, made where it is new."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.facts)
            self.facts.append(make(number))
        return number

    def of(self, hub: Any) -> Facts:
        """The facts of a hub, none of them known yet."""
        return Facts(self.facts, hub)


class Facts(dict[int, Any]):
    """The facts of one hub, found when they are asked for.

    Asking raises what the expression raises, each time.
    """

    __slots__ = ("_facts", "_failed", "_told", "hub")

    def __init__(self, facts: Sequence[Fact], hub: Any) -> None:
        super().__init__()
        self.hub = hub
        self._facts = facts
        self._failed: dict[int, BaseException] = {}
        self._told: dict[int, Told] = {}

    def __missing__(self, number: int) -> Any:
        if number in self._failed:
            raise self._failed[number]
        fact = self._facts[number]
        try:
            value = self[number] = (fact.run or fact.compiled())(
                self.hub, None, fact.params, None, STEPS, self
            )
        except STOPPED as error:
            self._failed[number] = error.with_traceback(None)
            raise
        return value

    def openly(self, number: int, state: State) -> Any:
        """As much of a fact as can be told, as part of an evaluation.  Raises one of `STOPPED`."""
        if number in self:
            return self[number]
        told = self.told(number)
        if told.doubt is not None:
            state.doubted(told.doubt)
        if told.failure is not None:
            raise told.failure
        return told.value

    def told(self, number: int) -> Told:
        """How a fact turned out, as far as that can be told."""
        told = self._told.get(number)
        if told is None:
            fact = self._facts[number]
            told = (
                self._found(number, fact) or self._like_others(fact) or fact.outcomes.keep(self._tell(fact))
            )
            self._told[number] = told
        return told

    def _found(self, number: int, fact: Fact) -> Told | None:
        """A fact that rests on nothing that is not known, if it was found or is likely to be."""
        if number not in self:
            if number in self._failed or not fact.expects_all():
                return None
            with suppress(*STOPPED):
                self[number]
            fact.met(all_known=number in self)
        return fact.outcomes.keep(Told(self[number])) if number in self else None

    def _like_others(self, fact: Fact) -> Told | None:
        """A fact that rests on what is the same in many hubs."""
        if not fact.parts or not fact.outcomes.pays:
            return None
        parts = tuple([self.told(number) for number in fact.parts])
        if not all(part.common for part in parts):
            fact.outcomes.vain += 1
            return None
        return fact.outcomes.of(parts) or fact.outcomes.keep(self._tell(fact), parts)

    def _tell(self, fact: Fact) -> Told:
        state = State([STEPS, STEPS], facts=self)
        roots = {"hub": self.hub, "params": fact.params}
        try:
            return Told(fact.rule(state, roots, roots), state.doubt)
        except STOPPED as error:
            return Told(None, state.doubt, error.with_traceback(None))
