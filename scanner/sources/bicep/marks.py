"""Where the values stand that Bicep files were lowered into."""

from __future__ import annotations

from typing import Any

from scanner.model import Place
from scanner.places import Key
from scanner.sources.arm.source import Source
from scanner.sources.arm.syntax import File
from scanner.sources.arm.tokens import Duplicates

Offsets = dict[Key, int]


class Marks:
    """The offsets of the keys and entries of every object and list that a scan made out of Bicep files.

    ``texts`` are JSON files that were read into values, each with where it stands if that is elsewhere.
    """

    def __init__(self) -> None:
        self.duplicates: Duplicates = {}
        self.texts: list[tuple[Source, Place | None]] = []
        self._offsets: dict[int, tuple[Any, File, Offsets]] = {}
        self._single: dict[tuple[int, Key], tuple[Any, File, int]] = {}

    def mark(self, container: Any, file: File, offsets: Offsets) -> None:
        """Say where an object or list of a file stands (None), and its keys or entries."""
        self._offsets[id(container)] = (container, file, offsets)

    def mark_one(self, container: Any, key: Key, file: File, offset: int) -> None:
        """Say where one key of an object stands whose keys come from several files."""
        self._single[id(container), key] = (container, file, offset)

    def begin(self, container: Any, offset: int) -> None:
        """Say that an object or list stands where its key does."""
        found = self._offsets.get(id(container))
        if found is not None:
            found[2][None] = offset

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where a key of an object stands, or an entry of a list, or (None) either itself."""
        found = self._offsets.get(id(container))
        single = self._single.get((id(container), key)) if found is None else None
        if single is not None:
            return single[1].at(single[2])
        if found is None:
            for text, elsewhere in self.texts:
                place = text.place(container, key)
                if place is not None:
                    return elsewhere or place
            return None
        _, file, offsets = found
        return file.at(offsets[key]) if key in offsets else None


class Root:
    """What is evaluated when a file is deployed: see `scanner.sources.arm.source.Located`."""

    def __init__(self, path: str, marks: Marks) -> None:
        self.path = path
        self.duplicates = marks.duplicates
        self._marks = marks

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where a key of an object stands, or an entry of a list, or (None) either itself."""
        return self._marks.place(container, key)

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """Nothing: expressions that cannot be read are found when the file is parsed."""
        _ = container, key, offset
        return None
