"""Evidence that a policy can do without."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.registry import function
from scanner.values import NotCollected, OpenList, Touched, Unknown

_OBJECT = frozenset({dict})


@function("object", "string", returns="array|object", partials=True)
def optional(holder: Any, name: Any) -> Any:
    """The list or object of that name in a hub or in a member of it, ``[]`` where nobody collected it.

    It is for evidence that a policy uses where it is there and does without where it is not; a policy
    that cannot judge without a collection names it in ``needs``. Where it was asked for and could not be
    read, or is neither, the answer is not known, and so is a member that is no object; where a gap says
    that a list is not whole, the answer is open.

    optional({"locks": [{"name": "keep"}]}, "locks") -> [{"name": "keep"}]
    optional({}, "locks") -> []
    """
    key = known(name)
    value = known(holder).get(key)
    lack = _lack(holder, key)
    if value is None or isinstance(value, NotCollected):
        if lack is not None:
            raise Touched(lack)
        return []
    if isinstance(value, Unknown) and not isinstance(value, OpenList):
        raise Touched(value)
    if not isinstance(value, list | dict | OpenList):
        raise Touched(Unknown(f"{key} is {described(value)}, not a list"))
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and not _OBJECT.issuperset(map(type, value)):
        value = [_object(member, key) for member in value]
    if lack is None:
        return value
    members = value.members if isinstance(value, OpenList) else tuple((member, True) for member in value)
    return OpenList((*members, (lack, False)), lack.reason)


def _object(member: Any, name: str) -> Any:
    """A member of a list, or an Unknown where it is no object."""
    if isinstance(member, dict | Unknown):
        return member
    return Unknown(f"one of {name} is {described(member)}, not an object")


def _lack(holder: Any, name: str) -> Unknown | None:
    """Why a list is not there or not whole, where a gap of its holder says so."""
    gaps = holder.get("gaps")
    for gap in gaps if isinstance(gaps, list) else ():
        subject = peek(gap, "subject")
        if isinstance(subject, str) and subject.rstrip("/").rpartition("/")[2].lower() == name.lower():
            return Unknown(f"{name} could not be read in full: {peek(gap, 'reason')}")
    return None
