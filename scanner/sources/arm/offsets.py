"""Where the keys and values of a JSON text stand, found by skipping what lies before them.

The parser of the standard library passes over whole values at the speed of C, so that only the objects
and lists on the way to what is asked for are looked at, and no further than to that.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scanner.regexes import regex

Key = str | int | None
Offsets = dict[Key, int]
"""Of an object or list: where its keys or entries and (None) itself begin."""

Taken = Mapping[tuple[int, Key], Any]
"""Objects and lists that stood in another, by the identity of that and their key there."""

# Numbers stay text: nobody looks at them here, and a long one would be refused.
_DECODER: Any = json.JSONDecoder(parse_int=str, parse_float=str)
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once
_SPACE = regex(r"[ \t\r\n]*()")
_KEY = regex(r'[ \t\r\n]*,?[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*"[ \t\r\n]*:[ \t\r\n]*)', re.DOTALL)
_ENTRY = regex(r"[ \t\r\n]*,?[ \t\r\n]*()")
"""What stands before a value: the group begins where its key does, or it does itself."""


class Finder:
    """Answers for the objects and lists of one document.

    ``text`` is the document, strict JSON without a key twice in one object, and ``value`` what was read from
    it.  That may have been written to since: ``fresh`` is what the text says, and ``taken`` tells of what
    was taken out.
    """

    def __init__(self, text: str, value: Any, fresh: Any, taken: Taken) -> None:
        self._text = text
        self._taken = taken
        self._looked_at: dict[int, _Members] = {}
        outermost = isinstance(value, (dict, list))
        self._known = {id(value): _Known(value, fresh, None, None)} if outermost else {}
        self._waiting = deque([(value, fresh)] if outermost else ())

    def of(self, container: Any, key: Key) -> int | None:
        """Where a key of an object begins, or an entry of a list, or (None) either itself.

        None for what is not of this document.
        """
        own = id(container)
        members = self._looked_at.get(own)
        if members is None:
            if not self._knows(own):
                return None
            members = self._look_at(own)
        if key is None:
            return members.start
        found = members.find(key)
        return None if found is None else found[0]

    def _knows(self, own: int) -> bool:
        """Whether an object or list is of this document: the outer ones, asked for most, are tried first."""
        while own not in self._known and self._waiting:
            value, fresh = self._waiting.popleft()
            above = id(value)
            for key, inner in fresh.items() if type(fresh) is dict else enumerate(fresh):
                kind = type(inner)
                if kind is dict or kind is list:
                    held = self._taken.get((above, key))
                    held = _entry(value, key) if held is None else held
                    if type(held) is kind:
                        self._known[id(held)] = _Known(held, inner, above, key)
                        self._waiting.append((held, inner))
        return own in self._known

    def _look_at(self, own: int) -> _Members:
        """Look at what an object or list stands in as far as to it, from the outermost on."""
        way = [own]
        while (above := self._known[way[-1]].above) is not None and above not in self._looked_at:
            way.append(above)
        for identity in reversed(way):
            _, fresh, above, key = self._known[identity]
            found = None if above is None else self._looked_at[above].find(key)
            # What is not found is the outermost: the text holds all that was read from it.
            start, begin = found or _before(_SPACE, self._text, 0)
            self._looked_at[identity] = _Members(self._text, fresh, start, begin)
        return self._looked_at[own]


class _Known(NamedTuple):
    """An object or list, what the text says of it, the identity of what it stands in, and its key there."""

    value: Any
    fresh: Any
    above: int | None
    key: Key


class _Members:
    """The members of one object or list, looked at one after another.

    ``start`` is where the key of the object or list begins, and ``begin`` where it does itself.
    """

    __slots__ = ("_at", "_before", "_found", "_keys", "_text", "_value", "start")

    def __init__(self, text: str, value: Any, start: int, begin: int) -> None:
        is_object = type(value) is dict
        self.start = start
        self._text = text
        self._value = value
        self._before = _KEY if is_object else _ENTRY
        self._keys = iter(value if is_object else range(len(value)))
        self._found: dict[Key, tuple[int, int]] = {}
        self._at = begin + 1

    def find(self, key: Key) -> tuple[int, int] | None:
        """Where a key and its value begin; the same for an entry of a list."""
        found = self._found.get(key)
        return self._look_for(key) if found is None and self._has(key) else found

    def _has(self, key: Key) -> bool:
        value = self._value
        return key in value if type(value) is dict else isinstance(key, int) and 0 <= key < len(value)

    def _look_for(self, wanted: Key) -> tuple[int, int] | None:
        """Pass over members up to one that is there, and remember where they are."""
        for key in self._keys:
            # Behind the bracket at first, then behind the value that was found last.
            end = _scan(self._text, self._at)[1] if self._found else self._at
            self._found[key] = found = _before(self._before, self._text, end)
            self._at = found[1]
            if key == wanted:
                return found
        return None


def _entry(container: Any, key: Any) -> Any:
    try:
        return container[key]
    except (KeyError, IndexError, TypeError):
        return None


def _before(pattern: re.Pattern[str], text: str, at: int) -> tuple[int, int]:
    """Where a key and its value begin behind an offset: that they are there is sure, the text was parsed."""
    match = pattern.match(text, at)
    return (at, at) if match is None else (match.start(1), match.end())
