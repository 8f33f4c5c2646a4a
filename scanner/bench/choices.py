"""Decides what comes out the same whichever of a few values an open one has.

Where a condition in code is open, so is which of two values a property has: one rule leads to storage
by either, and no single expression can tell.  So a hub with such values is judged once for each of
them.  Of a parameter that takes a few texts Azure takes them in any case, too: then what passes by each
stays unknown, and what fails by each fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scanner import engine
from scanner.bench.verdicts import PASSED, Judged
from scanner.engine import Judgement, Memo
from scanner.model import AGAINST, Hub, Verdict
from scanner.policy import Policy
from scanner.sources.documents.spelling import CATEGORIES, KINDS, MODES, RULE_TYPES, canonical
from scanner.values import Exactly, OpenList, Unknown

MOST = 32
"""How many times a hub is judged at most."""

_SPELLED = {"type": RULE_TYPES, "category": CATEGORIES, "isolationMode": MODES, "kind": KINDS}
"""The words that readers spell as Azure does, by their keys."""

LARGEST = 2_000
"""How many rules are judged at most, however many times."""


def decided(policies: Sequence[Policy], hub: Hub, judged: Sequence[Judged]) -> Sequence[Judged]:
    """The verdicts of policies on a hub, the unknown ones decided that come out the same in any case.

    Values are tried one by one, each while the others are left open, and so independent of them.
    """
    tried = 0
    most = min(MOST, LARGEST // _size(hub))
    asked = {one.place for said in judged for one in said if _left(one)}
    for value in _open(hub.document):
        if value.place not in asked:
            continue
        options = value.options  # type: ignore[attr-defined]
        tried += len(options)
        if tried > most:
            break
        hubs: list[tuple[Hub, Memo]] = [
            (replace(hub, document=_with(hub.document, value, one)), Memo()) for one in options
        ]
        exact = isinstance(value.options, Exactly)  # type: ignore[attr-defined]
        judged = [
            _weighed(said, [engine.evaluate(policy, *one) for one in hubs], exact=exact)
            if any(map(_left, said))
            else said
            for policy, said in zip(policies, judged, strict=True)
        ]
    return judged


def _size(hub: Hub) -> int:
    rules = hub.document.get("outboundRules")
    listed = rules.members if isinstance(rules, OpenList) else rules
    return 1 + len(listed) if isinstance(listed, (list, tuple)) else 1


def _left(one: Judgement) -> bool:
    return one.verdict is Verdict.UNKNOWN and one.place is not None


def _weighed(said: Judged, every: Sequence[Judged], *, exact: bool) -> Judged:
    """What a policy says, with what comes out in any case in place of what it does not know.

    ``exact`` tells that no other value is possible.
    """
    failed = _failed(said, every)
    return _passed(failed, every) if exact else failed


def _passed(said: Judged, every: Sequence[Judged]) -> Judged:
    """What a policy says, without what it does not know of things that it finds well in any case."""
    met = {one.item for one in said if one.verdict in AGAINST}
    kept = [
        one for one in said if not (_left(one) and all(_is_well(one.item, judged, met) for judged in every))
    ]
    if kept:
        return kept
    first = every[0][0].verdict
    if any(one.verdict is not first for judged in every for one in judged):
        return said
    return PASSED if first is Verdict.PASS else every[0]


def _is_well(item: str | None, judged: Judged, met: set[str | None]) -> bool:
    """Whether nothing is said against a thing, nor of the hub as a whole; of that, nothing at all.

    What is said of something not ``met`` before may be of that thing, which goes by another name now.
    """
    return not any(
        one.verdict in AGAINST and (item is None or one.item in (None, item) or one.item not in met)
        for one in judged
    )


def _failed(said: Judged, every: Sequence[Judged]) -> Judged:
    """What a policy says, with the failures that it finds in any case in place of what it does not know."""
    failing = [{one.item: one for one in judged if one.verdict is Verdict.FAIL} for judged in every]
    common = [item for item in failing[0] if _fails(item, said, every)]
    if not common:
        return said
    met = {one.item for one in said if _left(one)}
    kept = [_failure(one, failing[0][one.item]) if _left(one) and one.item in common else one for one in said]
    if None in met and None not in common:
        # It was not known whether the policy applies at all.
        if all({one.item for one in judged} == set(common) for judged in every):
            kept = [one for one in kept if not (_left(one) and one.item is None)]
        kept += [failing[0][item] for item in common if item not in met]
    return kept


def _fails(item: str | None, said: Judged, every: Sequence[Judged]) -> bool:
    """Whether all that is not known of that name fails in any case: several things may have one name."""
    wanted = sum(one.item == item and (_left(one) or one.verdict is Verdict.FAIL) for one in said)
    return all(
        sum(one.item == item and one.verdict is Verdict.FAIL for one in judged) >= max(wanted, 1)
        for judged in every
    )


def _failure(one: Judgement, by_first: Judgement) -> Judgement:
    """What is said of something that fails in any case, with what is said where the first value is it."""
    message = f"{by_first.message} ({one.reason})"
    return replace(by_first, message=message, key=one.key, subject=one.subject, place=one.place)


def _open(document: Any) -> list[Unknown]:
    """The values in a document that are one of a few, each once."""
    found: dict[int, Unknown] = {}
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, OpenList):
            waiting += [member for member, _ in reversed(value.members)]
        elif isinstance(value, Unknown) and getattr(value, "options", None):
            found.setdefault(id(value), value)
    return list(found.values())


def _with(node: Any, value: Unknown, one: Any, key: str = "") -> Any:
    """A document in which a value that is open is one of its options, spelled as a known one is."""
    if node is value:
        return canonical(one, _SPELLED[key]) if key in _SPELLED and isinstance(one, str) else one
    if isinstance(node, dict):
        return {name: _with(inner, value, one, name) for name, inner in node.items()}
    if isinstance(node, list):
        return [_with(inner, value, one) for inner in node]
    if isinstance(node, OpenList):
        members = tuple((_with(member, value, one), sure) for member, sure in node.members)
        return OpenList(members, node.reason)
    return node
