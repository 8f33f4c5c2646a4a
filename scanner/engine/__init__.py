"""Judges hubs: a policy and a hub in, verdicts out.

The engine reads nothing but the hub it is given and writes to nothing.  A thing passes only where
``require`` is exactly true; what cannot be known is unknown, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.engine.evidence import evidence, walk
from scanner.engine.judgement import Judgement, item_key, item_name, others
from scanner.expressions import EvaluationError, Expression, display
from scanner.model import Gap, Hub, Place, Verdict
from scanner.policy import Policy
from scanner.values import OpenList, Unknown

__all__ = [
    "DOES_NOT_APPLY",
    "Judgement",
    "Memo",
    "evaluate",
    "failure",
    "judgements",
    "needs",
    "not_judged",
    "unknown",
]

_WITHIN = {"deployments": "onlineendpoints"}
"""Collections that stand in members of another: who needs that one needs them."""

DOES_NOT_APPLY = "does not apply to this hub"
"""Why a policy is skipped whose ``when`` is not true."""


class Memo(dict[Any, Any]):
    """What policies share of one hub: what expressions have given, and values as evidence has them."""

    __slots__ = ()

    def ask(self, policy: Policy, expression: Expression, scope: Mapping[str, Any]) -> Any:
        """What an expression of a policy says.  Raises `EvaluationError`."""
        return expression.evaluate(
            hub=scope["hub"], item=scope.get("item"), params=policy.params, before=scope.get("before")
        )


def evaluate(policy: Policy, hub: Hub, memo: Memo | None = None, before: Any = None) -> list[Judgement]:
    """What one policy says of one hub: a list of failing and unknown judgements, or one pass or skip.

    ``before`` is the hub's document in an earlier state, for a policy of transitions; an `Unknown` where
    that state could not be read, None where there is none.
    """
    memo = Memo() if memo is None else memo
    if hub.ref.kind.lower() not in policy.kinds:
        return [not_judged(policy, hub.ref.kind)]
    scope = {"hub": hub.document, "params": policy.params, "before": before}
    try:
        if policy.when is not None:
            applies = _shared(policy.when, scope, policy, memo)
            if isinstance(applies, Unknown) and applies.truth is not False:
                return [_unknown(policy, scope, applies.reason, memo, applies.place)]
            if applies is not True:
                return [Judgement(verdict=Verdict.SKIP, reason=DOES_NOT_APPLY)]
        missing, incomplete = needs(policy.needs, hub)
        if missing:
            return [_unknown(policy, scope, missing, memo)]
        members = _members(policy, scope, memo)
    except EvaluationError as error:
        return [_unknown(policy, scope, str(error), memo)]
    judged = [one for one in judgements(policy, scope, members, memo) if one.verdict is not Verdict.PASS]
    if incomplete:
        judged.append(_unknown(policy, scope, incomplete, memo))
    return judged or [Judgement(verdict=Verdict.PASS)]


def unknown(policy: Policy, reason: str) -> Judgement:
    """What a policy says of a hub of which nothing is known."""
    return _unknown(policy, {}, reason, Memo())


def not_judged(policy: Policy, kind: str) -> Judgement:
    """What a policy says of a workspace of a kind that it does not judge."""
    return Judgement(verdict=Verdict.SKIP, reason=f"judges {', '.join(policy.card.applies_to)}, not {kind}")


def _members(policy: Policy, scope: Mapping[str, Any], memo: Memo) -> Iterable[tuple[Any, bool]]:
    """What is judged, each with whether it is surely there: the members of ``each``, or the hub."""
    if policy.each is None:
        return ((None, True),)
    members = _shared(policy.each, scope, policy, memo)
    if isinstance(members, OpenList):
        return members.members
    if isinstance(members, Unknown):
        raise EvaluationError(members.reason)
    if not isinstance(members, list):
        raise EvaluationError(_null_reason("each", policy.each, scope, members))
    return ((member, True) for member in members)


def judgements(
    policy: Policy, scope: Mapping[str, Any], members: Iterable[tuple[Any, bool]], memo: Memo
) -> Iterator[Judgement]:
    """What a policy says of members of a hub that do not pass, each given with whether it is surely there.

    ``memo`` is that of the hub.
    """
    for item, certain in members:
        reason = None
        inner = scope if policy.each is None else {**scope, "item": item}
        try:
            value = memo.ask(policy, policy.require, inner)
        except EvaluationError as error:
            value, reason = None, str(error)
        if value is True:
            continue
        if value is False and certain:
            yield failure(policy, scope, item, memo)
            continue
        if value is not False:
            reason = reason or (
                value.reason
                if isinstance(value, Unknown)
                else _null_reason("require", policy.require, inner, value)
            )
        else:
            reason = "it is not known whether this is there at all"
        yield _unknown(policy, inner, reason, memo, value.place if isinstance(value, Unknown) else None)


def failure(policy: Policy, scope: Mapping[str, Any], item: Any, memo: Memo) -> Judgement:
    """What a policy says of a member that is surely there, and of which its requirement is false."""
    inner = scope if policy.each is None else {**scope, "item": item}
    return Judgement(
        verdict=Verdict.FAIL,
        item=item_name(item),
        key=item_key(item),
        by=others(item),
        message=policy.message.render(inner),
        evidence=evidence(policy, inner, memo),
        subject=item,
    )


def _unknown(
    policy: Policy, scope: Mapping[str, Any], reason: str, memo: Memo, place: Place | None = None
) -> Judgement:
    item = scope.get("item")
    name = item_name(item)
    about = f" of '{name}'" if name else ""
    return Judgement(
        verdict=Verdict.UNKNOWN,
        item=name,
        key=item_key(item),
        message=f"{policy.card.title}: not known{about}, because {reason}",
        reason=reason,
        evidence=evidence(policy, scope, memo),
        subject=item,
        place=place,
    )


def _shared(expression: Expression, scope: Mapping[str, Any], policy: Policy, memo: Memo) -> Any:
    """The value of ``when`` or ``each``, found once a hub for all policies that write the same."""
    key = (expression.text, policy.card.id) if expression.text in policy.own else expression.text
    if key not in memo:
        try:
            memo[key] = memo.ask(policy, expression, scope)
        except EvaluationError as error:
            memo[key] = error
    if isinstance(memo[key], EvaluationError):
        raise memo[key]
    return memo[key]


def needs(names: Iterable[str], hub: Hub) -> tuple[str | None, str | None]:
    """Why one of some collections is missing, and why one that is there may lack members."""
    incomplete = None
    for name in names:
        value = hub.document.get(name)
        # Of an open list every member that may be there is known, and each of them is judged.
        if isinstance(value, Unknown) and not isinstance(value, OpenList):
            return value.reason, None
        if value is None:
            return f"{name} was not collected", None
        for gap in hub.gaps:
            if _about_collection(gap, name):
                incomplete = f"{name} could not be read in full: {gap.reason}"
    return None, incomplete


def _about_collection(gap: Gap, name: str) -> bool:
    subject = gap.subject.strip().rstrip("/").lower()
    last = subject[max(subject.rfind("/"), subject.rfind(".")) + 1 :]
    return _WITHIN.get(last, last) == name.lower()


def _null_reason(key: str, expression: Expression, scope: Mapping[str, Any], value: Any) -> str:
    if value is not None:
        return (
            f"'{key}' gives {display(value)}, neither true nor false"
            if key == "require"
            else f"'{key}' gives no list"
        )
    empty = [".".join(path) for path in expression.paths if len(path) > 1 and walk(path, scope) is None]
    return (
        f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} missing"
        if empty
        else f"'{key}' has no answer"
    )
