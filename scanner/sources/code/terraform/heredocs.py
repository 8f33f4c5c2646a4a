"""JSON that is written in a heredoc: what it holds has the places of its lines."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

from scanner.sources.arm.tokens import BadTemplate, Scanner
from scanner.sources.code.symbols import Text
from scanner.sources.code.terraform import opentext
from scanner.sources.files.json_text import too_deep
from scanner.sources.hcl.scope import Env, Spots
from scanner.sources.hcl.syntax import Literal, Node, Template, TemplateFor, TemplateIf

_LONG = 4_096
"""Characters of the longest line in which keys are looked for: of a longer one the beginning is the place."""


def read(value: Any, node: Node, env: Env, spots: Spots) -> Any:
    """The object that a heredoc holds as JSON, with the spots of its values; any other value as it is."""
    if not isinstance(value, (str, Text)) or not env.source.text.startswith("<<", node.at):
        return value
    text = value if isinstance(value, str) else "".join(opentext.marked(value))
    try:
        document = json.loads(text)
        scanner = Scanner(text)
        tree = None if too_deep(document) else scanner.read()
    except (ValueError, RecursionError, BadTemplate):
        return value
    lines = _Lines(text, node, env)
    if not isinstance(tree, dict) or not lines.match:
        return value
    return _Reader(value, scanner, lines, spots).copy(tree)


class _Reader:
    def __init__(self, value: str | Text, scanner: Scanner, lines: _Lines, spots: Spots) -> None:
        self._value = value
        self._offsets = scanner.offsets
        self._lines = lines
        self._spots = spots

    def copy(self, node: Any) -> Any:
        """A value with what is open in place of its marks; containers with the spots of what they hold."""
        if isinstance(node, dict):
            made: Any = {name: self.copy(inner) for name, inner in node.items()}
        elif isinstance(node, list):
            made = [self.copy(inner) for inner in node]
        else:
            return node if isinstance(self._value, str) else opentext.unmarked(node, self._value)
        for key, offset in self._offsets.get(id(node), {}).items():
            if key is not None:
                self._spots.mark(made, key, *self._lines.spot(offset, key))
        return made


class _Line(NamedTuple):
    """A line as it is written: where it begins, from where to where it says what, and what is filled in."""

    start: int
    text: str
    at: int
    end: int
    filled: Node | None


class _Lines:
    """The lines of a heredoc, and those of the text that it gives."""

    def __init__(self, text: str, node: Node, env: Env) -> None:
        self._env = env
        self._text = text
        self._given = _starts(text)
        whole = env.source.text
        first = whole.index("\n", node.at) + 1
        written = whole[first : whole.rfind("\n", first - 1, node.end) + 1]
        self._written = [first + start for start in _starts(written)]
        parts = node.parts if isinstance(node, Template) else ()
        self._filled = [part for part in parts if not isinstance(part, (str, TemplateIf, TemplateFor))]
        self._known: dict[int, _Line] = {}

    @property
    def match(self) -> bool:
        """Whether each line of the text is one of the heredoc: nothing filled in has lines of its own."""
        return len(self._given) == len(self._written)

    def spot(self, offset: int, key: Any) -> tuple[Env, int, Node]:
        """Where a key of the text that stands at an offset was written, and what is filled in there."""
        number = bisect_right(self._given, offset) - 1
        line = self._known.get(number)
        if line is None:
            line = self._known[number] = self._line(number)
        at = line.at
        if isinstance(key, str) and len(line.text) <= _LONG:
            sign = json.dumps(key, ensure_ascii=False)
            found = -1
            for _ in range(self._text.count(sign, self._given[number], offset) + 1):
                found = line.text.find(sign, found + 1)
            at = line.start + found if found >= 0 else at
        return self._env, at, line.filled or Literal(None, at, line.end)

    def _line(self, number: int) -> _Line:
        start = self._written[number]
        whole = self._env.source.text
        end = whole.find("\n", start)
        text = whole[start:end]
        first, past = (bisect_left(self._filled, at, key=lambda part: part.at) for at in (start, end))
        filled = self._filled[first] if past - first == 1 else None
        at = start + len(text) - len(text.lstrip())
        return _Line(start, text, at, min(start + len(text.rstrip()), at + _LONG), filled)


def _starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
