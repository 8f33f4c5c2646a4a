"""The pieces of a template, and the template that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.sources.hcl.source import BadSyntax
from scanner.sources.hcl.syntax import Literal, Node, Part, Template, TemplateFor, TemplateIf


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
    """A stretch of text; ``trim_left`` and ``trim_right`` tell that space at its sides goes away."""

    text: str
    trim_left: bool = False
    trim_right: bool = False


Piece = Raw | Directive | tuple[Node]


def dedent(pieces: Sequence[Piece]) -> None:
    """Take away the space that all lines of a heredoc begin with."""
    indents = []
    for index, piece in enumerate(pieces):
        lines = piece.text.split("\n") if isinstance(piece, Raw) else []
        for number, line in enumerate(lines):
            goes_on = number == len(lines) - 1 and index < len(pieces) - 1
            if (number or not index) and (goes_on or line.strip()):
                indents.append(len(line) - len(line.lstrip(" \t")))
    width = min(indents, default=0)
    for index, piece in enumerate(pieces):
        if isinstance(piece, Raw):
            first, *others = piece.text.split("\n")
            lines = [first if index else _without(first, width)]
            piece.text = "\n".join(lines + [_without(line, width) for line in others])


def _without(line: str, width: int) -> str:
    return line[min(width, len(line) - len(line.lstrip(" \t"))) :]


def assembled(pieces: Sequence[Piece], at: int, end: int) -> Node:
    """The template that some pieces make."""
    waiting = list(reversed(pieces))
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
            trimmed = piece.text.lstrip() if piece.trim_left else piece.text
            trimmed = trimmed.rstrip() if piece.trim_right else trimmed
            if trimmed:
                parts.append(trimmed)
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
