"""The tokens of Bicep.

One regular expression finds them.  A text with expressions in it is cut at those: it gives a ``left``
piece, the tokens of each expression with ``middle`` pieces between them, and a ``right`` piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.sources.bicep.errors import BadBicep

MOST = 1_000_000
"""Tokens of one file: the largest of real ones, of 1 MB, has about a tenth of that."""

DEEPEST = 100
"""Texts with expressions, and braces in those, inside one another."""

_SKIPPED = (
    r"(?:[ \t\ufeff]++|//[^\r\n]*+|/\*(?s:.*?)\*/"
    r"|#(?:disable|restore)-(?:next-line|diagnostics)\b[^\r\n]*+)*+"
)
_TOKEN = re.compile(
    _SKIPPED + r"(?:"
    r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<newline>[\r\n][ \t\r\n]*)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<lines>\$*''')"
    r"|'(?P<plain>[^'\\$\r\n]*+)'"
    r"|(?P<text>')"
    r"|(?P<sign>[{}()\[\],@]|(?!/\*)(?:\.\.\.|\?\?|::|=>|==|=~|!=|!~|<=|>=|&&|\|\||[.?:=!<>+\-*/%|^]))"
    r"|(?P<end>\Z)"
    r"|(?P<odd>(?s:.)))"
)
_PIECE = re.compile(r"[^'\\$\r\n]*(?:(?:\\[^\r\n]|\$(?!\{))[^'\\$\r\n]*)*")
_LINES_END = re.compile(r"'{3,}|(?P<hole>\$+)\{")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,8})\}|(.?))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}
_LINE = re.compile(r"[\r\n]")
_FIRST_LINE = re.compile(r"\r?\n")

_WORDS = {"true": "true", "false": "false", "null": "null"}
_SPECIAL = frozenset(("text", "lines"))


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, in parallel lists.

    A kind is ``name``, ``number``, ``newline``, ``end``, ``text``, ``left``, ``middle``, ``right``,
    ``error``, or the sign or literal word itself.  ``texts`` holds what is written, for pieces of text their
    value, for an error what is wrong; nothing more of the line stands behind one.
    """

    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def tokens(text: str) -> Tokens:
    """All tokens of a text, the last of kind ``end``.  Never raises."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found = Tokens()
        # For each text around that is not complete: how long its opening quotes are, dollars included, and
        # how many braces are open in its expression.
        self._open: list[list[int]] = []

    def run(self) -> Tokens:
        at = 0
        while True:
            try:
                self._run(at)
            except BadBicep as error:
                at = self._recover(error)
            else:
                return self._found

    def _recover(self, error: BadBicep) -> int:
        """Keep an error as a token, and go on at the next line; at the end where none can be told."""
        self._open.clear()
        self._add("error", str(error), error.offset, error.offset)
        line = None if error.endless else _LINE.search(self._text, error.offset)
        return len(self._text) if line is None else line.start()

    def _run(self, at: int) -> None:
        at_end = False
        while not at_end:
            at, at_end = self._stretch(at)

    def _stretch(self, at: int) -> tuple[int, bool]:
        """Take tokens as long as one follows the other; give where to go on, and whether that is the end."""
        text, found, around = self._text, self._found, self._open
        add_kind, add_text = found.kinds.append, found.texts.append
        add_start, add_end = found.starts.append, found.ends.append
        left = MOST - len(found.kinds)
        for token in _TOKEN.finditer(text, at):
            kind = token.lastgroup or ""
            start, at = token.span(kind)
            word = text[start:at]
            if kind == "name":
                kind = _WORDS.get(word, "name")
            elif kind == "odd":
                raise self._unreadable(start)
            elif kind == "plain":
                kind, start, at = "text", start - 1, at + 1
            else:
                if around or kind in _SPECIAL:
                    end = self._special(kind, word, start, at)
                    if end is not None:
                        return end, False
                if kind == "sign":
                    kind = word
            add_kind(kind)
            add_text(word)
            add_start(start)
            add_end(at)
            if kind == "end":
                return at, True
            left -= 1
            if left < 0:
                raise BadBicep(f"more than {MOST} tokens", start, endless=True)
        return at, True

    def _add(self, kind: str, text: str, start: int, end: int) -> None:
        found = self._found
        found.kinds.append(kind)
        found.texts.append(text)
        found.starts.append(start)
        found.ends.append(end)

    def _special(self, kind: str, word: str, start: int, at: int) -> int | None:
        """Take a text, or what goes on with one; give where it ends, None for any other token."""
        if kind in _SPECIAL:
            return self._piece(start, at, len(word), first=True)
        if kind == "newline" and self._open[-1][0] == 1:
            raise BadBicep("a text that does not end on its line: expected '}'", start)
        if kind == "end":
            raise BadBicep("a text that does not end: expected '}'", start)
        closed = self._brace(word, start) if word in ("{", "}") else None
        return self._piece(start, at, closed, first=False) if closed else None

    def _brace(self, sign: str, start: int) -> int | None:
        """Count a brace inside a text; the length of the text's own quotes where it closes an expression."""
        inner = self._open[-1]
        if sign == "{":
            inner[1] += 1
            if inner[1] > DEEPEST:
                raise BadBicep(f"nested deeper than {DEEPEST} levels", start)
            return None
        if inner[1]:
            inner[1] -= 1
            return None
        return inner[0]

    def _piece(self, start: int, at: int, quotes: int, *, first: bool) -> int:
        """Take a piece of text that begins at a quote or a brace; give where it ends."""
        value, end, goes_on = self._lines(at, quotes, start) if quotes > 1 else self._line(at, start)
        if first and quotes > 1:
            value = _FIRST_LINE.sub("", value, count=1) if _FIRST_LINE.match(value) else value
        kind = ("left" if first else "middle") if goes_on else ("text" if first else "right")
        if first and goes_on:
            if len(self._open) >= DEEPEST:
                raise BadBicep(f"texts nested deeper than {DEEPEST} levels", start)
            self._open.append([quotes, 0])
        elif not first and not goes_on:
            self._open.pop()
        self._add(kind, value, start, end)
        return end

    def _line(self, at: int, start: int) -> tuple[str, int, bool]:
        """The value of a piece of a text of one line, its end, and whether an expression follows."""
        text = self._text
        match = _PIECE.match(text, at)
        end = match.end() if match else at
        value = text[at:end]
        if "\\" in value:
            value = self._unescaped(value, at)
        if text.startswith("'", end):
            return value, end + 1, False
        if text.startswith("${", end):
            return value, end + 2, True
        raise BadBicep('a text that does not end on its line: expected "\'"', start)

    def _lines(self, at: int, quotes: int, start: int) -> tuple[str, int, bool]:
        """The same for a text of several lines, which may end in more quotes than it needs."""
        dollars = quotes - 3
        for match in _LINES_END.finditer(self._text, at):
            hole = match["hole"]
            if hole is None:
                return self._text[at : match.end() - 3], match.end(), False
            if dollars and len(hole) >= dollars:
                return self._text[at : match.end() - 1 - dollars], match.end(), True
        raise BadBicep("a text that does not end: expected \"'''\"", start, endless=True)

    def _unescaped(self, value: str, at: int) -> str:
        def character(match: re.Match[str]) -> str:
            code = match[1]
            if code is not None and int(code, 16) <= 0x10FFFF:
                return _character(int(code, 16))
            if match[2] in _ESCAPES:
                return _ESCAPES[match[2]]
            raise BadBicep(
                f"'{match[0]}' is no escape: expected \\n \\r \\t \\\\ \\' \\$ or \\u{{…}}",
                at + match.start(),
            )

        return _ESCAPE.sub(character, value)

    def _unreadable(self, at: int) -> BadBicep:
        if self._text.startswith("/*", at):
            return BadBicep("a comment that does not end: expected '*/'", at, endless=True)
        wrong = self._text[at : at + 1]
        hint = ": texts stand in single quotes" if wrong == '"' else ""
        return BadBicep(f"unexpected character {wrong!r}{hint}", at)


def _character(code: int) -> str:
    """A character by its number; half of a pair stands for nothing."""
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
