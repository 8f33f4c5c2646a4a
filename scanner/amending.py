"""Adds an exemption to the text of ``hubscan.yaml`` and leaves everything else of it as it is.

The place is found by the marks of YAML's own events, and the outcome is read again: a text that would
say anything else than before and the new entry is not given.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from scanner import positions
from scanner.errors import ConfigError

_KEY = "exemptions"


def with_exemption(text: bytes, name: str, entry: Mapping[str, str]) -> bytes:
    """The text with one more exemption at the end of its list, which is begun where there is none.

    ``entry`` has the keys of an exemption.  Raises `ConfigError` for a text in which there is no line to
    put it.
    """
    before = positions.load(text, name).data
    mark = codecs.BOM_UTF8 if text.startswith(codecs.BOM_UTF8) else b""
    plain = text.removeprefix(mark).decode("utf-8", "replace")
    outline = _Outline.of(plain, name)
    changed = mark + _written(plain, outline, entry, name).encode()
    expected = {**(before or {}), _KEY: [*((before or {}).get(_KEY) or ()), dict(entry)]}
    try:
        is_sound = positions.load(changed, name).data == expected
    except positions.YamlError:
        is_sound = False
    if not is_sound:
        raise _refusal(name, outline.line)
    return changed


@dataclass(frozen=True, slots=True)
class _Outline:
    """What of a document decides where an entry goes; lines and columns count from 0.

    ``column`` is that of the keys, ``end`` the line behind the document, ``key`` the line of the list's
    key.  ``kind`` is what stands there: ``absent``, ``empty``, ``block``, or ``flow`` and ``hollow`` for a
    list in brackets with and without entries.  Of a block list, ``column`` is that of its dashes and
    ``end`` the line behind its last entry; of one in brackets, ``line`` and ``column`` are where the last
    bracket stands, and ``end`` is the line of the first.
    """

    kind: str
    line: int
    column: int
    end: int

    @classmethod
    def of(cls, text: str, name: str) -> _Outline:
        """The outline of a document that is a mapping, or nothing.  Raises `ConfigError` for any other."""
        events: list[Any] = list(yaml.parse(text, Loader=yaml.CSafeLoader))
        last = next((one for one in events if isinstance(one, yaml.DocumentEndEvent)), events[-1])
        lines = len(text.splitlines())
        end = _line(last) if getattr(last, "explicit", False) else lines
        top = events[2] if len(events) > 3 else events[-1]
        if isinstance(top, yaml.StreamEndEvent) or (isinstance(top, yaml.ScalarEvent) and not top.value):
            return cls("absent", 0, 0, end)
        if not isinstance(top, yaml.MappingStartEvent) or top.flow_style:
            raise _refusal(name, _line(top))
        column = _column(events[3]) if isinstance(events[3], yaml.ScalarEvent) else 0
        for key, value in _members(events):
            if key.value == _KEY:
                return cls._of_list(events, value, key, name)
        return cls("absent", _line(events[3]), column, end)

    @classmethod
    def _of_list(cls, events: Sequence[Any], at: int, key: Any, name: str) -> _Outline:
        value = events[at]
        line = _line(key)
        if isinstance(value, yaml.ScalarEvent) and not value.value:
            return cls("empty", line, _column(key), line + 1)
        if not isinstance(value, yaml.SequenceStartEvent):
            raise _refusal(name, line)
        inner = events[at + 1 : _end(events, at)]
        if value.flow_style:
            close = events[_end(events, at)]
            return cls("flow" if inner else "hollow", _line(close), _column(close), _line(value))
        ended = max((_place(one.end_mark) for one in inner if _is_content(one)), default=(line, 1))
        behind = ended[0] if ended[1] == 0 else ended[0] + 1
        return cls("block", line, _column(value), behind)


def _members(events: Sequence[Any]) -> list[tuple[Any, int]]:
    """The keys of the outermost mapping, each with where its value begins among the events."""
    found, at = [], 3
    while not isinstance(events[at], yaml.MappingEndEvent):
        found.append((events[at], at + 1))
        at = _end(events, at + 1) + 1
    return found


def _end(events: Sequence[Any], at: int) -> int:
    """Where the value ends that begins at an event."""
    depth = 0
    while True:
        depth += isinstance(events[at], yaml.CollectionStartEvent) - isinstance(
            events[at], yaml.CollectionEndEvent
        )
        if not depth:
            return at
        at += 1


def _is_content(event: Any) -> bool:
    """Whether an event has text of its own: the end of a block has none, and stands behind comments."""
    if isinstance(event, yaml.ScalarEvent):
        return True
    is_end = isinstance(event, yaml.AliasEvent | yaml.CollectionEndEvent)
    return is_end and _place(event.end_mark) > _place(event.start_mark)


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line


def _column(event: Any) -> int:
    column: int = event.start_mark.column
    return column


def _place(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column


def _written(text: str, outline: _Outline, entry: Mapping[str, str], name: str) -> str:
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if "\r\n" in text else "\n"
    if outline.kind == "flow":
        line = lines[outline.line]
        head = line[: outline.column].rstrip()
        comma = "" if head.endswith(",") else ","
        lines[outline.line] = f"{head}{comma} {_flow(entry)}{line[outline.column :]}"
        return "".join(lines)
    at, column, added = outline.end, outline.column, _block(entry)
    if outline.kind == "hollow":
        if outline.end != outline.line:
            raise _refusal(name, outline.line)
        line = lines[outline.line]
        opened = line.rindex("[", 0, outline.column)
        lines[outline.line] = f"{line[:opened].rstrip()}{line[outline.column + 1 :]}"
        at, column = outline.line + 1, len(line) - len(line.lstrip(" "))
    if outline.kind == "absent":
        added = [f"{_KEY}:", *(f"  {one}" for one in added)]
    elif outline.kind in {"empty", "hollow"}:
        column += 2
    if at and not lines[at - 1].endswith(("\n", "\r")):
        lines[at - 1] += ending
    lines[at:at] = [f"{' ' * column}{one}{ending}" for one in added]
    return "".join(lines)


def _block(entry: Mapping[str, str]) -> list[str]:
    told = [f"{key}: {_scalar(key, value)}" for key, value in entry.items()]
    return [f"- {told[0]}", *(f"  {one}" for one in told[1:])]


def _flow(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in entry.items()) + "}"


def _scalar(key: str, value: str) -> str:
    """A value as people write it: a date as it is, any other text quoted where it must be."""
    if key == "expires":
        return value
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, width=2**30)
    text = text.removesuffix("...\n").rstrip("\n")
    return text if "\n" not in text else _quoted(value)


def _quoted(value: str) -> str:
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, width=2**30, default_style='"')
    return text.rstrip("\n")


def _refusal(name: str, line: int) -> ConfigError:
    told = f"no entry can be added here to '{_KEY}'"
    return ConfigError(
        f"{name}:{line + 1}:1: {told} (write the list in lines of its own, '- policy: ...' each)"
    )
