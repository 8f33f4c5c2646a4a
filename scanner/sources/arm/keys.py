"""What open values are known by: two of one key are the same value within a deployment."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.openness import Choice, Key, OpenObject
from scanner.sources.arm.scope import Lambda
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, Text, hole, written
from scanner.values import OpenList, Unknown

_SCOPES = {
    f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{hole(RESOURCE_GROUP)}": "resourceGroup().id",
    f"/subscriptions/{hole(SUBSCRIPTION)}": "subscription().id",
}
_KEY_NODES = 2_000
_KEY_LENGTH = 300


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
    kind = type(value)
    if kind is str:
        return shortened(f"'{value}'")
    if kind is Symbol:
        return shortened(value.key)
    words: list[str] = []
    _key(value, words, [_KEY_NODES])
    return shortened("".join(words))


def shortened(key: str) -> str:
    """A key that is not too long to carry around; two that differ stay different."""
    if len(key) <= _KEY_LENGTH:
        return key
    return f"{key[:40]}~{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _key(value: Any, words: list[str], budget: list[int]) -> None:
    budget[0] -= 1
    if budget[0] < 0:
        raise Failure("a value that is not known and too large to be named")
    if isinstance(value, str):
        words.append(f"'{value}'")
    elif isinstance(value, dict):
        for name, inner in value.items():
            words.append(f"{{{name}:")
            _key(inner, words, budget)
        words.append("}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            words.append("[")
            _key(inner, words, budget)
        words.append("]")
    elif isinstance(value, Lambda):
        words.append(f"{value.scope.frame.key}:{value.body.text}")
        _key({**value.scope.loops, **value.scope.lambdas}, words, budget)
    elif isinstance(value, Unknown):
        _open_key(value, words, budget)
    else:
        words.append(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else json.dumps(value, default=str)


def _open_key(value: Unknown, words: list[str], budget: list[int]) -> None:
    if isinstance(value, Symbol):
        words.append(value.key)
    elif isinstance(value, Text):
        shown = written(value)
        words.append(_SCOPES.get(shown or "", f"'{shown}'"))
    elif isinstance(value, (Choice, OpenObject, OpenList)):
        words.append(f"if({getattr(value, 'condition', '')},")
        _key(value.options if isinstance(value, Choice) else value.members, words, budget)
        words.append(")")
    else:
        words.append(value.text or value.reason)


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
