"""Finds the template expressions that somebody left in a document, and marks what they leave open.

A snapshot made from code may hold ``[parameters('mode')]`` or ``${prefix}-data.blob.core.windows.net``.
Read as plain text, the first would be a mode that does not exist and the second a host that does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model import Document
from scanner.regexes import regex
from scanner.sources.documents import secrets
from scanner.sources.documents.spelling import clipped
from scanner.values import Partial, Unknown

_CALL = regex(r"\[\s*[A-Za-z_][\w.]*\s*\(")
_BRACE = regex(r"\$\$\{|\$\{|\{|\}")
_TRACE = regex(rb'"\[|\$\{|\\u00')

_NAMES = frozenset({"id", "name", "type", "kind", "gaps", "source", "asWritten", "live"})
"""Top-level keys that say which hub it is and where it came from: kept as text, to be named by."""


def may_hold_any(raw: bytes) -> bool:
    """Whether the bytes of a document show any trace of what `mark` looks for.

    One call for each hub: the characters that nearly no hub has are looked for first.
    """
    if (b"$" in raw or b"(" in raw or b"\\" in raw) and _TRACE.search(raw) is not None:
        return True
    return secrets.may_hold_any(raw)


def mark(document: Document) -> None:
    """Put an `Unknown`, or a `Partial`, in place of every expression, and drop secrets.

    Names stay text: findings are named by them.  The name of a SKU names nothing.
    """
    waiting: list[tuple[Any, Any]] = []
    for key, value in document.items():
        if key in _NAMES:
            continue
        if isinstance(value, str):
            document[key] = resolved(value)
        elif isinstance(value, (dict, list)):
            waiting.append((key, value))
    while waiting:
        within, node = waiting.pop()
        entries: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in entries:
            if isinstance(value, str):
                node[key] = secrets.unsigned(value) if key == "name" and within != "sku" else resolved(value)
            elif isinstance(value, (dict, list)):
                waiting.append((key, value))


def resolved(text: str) -> str | Unknown:
    """A text, or what is known of it where it is an expression or holds some."""
    text = secrets.unsigned(text)
    if text.startswith("[") and text.endswith("]") and _CALL.match(text):
        return _open(text[1:-1].strip())
    if "${" in text:
        return _interpolated(text)
    return text


def _interpolated(text: str) -> str | Unknown:
    parts: list[str | None] = []
    depth = begin = 0
    for brace in _BRACE.finditer(text):
        sign = brace[0]
        if depth == 0:
            if sign == "${":
                depth = 1
                _add(parts, text[begin : brace.start()])
        elif sign == "}":
            depth -= 1
            if depth == 0:
                _add(parts, None)
                begin = brace.end()
        else:
            depth += 1
    if depth:
        return _open(text)
    _add(parts, text[begin:])
    if None not in parts:
        return text
    if parts == [None]:
        return _open(text)
    return Partial(tuple(parts), _reason(text), text=text)


def _add(parts: list[str | None], part: str | None) -> None:
    """Append a stretch; an empty one is none, and two open ones side by side are one."""
    if part != "" and not (part is None and parts and parts[-1] is None):
        parts.append(part)


def _open(expression: str) -> Unknown:
    return Unknown(_reason(expression), text=expression)


def _reason(expression: str) -> str:
    return f"{clipped(expression)} is not resolved"
