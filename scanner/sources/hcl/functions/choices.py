"""Functions that choose among values, and say what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.sources.arm.combine import chosen, either
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice
from scanner.sources.hcl.functions.arguments import array, opened, ordered
from scanner.sources.hcl.registry import function
from scanner.sources.hcl.values import (
    boolean_of,
    differ,
    equal,
    first_open,
    is_null,
    iterated,
    open_value,
    text_of,
)
from scanner.values import OpenList, Unknown


@function("contains", 2, takes_open=True)
def contains(value: Any, wanted: Any) -> Any:
    """Whether a value is in a list."""
    if wanted is None:
        raise Failure("contains() of null")
    members = iterated(value) if isinstance(value, (list, OpenList)) else None
    if members is None:
        if isinstance(value, Unknown):
            return open_value(f"contains({key_of(value)},{key_of(wanted)})", value.reason, boolean=True)
        raise Failure("contains() takes a list")
    found = [(equal(member, wanted), sure) for _, member, sure in members]
    if any(same and sure for same, sure in found):
        return True
    if all(same is False for same, _ in found):
        return False
    doubt = first_open([value, wanted])
    reason = doubt.reason if doubt is not None else "it is not known what is in the list"
    return open_value(f"contains({key_of(value)},{key_of(wanted)})", reason, boolean=True)


@function("coalesce", 1, None, takes_open=True)
def coalesce(*values: Any) -> Any:
    """The first value that is neither null nor an empty text, as one of the type that they all have."""
    known = [value for value in values if value is not None and not isinstance(value, Unknown)]
    if any(differ(known[0], other) for other in known[1:]):
        raise Failure("coalesce() of values of several types")
    options = (value.options if isinstance(value, Choice) else (value,) for value in values)
    return _first(values, as_text=any(isinstance(option, str) for some in options for option in some))


def _first(values: Sequence[Any], *, as_text: bool) -> Any:
    for index, value in enumerate(values):
        if isinstance(value, Choice):
            return _coalesced(value, values[index + 1 :], as_text=as_text)
        if isinstance(value, Unknown):
            if value.truth is True or (is_null(value) is False and value.boolean):
                return value
            return open_value(f"coalesce({','.join(map(key_of, values))})", value.reason)
        if value is not None and value != "":
            return text_of(value) if as_text else value
    raise Failure("coalesce() of nothing that has a value")


def _coalesced(value: Choice, others: Sequence[Any], *, as_text: bool) -> Any:
    """One of a few values, and what stands in for those that are none."""
    kept = [option for option in value.options if option is not None and option != ""]
    known = [text_of(option) for option in kept] if as_text else kept
    try:
        result = value if len(known) == len(value.options) else _first(others, as_text=as_text)
    except Failure:
        if not known:
            raise
        result = value
    if result is value:
        return value if known == [*value.options] else chosen(known, value.condition, value.reason)
    for option in known:
        result = either(value, option, result)
    return result


@function("coalescelist", 1, None, takes_open=True)
def coalescelist(*values: Any) -> Any:
    """The first list that has a member."""
    for value in values:
        if not isinstance(value, Unknown):
            ordered(value)
    for value in values:
        if isinstance(value, Unknown):
            return opened("coalescelist", *values)
        if value:
            return value
    raise Failure("coalescelist() of empty lists alone")


@function("one", 1, takes_open=True)
def one(value: Any) -> Any:
    """The one member of a list, null where it is empty."""
    if isinstance(value, OpenList) and len(value.members) == 1:
        ((member, sure),) = value.members
        return member if sure else either(value, member, None)
    if (unknown := opened("one", value)) is not None:
        return unknown
    members = array(value)
    if len(members) > 1:
        raise Failure("one() of a list with more than one member")
    return members[0] if members else None


@function("alltrue", 1, takes_open=True)
def alltrue(value: Any) -> Any:
    """Whether all members are true."""
    return _truths("alltrue", value, deciding=False)


@function("anytrue", 1, takes_open=True)
def anytrue(value: Any) -> Any:
    """Whether any member is true."""
    return _truths("anytrue", value, deciding=True)


def _truths(name: str, value: Any, *, deciding: bool) -> Any:
    if (unknown := opened(name, value)) is not None:
        return unknown
    members = [
        member if isinstance(member, Unknown) else member is not None and boolean_of(member)
        for member in array(value)
    ]
    if any(member is deciding for member in members):
        return deciding
    unknown = first_open(members)
    if unknown is None:
        return not deciding
    return open_value(f"{name}({key_of(value)})", unknown.reason, boolean=True)
