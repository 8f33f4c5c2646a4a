"""Functions of paths, and the patterns by which files are found."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import text
from scanner.sources.hcl.registry import Unread, function

MOST_PATTERNS = 100
"""Patterns that the braces of one may come to."""


@function("basename", 1)
def basename(value: Any) -> str:
    """The last part of a path."""
    path = text(value)
    return posixpath.basename(posixpath.normpath(path)) or ("/" if path.startswith("/") else ".")


@function("dirname", 1)
def dirname(value: Any) -> str:
    """A path without its last part."""
    return posixpath.normpath(posixpath.dirname(text(value)) or ".")


@function("pathexpand", 1)
def pathexpand(value: Any) -> str:
    """A path from the home of whoever runs the program, where it begins so."""
    path = text(value)
    if path.startswith("~"):
        raise Unread("a path in somebody's home")
    return path


def matching(names: Sequence[str], pattern: str) -> list[str]:
    """The paths among some that a pattern means; ``**`` stands for any number of folders.

    Raises `Failure` for one with too many alternatives.
    """
    ways = [tuple(one.split("/")) for one in _without_braces(pattern)]
    return [name for name in names if any(_match(tuple(name.split("/")), way) for way in ways)]


def _without_braces(pattern: str) -> list[str]:
    """The patterns that one with alternatives in braces stands for."""
    waiting, found = [pattern], []
    while waiting:
        one = waiting.pop()
        end = one.find("}")
        start = one.rfind("{", 0, end) if end >= 0 else -1
        if start < 0:
            found.append(one)
        else:
            waiting += [one[:start] + word + one[end + 1 :] for word in one[start + 1 : end].split(",")]
        if len(waiting) + len(found) > MOST_PATTERNS:
            raise Failure("a pattern of files with too many alternatives")
    return found


@lru_cache(maxsize=4096)
def _match(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return _match(path, pattern[1:]) or (bool(path) and _match(path[1:], pattern))
    first = pattern[0].replace("[^", "[!")
    return bool(path) and fnmatchcase(path[0], first) and _match(path[1:], pattern[1:])
