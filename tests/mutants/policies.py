"""How many wrong versions of the bundled policies their own examples find out.

A mutant is a policy with one thing changed in ``when``, ``each`` or ``require`` (`mutants.trees`).  It is killed
by an example that comes out otherwise, by verdict, by item, or, where ``words.yaml`` holds them, by words.  One
that survives is one that no hub tells from the policy, and ``explained.yaml`` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from mutants.trees import mutants

from scanner import engine, policies
from scanner.expressions import STEPS, Expression
from scanner.functions import dates
from scanner.model import Hub, Verdict
from scanner.policy import Policy
from scanner.scan import today_or
from scanner.sources.normalise import example as hub_of

KEYS = ("when", "each", "require")
FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A hub read once, with the settings of its example, and what a policy must say of it.

    ``expect`` are the items with the verdict, ``words`` the messages of failing ones by item; None where nobody
    says.
    """

    name: str
    hub: Hub
    before: Any
    params: Mapping[str, Any]
    today: Any
    verdict: str
    expect: frozenset[str] | None = None
    words: Mapping[str, str] | None = None

    def judge(self, policy: Policy) -> list[engine.Judgement]:
        """What a policy says of the hub.  Raises `ConfigError` for settings that it has not."""
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
        if self.expect is not None and items != self.expect:
            return True
        return self.words is not None and messages(judged) != self.words


def messages(judged: Sequence[engine.Judgement]) -> dict[str, str]:
    """What is told of each item that fails."""
    return {one.item or "": one.message for one in judged if one.verdict is Verdict.FAIL}


def trials(policy: Policy) -> list[Trial]:
    """The examples of a policy."""
    words = told().get(policy.card.id, {})
    made = []
    for example in policy.examples:
        name = f"{example.verdict}[{example.index}]"
        trial = trial_of(name, example.document, example.settings, example.verdict)
        expect = None if example.expect is None else frozenset(example.expect)
        made.append(replace(trial, expect=expect, words=words.get(name)))
    return made


def trial_of(name: str, document: Any, settings: Mapping[str, Any], verdict: str) -> Trial:
    """A hub to be judged under some settings."""
    earlier = settings.get("before")
    return Trial(
        name=name,
        hub=hub_of(document),
        before=hub_of(earlier).document if isinstance(earlier, dict) else None,
        params=settings.get("params", {}),
        today=settings.get("today"),
        verdict=verdict,
    )


@cache
def told() -> dict[str, Any]:
    """The messages of ``words.yaml``, by policy, example and item."""
    return dict(yaml.safe_load((FOLDER / "words.yaml").read_text(encoding="utf-8")))


@cache
def explained() -> dict[str, dict[str, str]]:
    """The reasons of ``explained.yaml``, by policy and mutant."""
    return dict(yaml.safe_load((FOLDER / "explained.yaml").read_text(encoding="utf-8")))


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
            name = f"{name} #{names[name]}" if names[name] > 1 else name
            mutant = Expression(name, tree, expression.offered, expression.known_functions, STEPS)
            yield name, replace(policy, **{key: mutant})


@dataclass(frozen=True)
class Tally:
    """How many mutants a policy has, and the names of those that survive its examples."""

    policy: str
    total: int
    survivors: tuple[str, ...]

    @property
    def killed(self) -> float:
        """How many of them were killed, in percent."""
        return 100 * (self.total - len(self.survivors)) / max(self.total, 1)


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


def report(names: Sequence[str]) -> Iterator[str]:
    """A line a policy, its survivors below it with their reasons, and the sum."""
    killed = total = 0
    for policy in bundled(names):
        found = tally(policy)
        killed, total = killed + found.total - len(found.survivors), total + found.total
        yield f"{found.policy}: {found.killed:.1f} % of {found.total}"
        for name in found.survivors:
            yield f"    {name}: {explained().get(found.policy, {}).get(name, 'NOT EXPLAINED')}"
    yield f"{killed} of {total} killed, {100 * killed / max(total, 1):.1f} %"
