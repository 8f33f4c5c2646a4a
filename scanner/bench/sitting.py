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


class Unmarkable(Exception):  # noqa: N818 - a signal, caught where the longer way is chosen
    """A value that has no mark: part of it is not known, or is no plain JSON."""


class Sitting:
    """One hub, and what was found out about it so far."""

    __slots__ = ("_items", "_lists", "facts", "hub", "memo")

    def __init__(self, hub: Hub, facts: Facts) -> None:
        self.hub = hub
        self.facts = facts
        self.memo: engine.Memo = {}
        self._items: dict[int, bytes | None] = {}
        self._lists: dict[int, list[bytes | None]] = {}

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

    def marks(self, number: int, items: list[Any]) -> list[bytes | None]:
        """The marks of the items of a list that is a fact, None for an item that has none."""
        found = self._lists.get(number)
        if found is None:
            # A hub keeps its rules alive, and facts the items that functions made.
            known = self._items
            found = self._lists[number] = [
                known[key] if (key := id(item)) in known else self._marked(item) for item in items
            ]
        return found

    def _marked(self, item: Any) -> bytes | None:
        try:
            mark = _bytes(item)
        except Unmarkable:
            mark = b""
        self._items[id(item)] = found = mark if 0 < len(mark) <= LONGEST else None
        return found


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
