"""One hub before the bench: its facts, and the marks by which equal values are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from scanner import engine
from scanner.expressions.sharing import Facts, Grounds
from scanner.model import Hub

LONGEST = 4_096
"""Items of more bytes have no mark: a memory of megabytes would be an attack's gift."""

Mark = bytes | str | None
"""Equal marks stand for values that no expression can tell apart."""


Fields = tuple[str, ...] | None
"""Of an object the fields that matter, in order; None where all of it does."""


class Unmarkable(Exception):  # noqa: N818 - a signal, caught where the longer way is chosen
    """A value that has no mark: part of it is not known, or is no plain JSON."""


class Sitting:
    """One hub, and what was found out about it so far."""

    __slots__ = ("_items", "_lists", "facts", "hub", "memo")

    def __init__(self, hub: Hub, facts: Facts) -> None:
        self.hub = hub
        self.facts = facts
        self.memo: engine.Memo = {}
        self._items: dict[Fields, dict[int, bytes | None]] = {}
        self._lists: dict[tuple[int, Fields], list[bytes | None]] = {}

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

    def marks(self, number: int, items: list[Any], fields: Fields) -> list[bytes | None]:
        """The marks of the items of a list that is a fact, None for an item that has none.

        Items that differ in none of the ``fields`` have the same mark; without, they are alike as a whole.
        """
        found = self._lists.get((number, fields))
        if found is None:
            # A hub keeps its rules alive, and facts the items that functions made.
            known = self._items.setdefault(fields, {})
            for item in items:
                if id(item) not in known:
                    known[id(item)] = _item_mark(item, fields)
            found = self._lists[number, fields] = [known[id(item)] for item in items]
        return found


def _item_mark(item: Any, fields: Fields) -> bytes | None:
    if fields is None:
        part = item
    elif type(item) is not dict:
        return None
    else:
        part = item.get(fields[0]) if len(fields) == 1 else [item.get(name) for name in fields]
    try:
        mark = _bytes(part)
    except Unmarkable:
        return None
    return mark if len(mark) <= LONGEST else None


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
        elif type(inner) is list:
            waiting.extend(inner)
    return True
