"""Expressions and documents to try: few names and few values, so that they meet."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "name", "x y")
SCALARS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2, 2.5, 0.0, "", "a", "b", "ab", "1", "1.5", "é")
_FUNCTIONS = [
    "abs",
    "avg",
    "ceil",
    "contains",
    "ends_with",
    "floor",
    "join",
    "keys",
    "length",
    "max",
    "merge",
    "min",
    "not_null",
    "reverse",
    "sort",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
]
_BY = ("map", "sort_by", "min_by", "max_by")

scalars = st.sampled_from(SCALARS)
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=20,
)


def literal(value: Any) -> str:
    """A value as the literal of an expression."""
    return "`" + json.dumps(value).replace("`", "\\`") + "`"


_fields = st.sampled_from([name if name.isidentifier() else json.dumps(name) for name in NAMES])
_numbers = st.sampled_from(["0", "1", "2", "-1", "-2", "7"])
_literals = st.one_of(
    st.builds(literal, scalars),
    st.builds(literal, documents),
    st.sampled_from(["'a'", "'b'", "''", r"'a\'b'", "'1'"]),
)
_slices = st.builds(
    lambda start, stop, step: f"[{start}:{stop}{step}]",
    st.one_of(st.just(""), _numbers),
    st.one_of(st.just(""), _numbers),
    st.sampled_from(["", ":", ":1", ":-1", ":2", ":-2"]),
)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    fields = st.lists(st.tuples(_fields, inner), min_size=1, max_size=3)
    return st.one_of(
        st.builds("{}.{}".format, inner, _fields),
        st.builds("{}[{}]".format, inner, _numbers),
        st.builds("{}{}".format, inner, _slices),
        st.builds(
            "{}{}".format, inner, st.sampled_from(["[*]", "[]", ".*", "[*].a", "[].b", ".*.a", "[].[]"])
        ),
        st.builds("{0[0]}[?{0[1]}]".format, pair),
        st.builds("{}[?{}].{}".format, inner, inner, _fields),
        st.builds(
            "{0[0]} {1} {0[1]}".format,
            pair,
            st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "||", "&&", "|", "||", "&&", "|"]),
        ),
        st.builds("!{}".format, inner),
        st.builds("({})".format, inner),
        st.builds(lambda parts: f"[{', '.join(parts)}]", st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: "{" + ", ".join(f"{name}: {part}" for name, part in parts) + "}", fields),
        st.builds("{}.[{}]".format, inner, inner),
        st.builds(
            lambda name, arguments: f"{name}({', '.join(arguments)})",
            st.sampled_from(_FUNCTIONS),
            st.one_of(st.lists(inner, min_size=1, max_size=2), st.lists(inner, max_size=3)),
        ),
        st.builds(
            lambda name, element, elements: (
                f"map(&{element}, {elements})" if name == "map" else f"{name}({elements}, &{element})"
            ),
            st.sampled_from(_BY),
            inner,
            inner,
        ),
    )


def expressions(*leaves: str, max_leaves: int = 12) -> st.SearchStrategy[str]:
    """The text of expressions, mostly valid ones; ``leaves`` are further things that may stand in them."""
    own = st.one_of(_fields, _fields, _fields, st.just("@"), _literals, _slices, st.just("*"), st.just("[]"))
    if leaves:
        own = st.one_of(own, st.sampled_from(leaves))
    return st.recursive(own, _composed, max_leaves=max_leaves)
