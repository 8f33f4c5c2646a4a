"""Commands of the Azure CLI as a script for bash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from scanner.fixes.context import Context, UnfitError

COMMENT = "#"

_DESTROYS = frozenset({"delete", "remove", "detach", "purge", "clear"})
_SHOWS = frozenset({"list", "show"})
_ISOLATES = "--managed-network"
_SPACE = re.compile(r"[ \t]*")
_PIECE = re.compile(r"""[\w@%+=:,./^-]+|'[^']*'|"(?:[^"\\$`]|\\.)*"|\\.""", re.ASCII)
"""Text that is itself in bash, and quoted text in which nothing is expanded."""


def head() -> Iterator[str]:
    """The first lines of the file."""
    yield "#!/usr/bin/env bash\n"
    yield "set -euo pipefail\n"


def body(text: str, context: Context) -> str:  # noqa: ARG001 - every form has the same door
    """The commands; those that delete or cannot be undone as comments, for a person to decide.

    So is what follows one of them and changes something, which would fail without it.  Raises `UnfitError`
    for anything but comments and plain commands of az.
    """
    lines = []
    is_held = False
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            lines.append(line)
            continue
        words = _words(line)
        if words[:1] != ["az"]:
            raise UnfitError("it is not a plain command of az")
        caution = _caution(words) or ("it follows what is marked" if is_held and not _reads(words) else "")
        is_held = is_held or bool(caution)
        lines.append(f"# {caution}; take off the mark if that is meant: {line}" if caution else line)
    if not any(line.strip() and not line.lstrip().startswith("#") for line in lines):
        lines.append("# nothing in it runs as it is")
    return "\n".join(lines)


def _caution(words: list[str]) -> str:
    """Why a person should decide about a command alone; empty where nothing speaks against it."""
    if not _DESTROYS.isdisjoint(_verbs(words)):
        return "it deletes"
    return "isolation is never taken back" if _ISOLATES in words else ""


def _reads(words: list[str]) -> bool:
    return _verbs(words)[-1] in _SHOWS


def _verbs(words: list[str]) -> list[str]:
    """What a command is called, without its options."""
    return list(takewhile(lambda word: not word.startswith("-"), words))


def _words(line: str) -> list[str]:
    """The words of a command of which bash expands nothing and ends nothing.

    Raises `UnfitError` for any other line.
    """
    words: list[str] = []
    index = 0
    while (index := _SPACE.match(line, index).end()) < len(line) and line[index] != "#":  # type: ignore[union-attr]
        start = index
        while found := _PIECE.match(line, index):
            index = found.end()
        if index == start or (index < len(line) and not line[index].isspace()):
            raise UnfitError("bash would expand something in it, or it is more than one command")
        words.append(line[start:index])
    return words
