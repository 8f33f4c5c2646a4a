"""Markdown in which no name or message can be markup: escapes, code spans, fences, tables, folds.

Made for GitHub's renderer, which after CommonMark also links bare URLs and e-mail addresses, and
turns ``@name`` and ``#12`` into mentions and references: a word with any of these is shown as code,
where none of that happens.  https://github.github.com/gfm/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scanner.reporters._plain import clipped, plain_line

_NOT_IN_CODE = re.compile(r"[<>&|]|::")
_LINKED = re.compile(r"@|#|://|www\.|(?:mailto|xmpp):", re.IGNORECASE)
_LINKING = re.compile(r"@|#|:(?=//)|www(?=\.)|(?:mailto|xmpp)(?=:)", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\`*_\[\]!~$|]")
_COLONS = re.compile(r":(?=:)")
_BEFORE_BLOCK = re.compile(r"^(?:\s*(?=[-+=])|\s*\d+(?=[.)](?:\s|$)))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NOTHING = "&#8203;"
"""A space of no width, which ends a mention or link before it begins."""


def escape(text: str, length: int = 600) -> str:
    """Text of at most ``length`` characters that renders as itself anywhere in a line or a table's cell."""
    # Nobody sees the spaces in front, and four of them would make a block of code.
    words = re.sub(r"\S+", lambda word: _word(word[0]), clipped(text, length).lstrip(" "))
    return _BEFORE_BLOCK.sub(r"\g<0>\\", words)


def code(text: str, length: int = 120) -> str:
    """A name as a code span; as escaped text where a table or raw HTML could take it for markup."""
    name = clipped(text, length)
    if not name.strip():
        return "(empty)"
    return escape(name, length) if _NOT_IN_CODE.search(name) else _code_span(name)


def fenced(text: str, language: str) -> str:
    """A block of code whose fence no line of it can end."""
    lines = [plain_line(line.expandtabs(4)) for line in re.split(r"\r\n|\r|\n", text.strip("\r\n"))]
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def table(columns: Sequence[str], rows: Iterable[str]) -> str:
    """A table of rows made by `row`.  A title that begins with ``#`` loses it and is aligned right."""
    rules = ["--:" if column.startswith("#") else "---" for column in columns]
    return "\n".join([row([column.lstrip("#") for column in columns]), row(rules), *rows])


def row(cells: Sequence[str]) -> str:
    """One line of a table from cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def folded(summary: str, body: str) -> str:
    """A body that unfolds under its summary; both are Markdown or HTML already, never data."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _word(word: str) -> str:
    if _LINKED.search(word) and not _NOT_IN_CODE.search(word):
        return _code_span(word)
    separated = _LINKING.split(word)
    signs = _LINKING.findall(word)
    escaped = [_SPECIAL.sub(r"\\\g<0>", part).translate(_ENTITIES) for part in separated]
    joined = escaped[0] + "".join(
        f"{sign}{_NOTHING}{part}" for sign, part in zip(signs, escaped[1:], strict=True)
    )
    return _COLONS.sub(r":\\", joined)


def _code_span(text: str) -> str:
    fence = "`" * (_longest_run(text) + 1)
    # CommonMark takes one space off both ends where both have one, so that a name may begin with a backtick.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
