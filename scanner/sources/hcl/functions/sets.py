"""Functions of sets."""

from __future__ import annotations

from itertools import product
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.hcl.functions.arguments import array, bounded_list, opened
from scanner.sources.hcl.registry import ALWAYS, function
from scanner.sources.hcl.values import SetOf, differ, set_of, unified
from scanner.values import Unknown


def _alike(sets: tuple[Any, ...]) -> tuple[list[Any], ...]:
    """Some lists and sets, whose members have one type.  Raises `Failure`."""
    members = [member for one in sets for member in array(one) if member is not None]
    known = [member for member in members if not isinstance(member, Unknown)]
    if any(differ(known[0], other) for other in known[1:]):
        raise Failure("sets whose members are of several types")
    return sets


@function("setunion", 1, None, takes_open=True)
def setunion(*sets: Any) -> Any:
    """All members of some sets."""
    if (unknown := opened("setunion", *sets)) is not None:
        return unknown
    return set_of([member for one in _alike(sets) for member in one])


@function("setintersection", 1, None)
def setintersection(*sets: Any) -> SetOf:
    """What is in each of some sets."""
    first, *others = ({key_of(member): member for member in one} for one in _alike(sets))
    return set_of([member for key, member in first.items() if all(key in other for other in others)])


@function("setsubtract", 2)
def setsubtract(one: Any, other: Any) -> SetOf:
    """What is in one set and not in another."""
    members, others = _alike((one, other))
    gone = {key_of(member) for member in others}
    return set_of([member for member in members if key_of(member) not in gone])


@function("setsymmetricdifference", 1, None)
def setsymmetricdifference(*sets: Any) -> SetOf:
    """What is in an odd number of some sets."""
    made: dict[str, Any] = {}
    for one in sets:
        for member in set_of(array(one)):
            if made.pop(key_of(member), None) is None:
                made[key_of(member)] = member
    return set_of(list(made.values()))


@function("setproduct", 2, None, takes_open=True, typed=ALWAYS)
def setproduct(*sets: Any) -> Any:
    """Every way to take a member of each of some lists or sets."""
    if (unknown := opened("setproduct", *sets)) is not None:
        return unknown
    count = 1
    for one in sets:
        count *= len(array(one))
    if count > 10_000:
        raise Failure("setproduct() of more than 10000 ways")
    if not any(isinstance(one, SetOf) for one in sets):
        return bounded_list([list(way) for way in product(*map(unified, sets))], "setproduct")
    return set_of(bounded_list([list(way) for way in product(*map(set_of, sets))], "setproduct"))
