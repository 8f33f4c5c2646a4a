"""Values that code leaves open but names: what the same code names twice is the same value.

``uniqueString(resourceGroup().id)`` has no value before it is deployed, and yet a storage account of
that name and a rule that points to it belong together.  So an open value carries the expression that it
stands for, and ids are compared by it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from scanner.model import Place
from scanner.regexes import regex
from scanner.values import Partial, Unknown

SUBSCRIPTION = "subscription"
RESOURCE_GROUP = "resourceGroup"
"""The keys of the scope of a deployment, where the code does not say it."""

ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""How the subscription of a deployment is written where the code does not say it: as an id that none has."""

_LONGEST = 60
_SCOPES = tuple(f"{{{key.lower()}}}" for key in (SUBSCRIPTION, RESOURCE_GROUP))
_SEPARATORS = regex(r"[/<>?#\\{}\x00-\x1f\x7f]+")


class Symbol(Unknown):
    """A value that is not known.  Two of one ``key`` are the same value within a deployment.

    ``options`` are the plain values that it is one of, none where that is not known: `Exactly` these, or
    texts in any case.
    """

    __slots__ = ("key", "options")

    def __init__(
        self,
        key: str,
        reason: str,
        *,
        text: str | None = None,
        place: Place | None = None,
        options: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(reason, text=text, place=place)
        self.key = key
        self.options = options


class Text(Partial):
    """A string of which some stretches are known.  ``keys`` name the others, in their order.

    ``options`` are the strings that it is one of, none where that is not known.
    """

    __slots__ = ("_written", "keys", "options")
    _written: str | None

    def __init__(
        self,
        parts: tuple[str | None, ...],
        keys: tuple[str, ...],
        reason: str,
        *,
        text: str | None = None,
        place: Place | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        super().__init__(parts, reason, text=text, place=place)
        self.keys = keys
        self.options = options
        self._written = None

    @property
    def written(self) -> str:
        """The text, with a name in braces for each open stretch."""
        if self._written is None:
            keys = iter(self.keys)
            self._written = "".join([hole(next(keys)) if part is None else part for part in self.parts])
        return self._written

    def before(self, known: str) -> Text:
        """The text that it makes with a known one behind it, where its own end is known."""
        *others, last = self.parts
        made = Text((*others, f"{last}{known}"), self.keys, self.reason, text=self.text, place=self.place)
        made._written = self.written + known
        return made


def written(value: Any) -> str | None:
    """A text in which each open stretch is written as a name in braces; None for what is no text.

    Equal for equal values, and without any character that separates the segments of an id.  A stretch
    that nobody named is equal to nothing, and makes the whole None.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Symbol):
        return hole(value.key)
    if isinstance(value, Text):
        return value.written
    return None


def last_segment(value: Any) -> Any:
    """What stands behind the last slash of a name; the value itself where no slash is known of."""
    if isinstance(value, str):
        return value.rpartition("/")[2]
    if not isinstance(value, Text):
        return value
    keys = list(value.keys)
    kept: list[str | None] = []
    for part in reversed(value.parts):
        if part is not None and "/" in part:
            kept.insert(0, part.rpartition("/")[2])
            break
        kept.insert(0, part)
    count = kept.count(None)
    return text(tuple(part for part in kept if part != ""), tuple(keys[len(keys) - count :]), value)


def text(parts: tuple[str | None, ...], keys: tuple[str, ...], origin: Unknown) -> Any:
    """The value that some stretches make: a str, a `Symbol` where nothing is known, else a `Text`."""
    if not keys:
        return "".join(part or "" for part in parts)
    if parts == (None,):
        return Symbol(keys[0], origin.reason, text=origin.text, place=origin.place)
    return Text(parts, keys, origin.reason, text=origin.text, place=origin.place)


@lru_cache(maxsize=4096)
def hole(key: str) -> str:
    """An open stretch in braces, short enough to read; two that differ are written differently."""
    if key == SUBSCRIPTION:
        return ANY_SUBSCRIPTION
    shown = _SEPARATORS.sub(" ", key)
    if shown == key and len(key) <= _LONGEST:
        return f"{{{key}}}"
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{{{shown[:_LONGEST].strip()}~{mark}}}"


def is_closed(identity: str) -> bool:
    """Whether an id says all but the scope of its deployment: then it means the same in every file."""
    count = identity.count("{")
    if not count:
        return True
    folded = identity.lower()
    return count == sum(map(folded.count, _SCOPES))


def segments(value: Text) -> list[list[Any]]:
    """What stands between the slashes of a text: what is known, and a `Symbol` for each open stretch."""
    keys = iter(value.keys)
    found: list[list[Any]] = [[]]
    for part in value.parts:
        if part is None:
            found[-1].append(Symbol(next(keys), value.reason))
            continue
        first, *others = part.split("/")
        found[-1].append(first)
        found.extend([other] for other in others)
    return found
