"""Values as text for people: short, on one line, and without characters that play tricks."""

from __future__ import annotations

import json
import re
from typing import Any

from scanner.values import OpenList, Partial, Unknown

MAX_LENGTH = 200
"""Characters of one value; longer ones end in an ellipsis."""

NOT_KNOWN = "(not known)"
NONE = "(none)"

_TRICKS = (
    "[\x00-\x1f\x7f-\x9f"  # control characters, line ends among them
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that reorder text
    "\ud800-\udfff]"  # halves of a character, which no encoding can write
)
_NUMBERS_APART = r"[0-9][eE]|[0-9]{16}|0\.0000|null"
"""What may be a number that the standard module writes otherwise than orjson."""


def display(value: Any) -> str:
    """A value as text: strings as they are, null as ``(none)``, lists and objects as compact JSON.

    What is not known is ``(not known)``, and ``…`` where only a part of a string is not.
    """
    if isinstance(value, str):
        text = value[: MAX_LENGTH + 1]
    elif value is None:
        return NONE
    elif isinstance(value, Unknown) and not isinstance(value, OpenList):
        text = _open_text(value)
    else:
        text = _json(value)
    return _shortened(text)


def _shortened(text: str) -> str:
    # What can be printed plays none.
    if not text.isprintable():
        text = re.sub(_TRICKS, "\ufffd", text)
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"


def display_json(value: Any, written: bytes) -> str:
    """The same of a long list, object or text of which the JSON is at hand, as orjson writes it."""
    if isinstance(value, str):
        return display(value)
    beginning = written[: 4 * MAX_LENGTH + 4].decode("utf-8", "ignore")
    # A number that goes on where the text is cut is told by what follows.
    if re.search(_NUMBERS_APART, beginning[: MAX_LENGTH + 32]):
        return display(value)
    return _shortened(beginning[: MAX_LENGTH + 1])


def _json(value: Any) -> str:
    """The first characters of the JSON text of a value."""
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_within_json)
    text = ""
    try:
        for piece in encoder.iterencode(value):
            text += piece
            if len(text) > MAX_LENGTH:
                break
    except RecursionError:
        return "(nested too deeply to show)"
    except ValueError:
        return "(a number too large to show)"
    return text


def _within_json(value: Any) -> Any:
    if isinstance(value, OpenList):
        return [*value.certain(), "…"]
    return _open_text(value) if isinstance(value, Unknown) else NOT_KNOWN


def _open_text(value: Unknown) -> str:
    if isinstance(value, Partial):
        return "".join("…" if part is None else part for part in value.parts)
    return NOT_KNOWN
