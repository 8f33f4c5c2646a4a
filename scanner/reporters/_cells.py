"""Text as a terminal shows it: how many cells it takes, and where it is broken into lines."""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile("( +)")
_PARTS = re.compile(r"( +)|(?<=[^\W\d_]-)(?=[^\W\d_])")


def cells(text: str) -> int:
    """How many cells the text takes: two for a wide character, none for a mark on the one before it.

    What is wide is Unicode's East_Asian_Width, by which most emoji are, too.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def padded(text: str, width: int) -> str:
    """The text and the spaces that fill ``width`` cells."""
    return text + " " * (width - cells(text))


def wrapped(text: str, width: int, *, at_hyphens: bool = False) -> list[str]:
    """Lines of at most ``width`` cells, broken at spaces.

    With ``at_hyphens`` a line may also end in the hyphen between two letters.  A word that no line has room
    for begins one and is broken anywhere; no line is empty, and so a wide character fits into one cell.
    """
    lines, line = [], ""
    for piece in filter(None, (_PARTS if at_hyphens else _WORDS).split(text)):
        left = piece
        while cells(line) + cells(left) > width:
            if not line:
                fits = _fitting(left, width) or 1
                line, left = left[:fits], left[fits:]
            lines.append(line)
            line, left = "", left.lstrip(" ")
        line += left
    return [line.rstrip(" ") for line in (*lines, line) if line.strip(" ")]


def _fitting(text: str, room: int) -> int:
    """How many characters from the start fit into some cells."""
    for count, character in enumerate(text):
        room -= _cells(character)
        if room < 0:
            return count
    return len(text)


def _cells(character: str) -> int:
    # The vowels and finals of Hangul join the letter before them.
    if unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
