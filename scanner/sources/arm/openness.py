"""Values that a template leaves open in part, and how they combine.

Beside a value that is not known (`Symbol`) and a text known in part (`Text`) there are an object of
which some members may be missing and a value that is one of a few: both come of conditions that nobody
can decide before the template is deployed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.scope import Lambda
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, Text, hole, text, written
from scanner.values import OpenList, Unknown

MOST_OPTIONS = 8
"""A value that may be one of more than these is simply not known."""

_SCOPES = {
    f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{hole(RESOURCE_GROUP)}": "resourceGroup().id",
    f"/subscriptions/{hole(SUBSCRIPTION)}": "subscription().id",
}
_KEY_NODES = 2_000
_KEY_LENGTH = 300
_MOST_PARTS = 2_000
_LONGEST = 1 << 20


class Choice(Unknown):
    """One of a few values: plain ones, none of them an object or a list."""

    __slots__ = ("condition", "options")

    def __init__(self, options: tuple[Any, ...], condition: str, reason: str) -> None:
        super().__init__(reason)
        self.options = options
        self.condition = condition


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


def member_name(value: Any) -> str:
    """A value as the key of an object; raises `Failure` where nobody can tell it from other keys."""
    if isinstance(value, str):
        return value
    shown = written(value)
    if shown is None:
        raise Failure("the name of a member is not a text")
    key = Key(shown)
    key.value = value
    return key


def key_of(value: Any) -> str:
    """What a value is, written so that equal texts are the same value within a deployment."""
    return _shortened("".join(_key(value, [_KEY_NODES])))


def _shortened(key: str) -> str:
    if len(key) <= _KEY_LENGTH:
        return key
    return f"{key[:40]}~{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _key(value: Any, budget: list[int]) -> Iterator[str]:
    budget[0] -= 1
    if budget[0] < 0:
        raise Failure("a value that is not known and too large to be named")
    if isinstance(value, str):
        yield f"'{value}'"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{{{name}:"
            yield from _key(inner, budget)
        yield "}"
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield "["
            yield from _key(inner, budget)
        yield "]"
    elif isinstance(value, Lambda):
        yield f"{value.scope.frame.key}:{value.body.text}"
        yield from _key({**value.scope.loops, **value.scope.lambdas}, budget)
    elif isinstance(value, Unknown):
        yield from _open_key(value, budget)
    else:
        yield json.dumps(value, default=str)


def _open_key(value: Unknown, budget: list[int]) -> Iterator[str]:
    if isinstance(value, Symbol):
        yield value.key
    elif isinstance(value, Text):
        shown = written(value)
        yield _SCOPES.get(shown or "", f"'{shown}'")
    elif isinstance(value, (Choice, OpenObject, OpenList)):
        yield f"if({getattr(value, 'condition', '')},"
        yield from _key(value.options if isinstance(value, Choice) else value.members, budget)
        yield ")"
    else:
        yield value.text or value.reason


def same(one: Any, other: Any) -> bool:
    """Whether two known values are equal as templates compare them: a number is no boolean.

    Raises Touched where something in them is not known, unless it is the very same value.
    """
    if one is other:
        return True
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _same_open(one, other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _same_open(one: Any, other: Any) -> bool:
    """Open values of one key are the same; two texts differ where what is known of them cannot agree."""
    if isinstance(one, Unknown) and isinstance(other, Unknown) and key_of(one) == key_of(other):
        return True
    if isinstance(one, Text) and isinstance(other, str):
        if not (
            other.startswith(one.prefix)
            and other.endswith(one.suffix)
            and len(other) >= len(one.prefix) + len(one.suffix)
        ):
            return False
    elif isinstance(other, Text) and isinstance(one, str):
        return _same_open(other, one)
    elif isinstance(one, Text) and not isinstance(other, Unknown):
        return False
    return bool(one == other)  # raises Touched


def either(condition: Unknown, yes: Any, no: Any) -> Any:
    """The value of a condition that nobody can decide: one of two."""
    name = key_of(condition)
    if isinstance(yes, (dict, OpenObject)) or isinstance(no, (dict, OpenObject)):
        if (one := _members(yes)) is not None and (other := _members(no)) is not None:
            return _either_object(condition, name, one, other, optional=_optional(yes) or _optional(no))
    elif isinstance(yes, (list, OpenList)) and isinstance(no, (list, OpenList)):
        return _either_list(condition, name, yes, no)
    options = (*_options(yes), *_options(no))
    if any(isinstance(option, (Unknown, dict, list)) for option in options):
        if isinstance(yes, Unknown) and isinstance(no, Unknown) and key_of(yes) == key_of(no):
            return yes
        return Symbol(f"if({name},{key_of(yes)},{key_of(no)})", condition.reason)
    return chosen(options, name, condition.reason)


def chosen(options: Sequence[Any], condition: str, reason: str) -> Any:
    """One of some plain values; the value itself where they are all the same."""
    distinct: list[Any] = []
    for option in options:
        if not any(same(option, other) for other in distinct):
            distinct.append(option)
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > MOST_OPTIONS:
        return Symbol(f"if({condition},{key_of(distinct)})", reason)
    return Choice(tuple(distinct), condition, reason)


def may_be_null(value: Any) -> bool:
    """Whether a value is null, or may be as far as its own shape tells."""
    if isinstance(value, Choice):
        return None in value.options
    return value is None or (isinstance(value, OpenObject) and value.optional)


def not_null(value: Any, otherwise: Any) -> Any:
    """A value that may be null, or what stands in for it then."""
    if isinstance(value, Choice):
        result = otherwise
        for option in value.options:
            if option is not None:
                result = either(value, option, result)
        return result
    if isinstance(value, OpenObject):
        return either(value, OpenObject(value.members, value.condition, value.reason), otherwise)
    return otherwise if value is None else value


def combinations(arguments: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """The arguments of a call for every choice among them; None where some are open otherwise."""
    count = 1
    conditions = set()
    for argument in arguments:
        if isinstance(argument, Choice):
            count *= len(argument.options)
            conditions.add(argument.condition)
        elif isinstance(argument, Unknown):
            return None
    if count > MOST_OPTIONS:
        return None
    return list(product(*map(_options, arguments)))


def open_object(value: Any) -> dict[str, tuple[Any, bool]] | None:
    """The members of an object, known or open, each with whether it is surely there."""
    return _members(value)


def joined(stretches: Iterable[Any], origin: str) -> Any:
    """The text that some stretches make, each a text, a number, or open."""
    parts: list[str | None] = []
    keys: list[str] = []
    reason = ""
    for stretch in stretches:
        kind = type(stretch)
        if kind is str:
            _append(parts, keys, stretch, "")
        elif kind is Symbol:
            _append(parts, keys, None, stretch.key)
            reason = reason or stretch.reason
        elif kind is Text:
            names = iter(stretch.keys)
            for part in stretch.parts:
                _append(parts, keys, part, next(names) if part is None else "")
            reason = reason or stretch.reason
        elif isinstance(stretch, Unknown):
            _append(parts, keys, None, key_of(stretch))
            reason = reason or stretch.reason
        else:
            _append(parts, keys, str(stretch), "")
    if not keys:
        return "".join(part or "" for part in parts)
    if len(parts) > _MOST_PARTS or sum(len(part) for part in parts if part) > _LONGEST:
        raise Failure("a text that is too long")
    return text(tuple(parts), tuple(keys), Unknown(reason, text=origin))


def _append(parts: list[str | None], keys: list[str], part: str | None, key: str) -> None:
    if part is None:
        if parts and parts[-1] is None:
            keys[-1] = _shortened(f"{keys[-1]}+{key}")
        else:
            parts.append(None)
            keys.append(key)
    elif part:
        if parts and parts[-1] is not None:
            parts[-1] += part
        else:
            parts.append(part)


def _options(value: Any) -> tuple[Any, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _optional(value: Any) -> bool:
    return value is None or (isinstance(value, OpenObject) and value.optional)


def _members(value: Any) -> dict[str, tuple[Any, bool]] | None:
    if value is None:
        return {}
    if isinstance(value, OpenObject):
        return value.members
    return {name: (inner, True) for name, inner in value.items()} if isinstance(value, dict) else None


def _either_object(
    condition: Unknown,
    name: str,
    one: dict[str, tuple[Any, bool]],
    other: dict[str, tuple[Any, bool]],
    *,
    optional: bool,
) -> Any:
    members: dict[str, tuple[Any, bool]] = {}
    for member in (*one, *(key for key in other if key not in one)):
        if member in one and member in other:
            (mine, sure), (theirs, certain) = one[member], other[member]
            members[member] = (either(condition, mine, theirs), sure and certain)
        else:
            members[member] = ((one.get(member) or other[member])[0], False)
    if not optional and all(sure for _, sure in members.values()):
        return {member: value for member, (value, _) in members.items()}
    return OpenObject(members, name, condition.reason, optional=optional)


def _either_list(condition: Unknown, name: str, yes: Any, no: Any) -> Any:
    if isinstance(yes, list) and isinstance(no, list) and key_of(yes) == key_of(no):
        return yes
    members: list[tuple[Any, bool]] = []
    for value in (yes, no):
        entries = value if isinstance(value, list) else [entry for entry, _ in value.members]
        members.extend((entry, False) for entry in entries)
    return OpenArray(tuple(members), name, condition.reason)
