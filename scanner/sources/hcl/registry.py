"""The table of the language's functions, and how each of them wants its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Run = TypeVar("Run", bound=Callable[..., Any])


class Unread(Exception):  # noqa: N818 - no error of the file
    """Something that has a value, which is not worked out here; the message says why."""


ALWAYS = "always"
ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language; ``most`` is None for any number of arguments.

    ``open`` tells one that takes values which are not known; any other gives what is not known then.
    ``typed`` says when the members of a list that it gives have one type: `ALWAYS`, or where those of an
    argument have (`ALIKE`).
    """

    run: Callable[..., Any]
    least: int
    most: int | None
    open: bool
    typed: str


TABLE: dict[str, Function] = {}
"""By name."""

NEVER_KNOWN = {
    "timestamp": "the time of the run",
    "plantimestamp": "the time of the plan",
    "uuid": "different in each run",
    "bcrypt": "different in each run",
    "rsadecrypt": "made of a secret",
    "ephemeralasnull": "not read",
}
"""Functions whose values nobody can tell beforehand, and why."""


def function(
    name: str, least: int, most: int | None = -1, *, takes_open: bool = False, typed: str = ""
) -> Callable[[Run], Run]:
    """Register a function under a name; ``most`` is as many as ``least`` where it is not given."""

    def register(run: Run) -> Run:
        TABLE[name] = Function(run, least, least if most == -1 else most, takes_open, typed)
        return run

    return register
