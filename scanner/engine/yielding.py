"""Where policies yield to one another, so that one mistake is one finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from scanner.engine.judgement import Judgement, item_name
from scanner.model import AGAINST, Hub, PolicyCard, Verdict
from scanner.policy import Policy
from scanner.records import dataclass
from scanner.values import OpenList


def after_yielding(
    policy: Policy, judged: Sequence[Judgement], verdicts: Mapping[str, Sequence[Judgement]], hub: Hub
) -> Sequence[Judgement]:
    """What a policy still says of a hub, knowing the verdicts of all policies on it (`Ranks.heard`), by id.

    It is silent on what a policy to which it yields finds failing.  Where all its failures are somebody
    else's, it is skipped and says so.
    """
    if not policy.card.yields_to or not any(one.verdict in AGAINST for one in judged):
        return judged
    failing = [
        (other, one)
        for other in policy.card.yields_to
        for one in verdicts.get(other, ())
        if one.verdict is Verdict.FAIL
    ]
    if not failing:
        return judged
    louder = _Louder(_shared_names(hub.document.get("outboundRules")))
    for other, one in failing:
        louder.add(other, one)
    kept = [one for one in judged if one.verdict not in AGAINST or not louder.covers(one)]
    if kept or not judged:
        return kept
    return [Judgement(verdict=Verdict.SKIP, reason=f"{louder.first} says it already")]


Exempt = Callable[[Policy, Judgement], bool]
"""Whether an exemption in force covers what a policy says of a hub."""


class Ranks:
    """Some policies by who yields to whom."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = {policy.card.id: policy for policy in policies}
        louder = {other for policy in self._policies.values() for other in policy.card.yields_to}
        self._louder = [policy for name, policy in self._policies.items() if name in louder]

    def heard(
        self, verdicts: Mapping[str, Sequence[Judgement]], hub: Hub, exempt: Exempt | None
    ) -> Mapping[str, Sequence[Judgement]]:
        """The verdicts of all of them on a hub to which others yield: without failures that are exempt.

        An exemption is for the policy that it names.  What another one finds of the same thing is said
        by nobody then, unless it says it itself.  Of what is silent itself there is nothing to exempt: who
        is louder speaks for both.
        """
        if exempt is None:
            return verdicts
        spared = {
            policy.card.id
            for policy in self._louder
            if any(one.verdict is Verdict.FAIL and exempt(policy, one) for one in verdicts[policy.card.id])
        }
        if not spared:
            return verdicts
        heard = dict(verdicts)
        for name in filter(spared.__contains__, _louder_first(self._policies)):
            policy = self._policies[name]
            said = set(map(id, after_yielding(policy, verdicts[name], heard, hub)))
            heard[name] = [
                one
                for one in verdicts[name]
                if not (one.verdict is Verdict.FAIL and id(one) in said and exempt(policy, one))
            ]
        return heard


def speakers(cards: Iterable[PolicyCard]) -> dict[str, frozenset[str]]:
    """Who may speak in the place of each policy, by id: those to which it yields, and so on from there."""
    yields = {card.id: card.yields_to for card in cards if card.yields_to}
    found = {}
    for name, others in yields.items():
        waiting, met = list(others), set(others)
        for other in waiting:
            further = set(yields.get(other, ())) - met
            met |= further
            waiting += further
        found[name] = frozenset(met)
    return found


def _louder_first(policies: Mapping[str, Policy]) -> Iterable[str]:
    """The ids of policies, each after all those to which it yields."""
    from graphlib import TopologicalSorter  # noqa: PLC0415 - few scans have exemptions

    graph = {
        name: [one for one in policy.card.yields_to if one in policies] for name, policy in policies.items()
    }
    return TopologicalSorter(graph).static_order()


@dataclass(slots=True)
class _Louder:
    """Failing judgements of the policies to which one yields, by what they are about.

    ``shared`` are the names that several rules have: each of those is another thing.
    """

    shared: frozenset[str]
    first: str = ""
    hub: bool = False
    keys: dict[str, set[str | None]] = field(default_factory=dict)
    twins: list[tuple[Any, str | None]] = field(default_factory=list)

    def add(self, policy: str, one: Judgement) -> None:
        self.first = self.first or policy
        if one.item is None:
            self.hub = True
        elif one.item in self.shared:
            self.twins.append((_rule_of(one.subject), one.key))
        else:
            self.keys.setdefault(one.item, set()).add(one.key)

    def covers(self, one: Judgement) -> bool:
        """Whether one of them is about the same thing: the hub as a whole, or the same member.

        A member that another one makes wrong (``by``) is wrong no more once that one is mended.
        """
        if self.hub or any(name in self.keys for name in one.by):
            return True
        if one.item in self.shared:
            own = _rule_of(one.subject)
            keys = {key for rule, key in self.twins if rule is own}
        else:
            keys = self.keys.get(one.item, set()) if one.item is not None else set()
        return bool(keys) and (one.key is None or None in keys or one.key in keys)


def _shared_names(rules: Any) -> frozenset[str]:
    """The names that several rules of a hub have."""
    listed = [rule for rule, _ in rules.members] if isinstance(rules, OpenList) else rules
    names = [item_name(rule) for rule in listed] if isinstance(listed, list) else []
    return frozenset(name for name, count in Counter(names).items() if name is not None and count > 1)


def _rule_of(subject: Any) -> Any:
    """What a member that was judged has of its own, whatever a policy made of it."""
    return subject.get("properties", subject) if isinstance(subject, Mapping) else subject
