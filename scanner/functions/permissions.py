"""Permissions of role-based access control."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.memory import by_text
from scanner.functions.registry import function
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_STARS = regex(r"\*+")


@function("array", "string", returns="boolean", partials=True)
def permits(permissions: Any, action: Any) -> bool:
    """Whether a list of permissions, as a role definition has it, allows an action.

    Each permission allows what one of its ``actions`` matches and none of its ``notActions`` does; what
    one permission takes away, another may allow. ``*`` stands for any characters, slashes too, and case
    does not count. Data actions are something else. A permission that is not known may allow anything.

    permits([{"actions": ["*/read"]}], "Microsoft.Network/virtualNetworks/read") -> true
    permits([{"actions": ["*"], "notActions": ["*/write"]}], "Microsoft.Network/virtualNetworks/write")
      -> false
    permits([{"actions": ["*"], "notActions": ["*/write"]}, {"actions": ["microsoft.network/*"]}],
      "Microsoft.Network/virtualNetworks/write") -> true
    permits([], "Microsoft.Network/virtualNetworks/write") -> false
    """
    wanted = known(action).lower()
    doubt = None
    for permission in known(permissions):
        try:
            if _allows(known(permission), wanted):
                return True
        except Touched as touched:
            doubt = doubt or touched
    if doubt is not None:
        raise doubt
    return False


def _allows(permission: Any, action: str) -> bool:
    """Whether one permission allows an action.  Touched where that is open."""
    if not isinstance(permission, dict):
        raise Touched(Unknown(f"a permission is {described(permission)}, not an object"))
    granted = _any_matches(permission, "actions", action)
    if granted is False:
        return False
    denied = _any_matches(permission, "notActions", action)
    if denied is True:
        return False
    for answer in (granted, denied):
        if isinstance(answer, Unknown):
            raise Touched(answer)
    return True


def _any_matches(permission: dict[str, Any], key: str, action: str) -> bool | Unknown:
    """Whether one of the patterns under a key matches, an Unknown where that is open."""
    patterns = peek(permission, key)
    if patterns is None:
        return False
    if isinstance(patterns, Unknown):
        return patterns
    if not isinstance(patterns, list):
        return Unknown(f"{key} of a permission is {described(patterns)}, not a list")
    doubt: Unknown | None = None
    for pattern in patterns:
        if isinstance(pattern, str):
            if _matches(pattern, action):
                return True
        else:
            doubt = (
                pattern if isinstance(pattern, Unknown) else Unknown(f"one of {key} is {described(pattern)}")
            )
    return False if doubt is None else doubt


def _matches(pattern: str, action: str) -> bool:
    """Whether an action is what a pattern stands for.  Takes time in proportion to both."""
    first, *rest = _pieces(pattern)
    if not rest:
        return action == first
    *middle, last = rest
    place, end = len(first), len(action) - len(last)
    if place > end or not action.startswith(first) or not action.endswith(last):
        return False
    for piece in middle:
        found = action.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


@by_text
def _pieces(pattern: str) -> list[str]:
    """The texts between the stars of a pattern, in lower case."""
    return _STARS.split(pattern.strip().lower())
