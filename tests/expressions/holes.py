"""Documents with holes: values that are not known, and what they may turn out to be."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from expressions.drawing import NAMES, SCALARS, scalars
from hypothesis import strategies as st

from scanner.expressions.equality import may_be
from scanner.expressions.unknowns import Count
from scanner.values import OpenList, Partial, Unknown

CANDIDATES: tuple[Any, ...] = (
    *SCALARS,
    [],
    {},
    [[]],
    [0],
    [True],
    ["a"],
    [None, "a"],
    {"a": 1},
    {"a": "a", "b": [1, {"c": "a"}]},
    [{"a": "b"}, {"a": 1}, 3],
)

SHARED = Unknown("one object that stands for several values")


class Hole(NamedTuple):
    """A hole as it is drawn; `opened` makes the value of it, which nothing may compare or hash."""

    kind: str
    detail: Any


_holes = st.one_of(
    st.just(Hole("shared", None)),
    st.builds(Hole, st.just("truth"), st.sampled_from([None, None, True, False])),
    st.just(Hole("boolean", None)),
    st.builds(
        Hole,
        st.just("text"),
        st.sampled_from(
            [("a", None), (None, "b"), (None, "a", None), ("a", None, "b"), (None, ""), (None, "1", None)]
        ),
    ),
)


def _pairs(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, bool]]]:
    return st.lists(st.tuples(inner, st.booleans()), min_size=1, max_size=3)


def _with_lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
        st.builds(Hole, st.just("list"), _pairs(inner)),
    )


holed = st.recursive(st.one_of(scalars, scalars, _holes), _with_lists, max_leaves=15)
"""Values with holes, to be opened."""

_objects = st.dictionaries(st.sampled_from(("a", "b", "name")), st.one_of(holed, _holes, scalars), max_size=3)
hubs = st.fixed_dictionaries(
    {"a": holed, "b": st.one_of(holed, _holes)},
    optional={
        "c": st.lists(_objects, max_size=4),
        "name": st.builds(Hole, st.just("list"), _pairs(_objects)),
    },
)
"""Objects of which some fields have holes: ``c`` is a list of objects, ``name`` one with holes."""


def opened(drawn: Any) -> Any:
    """The document with values that are not known in the place of its holes."""
    if isinstance(drawn, Hole):
        return _unknown(drawn)
    if type(drawn) is dict:
        return {name: opened(inner) for name, inner in drawn.items()}
    return [opened(inner) for inner in drawn] if type(drawn) is list else drawn


def _unknown(hole: Hole) -> Unknown:
    match hole.kind:
        case "shared":
            return SHARED
        case "truth":
            return Unknown("a hole", truth=hole.detail)
        case "boolean":
            return Unknown("a switch", boolean=True)
        case "text":
            return Partial(hole.detail, "a hole in a string")
    members = tuple((opened(inner), sure) for inner, sure in hole.detail)
    return OpenList(members, "a list with holes")


def filled(value: Any, random: Random) -> Any:
    """What a value may turn out to be: every hole, one at a time, takes some value."""
    if type(value) is dict:
        return {name: filled(inner, random) for name, inner in value.items()}
    if type(value) is list:
        return [filled(inner, random) for inner in value]
    if isinstance(value, OpenList):
        return [filled(inner, random) for inner, sure in value.members if sure or random.random() < 0.5]
    if isinstance(value, Partial):
        return "".join(
            random.choice(["", "a", "b", "1", "ab"]) if part is None else part for part in value.parts
        )
    if isinstance(value, Unknown):
        return random.choice([one for one in CANDIDATES if allows(value, one)])
    return value


def truthy(value: Any) -> bool:
    """JMESPath's truth."""
    return value not in (None, False, "", [], {}) or (value == 0 and type(value) is not bool)


def allows(answer: Any, value: Any) -> bool:
    """Whether an answer, decided or not, leaves room for a value."""
    if isinstance(answer, OpenList):
        return isinstance(value, list) and _members_allow(answer.members, value)
    if isinstance(answer, Partial):
        return isinstance(value, str) and may_be(answer.parts, value)
    if isinstance(answer, Count):
        return type(value) is int and answer.low <= value and (answer.high is None or value <= answer.high)
    if isinstance(answer, Unknown):
        fits = not answer.boolean or type(value) is bool
        return fits and (answer.truth is None or answer.truth is truthy(value))
    if type(answer) is not type(value):
        return False
    if type(answer) is list:
        return len(answer) == len(value) and all(map(allows, answer, value))
    if type(answer) is dict:
        return list(answer) == list(value) and all(allows(answer[name], value[name]) for name in answer)
    return bool(answer == value)


def _members_allow(members: Any, values: list[Any]) -> bool:
    """Whether a list can be read as the members in order, some of the uncertain ones left out."""
    reached = {0}
    for member, sure in members:
        taken = {at + 1 for at in reached if at < len(values) and allows(member, values[at])}
        reached = taken if sure else taken | reached
    return len(values) in reached
