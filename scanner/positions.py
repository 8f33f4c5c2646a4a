"""YAML with the place of every value: what policies and configuration are read with.

Built on the events of PyYAML's C parser and not on its composer, because the composer recurses in C:
a file of 100,000 opening brackets ends the interpreter there, and one line of text here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

import yaml

from scanner.errors import ScannerError
from scanner.records import dataclass
from scanner.values import holdable

MAX_DEPTH = 100
"""Deepest nesting of a file that people write; a policy needs about ten."""

MAX_VALUES = 200_000
"""Most values of one file, aliases written out: what stops a file that doubles itself by aliases."""

KeyPath = tuple[str | int, ...]


_TAGS = frozenset(
    f"{prefix}{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
    for prefix in ("tag:yaml.org,2002:", "!!")
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what, and a hint how to mend it."""

    path: str
    mark: Mark
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.path}:{self.mark.line}:{self.mark.column}: {self.message}{hint}"


@dataclass(slots=True)
class Positioned:
    """The data of one YAML document, and where its keys and values stand.

    ``keys`` and ``values`` map a path such as ``("parameters", "allowed", "default")`` to a mark;
    the empty path is the document.  ``lines`` is the text itself.  ``problems`` holds duplicate keys
    and the like: the data is usable nonetheless.
    """

    data: Any
    name: str
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: KeyPath) -> Mark:
        """Where the value of a path stands, or the nearest thing around it that has a place."""
        while path not in self.values:
            path = path[:-1]
        return self.values[path]

    def key_mark(self, path: KeyPath) -> Mark:
        """Where the key of a path stands; the value's place where it has no key of its own."""
        return self.keys.get(path) or self.mark(path)

    def problem(self, path: KeyPath, message: str, hint: str | None = None, *, key: bool = False) -> Problem:
        """A problem with the value (or the key) at a path of this document."""
        return Problem(self.name, self.key_mark(path) if key else self.mark(path), message, hint)


class YamlError(ScannerError):
    """A file is not YAML that can be used.  ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def load(text: str | bytes, name: str) -> Positioned:
    """Read the one document of a YAML (or JSON) text.

    Dates stay text.  Raises `YamlError` for text that is no YAML, holds several documents, uses tags
    other than the standard ones, nests deeper than ``MAX_DEPTH`` or grows beyond ``MAX_VALUES``.
    """
    try:
        document = _read(text, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        message = error.problem or error.context or "not YAML"
        raise YamlError(Problem(name, where, f"not YAML: {message}")) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise YamlError(Problem(name, Mark(1, 1), f"not YAML: {reason}")) from None
    shown = text if isinstance(text, str) else text.decode("utf-8-sig", "replace")
    document.lines = shown.splitlines()
    return document


def _read(text: str | bytes, name: str) -> Positioned:
    parser = yaml.CSafeLoader(text)
    try:
        return _Reader(parser, name).document()
    finally:
        parser.dispose()


class _Reader:
    """Turns the events of one document into data and marks, without recursion into the parser."""

    def __init__(self, parser: yaml.CSafeLoader, name: str) -> None:
        self.parser = parser
        self.name = name
        self.result = Positioned(None, name)
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.count = 0

    def document(self) -> Positioned:
        events = self._events()
        next(events)
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            self.result.values[()] = Mark(1, 1)
            return self.result
        self.result.data = self._value(next(events), events, (), 0)
        next(events)
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._error(event, "a second document", "one file holds one document")
        return self.result

    def _events(self) -> Iterator[Any]:
        while self.parser.check_event():
            yield self.parser.get_event()

    def _value(self, event: Any, events: Iterator[Any], path: KeyPath, depth: int) -> Any:
        self.result.values[path] = _mark(event)
        self.count += 1
        if depth > MAX_DEPTH:
            raise self._error(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag and event.tag not in _TAGS:
            raise self._error(event, f"tag '{event.tag}' is not read here")
        before = self.count
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            for index, entry in enumerate(iter(lambda: next(events), None)):
                if isinstance(entry, yaml.SequenceEndEvent):
                    break
                value.append(self._value(entry, events, (*path, index), depth + 1))
        else:
            value = self._mapping(events, path, depth)
        if self.count > MAX_VALUES:
            raise self._error(event, f"more than {MAX_VALUES} values")
        if event.anchor:
            self.anchors[event.anchor] = (value, self.count - before + 1)
        return value

    def _mapping(self, events: Iterator[Any], path: KeyPath, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key that is not text")
            key = event.value
            mark = _mark(event)
            inner = (*path, key)
            if key in mapping:
                first = self.result.keys[inner]
                self.result.problems.append(
                    Problem(self.name, mark, f"duplicate key '{key}'", f"first at line {first.line}")
                )
            else:
                self.result.keys[inner] = mark
            mapping[key] = self._value(next(events), events, inner, depth + 1)
        return mapping

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise self._error(event, f"alias '*{event.anchor}' stands for nothing that is complete here")
        value, size = self.anchors[event.anchor]
        self.count += size
        if self.count > MAX_VALUES:
            raise self._error(event, f"aliases write out to more than {MAX_VALUES} values")
        return value

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag or self.parser.resolve(yaml.ScalarNode, text, event.implicit)  # type: ignore[no-untyped-call]
        kind = tag.removeprefix("tag:yaml.org,2002:")
        if kind in ("str", "timestamp", "value", "merge"):
            return text
        try:
            node = yaml.ScalarNode(tag, text, event.start_mark, event.end_mark)
            return holdable(self.parser.construct_object(node))
        except (ValueError, OverflowError, LookupError):
            return text

    def _error(self, event: Any, message: str, hint: str | None = None) -> YamlError:
        return YamlError(Problem(self.name, _mark(event), message, hint))


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
