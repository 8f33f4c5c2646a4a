"""A stream of YAML documents with the place of every value.

Built on the events of PyYAML's C parser: its composer recurses in C, where a file of 100,000 opening
brackets ends the interpreter.  Aliases are followed and counted, so that a file cannot grow in memory
beyond `MAX_VALUES`; a tag that is not standard makes its value an `Unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from scanner.model import Place
from scanner.places import Places
from scanner.values import Touched, Unknown

MAX_DEPTH = 100
MAX_VALUES = 200_000

_STANDARD = "tag:yaml.org,2002:"
_TEXTS = ("str", "timestamp", "value", "merge", "binary")


class BadYAML(ValueError):  # noqa: N818 - reads as what it says
    """The text is no YAML, or none that can be judged.  ``place`` is where, ``str()`` a clause for people."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Twice:
    """A value that stands under a key which its mapping has more than once."""

    value: Any
    place: Place


@dataclass(slots=True)
class Document:
    """One document of a stream: its data, its index from 0, and where it begins.

    Where a mapping has a key twice with different values, the data holds an `Unknown`, and
    ``duplicates`` all of the values, by the identity of the mapping and the key.
    """

    data: Any
    index: int
    place: Place
    places: Places
    duplicates: dict[tuple[int, str], list[Twice]] = field(default_factory=dict)


def documents(text: bytes, path: str) -> Iterator[Document]:
    """The documents of a stream, one at a time.  Raises `BadYAML` at the first thing that is wrong."""
    try:
        parser = yaml.CSafeLoader(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadYAML(f"not YAML: {' '.join(str(error).split())}", _start(path)) from None
    try:
        yield from _Reader(parser, path).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(path, mark) if mark else _start(path)
        raise BadYAML(f"not YAML: {error.problem or error.context or 'cannot be read'}", place) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadYAML(f"not YAML: {' '.join(str(error).split())}", _start(path)) from None
    finally:
        parser.dispose()


class _Reader:
    """Turns events into data and places.  The recursion is Python's own, and bounded."""

    def __init__(self, parser: yaml.CSafeLoader, path: str) -> None:
        self._parser = parser
        self._path = path
        self._count = 0
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._document = Document(None, 0, _start(path), Places())

    def documents(self) -> Iterator[Document]:
        index = 0
        while self._parser.check_event():
            event = self._parser.get_event()
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            self._anchors = {}
            first = self._parser.get_event()
            self._document = Document(None, index, self._at(first), Places())
            self._document.data = self._value(first, 0)
            yield self._document
            index += 1

    def _value(self, event: Any, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise self._error(event, f"more than {MAX_VALUES} values, aliases written out")
        if depth > MAX_DEPTH:
            raise self._error(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._count
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(event, depth)
        else:
            value = self._mapping(event, depth)
        if event.tag and not event.tag.startswith((_STANDARD, "!!")) and event.tag != "!":
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            value = Unknown(f"the tag {event.tag} is not read", text=f"{event.tag} {text}".strip())
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before + 1)
        return value

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        sequence: list[Any] = []
        places = self._document.places
        places.mark(sequence, None, self._at(start))
        while not isinstance(event := self._parser.get_event(), yaml.SequenceEndEvent):
            places.mark(sequence, len(sequence), self._at(event))
            sequence.append(self._value(event, depth + 1))
        return sequence

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        self._document.places.mark(mapping, None, self._at(start))
        merged: list[Any] = []
        while not isinstance(event := self._parser.get_event(), yaml.MappingEndEvent):
            key, place = self._key(event, depth)
            value = self._value(self._parser.get_event(), depth + 1)
            if key == "<<" and isinstance(value, (dict, list)):
                merged += value if isinstance(value, list) else [value]
            elif key in mapping:
                self._twice(mapping, key, value, place)
            else:
                mapping[key] = value
                self._document.places.mark(mapping, key, place)
        for other in merged:
            if isinstance(other, dict):
                self._merge(mapping, other)
        return mapping

    def _key(self, event: Any, depth: int) -> tuple[str, Place]:
        if isinstance(event, yaml.ScalarEvent):
            return event.value, self._at(event)
        value = self._value(event, depth + 1)
        return value if isinstance(value, str) else "?", self._at(event)

    def _twice(self, mapping: dict[str, Any], key: str, value: Any, place: Place) -> None:
        first = self._document.places.of(mapping, key) or place
        known = self._document.duplicates.setdefault((id(mapping), key), [])
        if not known:
            known.append(Twice(mapping[key], first))
        known.append(Twice(value, place))
        if not _same(mapping[key], value):
            mapping[key] = Unknown(f"'{key}' stands twice, at lines {first.line} and {place.line}")

    def _merge(self, mapping: dict[str, Any], other: dict[str, Any]) -> None:
        places = self._document.places
        for key, value in other.items():
            if key not in mapping:
                mapping[key] = value
                self._count += 1
                place = places.of(other, key)
                if place is not None:
                    places.mark(mapping, key, place)

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise self._error(event, f"alias '*{event.anchor}' stands for nothing that is complete here")
        value, size = self._anchors[event.anchor]
        self._count += size
        if self._count > MAX_VALUES:
            raise self._error(event, f"aliases write out to more than {MAX_VALUES} values")
        return value

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag or self._parser.resolve(yaml.ScalarNode, text, event.implicit)  # type: ignore[no-untyped-call]
        kind = tag.removeprefix(_STANDARD)
        if kind in _TEXTS or tag.startswith("!"):
            return text
        try:
            return self._parser.construct_object(yaml.ScalarNode(tag, text, event.start_mark, event.end_mark))
        except (ValueError, OverflowError, LookupError, yaml.YAMLError):
            return text

    def _error(self, event: Any, message: str) -> BadYAML:
        return BadYAML(message, self._at(event))

    def _at(self, event: Any) -> Place:
        return _place(self._path, event.start_mark)


def _place(path: str, mark: Any) -> Place:
    return Place(path=path, line=mark.line + 1, column=mark.column + 1, end_line=mark.line + 1)


def _start(path: str) -> Place:
    return Place(path=path, line=1, column=1, end_line=1)


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Touched:
        return False
