"""Judges hubs: a policy and a hub in, verdicts out.

The engine reads nothing but the hub it is given and writes to nothing.  A thing passes only where
``require`` is exactly true; what cannot be known is unknown, and says why.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import orjson

from scanner.expressions import EvaluationError, Expression, display, display_json
from scanner.model import Gap, Hub, HubRef, Place, Verdict
from scanner.policy import Policy
from scanner.records import dataclass
from scanner.values import OpenList, Partial, Unknown

_EVIDENCE_BYTES = 500
"""Longest JSON text of one piece of evidence: a finding is for reading."""

_JSON_ALONE = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

_SHORT = _EVIDENCE_BYTES // 6 - 1
"""Characters of a text of ASCII that is short enough, whatever is in it."""

_UNNAMED_BYTES = 80

_WITHIN = {"deployments": "onlineendpoints"}
"""Collections that stand in members of another: who needs that one needs them."""

DOES_NOT_APPLY = "does not apply to this hub"
"""Why a policy is skipped whose ``when`` is not true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict of one policy on a hub, or on one member of it.

    ``item`` is the member's name and ``key`` what tells it from others of that name; both None for
    the hub itself.  ``by`` names other members that the verdict rests on.  ``place`` is where the value
    stands in code that leaves the verdict open, as far as that is known.
    """

    verdict: Verdict
    item: str | None = None
    key: str | None = None
    by: tuple[str, ...] = ()
    message: str = ""
    reason: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    subject: Any = None
    place: Place | None = None


class Memo(dict[Any, Any]):
    """What policies share of one hub: what expressions have given, and values as evidence has them."""

    __slots__ = ()

    def ask(self, policy: Policy, expression: Expression, scope: Mapping[str, Any]) -> Any:
        """What an expression of a policy says.  Raises `EvaluationError`."""
        return expression.evaluate(
            hub=scope["hub"], item=scope.get("item"), params=policy.params, before=scope.get("before")
        )


_SHOWN = object()
"""Stands before a path in a memo: no expression has such a name."""


_SILENT = frozenset({Verdict.FAIL, Verdict.UNKNOWN})


def after_yielding(
    policy: Policy, judged: Sequence[Judgement], verdicts: Mapping[str, Sequence[Judgement]], hub: Hub
) -> Sequence[Judgement]:
    """What a policy still says of a hub, knowing the verdicts of all policies on it, by id.

    It is silent on what a policy to which it yields finds failing.  Where all its failures are somebody
    else's, it is skipped and says so.
    """
    if not policy.card.yields_to or not any(one.verdict in _SILENT for one in judged):
        return judged
    louder = _Louder(_shared_names(hub.document.get("outboundRules")))
    for other in policy.card.yields_to:
        for one in verdicts.get(other, ()):
            if one.verdict is Verdict.FAIL:
                louder.add(other, one)
    kept = [one for one in judged if one.verdict not in _SILENT or not louder.covers(one)]
    if kept or not judged:
        return kept
    return [Judgement(verdict=Verdict.SKIP, reason=f"{louder.first} says it already")]


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
        key=_item_key(item),
        by=_others(item),
        message=policy.message.render(inner),
        evidence=_evidence(policy, inner, memo),
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
        key=_item_key(item),
        message=f"{policy.card.title}: not known{about}, because {reason}",
        reason=reason,
        evidence=_evidence(policy, scope, memo),
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
    empty = [".".join(path) for path in expression.paths if len(path) > 1 and _walk(path, scope) is None]
    return (
        f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} missing"
        if empty
        else f"'{key}' has no answer"
    )


def _evidence(policy: Policy, scope: Mapping[str, Any], memo: Memo) -> dict[str, Any]:
    """The values that the policy's condition and message speak of, where they are short enough to read."""
    evidence: dict[str, Any] = {}
    for path in policy.evidence:
        value = _walk(path, scope)
        if value is not None:
            evidence[".".join(path)] = _remembered(path, value, memo) if path[0] == "hub" else shown(value)
    return evidence


def _remembered(path: tuple[str, ...], value: Any, memo: Memo) -> Any:
    """What stands at a path of a hub as evidence has it: of the same hub many policies speak of the same."""
    known = memo.get((_SHOWN, path))
    if known is None:
        known = memo[_SHOWN, path] = shown(value)
    return known


def shown(value: Any) -> Any:
    """A value as evidence has it: JSON, or text for people where it is not known or too long to read."""
    if type(value) is str and len(value) <= _SHORT and value.isascii():
        return value
    if isinstance(value, Unknown):
        return display(value)
    try:
        text = orjson.dumps(value, option=_JSON_ALONE)
    except TypeError:
        text = orjson.dumps(value, default=display, option=orjson.OPT_NON_STR_KEYS)
        return orjson.loads(text) if len(text) <= _EVIDENCE_BYTES else display(value)
    return orjson.loads(text) if len(text) <= _EVIDENCE_BYTES else display_json(value, text)


def _walk(path: Sequence[str], scope: Mapping[str, Any]) -> Any:
    value: Any = scope
    for name in path:
        if type(value) is dict:
            value = value.get(name)
        elif isinstance(value, Unknown):
            return value
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value


def item_name(item: Any) -> str | None:
    """What a member is called: its ``name``, else its ``id``, else the member itself as short JSON."""
    if item is None or (isinstance(item, Unknown) and not isinstance(item, Partial)):
        return None
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        for key in ("name", "id"):
            if key in item and item[key] is not None:
                return item[key] if isinstance(item[key], str) else display(item[key])
    return display(item)[:_UNNAMED_BYTES]


def _item_key(item: Any) -> str | None:
    if item is not None and isinstance(item, Mapping) and item.get("key") is not None:
        return item["key"] if isinstance(item["key"], str) else display(item["key"])
    return None


def _others(item: Any) -> tuple[str, ...]:
    names = item.get("by") if item is not None and isinstance(item, Mapping) else None
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def fingerprint(policy: str, hub: HubRef, item: str | None, key: str | None) -> str:
    """What stays the same for a finding from scan to scan: 32 hexadecimal digits.

    It depends on policy, hub and item (contract section 4), ids and names compared without case.
    """
    return fingerprints(policy, item, key)(fingerprinted(hub))


def fingerprinted(hub: HubRef) -> bytes:
    """What of a hub goes into fingerprints."""
    return hub.id.lower().encode("utf-8", "surrogatepass")


def fingerprints(policy: str, item: str | None, key: str | None) -> Callable[[bytes], str]:
    """The fingerprint of the same finding for each hub, by what `fingerprinted` says of it."""
    before = f"{policy}\0".encode("utf-8", "surrogatepass")
    after = f"\0{(item or '').lower()}\0{(key or '').lower()}".encode("utf-8", "surrogatepass")
    return lambda hub: hashlib.sha256(before + hub + after).hexdigest()[:32]
