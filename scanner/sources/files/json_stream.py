"""Reads a JSON object member by member, for documents that are too large or too odd to be read at once.

Only a window of the text is in memory: it moves forward, and grows where one member does not fit.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator
from typing import BinaryIO

from scanner.records import dataclass
from scanner.sources.files.json_text import DEPTH, BadJSON, CutOff
from scanner.sources.files.opening import BLOCK

_SPACE = " \t\r\n"
_MARGIN = 32
"""An error this close to the end of the window may be mended by reading on."""
_TAIL = 2
"""Of a number that goes on behind the window, up to two characters (``e+``) stand where it seems to end."""

# Numbers stay text: nobody looks at them here, and a hostile one would be slow to convert.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the object; or one entry of a list in it, which ``index`` counts from 0."""

    key: str
    index: int | None
    text: str

    @property
    def raw(self) -> bytes:
        """Its JSON text."""
        return self.text.encode("utf-8", "replace")


def members(stream: BinaryIO, lists: Collection[str], largest: int) -> Iterator[Member]:
    """The members of the object that a stream holds; those named in ``lists`` one entry at a time.

    One of those that is empty, or no list, is a member as a whole.  ``largest`` is how many characters one
    member may have.  Raises `BadJSON` where the text ends too early or is no JSON: what came before is good.
    """
    window = _Window(stream, largest)
    window.expect("{")
    sign = window.expect("}") if window.peek() == "}" else ","
    while sign == ",":
        key = _text(window.value())
        window.expect(":")
        if key in lists and window.peek() == "[":
            yield from _entries(window, key)
        else:
            yield Member(key, None, window.value())
        sign = window.expect(",}")
    if window.peek():
        raise BadJSON("not JSON: text follows the document")


def _entries(window: _Window, key: str) -> Iterator[Member]:
    window.expect("[")
    if window.peek() == "]":
        yield Member(key, None, "[]")
    sign = window.expect("]") if window.peek() == "]" else ","
    index = 0
    while sign == ",":
        yield Member(key, index, window.value())
        index += 1
        sign = window.expect(",]")


def _text(literal: str) -> str:
    key = _DECODER.decode(literal)
    if not isinstance(key, str) or not literal.startswith('"'):
        raise BadJSON("not JSON: a key that is no text")
    return key


class _Window:
    """The stretch of text that is being read."""

    def __init__(self, stream: BinaryIO, largest: int) -> None:
        self._stream = stream
        self._largest = largest
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text):
                sign = self._text[self._at]
                if sign not in _SPACE:
                    return sign
                self._at += 1
            if not self._more():
                return ""

    def expect(self, signs: str) -> str:
        """Pass one of some characters."""
        sign = self.peek()
        if not sign:
            raise CutOff("the text is cut off")
        if sign not in signs:
            raise BadJSON(f"not JSON: expected {' or '.join(signs)}")
        self._at += 1
        return sign

    def value(self) -> str:
        """The text of the next value."""
        if not self.peek():
            raise CutOff("the text is cut off")
        while True:
            end = self._end()
            if end is not None and (end + _TAIL < len(self._text) or self._ended):
                text = self._text[self._at : end]
                self._at = end
                return text
            if len(self._text) - self._at > self._largest:
                raise BadJSON(f"a value of more than {self._largest} characters")
            if not self._more() and end is None:
                raise CutOff("the text is cut off")

    def _end(self) -> int | None:
        """Where the next value ends, None where it goes beyond the window."""
        try:
            return _DECODER.raw_decode(self._text, self._at)[1]
        except json.JSONDecodeError as error:
            near = error.pos >= len(self._text) - _MARGIN
            if near or error.msg.startswith("Unterminated string"):
                return None
            raise BadJSON(f"not JSON: {error.msg}") from None
        except RecursionError:
            raise BadJSON(f"nested deeper than {DEPTH} levels") from None

    def _more(self) -> bool:
        if self._ended:
            return False
        rest = self._text[self._at :]
        block = self._stream.read(max(BLOCK, len(rest)))
        self._ended = not block
        self._text = rest + self._decoder.decode(block, self._ended)
        self._at = 0
        return not self._ended
