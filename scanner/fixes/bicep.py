"""Resources in Bicep beside hubs that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.fixes.code import Piece, code_of, pieces, statements, without_comments
from scanner.fixes.context import Context, UnfitError

COMMENT = "//"

_HEADER = re.compile(
    r"resource\s+(\w+)\s+'(Microsoft\.[A-Za-z]+(?:/[A-Za-z]+)+)@[0-9a-z-]+'\s*(existing)?\s*=\s*\{"
)
_HUB = "microsoft.machinelearningservices/workspaces"
_TYPE = "Microsoft.MachineLearningServices/workspaces@2025-09-01"
_SCRIPT = "microsoft.resources/"
_REFERENCE = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?=\.[A-Za-z_])")
_PARENT = re.compile(r"(?<![\w.])(parent|scope):\s*([A-Za-z_]\w*)")
_BARE_VALUE = re.compile(r":\s*(?!true\b|false\b|null\b)[A-Za-z_]\w*\s*(?:[\n,}\]]|$)")


def head() -> Iterator[str]:
    """The first lines of the file."""
    yield "targetScope = 'resourceGroup'\n\n"


def body(text: str, context: Context) -> str:
    """The resources, each under a name of its own, after a declaration of the hub they belong to.

    Raises `UnfitError` for anything but resources that the file can hold by itself.
    """
    source = list(pieces(text, quote="'", comments=("//",)))
    written = [_resource(statement, context) for statement in statements(source)]
    context.in_one_group()
    if context.is_declared:
        return "\n".join(written)
    name = context.hub_name.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    context.is_declared = True
    declared = f"resource {context.hub_symbol} '{_TYPE}' existing = {{\n  name: '{name}'\n}}\n"
    return "\n".join((declared, *written))


def _resource(statement: list[Piece], context: Context) -> str:
    code = code_of(statement)
    header = _HEADER.match(without_comments(statement).lstrip())
    if header is None:
        raise UnfitError("it is a part of a declaration: put it into yours")
    kind = header[2].lower()
    if kind == _HUB:
        raise UnfitError("it changes the declaration of the hub itself: put it into yours")
    if header[3]:
        raise UnfitError("it declares nothing new")
    if kind.startswith(_SCRIPT) or "(" in code or "${" in "".join(_live_strings(statement)):
        raise UnfitError("it calculates or runs something")
    inside = _PARENT.sub(lambda match: f"{match[1]}: ''" if match[2] == "hub" else match[0], code)
    others = {name for name in _REFERENCE.findall(inside) if name != "hub"} | {
        match[2] for match in _PARENT.finditer(inside)
    }
    if others:
        raise UnfitError(f"it refers to {', '.join(sorted(others))}, which is yours to name")
    if _BARE_VALUE.search(inside):
        raise UnfitError("it refers to something that is yours to name")
    return _renamed(statement, header[1], context)


def _live_strings(statement: list[Piece]) -> Iterator[str]:
    """The strings without what is escaped in them."""
    yield from (re.sub(r"\\.", "", piece.text) for piece in statement if piece.kind == "string")


def _renamed(statement: list[Piece], symbol: str, context: Context) -> str:
    name, hub = context.free(symbol), context.hub_symbol
    parts = []
    for piece in statement:
        text = piece.text
        if piece.kind == "code":
            text = re.sub(rf"^(\s*resource\s+){symbol}\b", rf"\g<1>{name}", text)
            text = _PARENT.sub(lambda match: f"{match[1]}: {hub}", text)
            text = re.sub(r"(?<![\w.])hub(?=\.)", hub, text)
        parts.append(text)
    return "".join(parts).strip("\n") + "\n"
