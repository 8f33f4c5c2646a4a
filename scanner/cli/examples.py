"""Judges a policy by its own examples: they are its tests (contract section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner import engine
from scanner.functions import dates
from scanner.model import Verdict
from scanner.policy import Example, Policy
from scanner.scan import today_or
from scanner.sources.normalise import example as hub_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a policy made of its examples: how many of each verdict, and a line for each surprise."""

    policy: str
    counts: Mapping[str, int]
    problems: tuple[str, ...]


def run(policy: Policy) -> Outcome:
    """Judge every example of a policy.

    A policy without an example that passes and one that fails has not shown that it can do either.
    """
    problems = [
        f"has no example under '{verdict}': a policy must show that it can {verdict}"
        for verdict in ("pass", "fail")
        if not any(example.verdict == verdict for example in policy.examples)
    ]
    for example in policy.examples:
        problems.extend(_surprises(policy, example))
    counts = Counter(example.verdict for example in policy.examples)
    return Outcome(policy=policy.card.id, counts=counts, problems=tuple(problems))


def _surprises(policy: Policy, example: Example) -> Iterator[str]:
    where = f"{example.verdict}[{example.index}]"
    if "params" in example.settings:
        policy = policy.with_params(example.settings["params"], f"{policy.path}: examples.{where}")
    if policy.unset:
        yield f"{where}: parameter '{policy.unset[0]}' has no default, and 'params' gives it no value"
        return
    dates.use(today_or(example.settings.get("today")))
    judged = engine.evaluate(policy, hub_of(example.document))
    verdict = min((one.verdict for one in judged), key=lambda verdict: verdict.rank)
    if verdict != example.verdict:
        yield f"{where}: expected {example.verdict}, got {verdict}" + _because(judged, verdict)
    elif example.expect is not None:
        wanted = Counter(example.expect)
        got = Counter(one.item for one in judged if one.verdict is verdict and one.item is not None)
        if set(wanted) != set(got):
            missing = sorted(set(wanted) - set(got))
            extra = sorted(set(got) - set(wanted))
            yield (
                f"{where}: expected {sorted(wanted)}, got {sorted(got)}:"
                f" missing {missing}, not expected {extra}"
            )


def _because(judged: list[engine.Judgement], verdict: Verdict) -> str:
    reasons = [
        one.reason or one.message for one in judged if one.verdict is verdict and (one.reason or one.message)
    ]
    return f": {reasons[0]}" if reasons else ""
