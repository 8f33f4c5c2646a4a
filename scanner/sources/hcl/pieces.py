"""The pieces of a template, and the template that they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from scanner.sources.hcl.source import BadSyntax
from scanner.sources.hcl.syntax import Literal, Node, Part, Template, TemplateFor, TemplateIf

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class Directive:
    """``%{ … }``, not yet put together with the one that ends it."""

    word: str
    at: int
    key: str | None = None
    value: str = ""
    expression: Node | None = None


@dataclass(slots=True)
class Raw:
    """A stretch of text: in a heredoc or a file no more than a line, with its end."""

    text: str


Piece = Raw | Directive | tuple[Node]


def raws(text: str, *, lines: bool, left: bool, right: bool) -> list[Raw]:
    """A text between two fillings; ``left`` and ``right`` tell that space at its sides goes away.

    Where it is cut into lines, that goes no further than the line beside the filling.
    """
    pieces = [Raw(piece) for piece in _LINE.findall(text)] if lines else [Raw(text)] if text else []
    if pieces and left:
        pieces[0].text = pieces[0].text.lstrip()
    if pieces and right:
        pieces[-1].text = pieces[-1].text.rstrip()
    return pieces


def dedent(pieces: Sequence[Piece]) -> None:
    """Take away the space that all lines of a heredoc begin with; empty lines keep what they have."""
    begins: list[Raw] = []
    widths: list[int] = []
    is_first = True
    for piece in pieces:
        text = piece.text if isinstance(piece, Raw) else ""
        kept = text.lstrip()
        if is_first and (kept or not text.endswith("\n")):
            widths.append(len(text) - len(kept))
            begins += [piece] if isinstance(piece, Raw) else []
        is_first = text.endswith("\n")
    width = min(widths, default=0)
    for piece in begins:
        piece.text = piece.text[width:]


def assembled(pieces: Sequence[Piece], at: int, end: int) -> Node:
    """The template that some pieces make."""
    joined: list[Piece] = []
    for is_raw, alike in groupby(pieces, lambda piece: isinstance(piece, Raw)):
        run = list(alike)
        joined += [Raw("".join(piece.text for piece in run if isinstance(piece, Raw)))] if is_raw else run
    waiting = joined[::-1]
    parts = _parts(waiting, ())[0]
    if len(parts) == 1 and isinstance(parts[0], str):
        return Literal(parts[0], at, end)
    return Template(parts, at, end) if parts else Literal("", at, end)


def _parts(waiting: list[Piece], closers: tuple[str, ...]) -> tuple[list[Part], str]:
    """The parts up to a directive that closes them, and which one that is."""
    parts: list[Part] = []
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Raw):
            if piece.text:
                parts.append(piece.text)
        elif isinstance(piece, tuple):
            parts.append(piece[0])
        elif piece.word in closers:
            return parts, piece.word
        elif piece.expression is None:
            raise BadSyntax(f"'{piece.word}' ends nothing that began here", piece.at)
        else:
            parts.append(_opened(piece, piece.expression, waiting))
    if closers:
        raise BadSyntax(f"expected '%{{ {closers[-1]} }}' before the end of the text", len(closers))
    return parts, ""


def _opened(piece: Directive, expression: Node, waiting: list[Piece]) -> Part:
    try:
        if piece.word == "for":
            body, _ = _parts(waiting, ("endfor",))
            return TemplateFor(piece.key, piece.value, expression, body)
        then, closer = _parts(waiting, ("else", "endif"))
        otherwise = _parts(waiting, ("endif",))[0] if closer == "else" else []
        return TemplateIf(expression, then, otherwise)
    except BadSyntax as error:
        raise BadSyntax(str(error), piece.at) from None
