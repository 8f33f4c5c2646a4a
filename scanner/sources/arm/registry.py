"""The table of template functions, and how each of them wants its arguments."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeVar

from scanner.records import dataclass

Run = TypeVar("Run", bound=Callable[..., Any])


class Takes(Enum):
    """What a function is given."""

    KNOWN = auto()  # values, each of them known: with any other the result is not known
    OPEN = auto()  # values, known or not
    SCOPE = auto()  # the scope and the call itself: it evaluates what it needs


@dataclass(frozen=True, slots=True)
class Function:
    """A template function, and how many arguments it takes; ``most`` is None for any number."""

    run: Callable[..., Any]
    takes: Takes
    least: int
    most: int | None


TABLE: dict[str, Function] = {}
"""By the name in lower case."""


def function(
    name: str, least: int, most: int | None = -1, *, takes: Takes = Takes.KNOWN
) -> Callable[[Run], Run]:
    """Register a function under a name; ``most`` is as many as ``least`` where it is not given."""

    def register(run: Run) -> Run:
        TABLE[name.lower()] = Function(run, takes, least, least if most == -1 else most)
        return run

    return register
