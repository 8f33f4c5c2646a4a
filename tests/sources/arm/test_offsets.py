"""Where everything in a strict template stands, also once whoever was given its values has written into them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.arm.offsets import Finder
from scanner.sources.arm.tokens import Scanner

KEYS = st.sampled_from(["a", "b", 'c"d', "e\\f", "é", "managedNetwork", "outboundRules"])
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "{", "]", 'x"y\\', ",:", "é"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
TEXTS = st.builds(
    lambda value, indent, ascii_only, before: (
        before + json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    ),
    VALUES,
    st.sampled_from([None, 1, 2]),
    st.booleans(),
    st.sampled_from(["", " ", "\n\t"]),
)


def containers(value):
    """The objects and lists in a value, with the keys that lead to each."""
    waiting, found = [((), value)], []
    while waiting:
        way, one = waiting.pop()
        if isinstance(one, (dict, list)):
            found.append((way, one))
            entries = one.items() if isinstance(one, dict) else enumerate(one)
            waiting += [((*way, key), inner) for key, inner in entries]
    return found


def offsets(text):
    """Where everything stands as the other reader says, by the keys that lead there."""
    scanner = Scanner(text)
    return {way: scanner.offsets[id(one)] for way, one in containers(scanner.read())}


@given(text=TEXTS)
def test_everything_stands_where_a_reader_of_every_character_finds_it(text):
    value = json.loads(text)
    finder = Finder(text, value, {})
    known = offsets(text)
    for way, one in containers(value):
        for key in (None, *(one if isinstance(one, dict) else range(len(one)))):
            assert finder.of(one, key) == known[way][key], (text, way, key)
        assert finder.of(one, "not there") is None
        assert finder.of(one, 99) is None
    assert finder.of({}, None) is None


@given(text=TEXTS, data=st.data())
def test_what_was_written_to_it_since_changes_no_place(text, data):
    value = json.loads(text)
    known = offsets(text)
    all_ = containers(value)
    objects = [(way, one) for way, one in all_ if isinstance(one, dict)]
    taken, gone = {}, set()
    for way, one in data.draw(st.lists(st.sampled_from(objects), max_size=4)) if objects else ():
        key = data.draw(st.sampled_from([*one, "later"]))
        inner = one.get(key)
        if isinstance(inner, (dict, list)) and not isinstance(key, int) and (*way, key) not in gone:
            # Moved elsewhere, and something like it in its place.
            taken.setdefault(id(one), {})[key] = inner
            one[key] = type(inner)(inner)
            gone.add((*way, key))
        elif key == "later":
            # One that stands in the document already is put into it a second time.
            _, other = data.draw(st.sampled_from(all_))
            if all(one is not held for _, held in containers(other)):
                one[key] = other
        else:
            one[key] = {"new": {}}
    finder = Finder(text, value, taken)
    for way, one in data.draw(st.permutations(all_)):
        assert finder.of(one, None) == known[way][None], (text, way)
        for key in known[way]:
            assert finder.of(one, key) == known[way][key], (text, way, key)
        assert finder.of(one, "later") is None
