"""What JMESPath's standard functions take and give."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from scanner.expressions.runtime import STANDARD
from scanner.expressions.unknowns import kinds
from scanner.records import dataclass
from scanner.values import OpenList

_RETURNS = {
    "abs": "number",
    "avg": "number|null",
    "ceil": "number",
    "contains": "boolean",
    "ends_with": "boolean",
    "floor": "number",
    "join": "string",
    "keys": "array",
    "length": "number",
    "map": "array",
    "max": "number|string|null",
    "merge": "object",
    "min": "number|string|null",
    "reverse": "array|string",
    "sort": "array",
    "sort_by": "array",
    "starts_with": "boolean",
    "sum": "number",
    "to_array": "array",
    "to_number": "number|null",
    "to_string": "string",
    "type": "string",
    "values": "array",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A standard function.

    ``arguments`` holds the types of each argument, such as ``string`` or ``array-number``, nothing
    for any type; the last one may be given more than once where the function is ``variadic``.
    ``returns`` holds the types of its value, nothing for any.
    """

    name: str
    arguments: tuple[tuple[str, ...], ...]
    variadic: bool
    returns: tuple[str, ...]

    def takes(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        return count == len(self.arguments) or (self.variadic and count > len(self.arguments))

    def accepted(self, position: int) -> tuple[str, ...]:
        """The types of the argument at a position."""
        return self.arguments[min(position, len(self.arguments) - 1)]


@functools.cache
def signature(name: str) -> Signature | None:
    """The signature of a standard function, None where there is none of that name."""
    entry = STANDARD.FUNCTION_TABLE.get(name)
    if entry is None:
        return None
    shape = entry["signature"]
    return Signature(
        name=name,
        # Of a variadic function jmespath looks at the types of as many arguments as it must have.
        arguments=tuple(tuple(argument["types"]) for argument in shape),
        variadic=bool(shape and shape[-1].get("variadic")),
        returns=tuple(_RETURNS[name].split("|")) if name in _RETURNS else (),
    )


def elements_fit(value: Any, accepted: Sequence[str]) -> bool | None:
    """Whether a value is of one of the accepted types, its members included; None where that is open."""
    if not accepted:
        return True
    outer = {name.partition("-")[0] for name in accepted}
    possible = kinds(value)
    if not possible & outer:
        return False
    inner = {name.partition("-")[2] for name in accepted if "-" in name}
    if not inner or "array" not in possible or not isinstance(value, (list, OpenList)):
        return True if possible <= outer else None
    return _members_fit(value, inner)


def _members_fit(value: Any, inner: set[str]) -> bool | None:
    """Whether all members are of one of some types, the same for all: None where that is open."""
    pairs = value.members if isinstance(value, OpenList) else [(member, True) for member in value]
    possible = set(inner)
    answer: bool | None = True
    for member, certain in pairs:
        found = kinds(member)
        if certain:
            possible &= found
        if not possible:
            return False
        if len(found) > 1 or (not certain and not found & possible):
            answer = None
    if len({kind for member, _ in pairs for kind in kinds(member)}) > 1:
        return None
    return answer
