"""Lays what the compiler says of a resource over its source: the values of one, the lines of the other.

Where both decide a value, the compiler's counts, and what the source alone would have said is told.  Where
one of them leaves it open, the other one's counts: what stays open is what neither knows.  Whatever is the
same is the source's own, so that it stands where it would without the compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Place
from scanner.places import Key, Places
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Text
from scanner.values import OpenList, Unknown

Tell = Callable[[Place | None, str, Any, Any], None]
"""Is told where two values differ: the place, the path, that of the compiler and that of the source."""

_Entry = tuple[Any, Any, Any, Place | None]
"""A container, that of the source and that of the compiler (None: there is none), and where it stands."""


class FusedPlaces(Places):
    """The places of a document whose parts come from two, asked in the order that `fuse` says."""

    __slots__ = ("_compiled", "_own", "_parts")

    def __init__(self, own: Places, compiled: Places) -> None:
        super().__init__()
        self._own = own
        self._compiled = compiled
        self._parts: dict[int, _Entry] = {}

    def part(self, container: Any, own: Any, compiled: Any, place: Place | None) -> None:
        """Say of which two containers another one was made."""
        self._parts[id(container)] = (container, own, compiled, place)

    def of(self, container: Any, key: Key = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        entry = self._parts.get(id(container))
        if entry is None:
            return self._own.of(container, key)
        _, own, compiled, around = entry
        found = self._own.of(own, key) if own is not None and (key is None or _has(own, key)) else None
        if found is None and around is None:
            found = self._compiled.of(compiled, key)
        return found or around or (self._own.of(own) if own is not None else None)

    def origin(self, container: Any, key: Key = None) -> Place | None:
        """Where the value was written, if that is not where it stands."""
        entry = self._parts.get(id(container))
        if entry is None:
            return self._own.origin(container, key)
        _, own, compiled, _ = entry
        found = self._own.origin(own, key) if own is not None and (key is None or _has(own, key)) else None
        return found or self._compiled.origin(compiled, key)

    def holds(self, container: Any) -> bool:
        """Whether anything in an object or list has a place."""
        return id(container) in self._parts or self._own.holds(container)


@dataclass(slots=True)
class Fusion:
    """The document of one resource in the making."""

    own: Resource
    compiled: Resource
    tell: Tell
    places: FusedPlaces = field(init=False)

    def __post_init__(self) -> None:
        self.places = FusedPlaces(self.own.places, self.compiled.places)

    def document(self) -> dict[str, Any]:
        """The document."""
        made: dict[str, Any] = self.value(self.own.document, self.compiled.document, (), self.own.place)
        return made

    def value(self, own: Any, compiled: Any, path: tuple[str, ...], place: Place | None) -> Any:
        """One value of it; ``place`` is where that of the source stands."""
        if isinstance(own, Unknown) or isinstance(compiled, Unknown):
            return self._open(own, compiled, path, place)
        if isinstance(own, dict) and isinstance(compiled, dict):
            return self._object(own, compiled, path, place)
        if isinstance(own, list) and isinstance(compiled, list) and len(own) == len(compiled):
            return self._list(own, compiled, path, place)
        if type(own) is type(compiled) and (own == compiled or _is_spelling(own, compiled, path)):
            return own
        self.tell(place, ".".join(path), compiled, own)
        return self._taken(compiled, place)

    def _open(self, own: Any, compiled: Any, path: tuple[str, ...], place: Place | None) -> Any:
        if not isinstance(own, Unknown):
            return own
        if not isinstance(compiled, Unknown):
            return self._taken(compiled, place)
        known, told = _known(own), _known(compiled)
        if isinstance(own, Text) and isinstance(compiled, Text) and known > 0 and own.parts != compiled.parts:
            self.tell(place, ".".join(path), compiled, own)
            return compiled
        return self._taken(compiled, place) if told > known else own

    def _object(
        self, own: dict[str, Any], compiled: dict[str, Any], path: tuple[str, ...], place: Place | None
    ) -> Any:
        made: dict[str, Any] = {}
        lower = {key.lower(): key for key in own}
        for key, inner in compiled.items():
            mine = key if key in own else lower.get(key.lower(), key)
            if mine in own:
                where = self.own.places.of(own, mine) or place
                made[mine] = self.value(own[mine], inner, (*path, str(key)), where)
            elif inner is not None and not isinstance(inner, Unknown):
                self.tell(place, ".".join((*path, str(key))), inner, None)
                made[mine] = self._taken(inner, place)
        for key in own.keys() - made.keys():
            if isinstance(own[key], Unknown) or own[key] is None:
                continue
            self.tell(self.own.places.of(own, key) or place, ".".join((*path, str(key))), None, own[key])
        if made.keys() == own.keys() and all(made[key] is own[key] for key in made):
            return own
        self.places.part(made, own, compiled, None)
        return made

    def _list(self, own: list[Any], compiled: list[Any], path: tuple[str, ...], place: Place | None) -> Any:
        made = [
            self.value(mine, theirs, (*path, str(index)), self.own.places.of(own, index) or place)
            for index, (mine, theirs) in enumerate(zip(own, compiled, strict=True))
        ]
        if all(one is mine for one, mine in zip(made, own, strict=True)):
            return own
        self.places.part(made, own, compiled, None)
        return made

    def _taken(self, value: Any, place: Place | None) -> Any:
        """A value of the compiler as a whole: all of it stands where the source has what it stands for."""
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, (dict, list)):
                self.places.part(one, None, one, place)
                waiting += one.values() if isinstance(one, dict) else one
            elif isinstance(one, OpenList):
                waiting += (member for member, _ in one.members)
        return value


def _is_spelling(own: Any, compiled: Any, path: tuple[str, ...]) -> bool:
    """Whether two types of a resource differ in nothing but the case of their letters."""
    return path == ("type",) and isinstance(own, str) and own.lower() == compiled.lower()


def _known(value: Unknown) -> int:
    """How much is known of a value that is open: nothing, some stretches of a text, members of a list."""
    if isinstance(value, Text):
        return sum(len(part) for part in value.parts if part)
    return 1 + len(value.members) if isinstance(value, OpenList) else 0


def _has(container: Any, key: Key) -> bool:
    if isinstance(container, dict):
        return key in container
    return isinstance(key, int) and key < len(container)
