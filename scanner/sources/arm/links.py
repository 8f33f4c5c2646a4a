"""Finds the files that deployments link to, among those of the scan."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from scanner.sources.arm.source import Source
from scanner.sources.code.symbols import Text

_ENDINGS = (".json", ".jsonc")


class Links:
    """The files that may be linked to.

    ``paths`` are those that were read; ``find`` gives the file of a path, None where there is none: it may
    know further ones.
    """

    def __init__(self, paths: Collection[str], find: Callable[[str], Source | None]) -> None:
        self._find = find
        self._paths = paths

    @cached_property
    def _named(self) -> dict[str, list[list[str]]]:
        """The segments of all paths by their last: most templates link to nothing."""
        named: dict[str, list[list[str]]] = {}
        for path in self._paths:
            segments = posixpath.normpath(path).split("/")
            named.setdefault(segments[-1], []).append(segments)
        return named

    def follow(self, link: Any, base: str) -> Source | None:
        """The file of an evaluated ``templateLink`` or ``parametersLink`` in the file ``base``, if known.

        A ``relativePath`` says where it lies.  Of a ``uri`` nobody knows which part of it is the scanned
        folder: it is the file whose path has most in common with its end.
        """
        if not isinstance(link, dict):
            return None
        folder = posixpath.dirname(posixpath.normpath(base))
        relative = link.get("relativePath")
        if isinstance(relative, str):
            return self._find(posixpath.normpath(posixpath.join(folder, relative.replace("\\", "/"))))
        segments, whole = _path_of(link.get("uri"))
        for first in range(len(segments)):
            end = segments[first:]
            beside = self._find(posixpath.normpath(posixpath.join(folder, *end)))
            if beside is not None:
                return beside
            # The name alone of what somebody else may have published says nothing.
            found = self._ending(end) if len(end) > 1 or not whole else []
            if found:
                return self._find("/".join(found[0])) if len(found) == 1 else None
        return None

    def _ending(self, end: list[str]) -> list[list[str]]:
        return [path for path in self._named.get(end[-1], ()) if path[-len(end) :] == end]


def _path_of(uri: Any) -> tuple[list[str], bool]:
    """The segments of the path in a URI as far as its end is known, and whether all of it is known."""
    if isinstance(uri, str):
        try:
            path = urlsplit(uri).path
        except ValueError:
            return [], True
        return _segments(path), True
    if isinstance(uri, Text):
        for part in reversed(uri.parts):
            path = (part or "").split("?", 1)[0]
            if path.lower().endswith(_ENDINGS):
                return _segments(path), False
    return [], False


def _segments(path: str) -> list[str]:
    segments = [unquote(segment) for segment in path.split("/") if segment]
    return [] if ".." in segments else segments
