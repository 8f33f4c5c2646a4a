"""What ``.gitignore`` files say: whoever keeps a file out of a repository does not want it judged there.

The rules are git's: the last pattern that matches decides, a nearer file before a farther one, ``!``
takes back, a slash inside a pattern ties it to the folder of its file, one at its end to folders.  What
the repository tracks is not ignored, whatever they say.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Sequence
from functools import lru_cache

from scanner.records import dataclass
from scanner.sources.files.tracked import Tracked

NAME = ".gitignore"
_LARGEST = 1 << 20
_MOST = 10_000
"""Characters, and patterns, of one file that are read: people write them by hand."""

_ANY_DEPTH = "**"
_MOST_DEPTHS = 4
"""``**`` that one pattern may have: each is tried at every depth."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """``segments`` match those of a path, None standing for any number of them."""

    segments: tuple[re.Pattern[str] | None, ...]
    takes_back: bool
    folders_only: bool


class _Patterns:
    """The patterns of one file, the last first."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        self._patterns = tuple(reversed(patterns))
        self.ending = lru_cache(maxsize=4096)(self._ending)

    def _ending(self, name: str) -> list[_Pattern]:
        """Those that may match what has a name: a folder holds few, and many folders hold the same."""
        return [pattern for pattern in self._patterns if (last := pattern.segments[-1]) and last.match(name)]


class Ignored:
    """Answers for what lies in one folder; the files above it count where a repository holds them."""

    def __init__(self, top: str) -> None:
        absolute = os.path.abspath(top)  # noqa: PTH100 - a path is kept as it was written
        self._root = repository(absolute) or absolute
        self._tracked = Tracked(self._root)
        self._entered: set[str] = set()
        self._read = lru_cache(maxsize=None)(_patterns)
        self._reaching = lru_cache(maxsize=1024)(self._reach)

    def covers(self, entry: os.DirEntry[str], *, folder: bool) -> bool:
        """Whether a file or folder is ignored.  Whether a folder above it is, was asked before."""
        above = entry.path[: -len(entry.name)]
        if above not in self._entered and not self._names(entry.name, above, folder=folder):
            return False
        if not self._tracked.holds(entry.path, folder=folder):
            return True
        if folder:
            # Of all that is in it, only what is tracked is not ignored.
            self._entered.add(os.path.join(entry.path, ""))  # noqa: PTH118 - as it was written
        return False

    def _names(self, name: str, above: str, *, folder: bool) -> bool:
        """Whether a pattern names what lies in a folder under a name."""
        for patterns, names in self._reaching(above):
            for pattern in patterns.ending(name):
                if (folder or not pattern.folders_only) and _matches(pattern.segments, (*names, name)):
                    return not pattern.takes_back
        return False

    def _reach(self, folder: str) -> list[tuple[_Patterns, tuple[str, ...]]]:
        """The patterns that count in a folder, the nearest first, and the folders they reach through."""
        above = os.path.abspath(folder)  # noqa: PTH100 - a path is kept as it was written
        names: tuple[str, ...] = ()
        reaching = []
        while above.startswith(self._root):
            if patterns := self._read(above):
                reaching.append((patterns, names))
            if above == self._root:
                break
            above, name = os.path.split(above)
            names = (name, *names)
        return reaching


def repository(folder: str) -> str | None:
    """The root of the repository that a folder is in."""
    while not os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def _matches(segments: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    if not segments:
        return not names
    first, *rest = segments
    if first is None:
        return any(_matches(rest, names[skipped:]) for skipped in range(len(names) + 1))
    return bool(names) and first.match(names[0]) is not None and _matches(rest, names[1:])


def _patterns(folder: str) -> _Patterns | None:
    file = os.path.join(folder, NAME)  # noqa: PTH118
    try:
        if os.path.islink(file):  # noqa: PTH114 - git does not follow one either
            return None
        with open(file, encoding="utf-8-sig", errors="replace") as opened:  # noqa: PTH123
            lines = opened.read(_LARGEST).splitlines()
    except (OSError, ValueError):
        return None
    found = [pattern for line in lines[:_MOST] if (pattern := _pattern(line))]
    return _Patterns(found) if found else None


def _pattern(line: str) -> _Pattern | None:
    text = re.sub(r"(?<!\\)\s+$", "", line)
    if not text or text.startswith("#"):
        return None
    takes_back = text.startswith("!")
    text = text[takes_back:]
    folders_only = text.endswith("/")
    names = text.strip("/").split("/")
    if not text.strip("/") or names.count(_ANY_DEPTH) > _MOST_DEPTHS:
        return None
    if "/" not in text.rstrip("/"):
        names.insert(0, _ANY_DEPTH)
    segments = tuple(None if name == _ANY_DEPTH else _segment(name) for name in names)
    if segments[-1] is None:
        # What is below the folder, not the folder itself.
        segments = (*segments, _segment("*"))
    return _Pattern(segments, takes_back, folders_only)


def _segment(name: str) -> re.Pattern[str]:
    r"""One segment as a pattern of linear cost; ``\x`` stands for the character itself."""
    return re.compile(fnmatch.translate(re.sub(r"\\(.)", lambda escape: f"[{escape[1]}]", name)))
