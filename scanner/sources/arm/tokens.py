"""JSON as templates are written: with comments, trailing commas, and strings of several lines.

One regular expression finds the tokens, one loop makes values and the offsets of every key and value.
Nothing recurses, and nothing is looked at twice.
"""

from __future__ import annotations

import json
import re
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.offsets import Key, Offsets
from scanner.sources.files.json_text import DEPTH

_TOKEN = regex(
    r"[ \t\r\n\ufeff]*(?:"
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<sign>[{}\[\]:,])"
    r"|(?P<word>-?[0-9][0-9.eE+-]*|[A-Za-z]+)"
    r"|(?P<comment>//[^\r\n]*|/\*.*?\*/)"
    r"|(?P<end>\Z))",
    re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = regex("[\ud800-\udfff]")

Duplicates = dict[int, list[tuple[str, Any]]]
"""By the identity of an object that has a key twice: all its members."""


class BadTemplate(ValueError):  # noqa: N818 - reads as what it says
    """A text is no JSON, not even with comments.

    ``offset`` says where, and ``cut_off`` that the text ends before the document does.
    """

    def __init__(self, message: str, offset: int, *, cut_off: bool = False) -> None:
        super().__init__(message)
        self.offset = offset
        self.cut_off = cut_off


class Scanner:
    """Reads one text.  ``offsets`` are those of each object and list, by its identity."""

    def __init__(self, text: str) -> None:
        self.offsets: dict[int, Offsets] = {}
        self.duplicates: Duplicates = {}
        self._text = text
        self._holders: list[Any] = []
        self._members: list[list[tuple[str, Any]]] = []
        self._keys: list[Key] = []

    def read(self) -> Any:
        """The value.  Raises `BadTemplate`."""
        result: Any = None
        state = "value"
        at = 0
        while True:
            match = _TOKEN.match(self._text, at)
            if match is None:
                raise self._unreadable(at)
            kind = match.lastgroup
            at = match.end()
            if kind == "comment":
                continue
            start = match.start(kind or 0)
            if kind == "end":
                if state != "done":
                    raise BadTemplate("the text is cut off", start, cut_off=True)
                return result
            sign = match[kind or 0]
            state, value = self._step(state, kind, sign, start)
            if state == "done":
                result = value

    def _step(self, state: str, kind: str | None, sign: str, start: int) -> tuple[str, Any]:
        """Take one sign; give the next state, and the whole value when it is complete."""
        if state == "done":
            raise BadTemplate("text follows the document", start)
        if state in ("key", "first key"):
            if sign == "}":
                return self._close("{", start)
            if kind != "text":
                raise BadTemplate("a key must be a text in double quotes", start)
            self._mark(key := self._decoded(sign, start), start)
            self._keys[-1] = key
            return "colon", None
        if state == "colon":
            if sign != ":":
                raise BadTemplate("expected ':'", start)
            return "value", None
        if state == "comma":
            if sign == ",":
                return ("key" if isinstance(self._holders[-1], dict) else "entry"), None
            return self._close("{" if sign == "}" else "[", start, sign)
        if sign == "]" and state in ("entry", "first entry"):
            return self._close("[", start)
        return self._value(kind, sign, start)

    def _value(self, kind: str | None, sign: str, start: int) -> tuple[str, Any]:
        if sign in ("{", "["):
            self._open(sign, start)
            return ("first key" if sign == "{" else "first entry"), None
        if kind == "text":
            return self._put(self._decoded(sign, start), start)
        if kind == "word":
            return self._put(_word(sign, start), start)
        raise BadTemplate("expected a value", start)

    def _open(self, sign: str, start: int) -> None:
        if len(self._holders) >= DEPTH:
            raise BadTemplate(f"nested deeper than {DEPTH} levels", start)
        holder: Any = {} if sign == "{" else []
        begin = self._place_of_key(start)
        self._holders.append(holder)
        self._members.append([])
        self._keys.append(None if sign == "{" else 0)
        self.offsets[id(holder)] = {None: begin}

    def _place_of_key(self, start: int) -> int:
        """Where the key of the value that begins here stands; the value itself where it has none."""
        if not self._holders:
            return start
        holder, key = self._holders[-1], self._keys[-1]
        if isinstance(holder, list):
            self.offsets[id(holder)][key] = start
            return start
        return self.offsets[id(holder)][key]

    def _close(self, opened: str, start: int, sign: str | None = None) -> tuple[str, Any]:
        holder = self._holders[-1]
        if sign not in (None, "}", "]") or isinstance(holder, dict) != (opened == "{"):
            raise BadTemplate("expected ',' or a closing bracket", start)
        self._holders.pop()
        self._keys.pop()
        members = self._members.pop()
        if isinstance(holder, dict) and len(members) > len(holder):
            self.duplicates[id(holder)] = members
        return self._put(holder, start)

    def _put(self, value: Any, start: int) -> tuple[str, Any]:
        """Put a complete value where it belongs."""
        if not self._holders:
            return "done", value
        holder, key = self._holders[-1], self._keys[-1]
        if isinstance(holder, list):
            self.offsets[id(holder)].setdefault(key, start)
            holder.append(value)
            self._keys[-1] = int(key or 0) + 1
        else:
            holder[str(key)] = value
            self._members[-1].append((str(key), value))
        return "comma", None

    def _mark(self, key: str, start: int) -> None:
        """The first of two equal keys keeps the place under its name, the later ones under a number."""
        marks = self.offsets[id(self._holders[-1])]
        if key in marks:
            marks[len(self._members[-1])] = start
        else:
            marks[key] = start

    def _decoded(self, sign: str, start: int) -> str:
        if "\\" not in sign:
            return sign[1:-1]
        try:
            text = str(json.loads(sign, strict=False))
        except ValueError:
            raise BadTemplate("a text with an escape that is none", start) from None
        return _SURROGATE.sub("\ufffd", text)

    def _unreadable(self, at: int) -> BadTemplate:
        rest = self._text[at:]
        start = at + len(rest) - len(rest.lstrip(" \t\r\n\ufeff"))
        if self._text.startswith('"', start):
            return BadTemplate("a text that does not end", start, cut_off=True)
        if self._text.startswith("/*", start):
            return BadTemplate("a comment that does not end", start, cut_off=True)
        return BadTemplate(f"unexpected character {self._text[start : start + 1]!r}", start)


def _word(sign: str, start: int) -> Any:
    if sign in _WORDS:
        return _WORDS[sign]
    if sign.lower() in _WORDS:
        return _WORDS[sign.lower()]
    try:
        number = json.loads(sign)
    except ValueError:
        raise BadTemplate(f"unexpected word '{sign[:40]}'", start) from None
    if isinstance(number, int) and not -(1 << 63) <= number < (1 << 64):
        return float(number) if len(sign) < 300 else 0.0
    return number
