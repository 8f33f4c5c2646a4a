"""Where the keys and values of a JSON text stand, found by skipping what lies before them.

The parser of the standard library passes over whole values at the speed of C, so that only the objects
and lists on the way to what is asked for are looked at one member after another.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

Key = str | int | None
Offsets = dict[Key, int]
"""Of an object or list: where its keys or entries and (None) itself begin."""

# Numbers stay text: nobody looks at them here, and a long one would be refused.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_SPACE = re.compile(r"[ \t\r\n]*")
_KEY = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


class Finder:
    """Answers for the objects and lists of one document.

    ``text`` is the document and ``value`` what it holds: strict JSON without a key twice in one object.
    """

    def __init__(self, text: str, value: Any) -> None:
        self._text = text
        self._value = value
        self._found: dict[int, Offsets] = {}
        self._begins: dict[int, dict[Key, int]] = {}

    def of(self, container: Any) -> Offsets | None:
        """The offsets of an object or list; None for one that is not of this document."""
        own = id(container)
        if own not in self._found and own in self._holders:
            way = [container]
            while (holder := self._holders[id(way[-1])]) is not None:
                way.append(holder[0])
            for node in reversed(way):
                if id(node) not in self._found:
                    self._look_into(node)
        return self._found.get(own)

    @cached_property
    def _holders(self) -> dict[int, tuple[Any, Key] | None]:
        """What each object and list stands in, by its identity, and at which key."""
        if not isinstance(self._value, (dict, list)):
            return {}
        holders: dict[int, tuple[Any, Key] | None] = {id(self._value): None}
        waiting = [self._value]
        while waiting:
            node = waiting.pop()
            for key, inner in node.items() if type(node) is dict else enumerate(node):
                if type(inner) is dict or type(inner) is list:
                    holders[id(inner)] = (node, key)
                    waiting.append(inner)
        return holders

    def _look_into(self, node: Any) -> None:
        holder = self._holders[id(node)]
        if holder is None:
            start = begin = _behind(_SPACE, self._text, 0)
        else:
            above, key = holder
            start = self._found[id(above)][key]
            begin = self._begins[id(above)][key]
        offsets: Offsets = {None: start}
        begins: dict[Key, int] = {}
        at = _behind(_SPACE, self._text, begin + 1)
        for key in node if type(node) is dict else range(len(node)):
            offsets[key] = at
            if type(node) is dict:
                at = _behind(_KEY, self._text, at)
            begins[key] = at
            at = _behind(_COMMA, self._text, _DECODER.raw_decode(self._text, at)[1])
        self._found[id(node)] = offsets
        self._begins[id(node)] = begins


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    """The offset behind what surely stands at another: the text was parsed before."""
    match = pattern.match(text, at)
    return at if match is None else match.end()
