"""Text from outside made safe to show: one line, nothing invisible, no command to a terminal or build log."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What stands where a character was that must not be shown."""

_CONTROL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# Letters and marks drawn as nothing: Unicode's Default_Ignorable_Code_Point and the blank braille cell.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)

# GitHub's runner obeys `##[command]` and Azure Pipelines `##vso[command]`, GitHub's anywhere in a line.
_LOG_COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
_LOG_COMMAND_AT_START = re.compile(r"^(\s*):(?=:)")


def plain(text: str) -> str:
    """The text with every control character, line separator, bidi or invisible mark shown as U+FFFD.

    What is left is one line that any terminal shows as it is, and UTF-8 can always hold it.
    """
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub(REPLACEMENT, text)
        text = "".join(REPLACEMENT if _is_control(character) else character for character in text)
    return _LOG_COMMAND.sub(f"#{REPLACEMENT}", text) if "##" in text else text


def plain_line(text: str) -> str:
    """`plain` for text that begins a line, where ``::`` would be a command to GitHub's runner."""
    return _LOG_COMMAND_AT_START.sub(rf"\1{REPLACEMENT}", plain(text))


def clipped(text: str, length: int) -> str:
    """`plain` text of at most ``length`` characters, its end shown as ``…`` where it was longer."""
    text = plain(text[: length + 1])
    return text if len(text) <= length else text[: length - 1] + "…"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _CONTROL_CATEGORIES
