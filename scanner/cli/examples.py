"""Judges a policy by its own examples: they are its tests (contract section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner import engine
from scanner.errors import ConfigError
from scanner.functions import dates
from scanner.model import Verdict
from scanner.policy import Example, Policy
from scanner.reporters._plain import plain
from scanner.scan import today_or
from scanner.sources.normalise import example as hub_of

VERDICTS = ("pass", "fail", "skip", "unknown")
"""What an example may stand under, in the order of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a policy made of its examples.

    ``counts`` holds for each verdict how many of its examples came out as they should, and how many
    there are.  ``problems`` are lines for people: what came out otherwise, and what is missing.
    """

    policy: str
    counts: Mapping[str, tuple[int, int]]
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
    good, total = Counter[str](), Counter[str]()
    for example in policy.examples:
        found = list(_surprises(policy, example))
        total[example.verdict] += 1
        good[example.verdict] += not found
        problems.extend(found)
    counts = {verdict: (good[verdict], total[verdict]) for verdict in VERDICTS}
    return Outcome(policy=policy.card.id, counts=counts, problems=tuple(problems))


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line a policy with its examples under each verdict, good ones of all, and its problems below."""
    width = max(len(outcome.policy) for outcome in outcomes)
    yield "        ".ljust(8 + width) + "".join(f"{verdict:>9}" for verdict in VERDICTS)
    for outcome in outcomes:
        cells = "".join(f"{_cell(*outcome.counts[verdict]):>9}" for verdict in VERDICTS)
        yield f"{'FAILED' if outcome.problems else 'ok':<8}{outcome.policy:<{width}}{cells}"
        yield from (f"        {line}" for problem in outcome.problems for line in problem.splitlines())


def _cell(good: int, total: int) -> str:
    return "-" if not total else str(total) if good == total else f"{good}/{total}"


def _surprises(policy: Policy, example: Example) -> Iterator[str]:
    where = f"{example.verdict}[{example.index}]"
    try:
        policy = policy.with_params(_params(example), where)
        dates.use(today_or(example.settings.get("today")), named="today" in example.settings)
    except ConfigError as error:
        yield plain(str(error))
        return
    except (TypeError, ValueError):
        yield f"{where}: 'today' is no date, write YYYY-MM-DD"
        return
    if policy.unset:
        yield f"{where}: parameter '{policy.unset[0]}' has no default, and 'params' gives it no value"
        return
    earlier = example.settings.get("before")
    before = hub_of(earlier).document if isinstance(earlier, dict) else None
    judged = engine.evaluate(policy, hub_of(example.document), before=before)
    verdict = min((one.verdict for one in judged), key=lambda verdict: verdict.rank)
    if verdict != example.verdict:
        yield plain(f"{where}: expected {example.verdict}, got {verdict}{_because(judged, verdict)}")
    elif example.expect is not None:
        yield from _differences(where, example.expect, judged, verdict)


def _params(example: Example) -> Mapping[str, object]:
    values = example.settings.get("params", {})
    if not isinstance(values, dict):
        raise ConfigError(f"{example.verdict}[{example.index}]: 'params' must be an object")
    return values


def _differences(
    where: str, expect: Sequence[str], judged: Sequence[engine.Judgement], verdict: Verdict
) -> Iterator[str]:
    """The items of a verdict as a diff: ``-`` expected and not there, ``+`` there and not expected."""
    wanted = set(expect)
    got = {one.item for one in judged if one.verdict is verdict and one.item is not None}
    if wanted == got:
        return
    signs = {name: "-" if name not in got else "+" if name not in wanted else " " for name in wanted | got}
    lines = [f"  {sign} {plain(name)}" for name, sign in sorted(signs.items())]
    yield "\n".join((f"{where}: it is {verdict}, yet for other items (- expected, + found):", *lines))


def _because(judged: Sequence[engine.Judgement], verdict: Verdict) -> str:
    reasons = [
        one.reason or one.message for one in judged if one.verdict is verdict and (one.reason or one.message)
    ]
    return f": {reasons[0]}" if reasons else ""
