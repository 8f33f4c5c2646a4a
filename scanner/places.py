"""Where the values of a document stand in files.

JSON values carry no place of their own, so places are kept beside them: by the object or list that
holds a value, and the value's key or index in it.
"""

from __future__ import annotations

from typing import Any

from scanner.model import Place

Container = dict[str, Any] | list[Any]


class Places:
    """The places of the values of one document, by identity of what holds them.

    It keeps what it was told of alive, so that an identity is never given twice.  A place belongs to
    a key and its value together, as a reader writes ``key: value`` on one line; the place of a container
    itself is kept without a key.
    """

    __slots__ = ("_held", "_marks")

    def __init__(self) -> None:
        self._marks: dict[int, dict[str | int | None, Place]] = {}
        self._held: list[Container] = []

    def mark(self, container: Container, key: str | int | None, place: Place) -> None:
        """Say where a value stands; with key None, where the container itself does."""
        marks = self._marks.get(id(container))
        if marks is None:
            marks = self._marks[id(container)] = {}
            self._held.append(container)
        marks[key] = place

    def of(self, container: Any, key: str | int | None = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        marks = self._marks.get(id(container))
        return marks.get(key) if marks is not None else None
