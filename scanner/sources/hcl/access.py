"""What is asked of a value: its members, by name or by index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import OpenObject, Overlaid
from scanner.sources.files.json_text import noun
from scanner.sources.hcl.values import Handle, Keyed, Numbered, SetOf, equal, number_of, open_value, text_of
from scanner.values import OpenList, Unknown


def asked(value: Any, name: str) -> Any:
    """``value.name``.  Raises `Failure` where there is no such member."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if (hidden := _hidden(value)) is not None:
            return open_value(f"{key_of(value)}.{name}", hidden.reason)
        raise Failure(f"there is no member '{name}'")
    if isinstance(value, Handle):
        return value.ask(name)
    if isinstance(value, Unknown):
        return _asked_open(value, name)
    if isinstance(value, list) and name.isdigit():
        return indexed(value, int(name))
    raise Failure(f"{noun(value)} has no member '{name}'")


def _asked_open(value: Unknown, name: str) -> Any:
    if isinstance(value, OpenList):
        raise Failure(f"a list has no member '{name}'")
    if isinstance(value, OpenObject):
        found = value.members.get(name)
        if found is not None and (isinstance(value, Keyed) or (found[1] and not value.optional)):
            return found[0]
    elif isinstance(value, Overlaid) and (laid := value.member(name)) is not None:
        return laid
    return open_value(f"{key_of(value)}.{name}", value.reason)


def indexed(value: Any, key: Any, presume: Callable[[Unknown], None] | None = None) -> Any:
    """``value[key]``.  Raises `Failure` where there is no such member.

    ``presume`` is told of a key that is not known where the member is: there may be none of that key.
    """
    if isinstance(value, Unknown) and not isinstance(value, (Handle, OpenObject, Overlaid)):
        if isinstance(value, OpenList) and (known := _certain(value, key)) is not None:
            return known[0]
        return open_value(f"{key_of(value)}[{key_of(key)}]", value.reason)
    if isinstance(value, (dict, Handle, OpenObject, Overlaid)):
        if isinstance(key, Unknown):
            return _any_of(list(value.values()) if isinstance(value, dict) else [], value, key, presume)
        return asked(value, text_of(key))
    if isinstance(value, SetOf):
        raise Failure("the members of a set have no index")
    if isinstance(value, list):
        if isinstance(key, Unknown):
            return _any_of(value, value, key, presume)
        number = number_of(key)
        if isinstance(number, float) and not number.is_integer():
            raise Failure("an index is a whole number")
        if 0 <= number < len(value):
            return value[int(number)]
        raise Failure(f"the index {number} is outside the list of {len(value)}")
    raise Failure(f"{noun(value)} has no members")


def may_lack(value: Unknown, key: Any) -> bool:
    """Whether an instance of a block, or a member of an object, that is known may yet not be there."""
    if isinstance(value, Numbered):
        members = value.members
        return isinstance(key, int) and 0 <= key < len(members) and not members[key][1]
    if isinstance(value, OpenObject):
        found = value.members.get(key) if isinstance(key, str) else None
        return found is not None and not (found[1] and not value.optional)
    return False


def _hidden(value: dict[str, Any]) -> Unknown | None:
    """A key of an object that is known in part, and might be any."""
    for key in value:
        inner = getattr(key, "value", None)
        if isinstance(inner, Unknown):
            return inner
    return None


def _certain(value: OpenList, key: Any) -> tuple[Any] | None:
    """The member at an index, where all before it are sure."""
    if isinstance(key, bool) or not isinstance(key, int) or not 0 <= key < len(value.members):
        return None
    if isinstance(value, Numbered) or all(sure for _, sure in value.members[: key + 1]):
        return (value.members[key][0],)
    return None


def _any_of(members: list[Any], value: Any, key: Unknown, presume: Callable[[Unknown], None] | None) -> Any:
    """The member of a key that is not known: decided where all of them are the same."""
    if members and all(equal(members[0], other) for other in members[1:]):
        if presume is not None:
            presume(key)
        return members[0]
    return open_value(f"{key_of(value)}[{key_of(key)}]", key.reason)
