"""JSON that is known in part: a text with open stretches in it, as a heredoc with names filled in gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from scanner.sources.code.symbols import Symbol, Text, hole
from scanner.sources.files.json_text import too_deep
from scanner.sources.hcl.texts import together
from scanner.values import Unknown

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|"', re.DOTALL)


def parsed(value: Text) -> Any:
    """The value of a JSON text.  What is open in it is taken for text without quotes, or for one value."""
    try:
        document = json.loads("".join(marked(value)))
    except (ValueError, RecursionError):
        return Unknown(f"the body is not known as a whole: {value.reason}", text=value.text)
    if too_deep(document):
        return Unknown("the body is nested too deep", text=value.text)
    return _filled(document, value)


def marked(value: Text) -> Iterator[str]:
    """The text with a mark for each open stretch, in quotes where it stands outside of any."""
    inside = False
    number = 0
    for part in value.parts:
        if part is None:
            mark = f"{_OPEN}{number}{_CLOSE}"
            yield mark if inside else f'"{mark}"'
            number += 1
            continue
        yield part
        rest = part
        if inside:
            end = re.search(r'(?<!\\)(?:\\\\)*"', part)
            rest = part[end.end() :] if end else ""
            inside = end is None
        if not inside:
            inside = any(match[0] == '"' for match in _STRING.finditer(rest))


def _filled(node: Any, value: Text) -> Any:
    if isinstance(node, dict):
        return {name: _filled(inner, value) for name, inner in node.items()}
    if isinstance(node, list):
        return [_filled(inner, value) for inner in node]
    return unmarked(node, value)


def unmarked(node: Any, value: Text) -> Any:
    """A value without containers, with what is open in it in the place of its marks."""
    if not isinstance(node, str) or _OPEN not in node:
        return node
    pieces = _MARK.split(node)
    symbols = [Symbol(value.keys[int(one)], value.reason) for one in pieces[1::2]]
    stretches = [piece for pair in zip(pieces[::2], [*symbols, ""], strict=True) for piece in pair]
    return together(stretches, _MARK.sub(lambda mark: hole(value.keys[int(mark[1])]), node))
