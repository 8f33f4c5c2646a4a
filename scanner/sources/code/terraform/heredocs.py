"""JSON that is written in a heredoc: what it holds has the places of its lines."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any

from scanner.sources.arm.tokens import BadTemplate, Scanner
from scanner.sources.code.symbols import Text
from scanner.sources.code.terraform import opentext
from scanner.sources.files.json_text import too_deep
from scanner.sources.hcl.scope import Env, Spots
from scanner.sources.hcl.syntax import Literal, Node, Template, TemplateFor, TemplateIf


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


class _Lines:
    """The lines of a heredoc, and those of the text that it gives."""

    def __init__(self, text: str, node: Node, env: Env) -> None:
        self._env = env
        self._node = node
        self._text = text
        self._given = _starts(text)
        whole = env.source.text
        first = whole.index("\n", node.at) + 1
        written = whole[first : whole.rfind("\n", first - 1, node.end) + 1]
        self._written = [first + start for start in _starts(written)]

    @property
    def match(self) -> bool:
        """Whether each line of the text is one of the heredoc: nothing filled in has lines of its own."""
        return len(self._given) == len(self._written)

    def spot(self, offset: int, key: Any) -> tuple[Env, int, Node]:
        """Where a key of the text that stands at an offset was written, and what is filled in there."""
        number = bisect_right(self._given, offset) - 1
        start = self._written[number]
        whole = self._env.source.text
        end = whole.find("\n", start)
        line = whole[start:end]
        at = start + len(line) - len(line.lstrip())
        if isinstance(key, str):
            sign = json.dumps(key, ensure_ascii=False)
            found = -1
            for _ in range(self._text.count(sign, self._given[number], offset) + 1):
                found = line.find(sign, found + 1)
            at = start + found if found >= 0 else at
        parts = self._node.parts if isinstance(self._node, Template) else ()
        nodes = [part for part in parts if not isinstance(part, (str, TemplateIf, TemplateFor))]
        filled = [part for part in nodes if start <= part.at < end]
        return self._env, at, filled[0] if len(filled) == 1 else Literal(None, at, start + len(line.rstrip()))


def _starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
