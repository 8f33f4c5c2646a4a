"""Values that are not known: what a document holds where no reader could decide.

JSON has no word for "not known", so a hub document may hold, in place of a value, an `Unknown`; a
`Partial` where some text of a string is known; and an expression may yield an `OpenList`, a list of
which some members may or may not be there.  None of them is ever equal to, larger than, truthy or
falsy like anything: asking raises `Touched`, so that a fast path that never met one before stops
instead of guessing (`scanner.expressions` then answers with all three kinds in mind).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from scanner.model import Place


class Touched(Exception):  # noqa: N818 - a signal, caught by the expression engine alone
    """An operation needed a value that is not known.  ``unknown`` says which."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


class Unknown:
    """A value that is not known.

    ``reason`` is a clause for people ("outboundRules was not collected"); ``text`` the source text it
    stands for ("parameters('mode')"), ``place`` where that stands.  ``truth`` is True or False where
    its truthiness is decided although its value is not; ``boolean`` where it is surely a boolean;
    ``fallible`` where the expression that gave it may also end in an error.
    """

    __slots__ = ("boolean", "fallible", "place", "reason", "text", "truth")

    def __init__(
        self,
        reason: str,
        *,
        text: str | None = None,
        place: Place | None = None,
        truth: bool | None = None,
        boolean: bool = False,
        fallible: bool = False,
    ) -> None:
        self.reason = reason
        self.text = text
        self.place = place
        self.truth = truth
        self.boolean = boolean
        self.fallible = fallible

    def _touched(self, *_: object) -> NoReturn:
        raise Touched(self)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _touched
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = _touched
    __int__ = __float__ = __index__ = __hash__ = __str__ = _touched

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


class NotCollected(Unknown):
    """What stands in place of a collection that nobody asked for: the one hole that is no failure."""

    __slots__ = ()


class Partial(Unknown):
    """A string of which some stretches are known.

    ``parts`` are its stretches in order: a str that is known, None for one that is not.  Two known
    stretches never stand side by side, and at least one of either kind is there.
    """

    __slots__ = ("parts",)

    def __init__(
        self,
        parts: tuple[str | None, ...],
        reason: str,
        *,
        text: str | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__(reason, text=text, place=place)
        self.parts = parts
        if any(parts):
            self.truth = True

    @property
    def prefix(self) -> str:
        """The text it surely begins with, maybe empty."""
        return self.parts[0] or ""

    @property
    def suffix(self) -> str:
        """The text it surely ends with, maybe empty."""
        return self.parts[-1] or ""


class Exactly(tuple[Any, ...]):
    """The few plain values of which an open one has one, to the letter: there is no other."""

    __slots__ = ()


class OpenList(Unknown):
    """A list of which some members may be missing.

    ``members`` are pairs of a value and whether it is surely a member; the order is that of the list.
    A value may itself be an `Unknown`.
    """

    __slots__ = ("members",)

    def __init__(self, members: tuple[tuple[Any, bool], ...], reason: str) -> None:
        super().__init__(reason)
        self.members = members
        if any(certain for _, certain in members):
            self.truth = True

    def certain(self) -> Iterator[Any]:
        """The values that are surely members."""
        return (value for value, sure in self.members if sure)


def holdable(value: Any) -> Any:
    """A value as a document holds it: a whole number of more than 64 bits is a float, as in JSON.

    Raises `OverflowError` for one that is larger than any.
    """
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and not -(1 << 63) <= value < 1 << 64 else value
