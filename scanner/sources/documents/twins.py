"""JSON in which an object has a key more than once: all of its values are seen.

A parser keeps the last of them.  In a hand-written map of rules that loses a rule, and with it perhaps the
one that opens the network.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson

from scanner.regexes import regex
from scanner.sources.documents.members import RULES
from scanner.sources.documents.spelling import clipped, folded
from scanner.sources.files import json_text
from scanner.sources.files.json_text import BadJSON, how_many
from scanner.values import Unknown

_RULES = folded(RULES)
_COLON = regex(rb"\\u003[aA]")
"""A colon in a form in which nobody counts it."""
_LARGEST = 1 << 63


def parse(raw: bytes, once: Collection[str] = ()) -> Any:
    """The same as `scanner.sources.files.json_text.parse`, with all values of keys that are there twice.

    Of a map of rules it makes a list of them all.  Another key of which the values differ has an `Unknown`;
    if it is one of ``once``, `BadJSON` is raised.
    """
    value = json_text.load(raw)
    try:
        again = orjson.dumps(value)
    except TypeError:
        raise BadJSON(json_text.TOO_DEEP) from None
    # What a program wrote is the same once more: nothing else needs to be looked at.
    if raw.startswith(again) or not may_be_in(raw, (again,)):
        return value
    return _patiently(raw, value, once)


def may_be_in(raw: bytes, again: Iterable[bytes]) -> bool:
    """Whether some object in a JSON text may have a key twice.

    ``again`` is what was read from it, written once more, in pieces.  Then there are more keys in the first
    text than in the second: each key has its colon, and those of texts are in both.
    """
    if b"\\" in raw and _COLON.search(raw):
        return True
    return how_many(raw, b":") != sum(how_many(piece, b":") for piece in again)


def _patiently(raw: bytes, value: Any, once: Collection[str]) -> Any:
    """Read again with the standard module, which shows all members of an object."""
    reader = _Reader(once)
    try:
        # Of odd text, which the fast parser refused, it is enough to know whether something is there twice.
        whole = json.loads(
            raw.decode("utf-8", "replace"), object_pairs_hook=reader.members, parse_int=_number
        )
    except RecursionError:
        raise BadJSON(json_text.TOO_DEEP) from None
    except ValueError as error:
        raise error if isinstance(error, BadJSON) else BadJSON(f"not JSON: {error}") from None
    if reader.met is None:
        return value
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadJSON(f"the key '{reader.met}' is written twice") from None
    # What the last value of a key hid may be nested deeper than all that was looked at.
    if json_text.too_deep(whole):
        raise BadJSON(json_text.TOO_DEEP)
    return whole


class _Reader:
    """Makes objects of their members.  ``met`` is a key that some object has twice, None where none has."""

    def __init__(self, once: Collection[str]) -> None:
        self.met: str | None = None
        self._once = once
        self._members: dict[int, tuple[dict[str, Any], Sequence[tuple[str, Any]]]] = {}

    def members(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        """One object, when all that is in it was read."""
        made: dict[str, Any] = {}
        differ = False
        for key, value in members:
            known = value if type(value) is not dict or folded(key) != _RULES else self._rules(value)
            if key in made:
                self.met = self.met or clipped(key)
                if not _same(made[key], known):
                    made[key] = self._either(key)
                    differ = True
            else:
                made[key] = known
        if differ:
            # The object is kept, so that no other has its identity.
            self._members[id(made)] = (made, members)
        return made

    def _rules(self, value: dict[str, Any]) -> Any:
        """A map of rules, or a list of them where two have one name: each may be the one that counts."""
        if id(value) not in self._members:
            return value
        return [{"name": name, "properties": rule} for name, rule in self._members[id(value)][1]]

    def _either(self, key: str) -> Unknown:
        if key in self._once:
            raise BadJSON(f"'{clipped(key)}' is written twice, each time another")
        return Unknown(f"'{clipped(key)}' is written twice")


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written alike; what is not known is like nothing."""
    try:
        return orjson.dumps(one) == orjson.dumps(other)
    except TypeError:
        return False


def _number(text: str) -> int | float:
    """An integer, a float where it is beyond 64 bits, as the fast parser reads it."""
    if len(text) > 20:
        return float(text)
    number = int(text)
    return number if -_LARGEST <= number < 2 * _LARGEST else float(text)
