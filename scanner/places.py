"""Where the values of a document stand in files.

JSON values carry no place of their own, so places are kept beside them: by the object or list that
holds a value, and the value's key or index in it.
"""

from __future__ import annotations

from typing import Any

from scanner.model import Place

Container = dict[str, Any] | list[Any]
Key = str | int | None


def settled(place: Place) -> Place:
    """A plain place out of one that is looked for when it is asked for its line."""
    if type(place) is Place:
        return place
    return Place(path=place.path, line=place.line, column=place.column, end_line=place.end_line)


class Places:
    """The places of the values of one document, by identity of what holds them.

    It keeps what it was told of alive, so that an identity is never given twice.  A place belongs to
    a key and its value together, as a reader writes ``key: value`` on one line; the place of a container
    itself is kept without a key.  Where a value is used in one place and written in another (a
    parameter, a variable), the other is its origin.
    """

    __slots__ = ("_held", "_marks", "_origins")

    def __init__(self) -> None:
        self._marks: dict[int, dict[Key, Place]] = {}
        self._held: list[Container] = []
        self._origins: dict[tuple[int, Key], Place] = {}

    def mark(self, container: Container, key: Key, place: Place, origin: Place | None = None) -> None:
        """Say where a value stands; with key None, where the container itself does."""
        marks = self._marks.get(id(container))
        if marks is None:
            marks = self._marks[id(container)] = {}
            self._held.append(container)
        marks[key] = place
        if origin is not None:
            self._origins[id(container), key] = origin
        else:
            self._origins.pop((id(container), key), None)

    def of(self, container: Any, key: Key = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        marks = self._marks.get(id(container))
        return marks.get(key) if marks is not None else None

    def origin(self, container: Any, key: Key = None) -> Place | None:
        """Where the value was written, if that is not where it stands."""
        return self._origins.get((id(container), key))

    def holds(self, container: Any) -> bool:
        """Whether anything in an object or list has a place."""
        return id(container) in self._marks
