"""One hub before the bench: its facts, and the marks by which equal values are told."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from typing import Any

import orjson

from scanner import engine
from scanner.expressions.sharing import Facts, Grounds
from scanner.model import Hub

LONGEST = 4_096
"""Items of more bytes have no mark: a memory of megabytes would be an attack's gift."""

_SHORT = 64

Mark = bytes | str | None
"""Equal marks stand for values that no expression can tell apart."""


class Unmarkable(Exception):  # noqa: N818 - a signal, caught where the longer way is chosen
    """A value that has no mark: part of it is not known, or is no plain JSON."""


class Sitting:
    """One hub, and what was found out about it so far."""

    __slots__ = ("_complete", "_items", "_lists", "_marks", "applying", "facts", "hub", "memo")

    def __init__(self, hub: Hub, facts: Facts) -> None:
        self.hub = hub
        self.facts = facts
        self.memo: engine.Memo = {}
        self.applying: dict[Hashable, bool | None] = {}
        """Whether policies apply that write the same ``when`` and need the same collections."""
        self._complete: dict[str, bool] = {}
        self._marks: dict[int, Mark] = {}
        self._items: dict[int, bytes | None] = {}
        self._lists: dict[int, list[bytes | None]] = {}

    def has(self, collection: str) -> bool:
        """Whether a collection was read, and as far as is known to its end."""
        complete = self._complete.get(collection)
        if complete is None:
            complete = self._complete[collection] = engine.needs((collection,), self.hub) == (None, None)
        return complete

    def mark(self, number: int) -> Mark:
        """The mark of a fact.  Raises `Unmarkable`, and what the fact raises."""
        if number in self._marks:
            return self._marks[number]
        value = self.facts[number]
        if value is None or type(value) is str:
            mark: Mark = value
        elif type(value) is list:
            mark = digest(self._listed(value))
        else:
            mark = shortened(_bytes(value))
        self._marks[number] = mark
        return mark

    def key(self, grounds: Grounds) -> tuple[Mark, ...]:
        """What tells hubs apart for whatever rests on some grounds.  It raises what `mark` raises."""
        for number in grounds.touched:
            self.facts[number]
        return tuple([self.mark(leaf) for leaf in grounds.leaves])

    def marks(self, number: int, items: list[Any]) -> list[bytes | None]:
        """The marks of the items of a list that is a fact, None for an item that has none."""
        found = self._lists.get(number)
        if found is None:
            found = self._lists[number] = [self._item(item) for item in items]
        return found

    def _item(self, item: Any) -> bytes | None:
        # A hub keeps its rules alive, and facts the items that functions made.
        key = id(item)
        if key not in self._items:
            try:
                mark = _bytes(item)
            except Unmarkable:
                mark = b""
            self._items[key] = mark if 0 < len(mark) <= LONGEST else None
        return self._items[key]

    def _listed(self, items: list[Any]) -> Iterator[bytes]:
        for item in items:
            yield (self._item(item) if type(item) is dict else None) or _bytes(item)


def digest(parts: Iterator[bytes]) -> bytes:
    """What stands for a list: its JSON text, or a digest of it."""
    return shortened(b"[" + b",".join(parts) + b"]")


def shortened(text: bytes) -> bytes:
    """A text, or a digest of it where it is long; the digest is longer than any short text."""
    return text if len(text) <= _SHORT else hashlib.blake2b(text, digest_size=_SHORT).digest() + b"#"


def _bytes(value: Any) -> bytes:
    try:
        # NOTE: what orjson writes keeps its buffer, 4 kB at least; a copy is as long as its text.
        text = bytes(memoryview(orjson.dumps(value)))
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
