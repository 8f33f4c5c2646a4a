"""Resources in Terraform for hubs that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scanner.fixes.code import Piece, code_of, pieces, statements, without_comments
from scanner.fixes.context import Context, UnfitError

COMMENT = "#"

_HEADER = re.compile(r'resource\s+"((?:azurerm|azapi)_[a-z_]+)"\s+"([A-Za-z_][\w-]*)"\s*\{')
_HUBS = frozenset({"azurerm_ai_foundry", "azurerm_machine_learning_workspace"})
_OWN_ID = re.compile(r"\bazurerm_ai_foundry\.hub\.id\b")
_REFERENCE = re.compile(r"(?<![\w.-])([A-Za-z_][\w-]*)\.[A-Za-z_]")
_BARE_VALUE = re.compile(r"=\s*(?!true\b|false\b|null\b)[A-Za-z_][\w-]*\s*(?:[\n,}\]]|$)")
_BLOCKS = re.compile(r"\b(provisioner|connection|dynamic|for)\b")
_INTERPOLATION = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")


def head() -> Iterator[str]:
    """The first lines of the file: there is nothing to say."""
    return iter(())


def body(text: str, context: Context) -> str:
    """The resources, each under a label of its own, with the hub's id in place of a reference to it.

    Raises `UnfitError` for anything but resources that the file can hold by itself.
    """
    if "<<" in text:
        raise UnfitError("it has a text of several lines")
    source = list(pieces(text, quote='"', comments=("#", "//")))
    return "\n".join(_resource(statement, context) for statement in statements(source))


def _resource(statement: list[Piece], context: Context) -> str:
    code = code_of(statement)
    header = _HEADER.match(without_comments(statement).lstrip())
    if header is None:
        raise UnfitError("it is a part of a declaration: put it into yours")
    if header[1] in _HUBS:
        raise UnfitError("it changes the declaration of the hub itself: put it into yours")
    interpolates = any(_INTERPOLATION.search(piece.text) for piece in statement if piece.kind == "string")
    if interpolates or "(" in code or _BLOCKS.search(code):
        raise UnfitError("it calculates or runs something")
    inside = _OWN_ID.sub("''", code)
    others = set(_REFERENCE.findall(inside))
    if others:
        raise UnfitError(f"it refers to {', '.join(sorted(others))}, which is yours to name")
    if _BARE_VALUE.search(inside):
        raise UnfitError("it refers to something that is yours to name")
    return _renamed(statement, header[2], context)


def _renamed(statement: list[Piece], label: str, context: Context) -> str:
    name = context.free(label)
    parts = []
    is_labelled = False
    for piece in statement:
        text = piece.text
        if piece.kind == "string" and not is_labelled and text == f'"{label}"':
            text, is_labelled = f'"{name}"', True
        elif piece.kind == "code" and _OWN_ID.search(text):
            identifier = json.dumps(context.hub_id, ensure_ascii=False)
            quoted = identifier.replace("${", "$${").replace("%{", "%%{")
            text = quoted.join(_OWN_ID.split(text))
        parts.append(text)
    return "".join(parts).strip("\n") + "\n"
