"""Values that a template leaves open in part.

Beside a value that is not known (`Symbol`) and a text known in part (`Text`) there are an object of
which some members may be missing and a value that is one of a few: both come of conditions that nobody
can decide before the template is deployed.  A parameter without a value may say itself which it takes.
"""

from __future__ import annotations

from typing import Any

from scanner.model import Place
from scanner.sources.code.symbols import Symbol
from scanner.values import Exactly, OpenList, Unknown


class Choice(Unknown):
    """One of a few values: plain ones, none of them an object or a list."""

    __slots__ = ("condition", "options")

    def __init__(self, options: tuple[Any, ...], condition: str, reason: str) -> None:
        super().__init__(reason)
        self.options = Exactly(options)
        self.condition = condition


class Allowed(Symbol):
    """A value that is not known and yet one of a few plain ones.

    Unlike a `Choice` it goes by its own name, and a text with it in it stays a text with one open stretch.
    """

    __slots__ = ()

    def __init__(self, options: tuple[Any, ...], symbol: Symbol) -> None:
        super().__init__(symbol.key, symbol.reason, text=symbol.text, place=symbol.place, options=options)


class OrNull(Unknown):
    """A plain value in a document that null may stand in place of: the first of its two ``options``."""

    __slots__ = ("options",)

    def __init__(self, value: Any, reason: str, *, text: str, place: Place) -> None:
        super().__init__(reason, text=text, place=place)
        self.options = Exactly((value, None))


class OrNone(Symbol):
    """An open ``value`` that null may stand in place of: known no more, unless null would be an error."""

    __slots__ = ("value",)

    def __init__(self, value: Unknown, key: str, reason: str) -> None:
        super().__init__(key, reason)
        self.value = value


def needed(value: Any) -> Any:
    """A value where it must have one: null in its place would be an error."""
    if isinstance(value, Choice) and None in value.options:
        others = tuple(option for option in value.options if option is not None)
        return others[0] if len(others) == 1 else Choice(others, value.condition, value.reason)
    return value.value if isinstance(value, OrNone) else value


class OpenObject(Unknown):
    """An object of which some members may be missing.

    ``members`` maps a key to its value and whether it is surely there.  ``optional`` tells that null may
    stand in place of the object.
    """

    __slots__ = ("condition", "members", "optional")

    def __init__(
        self, members: dict[str, tuple[Any, bool]], condition: str, reason: str, *, optional: bool = False
    ) -> None:
        super().__init__(reason)
        self.members = members
        self.condition = condition
        self.optional = optional
        self.truth = None


class Overlaid(Symbol):
    """An object that is not known, and what was laid over it.

    ``members`` maps the keys that were laid over it to the value and whether that is surely there; it may
    have any other.  ``deep`` tells that objects in it were laid over those that it has.
    """

    __slots__ = ("deep", "members")

    def __init__(
        self, members: dict[str, tuple[Any, bool]], key: str, reason: str, *, deep: bool = False
    ) -> None:
        super().__init__(key, reason)
        self.members = members
        self.deep = deep

    def member(self, name: str | None) -> Any:
        """What was surely laid over it under a name; None where nothing was."""
        inner, sure = self.members.get(name, (None, False)) if name is not None else (None, False)
        if not sure:
            return None
        if not self.deep or not isinstance(inner, dict):
            return inner
        laid = {key: (value, True) for key, value in inner.items()}
        return Overlaid(laid, f"{self.key}.{name}", self.reason, deep=True)


class OpenArray(OpenList):
    """A list of which some members may be missing; ``condition`` is what that depends on."""

    __slots__ = ("condition",)

    def __init__(self, members: tuple[tuple[Any, bool], ...], condition: str, reason: str) -> None:
        super().__init__(members, reason)
        self.condition = condition


class Key(str):
    """The key of a member whose name is known in part: it reads as a text with names in braces."""

    __slots__ = ("value",)
    value: Any


def may_be_null(value: Any) -> bool:
    """Whether a value is null, or may be as far as its own shape tells."""
    if isinstance(value, (Choice, Allowed)):
        return None in value.options
    return value is None or (isinstance(value, OpenObject) and value.optional)
