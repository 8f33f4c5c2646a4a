"""Patterns of text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from scanner.functions.memory import ENTRIES
from scanner.functions.registry import function
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_LONGEST = 1_000
"""Longer texts are no names."""

_MOST = 100_000
_ATOM = regex(
    r"(?P<set>\[\^?\]?[^\]\\]*(?:\\.[^\]\\]*)*\]|\\.|[^\\\[\](){}*+?|^$])"
    r"(?P<count>[*+?]|\{[0-9]{1,5}(?:,(?:[0-9]{1,5})?)?\})?"
)
_COUNTS = {None: (1, 1), "?": (0, 1), "*": (0, _MOST), "+": (1, _MOST)}

Atom = tuple[Callable[[str], object], int, int]
"""What one character must be, and how often it stands there: at least and at most."""


@function("string", "string", returns="boolean|null")
def matches(text: str, pattern: str) -> bool | None:
    r"""Whether a whole text matches a regular expression without groups and alternatives; null for another.

    Characters, classes such as ``[a-z0-9_-]``, ``.``, ``\d``, ``\w`` and ``\s``, each of which may be
    followed by ``?``, ``*``, ``+`` or ``{2,32}``; ``^`` at the beginning and ``$`` at the end say nothing
    new. Case counts. Matching takes no more than the text's length times the pattern's.

    matches("allow-docs", "^[a-z][a-z-]{2,32}$") -> true
    matches("allow.docs", "^[a-z][a-z-]{2,32}$") -> false
    matches("docs", "(a|b)") -> null
    """
    atoms = _atoms(pattern)
    if atoms is None:
        return None
    if len(text) > _LONGEST:
        raise Touched(Unknown(f"a text of more than {_LONGEST} characters is not compared with a pattern"))
    places = [0]
    for atom in atoms:
        places = _reached(text, places, atom)
    return bool(places) and places[-1] == len(text)


def _reached(text: str, places: list[int], atom: Atom) -> list[int]:
    """Where an atom may end that begins at one of some places; both lists are sorted."""
    fits, least, most = atom
    reached: list[int] = []
    run = 0
    for place in places:
        # No character is looked at twice: what fits from one place on fits from the next one in the same run.
        run = max(run, place)
        while run < len(text) and fits(text[run]):
            run += 1
        first = place + least
        if reached and first <= reached[-1]:
            first = reached[-1] + 1
        reached.extend(range(first, min(run, place + most) + 1))
    return reached


@functools.lru_cache(maxsize=ENTRIES)
def _atoms(pattern: str) -> tuple[Atom, ...] | None:
    """A pattern in pieces; None where it holds anything that is not supported."""
    pattern = pattern.removeprefix("^")
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1]
    atoms: list[Atom] = []
    place = 0
    while place < len(pattern):
        found = _ATOM.match(pattern, place)
        if not found or len(atoms) == _LONGEST:
            return None
        try:
            fits = re.compile(found["set"], re.DOTALL | re.ASCII).fullmatch
        except re.error:
            return None
        count = found["count"]
        atoms.append((fits, *(_COUNTS[count] if count in _COUNTS else _bounds(count))))
        place = found.end()
    return tuple(atoms)


def _bounds(count: str) -> tuple[int, int]:
    """The bounds of ``{2}``, ``{2,}`` or ``{2,32}``."""
    low, comma, high = count[1:-1].partition(",")
    return int(low), int(high or _MOST) if comma else int(low)
