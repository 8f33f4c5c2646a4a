"""Where the values of evaluated resources stand in templates and parameter files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import Place
from scanner.places import Key, Places
from scanner.sources.arm.scope import Frame
from scanner.sources.arm.source import Source

_Rendered = tuple[Any, Any, Frame, Mapping[Key, Key] | None]
"""A container that was made, that in a file which it was made of, the template, and how keys are written."""

_Used = tuple[Any, Any, Key, Any]
"""A container that an expression gave, the object or list and the key where it is used, and the original."""


class TemplatePlaces(Places):
    """The places of everything that one deployment is made of, found when they are asked for."""

    __slots__ = ("_copies", "_rendered", "_sources", "_used")

    def __init__(self, sources: list[Source]) -> None:
        super().__init__()
        self._sources = sources
        self._rendered: dict[int, _Rendered] = {}
        self._used: dict[int, _Used] = {}
        self._copies: list[tuple[Any, Any, Frame]] = []

    def rendered(self, made: Any, raw: Any, frame: Frame, keys: Mapping[Key, Key] | None = None) -> None:
        """Say of which container in a file another was made, by a template whose names it uses."""
        self._rendered[id(made)] = (made, raw, frame, keys)

    def copied(self, made: Any, raw: Any, frame: Frame) -> None:
        """Say of which container in a file another is the exact copy, with all that it holds.

        What is taken out of a copy after that must be told of by itself before (`rendered`).
        """
        self._copies.append((made, raw, frame))

    def used(self, made: Any, holder: Any, key: Key, original: Any) -> None:
        """Say where a container is used that an expression gave, and of which it is the copy."""
        self._used[id(made)] = (made, holder, key, original)

    def of(self, container: Any, key: Key = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        place = super().of(container, key)
        if place is not None:
            return place
        rendered = self._made_of(container)
        if rendered is not None:
            _, raw, _, keys = rendered
            return self.written(raw, keys.get(key, key) if keys else key)
        used = self._used.get(id(container))
        if used is None:
            return self.written(container, key)
        made, holder, name, _ = used
        if key is not None and key not in _keys(made):
            return None
        return self.written(holder, name)

    def origin(self, container: Any, key: Key = None) -> Place | None:
        """Where the value was written, if that is not where it stands."""
        place = super().origin(container, key)
        if place is not None:
            return place
        used = self._used.get(id(container))
        if used is not None:
            return self.of(used[3], key)
        rendered = self._made_of(container)
        if rendered is None or key is None:
            return None
        _, raw, frame, keys = rendered
        try:
            text = raw[keys.get(key, key) if keys else key]
        except (KeyError, IndexError, TypeError):
            return None
        return frame.origin(text) if isinstance(text, str) and text.startswith("[") else None

    def holds(self, container: Any) -> bool:
        """Whether anything in an object or list has a place."""
        return (
            super().holds(container)
            or self._made_of(container) is not None
            or id(container) in self._used
            or self.written(container, None) is not None
        )

    def _made_of(self, container: Any) -> _Rendered | None:
        """Of which container in a file another was made, and how.  Copies are followed when one is asked."""
        known = self._rendered.get(id(container))
        if known is None and self._copies:
            waiting, self._copies = self._copies, []
            while waiting:
                made, raw, frame = waiting.pop()
                self._rendered.setdefault(id(made), (made, raw, frame, None))
                for key, inner in made.items() if type(made) is dict else enumerate(made):
                    if type(inner) is dict or type(inner) is list:
                        original = _entry(raw, key)
                        if type(original) is type(inner):
                            waiting.append((inner, original, frame))
            known = self._rendered.get(id(container))
        return known

    def written(self, raw: Any, key: Key) -> Place | None:
        """Where a value stands in one of the files."""
        found = (source.place(raw, key) for source in self._sources)
        return next((place for place in found if place is not None), None)


def _entry(container: Any, key: Key) -> Any:
    try:
        return container[key]
    except (KeyError, IndexError):
        return None


def _keys(container: Any) -> Any:
    return range(len(container)) if isinstance(container, list) else container


class Pending(Place):
    """A place that is looked for when somebody asks: most values are fine, and nobody does.

    It is that of a key of an object or list of a file, or (None) of either itself; ``file`` is the file
    where that is known already.
    """

    __slots__ = ("_file", "_found", "_key", "_places", "_raw")
    _file: str | None
    _found: Place | None
    _key: Key
    _places: TemplatePlaces
    _raw: Any

    def __init__(self, file: str | None, places: TemplatePlaces, raw: Any, key: Key = None) -> None:
        values = {"_file": file, "_places": places, "_raw": raw, "_key": key, "_found": None}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _place(self) -> Place:
        found = self._found
        if found is None:
            found = self._places.written(self._raw, self._key)
            found = found or Place(path=self._file or "", line=1, column=1, end_line=1)
            object.__setattr__(self, "_found", found)
        return found

    @property
    def path(self) -> str:
        """The file."""
        return self._place().path if self._file is None else self._file

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self._place().line

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self._place().column

    @property
    def end_line(self) -> int:
        """The last line."""
        return self._place().end_line

    def __eq__(self, other: object) -> bool:
        return self._place() == (other._place() if isinstance(other, Pending) else other)

    def __hash__(self) -> int:
        return hash(self._place())
