"""Looks for a hub that tells a mutant of a policy from the policy: an example spoilt in one place or two.

What is found is nearly an example already.  A mutant that thousands of spoilt hubs do not tell is most
likely one that none does.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mutants.policies import Trial, trial_of, versions

from scanner.engine import Judgement
from scanner.errors import ConfigError
from scanner.expressions.syntax import nodes
from scanner.model import Verdict
from scanner.policy import Policy

Case = dict[str, Any]
"""An example as one object: ``hub``, and beside it the settings ``params``, ``before`` and ``today``."""

_ODD: tuple[Any, ...] = ("", "x", "other", 0, 1, -1, True, False, [], {}, ["x"], {"name": "x"}, "2020-01-01")
ENOUGH = 20
"""How many cases are kept that tell a mutant."""

OPEN = "[parameters('open')]"


@dataclass(frozen=True)
class Killer:
    """A case that tells mutants from a policy: what was done to which example, and what the policy says of it."""

    cost: int
    done: str
    case: Case
    said: tuple[Any, ...]


def cases(policy: Policy) -> list[tuple[str, Case]]:
    """The examples of a policy by name, with every parameter written out."""
    found = []
    for example in policy.examples:
        settings = copy.deepcopy(dict(example.settings))
        settings["params"] = {**copy.deepcopy(policy.params), **settings.get("params", {})}
        case = {"hub": copy.deepcopy(example.document), **settings}
        found.append((f"{example.verdict}[{example.index}]", case))
    return found


def said(policy: Policy, trial: Trial) -> tuple[Any, ...]:
    """The verdicts of a policy on a case, each with its item and, where it fails, what it tells people."""
    judged = trial.judge(policy)
    return tuple(sorted({(str(one.verdict), one.item or "", one.key or "", _words(one)) for one in judged}))


def _words(one: Judgement) -> str:
    return one.message if one.verdict is Verdict.FAIL else ""


def killers(policy: Policy, names: Sequence[str], count: int, seed: int = 1) -> dict[str, list[Killer]]:
    """The cases that tell some mutants, by name, out of a number of spoilt ones."""
    mutants = {name: mutant for name, mutant in versions(policy) if name in names}
    found: dict[str, list[Killer]] = {name: [] for name in mutants}
    for done, cost, case in spoilt(policy, count, seed):
        try:
            trial = trial_of(done, case["hub"], case, "")
            wanted = said(policy, trial)
        except ConfigError:
            continue
        for name, mutant in mutants.items():
            if len(found[name]) < ENOUGH and said(mutant, trial) != wanted:
                found[name].append(Killer(cost, done, case, wanted))
    return found


def spoilt(policy: Policy, count: int, seed: int) -> Iterator[tuple[str, int, Case]]:
    """Cases made of the examples: first each change of each place, then two at a time, at random."""
    chance = random.Random(seed)
    known = cases(policy)
    values = {**_values(known), LITERALS: _literals(policy)}
    ones = [
        (name, case, path, change)
        for name, case in known
        for path in _places(case)
        for change in _changes(_at(case, path), path, values)
    ]
    chance.shuffle(ones)
    for name, case in known:
        yield name, 0, case
    for name, case, path, (cost, value) in ones[:count]:
        yield f"{name} {_told(path, value)}", cost, _put(case, path, value)
    for _ in range(count):
        name, case, path, (cost, value) = chance.choice(ones)
        done, changed = f"{name} {_told(path, value)}", _put(case, path, value)
        for _ in range(chance.choice((1, 1, 2))):
            places = list(_places(changed))
            again = chance.choice(places)
            offered = list(_changes(_at(changed, again), again, values))
            if not offered:
                continue
            more, other = chance.choice(offered)
            done, cost, changed = f"{done} {_told(again, other)}", cost + more, _put(changed, again, other)
        yield done, cost, changed


DELETED = object()
Path = tuple[Any, ...]


def _told(path: Path, value: Any) -> str:
    where = ".".join(map(str, path))
    return f"{where} deleted;" if value is DELETED else f"{where} = {value!r};"


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield from _places(inner, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _kind(path: Path) -> Any:
    return path[-1] if not isinstance(path[-1], int) else ("member", *(key for key in path[-2:-1]))


def _values(known: Sequence[tuple[str, Case]]) -> Mapping[Any, list[Any]]:
    """What stands in the examples under each key."""
    found: dict[Any, list[Any]] = {}
    for _, case in known:
        for path in _places(case):
            there, value = found.setdefault(_kind(path), []), _at(case, path)
            if value not in there:
                there.append(value)
    return found


LITERALS = object()
"""Among values by key, those that the policy itself compares with."""


def _literals(policy: Policy) -> list[Any]:
    found: list[Any] = []
    for expression in (policy.when, policy.each, policy.require):
        for node in nodes(expression.tree) if expression is not None else ():
            value = node["value"] if node["type"] == "literal" else None
            words = value if isinstance(value, list) else [value]
            found.extend(word for word in words if isinstance(word, str) and word not in found)
    return found


def _changes(value: Any, path: Path, values: Mapping[Any, list[Any]]) -> Iterator[tuple[int, Any]]:
    """What may stand in a place instead, each with how odd that is."""
    if path in (("hub",), ("params",)):
        yield from ((2, {**value, **more}) for more in values[path[0]])
        if path == ("hub",):
            yield 1, {**value, "live": False}
            yield 1, {**value, "live": True}
        return
    if path[0] not in ("params", "today"):
        yield 1, DELETED
        yield 1, None
        yield 1, OPEN
    yield from ((1, other) for other in values.get(_kind(path), ()) if other != value)
    if path[0] == "today":
        return
    yield from ((2, word) for word in values[LITERALS] if word != value)
    if isinstance(value, str):
        yield 1, value.upper()
        yield 1, value.lower()
        yield 2, f"${{open}}{value[1:]}"
        yield 2, f"{value[:-1]}${{open}}"
        yield 2, f" {value}"
    if isinstance(value, bool):
        yield 1, not value
    if isinstance(value, list):
        yield 1, []
        yield from ((1, value[:at] + value[at + 1 :]) for at in range(len(value)))
        yield from ((1, [*value, more]) for more in values.get(("member", path[-1]), ()))
        yield from ((1, [more, *value]) for more in values.get(("member", path[-1]), ()))
        yield 2, [*value, {"name": "more"}]
        yield 3, [*value, None]
    if isinstance(value, dict):
        yield from (
            (2, {**value, key: inner})
            for key in values
            if isinstance(key, str)
            for inner in values[key][:1]
            if key not in value
        )
    yield from ((4, odd) for odd in _ODD)


def _put(case: Case, path: Path, value: Any) -> Case:
    """A copy of a case with another value in a place."""
    changed = copy.deepcopy(case)
    holder = _at(changed, path[:-1])
    if value is DELETED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return changed
