"""Goes through the tokens of a file, and says what was expected where they do not fit."""

from __future__ import annotations

from typing import NoReturn

from scanner.sources.bicep.errors import BadBicep
from scanner.sources.bicep.tokens import Tokens

DEEPEST = 60
"""Values and types inside one another: the compiler's own output has about thirty."""

_SHOWN = 40
_CALLED = {"newline": "the end of the line", "end": "the end of the file"}


class Cursor:
    """A place among tokens.  ``kind`` is what stands there."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._kinds = tokens.kinds
        self.at = 0
        self.kind = tokens.kinds[0]
        self.depth = 0

    @property
    def word(self) -> str:
        """The text of the token, or its value where it is a piece of text."""
        return self._tokens.texts[self.at]

    @property
    def start(self) -> int:
        """Where the token begins."""
        return self._tokens.starts[self.at]

    @property
    def last(self) -> int:
        """Where the token before it ends."""
        return self._tokens.ends[self.at - 1]

    def next(self) -> None:
        """Go on; nothing stands behind the end."""
        if self.kind != "end":
            self.at += 1
            self.kind = self._kinds[self.at]

    def newlines(self) -> None:
        """Go on to what is no end of a line."""
        while self.kind == "newline":
            self.at += 1
            self.kind = self._kinds[self.at]

    def ahead(self) -> str:
        """What stands behind the token, on whichever line."""
        at = self.at + (self.kind != "end")
        while self._kinds[at] == "newline":
            at += 1
        return self._kinds[at]

    def word_ahead(self) -> str:
        """The text of the next token that is no end of a line, with the one here left out."""
        at = self.at + (self.kind != "end")
        while self._kinds[at] == "newline":
            at += 1
        return self._tokens.texts[at]

    def behind(self) -> str:
        """What stands directly behind the token."""
        return self._kinds[self.at + (self.kind != "end")]

    def is_word(self, word: str) -> bool:
        """Whether a word stands here."""
        return self.kind == "name" and self._tokens.texts[self.at] == word

    def skip(self, kind: str) -> bool:
        """Go over a token if it is of a kind; whether it was."""
        if self.kind != kind:
            return False
        self.next()
        return True

    def expect(self, kind: str, what: str | None = None) -> None:
        """Go over a token that must be of a kind.  Raises `BadBicep`."""
        if self.kind != kind:
            self.fail(what or f"'{kind}'")
        self.next()

    def name(self, what: str = "a name") -> str:
        """Go over a name and give it.  Raises `BadBicep`."""
        if self.kind != "name":
            self.fail(what)
        word = self.word
        self.next()
        return word

    def any_name(self, what: str) -> str:
        """The same where ``true``, ``false`` and ``null`` are names, too: behind a dot, before a colon."""
        if self.kind not in ("name", "true", "false", "null"):
            self.fail(what)
        word = self.word
        self.next()
        return word

    def keyword(self, word: str) -> None:
        """Go over a word.  Raises `BadBicep`."""
        if not self.is_word(word):
            self.fail(f"'{word}'")
        self.next()

    def deeper(self) -> None:
        """Go one level down.  Raises `BadBicep` where there are too many."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadBicep(f"nested deeper than {DEEPEST} levels", self.start)

    def fail(self, expected: str) -> NoReturn:
        """Raise `BadBicep` for what stands here."""
        if self.kind == "error":
            raise BadBicep(self.word, self.start)
        found = _CALLED.get(self.kind)
        if found is None:
            word = self.word if len(self.word) <= _SHOWN else f"{self.word[:_SHOWN]}…"
            found = f"the text '{word}'" if self.kind in ("text", "left") else f"'{word}'"
            if self.kind in ("middle", "right"):
                found = "'}'"
        raise BadBicep(f"expected {expected}, found {found}", self.start)
