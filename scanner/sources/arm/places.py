"""Where the values of evaluated resources stand in templates and parameter files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.model import Place
from scanner.places import Key, Places
from scanner.sources.arm.openness import OpenObject
from scanner.sources.arm.scope import Frame
from scanner.sources.arm.source import Located
from scanner.sources.arm.syntax import Leaf

_Rendered = tuple[Any, Any, Frame | None, Mapping[Key, Key] | None]
"""A container that was made, that in a file which it was made of, the template, and how keys are written.

Where nothing in the file is evaluated, there is no template."""

_Used = tuple[Any, Any, Key, Any]
"""A container that an expression gave, the object or list and the key where it is used, and the original."""


class Called(Place):
    """Where a module is called whose own lines nobody edits here: what is given to it stands where it is."""

    __slots__ = ()


class TemplatePlaces(Places):
    """The places of everything that one deployment is made of, found when they are asked for."""

    __slots__ = ("_copies", "_merged", "_rendered", "_sources", "_used")

    def __init__(self, sources: Sequence[Located]) -> None:
        super().__init__()
        self._sources = sources
        self._rendered: dict[int, _Rendered] = {}
        self._used: dict[int, _Used] = {}
        self._merged: dict[int, tuple[Any, Sequence[Any]]] = {}
        self._copies: list[tuple[Any, Any, Frame]] = []

    def rendered(
        self, made: Any, raw: Any, frame: Frame | None, keys: Mapping[Key, Key] | None = None
    ) -> None:
        """Say of which container in a file another was made, by a template whose names it uses, if any."""
        self._rendered[id(made)] = (made, raw, frame, keys)

    def copied(self, made: Any, raw: Any, frame: Frame) -> None:
        """Say of which container in a file another is the exact copy, with all that it holds.

        What is taken out of a copy after that must be told of by itself before (`rendered`).
        """
        self._copies.append((made, raw, frame))

    def used(self, made: Any, holder: Any, key: Key, original: Any) -> None:
        """Say where a container is used that an expression gave, and of which it is the copy."""
        self._used[id(made)] = (made, holder, key, original)

    def merged(self, made: Any, parts: Sequence[Any]) -> None:
        """Say of which objects another one was made, the later ones counting more."""
        if not any(made is part for part in parts):
            self._merged[id(made)] = (made, parts)

    def _part(self, container: Any, key: Key) -> Any:
        """The object that a key of an object came from which was made of several."""
        _, parts = self._merged.get(id(container), (None, ()))
        for part in reversed(parts):
            if key in (
                part.members if isinstance(part, OpenObject) else part if isinstance(part, dict) else ()
            ):
                return part
        return None

    def of(self, container: Any, key: Key = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        place = self._stands(container, key)
        return _plain(self._given(container, key) or place) if type(place) is Called else place

    def origin(self, container: Any, key: Key = None) -> Place | None:
        """Where the value was written, if that is not where it stands."""
        origin = _plain(self._origin(container, key))
        if origin is None or type(self._stands(container, key)) is not Called:
            return origin
        return None if origin == _plain(self._given(container, key)) else origin

    def _given(self, container: Any, key: Key) -> Place | None:
        """Where the value is given to the module that only its call stands for."""
        return self._origin(container, key, near=True)

    def _stands(self, container: Any, key: Key) -> Place | None:
        place = super().of(container, key)
        if place is not None:
            return place
        rendered = self._made_of(container)
        if rendered is not None:
            _, raw, _, keys = rendered
            return self.written(raw, keys.get(key, key) if keys else key)
        used = self._used.get(id(container))
        if used is None:
            part = self._part(container, key)
            return self._stands(part, key) if part is not None else self.written(container, key)
        made, holder, name, original = used
        if key is not None and key not in _keys(made):
            return None
        return self._inside(holder, name, original, key) or self.written(holder, name)

    def _inside(self, holder: Any, name: Key, original: Any, key: Key) -> Place | None:
        """Where a value stands that is written out inside of the expression that gave it."""
        leaf = _entry(holder, name)
        place = self.of(original, key) if isinstance(leaf, Leaf) else None
        if place is None:
            return None
        begin, end = leaf.file.at(leaf.start), leaf.file.at(leaf.end)
        inside = (begin.line, begin.column) <= (place.line, place.column) < (end.line, end.column)
        return place if inside and place.path == begin.path else None

    def _origin(self, container: Any, key: Key, *, near: bool = False) -> Place | None:
        place = super().origin(container, key)
        if place is not None:
            return place
        used = self._used.get(id(container))
        if used is not None:
            _, holder, name, original = used
            inside = self._inside(holder, name, original, key) is not None
            if near and not inside and (given := self.of(original, key)) is not None:
                return given
            behind = self.origin(original, key)
            return behind if inside else behind or self.of(original, key)
        rendered = self._made_of(container)
        if rendered is None and (part := self._part(container, key)) is not None:
            return self.origin(part, key)
        if rendered is None or key is None:
            return None
        _, raw, frame, keys = rendered
        if frame is None:
            return None
        text = _entry(raw, keys.get(key, key) if keys else key)
        if isinstance(text, Leaf):
            return frame.origin(text.node, near=near)
        return frame.origin(text, near=near) if isinstance(text, str) and text.startswith("[") else None

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
        for source in self._sources:
            place = source.place(raw, key)
            if place is not None:
                return place
        return None


def _plain(place: Place | None) -> Place | None:
    if type(place) is not Called:
        return place
    return Place(path=place.path, line=place.line, column=place.column, end_line=place.end_line)


def _entry(container: Any, key: Key) -> Any:
    try:
        return container[key]
    except (KeyError, IndexError, TypeError):
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
    # What is found later is written into it.
    __setattr__ = object.__setattr__

    def __init__(self, file: str | None, places: TemplatePlaces, raw: Any, key: Key = None) -> None:
        self._file = file
        self._places = places
        self._raw = raw
        self._key = key
        self._found = None

    def _place(self) -> Place:
        found = self._found
        if found is None:
            found = self._places.written(self._raw, self._key)
            found = found or Place(path=self._file or "", line=1, column=1, end_line=1)
            self._found = found
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
