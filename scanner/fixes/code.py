"""Just enough of Bicep and HCL to tell strings and comments from code, and one resource from the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.fixes.context import UnfitError


class Piece(NamedTuple):
    """A stretch of source: ``kind`` is code, string or comment."""

    kind: str
    text: str


def pieces(text: str, *, quote: str, comments: tuple[str, ...]) -> Iterator[Piece]:
    """Source in its pieces.

    Raises `UnfitError` for block comments, and for strings that do not end on their line.
    """
    start = index = 0
    while index < len(text):
        mark = next((mark for mark in comments if text.startswith(mark, index)), None)
        if text.startswith("/*", index):
            raise UnfitError("it has a block comment")
        if mark is None and text[index] != quote:
            index += 1
            continue
        yield Piece("code", text[start:index])
        end = _end_of_line(text, index) if mark is not None else _end_of_string(text, index, quote)
        yield Piece("string" if mark is None else "comment", text[index:end])
        start = index = end
    yield Piece("code", text[start:])


def _end_of_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _end_of_string(text: str, index: int, quote: str) -> int:
    found = re.compile(rf"{quote}(?:[^{quote}\\\n]|\\.)*{quote}").match(text, index)
    if found is None or text.startswith(quote, found.end()):
        raise UnfitError("a text in it does not end where it should")
    return found.end()


def statements(source: list[Piece]) -> list[list[Piece]]:
    """The pieces of each statement on the top level; comments before one belong to it.

    Raises `UnfitError` where brackets do not match.
    """
    found: list[list[Piece]] = []
    current: list[Piece] = []
    depth = 0
    for piece in source:
        if piece.kind != "code":
            current.append(piece)
            continue
        start = 0
        for index, char in enumerate(piece.text):
            depth += (char in "{[(") - (char in "}])")
            if depth < 0:
                raise UnfitError("its brackets do not match")
            if depth == 0 and char == "}":
                found.append([*current, Piece("code", piece.text[start : index + 1])])
                current, start = [], index + 1
        current.append(Piece("code", piece.text[start:]))
    if depth:
        raise UnfitError("its brackets do not match")
    rest = "".join(piece.text for piece in current if piece.kind != "comment").strip()
    if rest:
        raise UnfitError("it is a part of a declaration: put it into yours")
    if not found:
        raise UnfitError("there is nothing in it to write")
    found[-1] += [piece for piece in current if piece.kind == "comment"]
    return found


def without_comments(statement: list[Piece]) -> str:
    """The pieces as text again, but for the comments."""
    return "".join(piece.text for piece in statement if piece.kind != "comment")


def code_of(statement: list[Piece]) -> str:
    """The code alone, an empty string in place of each string."""
    return "".join(
        "''" if piece.kind == "string" else piece.text for piece in statement if piece.kind != "comment"
    )
