"""The instances that a block makes: by ``count``, by ``for_each``, or one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice
from scanner.sources.code.symbols import written
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.scope import Env
from scanner.sources.hcl.syntax import Block
from scanner.sources.hcl.values import (
    Keyed,
    Numbered,
    SetOf,
    boolean_of,
    iterated,
    number_of,
    open_value,
    set_of,
)
from scanner.values import OpenList, Touched, Unknown

MOST_INSTANCES = 2_000
"""Instances of one block."""

Ask = Callable[["Member"], Any]


@dataclass(frozen=True, slots=True)
class Member:
    """One instance: the ``suffix`` of its address (``[0]``, ``["a"]``, or nothing) and its loop variables.

    ``sure`` is False where it is open whether it is there, and ``guard`` then says what that depends on: two
    of one guard are there together.
    """

    suffix: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    holders: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    sure: bool = True
    key: Any = None
    guard: str = ""

    @property
    def guards(self) -> frozenset[str]:
        """What it depends on whether it is there; nothing where it surely is."""
        return frozenset() if self.sure else frozenset((self.guard,))


@dataclass(frozen=True, slots=True)
class Expansion:
    """The instances of a block.  ``kind`` is count, for_each or nothing; ``reason`` why it is open which."""

    members: tuple[Member, ...]
    kind: str = ""
    reason: str = ""
    key: str = ""

    def value(self, ask: Ask) -> Any:
        """What a reference to the block as a whole stands for."""
        if not self.kind:
            return ask(self.members[0]) if self.members else None
        if self.kind == "count":
            if self.reason:
                return Numbered(tuple((ask(one), one.sure) for one in self.members), self.key, self.reason)
            return [ask(one) for one in self.members]
        if self.reason:
            return Keyed({_name(one): (ask(one), one.sure) for one in self.members}, self.key, self.reason)
        return {_name(one): ask(one) for one in self.members}


def expanded(block: Block, env: Env, address: str) -> Expansion:
    """The instances of a block.  Where nobody can tell how many, one that may not be there."""
    attributes = block.body.attributes
    try:
        if "count" in attributes:
            return _counted(evaluate(attributes["count"].value, env), address)
        if "for_each" in attributes:
            return _each(evaluate(attributes["for_each"].value, env), address)
        for lifecycle in block.body.blocks_of("lifecycle"):
            if "enabled" in lifecycle.body.attributes:
                return _enabled(evaluate(lifecycle.body.attributes["enabled"].value, env))
    except (Failure, Touched) as failure:
        return _one("count" if "count" in attributes else "for_each", str(failure), address)
    return Expansion((Member(),))


def _counted(value: Any, address: str) -> Expansion:
    known = list(value.options) if isinstance(value, Choice) else [value]
    if any(isinstance(one, Unknown) for one in known):
        return _one("count", value.reason, address, key_of(value))
    counts = [int(number_of(one)) for one in known]
    if max(counts) > MOST_INSTANCES:
        raise Failure(f"more than {MOST_INSTANCES} instances")
    is_open = isinstance(value, Choice)
    members = tuple(
        Member(
            f"[{index}]",
            {"count": {"index": index}},
            sure=index < min(counts),
            guard=f"{value.condition}{[count > index for count in counts]}" if is_open else "",
        )
        for index in range(max(counts))
    )
    reason = value.reason if isinstance(value, Unknown) else ""
    return Expansion(members, "count", reason, key_of(value) if reason else "")


def _enabled(value: Any) -> Expansion:
    """The one instance of a block that may be turned off, as OpenTofu has it."""
    if isinstance(value, Unknown):
        return Expansion((Member(sure=False, guard=key_of(value)),))
    return Expansion((Member(),) if boolean_of(value) else ())


def _each(value: Any, address: str) -> Expansion:
    if isinstance(value, list) and not isinstance(value, SetOf):
        value = set_of(value)
    found = iterated(value)
    if found is None:
        reason = value.reason if isinstance(value, Unknown) else "for_each goes over a set or an object"
        return _one("for_each", reason, address, key_of(value))
    if len(found) > MOST_INSTANCES:
        raise Failure(f"more than {MOST_INSTANCES} instances")
    members = []
    for key, member, sure in found:
        name = member if isinstance(value, (SetOf, OpenList)) else key
        shown = written(name)
        members.append(
            Member(
                f"[{json.dumps(shown if shown is not None else str(key), ensure_ascii=False)}]",
                {"each": {"key": name, "value": member}},
                {"each": (value, key)},
                sure=sure,
                key=name,
                guard=f"{_condition(value)}#{shown or key}",
            )
        )
    is_open = isinstance(value, Unknown)
    return Expansion(
        tuple(members), "for_each", value.reason if is_open else "", key_of(value) if is_open else ""
    )


def _one(kind: str, reason: str, address: str, key: str = "") -> Expansion:
    """One instance that stands for however many there are."""
    each = {
        "key": open_value(f"{address}.each.key", reason),
        "value": open_value(f"{address}.each.value", reason),
    }
    variables = {"count": {"index": open_value(f"{address}.count.index", reason)}, "each": each}
    guard = f"{key or address}#{written(each['key'])}" if kind == "for_each" else key or address
    member = Member("[*]", variables, sure=False, key=each["key"], guard=guard)
    return Expansion((member,), kind, reason or "it is not known how many there are", key or address)


def _condition(value: Any) -> str:
    """What it depends on which members of a value there are."""
    return value.condition if isinstance(value, (Keyed, Numbered)) else key_of(value)


def _name(member: Member) -> str:
    return written(member.key) or member.suffix
