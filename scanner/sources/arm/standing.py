"""A value that an expression gave as a whole: all that is in it stands where the expression does."""

from __future__ import annotations

from typing import Any

from scanner.model import Place
from scanner.sources.arm.offsets import Key
from scanner.sources.arm.tokens import Duplicates


class Standing:
    """Such a value and its place: see `scanner.sources.arm.source.Located`."""

    def __init__(self, value: Any, place: Place) -> None:
        self.path = place.path
        self.duplicates: Duplicates = {}
        self._value = value
        self._place = place
        self._known: set[int] | None = None

    def place(self, container: Any, key: Key = None) -> Place | None:  # noqa: ARG002
        """The one place for each of its objects and lists, and all that is in them."""
        if self._known is None:
            self._known = set()
            waiting = [self._value]
            while waiting:
                node = waiting.pop()
                if isinstance(node, (dict, list)):
                    self._known.add(id(node))
                    waiting += node.values() if isinstance(node, dict) else node
        return self._place if id(container) in self._known else None

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:  # noqa: ARG002
        """The same for a character of a text in it."""
        return self.place(container, key)
