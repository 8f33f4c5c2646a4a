"""The JSON that the compiler wrote, whose values stand where the source has them.

Nobody edits that JSON.  Its parts are laid beside those of the source by the names that both have:
parameters, variables and outputs, resources by symbolic name or else by type and order, and below them the
same keys.  What the source has no counterpart of stands where the nearest thing around it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Place
from scanner.places import Key
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.places import Called
from scanner.sources.arm.source import Source
from scanner.sources.arm.syntax import Loop
from scanner.sources.bicep.marks import Marks

_NAMED = frozenset(("parameters", "variables", "outputs", "definitions"))
"""Sections of a template in which only names that both have are the same."""

_Pair = tuple[Any, Any, Place | None]
"""A container of the JSON, that of the source or None, and where it stands."""


class Twin(Source):
    """A template of the compiler beside the one that the source was read into.  Raises `BadTemplate`."""

    def __init__(self, data: bytes, path: str, own: dict[str, Any], marks: Marks) -> None:
        super().__init__(data, path)
        self._own = own
        self._marks = marks
        self._pairs: dict[int, _Pair] | None = None

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where the source has a key of an object, or an entry of a list, or (None) either itself."""
        if self._pairs is None:
            self._pairs = {}
            self._lay()
        pair = self._pairs.get(id(container))
        if pair is None:
            return None
        _, own, around = pair
        found = self._marks.place(own, _own_key(own, key)) if own is not None else None
        return found or around

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """The same: a character of the JSON stands nowhere in the source."""
        _ = offset
        return self.place(container, key)

    def _lay(self) -> None:
        waiting: list[_Pair] = [(self.value, self._own, None)]
        pairs = self._pairs if self._pairs is not None else {}
        while waiting:
            pair = container, own, around = waiting.pop()
            if id(container) in pairs:
                # A resource, which is also an entry of its section.
                continue
            pairs[id(container)] = pair
            found = self._template(pair) if _is_template(container) else self._inside(container, own, around)
            waiting += (one for one in found if isinstance(one[0], (dict, list)))

    def _template(self, pair: _Pair) -> Iterator[_Pair]:
        """The sections of a template: what has a name stands at that name, or nowhere."""
        container, own, around = pair
        if own is None and around is not None:
            # Of a module that the source does not show, what it is given stands where it is.
            around = Called(
                path=around.path, line=around.line, column=around.column, end_line=around.end_line
            )
        for key, section in container.items():
            theirs = own.get(key) if isinstance(own, dict) else None
            if key == "resources":
                yield section, None, around
                yield from self._resources(section, theirs, around)
            else:
                yield section, theirs, None if key in _NAMED and theirs is not None else around

    def _resources(self, section: Any, theirs: Any, around: Place | None) -> Iterator[_Pair]:
        every = list(_every(theirs))
        if isinstance(section, dict):
            by_name = {name.lower(): one for name, _, one in every}
            for name, one in section.items():
                own = by_name.get(name.lower())
                yield one, own, self._where(own) or around
            return
        by_type: dict[str, list[Any]] = {}
        for _, kind, one in every:
            if one.get("existing") is not True:
                by_type.setdefault(kind, []).append(one)
        for one in section if isinstance(section, list) else ():
            alike = by_type.get(_type(one), [])
            own = alike.pop(0) if alike else None
            yield one, own, self._where(own) or around

    def _where(self, own: Any) -> Place | None:
        return self._marks.place(own) if own is not None else None

    def _inside(self, container: Any, own: Any, around: Place | None) -> Iterator[_Pair]:
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, inner in entries:
            if key == "copy" and own is not None:
                for loop, name, body in _loops(inner, own):
                    place = self._marks.place(own, _own_key(own, name)) or around
                    yield loop, None, place
                    yield loop.get("input"), body if isinstance(body, (dict, list)) else None, place
            theirs = _entry(own, key)
            place = self._marks.place(own, _own_key(own, key)) if own is not None else None
            yield inner, theirs if isinstance(theirs, (dict, list)) else None, place or around


class Given(Source):
    """The parameters that the compiler wrote, of which each stands where ``places`` has its name.

    Raises `BadTemplate`.
    """

    def __init__(self, data: bytes, path: str, places: Mapping[str, Place]) -> None:
        super().__init__(data, path)
        self._places = places
        self._held: dict[int, Place] | None = None

    def place(self, container: Any, key: Key = None) -> Place | None:
        """Where the parameter is given that an object or list is part of."""
        blocks = self.value.get("parameters") if isinstance(self.value, dict) else None
        if container is blocks:
            return self._places.get(str(key))
        if self._held is None:
            self._held = {}
            for name, block in blocks.items() if isinstance(blocks, dict) else ():
                if name in self._places:
                    self._held.update((id(inner), self._places[name]) for inner in _containers(block))
        return self._held.get(id(container))

    def place_within(self, container: Any, key: Key, offset: int) -> Place | None:
        """The same: a character of the JSON stands nowhere in the source."""
        _ = offset
        return self.place(container, key)


def _is_template(container: Any) -> bool:
    return isinstance(container, dict) and "$schema" in container and "resources" in container


def _every(resources: Any, above: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Symbolic name, full type and block of each resource of a source, also of those in other blocks."""
    for name, one in resources.items() if isinstance(resources, dict) else ():
        kind = _type(one)
        kind = f"{above}/{kind}" if above and "." not in kind else kind
        yield name, kind, one
        yield from _every(one.get("resources"), kind)


def _type(resource: Any) -> str:
    return str(resource.get("type") if isinstance(resource, dict) else "").lower()


def _entry(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        own = spelled(container, key)
        return container.get(own) if own is not None else None
    return container[key] if isinstance(container, list) and key < len(container) else None


def _own_key(own: Any, key: Any) -> Any:
    return spelled(own, key) if isinstance(own, dict) and isinstance(key, str) else key


def _loops(value: Any, own: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The loops over values of an object, each with its name and what the source has for one turn."""
    for loop in value if isinstance(value, list) else ():
        name = loop.get("name") if isinstance(loop, dict) else None
        theirs = _entry(own, name) if isinstance(name, str) else None
        if name is not None:
            yield loop, name, theirs.body if isinstance(theirs, Loop) else None


def _containers(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            yield one
            waiting += one.values() if isinstance(one, dict) else one
