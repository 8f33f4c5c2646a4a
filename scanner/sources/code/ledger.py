"""Where the values of a hub stand that was joined from several resources."""

from __future__ import annotations

from typing import Any

from scanner.model import Place
from scanner.places import Container, Key, Places, settled

_SCALARS = frozenset({str, int, float, bool, type(None)})
"""Values that hold no others, and so have no places of their own."""

_OF_A_RULE = {"name", "properties"}


class Ledger(Places):
    """The places of a hub's own making, and those of the resources it was joined from."""

    __slots__ = ("_copies", "_known", "_lists", "_moved", "_named", "_sources")

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[int, Places] = {}
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._known: dict[tuple[int, Key], tuple[Any, Place | None]] = {}
        self._lists: list[tuple[list[Any], Any]] = []
        self._moved: dict[tuple[int, Key], Any] = {}
        self._named: dict[int, tuple[Any, Any, Key]] = {}

    def mark(self, container: Container, key: Key, place: Place, origin: Place | None = None) -> None:
        """Say where a value stands, whatever the sources say of it."""
        self._known.clear()
        super().mark(container, key, place, origin)

    def include(self, places: Places) -> None:
        """Answer for what the places of a resource answer for, too."""
        self._known.clear()
        self._sources[id(places)] = places

    def copied(self, copy: Any, original: Any) -> None:
        """Say that a container is the copy of another: what nobody marked in it stands where it stood."""
        self._known.clear()
        self._copies[id(copy)] = (copy, original)

    def named(self, made: list[Any], holder: Any) -> None:
        """Say that rules were made of the keys and values of another object, in its order: they stand there.

        Each has a ``name`` and ``properties``, and nothing else.
        """
        self._known.clear()
        self._lists.append((made, holder))

    def moved(self, container: Any, holder: Any, key: Key) -> None:
        """Say that what stands at a key of a container stood at the same key of another."""
        self._known.clear()
        self._moved[id(container), key] = holder

    def of(self, container: Any, key: Key = None) -> Place | None:
        """Where the value of a key stands (None: the container); None where nobody has said."""
        if type(container) in _SCALARS:
            return None
        known = self._known.get((id(container), key))
        if known is None:
            place = self._found(container, key)
            # What was asked for is held, so that nothing else gets its identity.
            known = self._known[id(container), key] = (container, place and settled(place))
        return known[1]

    def _found(self, container: Any, key: Key) -> Place | None:
        place = super().of(container, key)
        if place is not None:
            return place
        if (id(container), key) in self._moved:
            return self.of(self._moved[id(container), key], key)
        if (named := self._name_of(container)) is not None:
            _, holder, name = named
            return self.of(holder, name) or self.of(holder)
        _, container = self._copies.get(id(container), (None, container))
        for places in self._sources.values():
            place = places.of(container, key)
            if place is not None:
                return place
        return None

    def origin(self, container: Any, key: Key = None) -> Place | None:
        """Where the value was written, if that is not where it stands."""
        place = super().origin(container, key)
        if place is not None:
            return place
        if (id(container), key) in self._moved:
            return self.origin(self._moved[id(container), key], key)
        if (named := self._name_of(container)) is not None:
            _, container, key = named
        _, container = self._copies.get(id(container), (None, container))
        found = (places.origin(container, key) for places in self._sources.values())
        return next((place for place in found if place is not None), None)

    def holds(self, container: Any) -> bool:
        """Whether anything in an object or list has a place."""
        _, original = self._copies.get(id(container), (None, container))
        if self._name_of(container) is not None or super().holds(container):
            return True
        return any(places.holds(original) for places in self._sources.values())

    def _name_of(self, container: Any) -> tuple[Any, Any, Key] | None:
        """The object and the key that a rule was made of, with itself; None for any other container."""
        if type(container) is not dict or container.keys() != _OF_A_RULE:
            return None
        while self._lists:
            made, holder = self._lists.pop()
            names = zip(made, holder, strict=True)
            self._named.update((id(one), (one, holder, name)) for one, name in names)
        found = self._named.get(id(container))
        if found is None and self._named:
            # One that is spelled otherwise is the copy of one that was made so.
            _, original = self._copies.get(id(container), (None, container))
            found = self._named.get(id(original))
        return found
