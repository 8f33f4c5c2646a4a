"""How many wrong versions of the bundled policies their own examples find out.

A mutant is a policy with one thing changed in ``when``, ``each`` or ``require`` (`mutants.trees`).  One that no
example tells from the policy survives: an example is missing, or no hub tells the two apart, and
``explained.yaml`` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mutants.trees import mutants

from scanner import engine, policies
from scanner.expressions import STEPS, Expression
from scanner.functions import dates
from scanner.model import Hub
from scanner.policy import Policy
from scanner.scan import today_or
from scanner.sources.normalise import example as hub_of

KEYS = ("when", "each", "require")


@dataclass(frozen=True)
class Trial:
    """An example, read once: the hub, the options beside it, and what a policy must say of it."""

    hub: Hub
    before: Any
    params: Mapping[str, Any]
    today: Any
    verdict: str
    expect: frozenset[str] | None

    def judge(self, policy: Policy) -> list[engine.Judgement]:
        """What a policy says of the hub."""
        if self.params:
            policy = policy.with_params(self.params, policy.card.id)
        dates.use(today_or(self.today), named=self.today is not None)
        return engine.evaluate(policy, self.hub, before=self.before)

    def tells(self, policy: Policy) -> bool:
        """Whether a policy does not say what it must, as ``hubscan policy test`` has it."""
        judged = self.judge(policy)
        worst = min((one.verdict for one in judged), key=lambda verdict: verdict.rank)
        if worst != self.verdict:
            return True
        items = {one.item for one in judged if one.verdict is worst and one.item is not None}
        return self.expect is not None and items != self.expect


def trials(policy: Policy) -> list[Trial]:
    """The examples of a policy."""
    return [
        trial_of(example.document, example.settings, example.verdict, example.expect)
        for example in policy.examples
    ]


def trial_of(
    document: Any, settings: Mapping[str, Any], verdict: str = "", expect: Sequence[str] | None = None
) -> Trial:
    """A hub to be judged under some settings."""
    earlier = settings.get("before")
    return Trial(
        hub=hub_of(document),
        before=hub_of(earlier).document if isinstance(earlier, dict) else None,
        params=settings.get("params", {}),
        today=settings.get("today"),
        verdict=verdict,
        expect=None if expect is None else frozenset(expect),
    )


def versions(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every mutant of a policy, each with a name that stays while the text it changes does."""
    names = Counter[str]()
    for key in KEYS:
        expression = getattr(policy, key)
        if expression is None:
            continue
        for what, tree in mutants(expression.tree):
            name = f"{key}: {what}"
            names[name] += 1
            text = f"{expression.text} # {name} {names[name]}"
            mutant = Expression(text, tree, expression.offered, expression.known_functions, STEPS)
            yield (f"{name} #{names[name]}" if names[name] > 1 else name), replace(policy, **{key: mutant})


@dataclass(frozen=True)
class Tally:
    """How many mutants a policy has, and the names of those that its examples do not tell from it."""

    policy: str
    total: int
    survivors: tuple[str, ...]


def tally(policy: Policy) -> Tally:
    """Judge the examples of a policy by each of its mutants."""
    waiting, total, survivors = trials(policy), 0, []
    for name, mutant in versions(policy):
        total += 1
        found = next((at for at, trial in enumerate(waiting) if trial.tells(mutant)), None)
        if found is None:
            survivors.append(name)
        else:
            # What told one mutant tells its neighbours.
            waiting.insert(0, waiting.pop(found))
    return Tally(policy.card.id, total, tuple(survivors))


def bundled(names: Sequence[str] = ()) -> list[Policy]:
    """The bundled policies, or some of them."""
    loaded = policies.load((), include_bundled=True)
    return [policy for policy in loaded if not names or policy.card.id in names]
