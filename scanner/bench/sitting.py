"""One hub before the bench: its facts, and the marks by which equal values are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import orjson

from scanner import engine
from scanner.expressions import Expression
from scanner.expressions.facts import Facts, Grounds
from scanner.expressions.sharing import Ways
from scanner.model import Hub
from scanner.policy import Policy

LONGEST = 4_096
"""Items of more bytes are not remembered: a memory of megabytes would be an attack's gift."""

Mark = bytes | str | None
"""Equal marks stand for values that no expression can tell apart."""

Path = tuple[str, ...]

Paths = tuple[Path, ...] | None
"""Where in an object there is what matters; None where all of it does."""

_TEXTS = frozenset({str, type(None)})

_BETWEEN: Mapping[type, bytes] = {dict: b"},{", tuple: b"],["}
"""What stands between two objects or rows of a list in JSON."""

_ODD = object()
"""Stands for what is at a path that leads through what is no object."""


class Unmarkable(Exception):  # noqa: N818 - a signal, caught where the longer way is chosen
    """A value that has no mark: part of it is not known, or is no plain JSON."""


Asked = Mapping[tuple[str, Expression], Ways]
"""How the expressions of policies are asked, by the id of the policy and the expression."""


class _Memo(engine.Memo):
    """What the engine shares of a hub whose facts are shared, too."""

    __slots__ = ("_asked", "_facts")

    def __init__(self, facts: Facts, asked: Asked) -> None:
        super().__init__()
        self._facts = facts
        self._asked = asked

    def ask(self, policy: Policy, expression: Expression, scope: Mapping[str, Any]) -> Any:
        ways = self._asked[policy.card.id, expression]
        return ways.explained(self._facts, scope.get("item"), policy.params)


class Sitting:
    """One hub, and what was found out about it so far."""

    __slots__ = ("_columns", "_marks", "facts", "hub", "memo")

    def __init__(self, hub: Hub, facts: Facts, asked: Asked) -> None:
        self.hub = hub
        self.facts = facts
        self.memo = _Memo(facts, asked)
        self._columns: dict[tuple[int, Path], list[Any]] = {}
        self._marks: dict[tuple[int, Paths], list[Mark]] = {}

    def _has(self, collection: str) -> bool:
        """Whether a collection was read, and as far as is known to its end."""
        return engine.needs((collection,), self.hub) == (None, None)

    def lacking(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of some collections that were not read, or of which more may be there than was."""
        document = self.hub.document
        if self.hub.gaps:
            return tuple([name for name in names if not self._has(name)])
        return tuple([name for name in names if type(document.get(name)) is not list and not self._has(name)])

    def key(self, grounds: Grounds) -> tuple[Mark, ...]:
        """What tells hubs apart for whatever rests on some grounds.

        Raises `Unmarkable` where that is more than some words, and what the facts raise.
        """
        for number in grounds.touched:
            self.facts[number]
        return tuple([_mark(self.facts[leaf]) for leaf in grounds.leaves])

    def marks(self, number: int, items: list[Any], paths: Paths) -> list[Mark]:
        """The marks of the items of a list that is a fact, None for an item that has none.

        Items that differ at none of the ``paths`` have the same mark; without, they are alike as a whole.
        """
        found = self._marks.get((number, paths))
        if found is None:
            columns = [self._column(number, items, path) for path in paths or ((),)]
            rows = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
            found = self._marks[number, paths] = _told(rows)
        return found

    def _column(self, number: int, items: list[Any], path: Path) -> list[Any]:
        """What each item has at a path: null where a step is missing, `_ODD` where one is no object."""
        if not path:
            return items
        found = self._columns.get((number, path))
        if found is None:
            holders = self._column(number, items, path[:-1])
            try:
                found = list(map(dict.get, holders, repeat(path[-1])))
            except TypeError:
                found = [_field(holder, path[-1]) for holder in holders]
            self._columns[number, path] = found
        return found


def _field(holder: Any, name: str) -> Any:
    return holder.get(name) if type(holder) is dict else None if holder is None else _ODD


def _told(values: list[Any]) -> list[Mark]:
    """Marks that tell values apart, None for each that has none."""
    kinds = set(map(type, values))
    if kinds <= _TEXTS:
        return values
    return _apart(values, *kinds) or [one if type(one) is str else _written(one) for one in values]


def _apart(values: list[Any], *kinds: type) -> list[Mark] | None:
    """What tells objects or rows apart, written at once; None where that does not show where each ends."""
    between = _BETWEEN.get(kinds[0]) if len(kinds) == 1 else None
    if between is None:
        return None
    try:
        marks: list[Mark] = [*_bytes(values)[2:-2].split(between)]
    except Unmarkable:
        return None
    # Where a text or a list looks like the end of a value, there are more pieces than values.
    return marks if len(marks) == len(values) else None


def _written(value: Any) -> Mark:
    try:
        return kept(_bytes(value))
    except Unmarkable:
        return None


def kept(mark: bytes) -> bytes:
    """A mark to remember.  What orjson writes keeps its buffer, 4 kB at least; a copy is as long as it is."""
    return bytes(memoryview(mark))


def _mark(value: Any) -> Mark:
    if value is None or type(value) is str:
        return value
    if type(value) is list or type(value) is dict:
        raise Unmarkable
    return kept(_bytes(value))


def _bytes(value: Any) -> bytes:
    try:
        text = orjson.dumps(value)
    except TypeError:
        raise Unmarkable from None
    if b"null" in text and not _is_plain(value):
        raise Unmarkable
    return text


def _is_plain(value: Any) -> bool:
    """Whether every number is finite: JSON writes the others as null."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if type(inner) is float and inner - inner != 0:
            return False
        if type(inner) is dict:
            waiting.extend(inner.values())
        elif type(inner) is list or type(inner) is tuple:
            waiting.extend(inner)
    return True
