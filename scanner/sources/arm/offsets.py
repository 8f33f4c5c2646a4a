"""Where the keys and values of a JSON text stand, found by skipping what lies before them.

The parser of the standard library passes over whole values at the speed of C, so that only the objects
and lists on the way to what is asked for are looked at, and no further than to that.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from scanner.regexes import regex

Key = str | int | None
Offsets = dict[Key, int]
"""Of an object or list: where its keys or entries and (None) itself begin."""

Taken = Mapping[int, Mapping[Key, Any]]
"""Objects and lists that stood in another: by the identity of that, and their keys there."""

# Numbers stay text: nobody looks at them here, and a long one would be refused.
_DECODER: Any = json.JSONDecoder(parse_int=str, parse_float=str)
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once
_SPACE = regex(r"[ \t\r\n]*")
_KEY = regex(r'[ \t\r\n]*,?[ \t\r\n]*("([^"\\]*(?:\\.[^"\\]*)*)"[ \t\r\n]*:[ \t\r\n]*)', re.DOTALL)
_ENTRY = regex(r"[ \t\r\n]*,?[ \t\r\n]*(?=[^] \t\r\n])")
"""What stands before the value of a member that there is."""


class Finder:
    """Answers for the objects and lists of one document.

    ``text`` is the document, strict JSON without a key twice in one object, and ``value`` what was read from
    it.  That may have been written to since: what counts is what the text has in the same place, and
    ``taken`` tells of what was taken out.
    """

    def __init__(self, text: str, value: Any, taken: Taken) -> None:
        self._text = text
        self._taken = taken
        self._looked_at: dict[int, _Members] = {}
        outermost = isinstance(value, (dict, list))
        self._met: dict[int, list[_Met]] = {id(value): [_Met(value, None, None)]} if outermost else {}
        self._waiting = deque([value] if outermost else ())

    def of(self, container: Any, key: Key) -> int | None:
        """Where a key of an object begins, or an entry of a list, or (None) either itself.

        None for what is not of this document.
        """
        own = id(container)
        while (members := self._looked_at.get(own)) is None:
            if not self._meets(own):
                return None
            self._look_at(own)
        if key is None:
            return members.start
        found = members.find(key)
        return None if found is None else found[0]

    def _meets(self, own: int) -> bool:
        """Whether an object or list is met in the document: the outer ones, asked for most, come first."""
        while not self._met.get(own) and self._waiting:
            value = self._waiting.popleft()
            members: Iterable[tuple[Any, Any]] = value.items() if type(value) is dict else enumerate(value)
            if (taken := self._taken.get(id(value))) is not None:
                members = {**dict(members), **taken}.items()
            for key, inner in members:
                if type(inner) is dict or type(inner) is list:
                    self._met.setdefault(id(inner), []).append(_Met(inner, id(value), key))
                    self._waiting.append(inner)
        return bool(self._met.get(own))

    def _look_at(self, own: int) -> None:
        """Look at what an object or list stands in as far as to it, from the outermost on.

        Something on the way that the text does not have there was put there later.  It is met there no more,
        perhaps elsewhere.
        """
        way = [own]
        while (above := self._met[way[-1]][0].above) is not None and above not in self._looked_at:
            if not self._meets(above):
                del self._met[way[-1]][0]
                return
            way.append(above)
        for identity in reversed(way):
            value, above, key = self._met[identity][0]
            begin = _behind(_SPACE, self._text, 0)
            found = (begin, begin) if above is None else self._looked_at[above].find(key)
            if found is None or self._text[found[1]] != ("{" if type(value) is dict else "["):
                del self._met[identity][0]
                return
            self._looked_at[identity] = _Members(self._text, _KEY if type(value) is dict else _ENTRY, *found)


class _Met(NamedTuple):
    """An object or list, the identity of what it was met in, and its key there."""

    value: Any
    above: int | None
    key: Key


class _Members:
    """The members of one object or list, looked at one after another.

    ``before`` is what stands before each, ``start`` where the key of the object or list begins, and
    ``begin`` where it does itself.
    """

    __slots__ = ("_at", "_before", "_ended", "_found", "_text", "start")

    def __init__(self, text: str, before: re.Pattern[str], start: int, begin: int) -> None:
        self.start = start
        self._text = text
        self._before = before
        self._found: dict[Key, tuple[int, int]] = {}
        self._at = begin + 1
        self._ended = False

    def find(self, key: Key) -> tuple[int, int] | None:
        """Where a key and its value begin; the same for an entry of a list.  None where there is none."""
        found = self._found.get(key)
        return self._look_for(key) if found is None and not self._ended else found

    def _look_for(self, wanted: Key) -> tuple[int, int] | None:
        """Pass over members up to one, and remember where they are."""
        text, found = self._text, self._found
        while True:
            # Behind the bracket at first, then behind the value that was found last.
            match = self._before.match(text, _scan(text, self._at)[1] if found else self._at)
            if match is None:
                self._ended = True
                return None
            self._at = at = match.end()
            if self._before is _ENTRY:
                key: Key = len(found)
                found[key] = (at, at)
            else:
                begin, written = match.start(1), match[2]
                key = _scan(text, begin)[0] if "\\" in written else written
                found[key] = (begin, at)
            if key == wanted:
                return found[key]


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()
